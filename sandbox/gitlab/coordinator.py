"""Take pipelines to their end: let jobs go, give them to runners, tell what changed."""

import threading
from collections.abc import Callable
from datetime import datetime

from sandbox.gitlab.execution import execute
from sandbox.gitlab.pipelines import Job, Pipeline
from sandbox.gitlab.processing import advance
from sandbox.gitlab.sender import Sender
from sandbox.gitlab.statuses import Status


class Coordinator:
    """One thread that hands jobs out, and one for each job that runs; with 0 `runners` every job waits.

    `changed` is the lock of the whole world, and wakes whoever waits for something in it.
    """

    def __init__(self, hooks: Sender, clock: Callable[[], datetime], *, runners: int) -> None:
        self.changed = threading.Condition()
        self._hooks, self._clock, self._runners = hooks, clock, runners
        self._new: list[Pipeline] = []
        self._pending: list[Job] = []
        self._running: dict[Job, threading.Thread] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._hand_out, name="gitlab-coordinator", daemon=True)

    @property
    def runners(self) -> int:
        """How many jobs may run at a time."""
        return self._runners

    @runners.setter
    def runners(self, count: int) -> None:
        with self.changed:
            self._runners = count
            self.changed.notify_all()

    def begin(self, pipeline: Pipeline) -> None:
        """Start a new pipeline in a moment: whoever made it still sees it as created."""
        with self.changed:
            self._new.append(pipeline)
            self._wake()

    def settle(self, pipeline: Pipeline) -> None:
        """Draw the consequences of what happened to the jobs of a pipeline."""
        with self.changed:
            advance(pipeline, at=self._clock())
            waiting = (job for job in pipeline.latest if job.status == Status.PENDING)
            self._pending += [job for job in waiting if job not in self._pending]
            self.turn(pipeline, pipeline.total)
            self._wake()

    def turn(self, pipeline: Pipeline, status: str) -> None:
        """Give a pipeline a status, and tell if it is another one."""
        with self.changed:
            if pipeline.turn(status, at=self._clock()):
                self._hooks.tell(pipeline)
            self.changed.notify_all()

    def close(self) -> None:
        """Stop every job and thread."""
        with self.changed:
            self._closed = True
            running = dict(self._running)
            self.changed.notify_all()
        for job, thread in running.items():
            job.shell.stop()
            thread.join(10)
        if self._thread.ident:
            self._thread.join(10)

    def _wake(self) -> None:
        if not self._thread.ident:
            self._thread.start()
        self.changed.notify_all()

    def _hand_out(self) -> None:
        with self.changed:
            while not self._closed:
                while self._new:
                    self.settle(self._new.pop(0))
                while self._pending and len(self._running) < self._runners:
                    self._start(self._pending.pop(0))
                self.changed.wait_for(self._is_needed)

    def _is_needed(self) -> bool:
        free = self._pending and len(self._running) < self._runners
        return bool(self._closed or self._new or free)

    def _start(self, job: Job) -> None:
        if job.status != Status.PENDING:
            return
        job.turn(Status.RUNNING, at=self._clock())
        thread = threading.Thread(target=self._run, args=(job,), name="gitlab-runner", daemon=True)
        self._running[job] = thread
        thread.start()
        self.settle(job.pipeline)

    def _run(self, job: Job) -> None:
        code = execute(job)
        with self.changed:
            del self._running[job]
            if job.status == Status.RUNNING and not job.shell.stopped:
                job.failure_reason = "script_failure" if code else None
                job.turn(Status.FAILED if code else Status.SUCCESS, at=self._clock())
            if not self._closed:
                self.settle(job.pipeline)
            self.changed.notify_all()
