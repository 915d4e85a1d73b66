"""An executor: takes one item after the other from the queue and sees its build to the end."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from sandbox.jenkins.builds import Build, Progress
from sandbox.jenkins.notify import Notifier, Phase
from sandbox.jenkins.queue import Item, Queue


class Executor(threading.Thread):
    """A thread that runs builds until the queue is closed."""

    def __init__(
        self,
        queue: Queue,
        notifier: Notifier,
        *,
        root: Path,
        start_delay: float,
        closing: threading.Event,
        follow: Callable[[Build], None],
    ) -> None:
        super().__init__(name="jenkins-executor", daemon=True)
        self.root_url = ""
        self._queue, self._notifier, self._root = queue, notifier, root
        self._start_delay, self._closing, self._follow = start_delay, closing, follow

    def run(self) -> None:
        while item := self._queue.take():
            try:
                # An item has left the queue a moment before its build has a number.
                self._closing.wait(self._start_delay)
                if not item.cancelled and not self._closing.is_set():
                    self._build(item)
            finally:
                self._queue.release(item)

    def _build(self, item: Item) -> None:
        build = Build.start(item.job, queue_id=item.id, values=item.values, causes=item.causes)
        self._queue.begin(item, build)
        if self._closing.is_set():
            build.stop()
        self._tell(build, Phase.QUEUED)
        self._tell(build, Phase.STARTED)
        build.run(workspace=self._workspace(build), environment=self._environment(build))
        self._tell(build, Phase.COMPLETED)
        self._follow(build)
        build.say(f"Finished: {build.result}")
        build.progress = Progress.COMPLETED
        self._tell(build, Phase.FINALIZED)

    def _tell(self, build: Build, phase: Phase) -> None:
        self._notifier.tell(build, phase, root=self.root_url)

    def _workspace(self, build: Build) -> Path:
        suffix = f"@{build.number}" if build.job.concurrent else ""
        return self._root / "workspace" / (build.job.full_name + suffix)

    def _environment(self, build: Build) -> dict[str, str]:
        names = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "JENKINS_HOME": str(self._root),
            "WORKSPACE": str(self._workspace(build)),
            "JOB_NAME": build.job.full_name,
            "JOB_BASE_NAME": build.job.name,
            "BUILD_NUMBER": str(build.number),
        }
        return names | ({"BUILD_URL": self.root_url + build.path} if self.root_url else {})
