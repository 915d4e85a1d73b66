"""A stand-in Jenkins that really runs its jobs, which are shell scripts.

It follows the source of Jenkins 2.462 to 2.528, jenkinsci/jenkins ff9430ee: ParameterizedJobMixIn,
ParametersDefinitionProperty, Queue, Run. `create_app` in app.py is its HTTP side.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sandbox.jenkins.builds import TIMER, Build, Cause, Progress, Result
from sandbox.jenkins.changes import Change, Turn
from sandbox.jenkins.executor import Executor
from sandbox.jenkins.jobs import Job, Parameter
from sandbox.jenkins.notify import TIMEOUT, Notifier, Phase
from sandbox.jenkins.queue import Queue
from sandbox.jenkins.recorder import Call
from sandbox.jenkins.users import EVERYTHING, Permission, User, Users


class Server:
    """Jobs, a queue and executors below the folder `root`; times are in seconds.

    Set `url` once it is served and notifications carry full addresses: it is "Jenkins URL" in its settings.
    """

    def __init__(
        self,
        root: Path,
        *,
        quiet_period: float = 0.5,
        executors: int = 2,
        version: tuple[int, int] = (2, 528),
        item_lifetime: float = 300.0,
        start_delay: float = 0.05,
        notify_timeout: float = TIMEOUT,
        anonymous_read: bool = True,
    ) -> None:
        self.root, self.quiet_period, self.version = root, quiet_period, version
        self.jobs: dict[str, Job] = {}
        self.requests: list[Call] = []
        self.stage_view = True  # whether the plugin behind wfapi/ is there
        self.queue = Queue(lifetime=item_lifetime)
        self.users = Users()
        if not anonymous_read:
            self.users.anonymous = User("anonymous", permissions=frozenset())
        self._notifier = Notifier(timeout=notify_timeout)
        self._closing = threading.Event()
        self._url = ""
        self._start_delay = start_delay
        self._executors: list[Executor] = []
        self.executors = executors

    @property
    def url(self) -> str:
        """Its root address with a slash at the end, or nothing."""
        return self._url

    @url.setter
    def url(self, url: str) -> None:
        self._url = url.rstrip("/") + "/" if url else ""
        for executor in self._executors:
            executor.root_url = self._url

    @property
    def notify(self) -> tuple[str, ...]:
        """The addresses that every job reports to, beside its own."""
        return self._notifier.everywhere

    @notify.setter
    def notify(self, addresses: Iterable[str]) -> None:
        self._notifier.everywhere = tuple(addresses)

    @property
    def executors(self) -> int:
        """How many builds may run at a time; with 0 everything waits."""
        return self.queue.slots

    @executors.setter
    def executors(self, count: int) -> None:
        while len(self._executors) < count:
            self._executors.append(self._executor())
        self.queue.open(count)

    def add_job(
        self,
        name: str,
        *,
        script: str,
        parameters: Iterable[Parameter] = (),
        disabled: bool = False,
        concurrent: bool = False,
        notify: Iterable[str] = (),
        trigger_token: str = "",
        refuses: bool = False,
        pipeline: bool = False,
        input: str = "",
        description: str = "",
        downstream: Iterable[str] = (),
        turns: Mapping[str, Turn] | None = None,
    ) -> Job:
        """Make a job; `team/hello` makes the folder as well, `notify` are the addresses it reports to.

        A pipeline may ask its `input` and wait for a person before it runs. When a build has worked, the jobs
        `downstream` are started; `turns` are buttons on its page.
        """
        self.jobs[name] = Job(
            name,
            script,
            self.root / "jobs" / name,
            parameters=tuple(parameters),
            disabled=disabled,
            concurrent=concurrent,
            notify=tuple(notify),
            trigger_token=trigger_token,
            refuses=refuses,
            pipeline=pipeline or bool(input),
            input=input,
            description=description,
            downstream=tuple(downstream),
            turns=turns or {},
        )
        return self.jobs[name]

    def add_user(
        self,
        name: str,
        *,
        password: str = "",
        token: str = "",
        permissions: Iterable[Permission] = EVERYTHING,
    ) -> User:
        """Make an account."""
        user = User(name, password, token, frozenset(permissions))
        self.users.add(user)
        return user

    def record(
        self,
        name: str,
        result: Result | str,
        *,
        number: int | None = None,
        began: float | None = None,
        seconds: float = 1.0,
        changes: Sequence[Change] = (),
        causes: Sequence[Cause] = (TIMER,),
        log: str = "",
        notify: bool = False,
    ) -> Build:
        """Put a build into a job that ran nothing and has ended; with `notify` everybody is told."""
        job = self.jobs[name]
        job.changes = (*job.changes, *changes)
        build = Build.start(
            job, queue_id=self.queue.new_id(), values=job.values({}), causes=[*causes], number=number
        )
        build.started = time.time() - seconds if began is None else began
        if notify:
            self._tell(build, Phase.QUEUED, Phase.STARTED)
        if log:
            build.say(log)
        build.end(Result(result), seconds=seconds)
        if notify:
            self._tell(build, Phase.COMPLETED)
        build.say(f"Finished: {build.result}")
        build.progress = Progress.COMPLETED
        if notify:
            self._tell(build, Phase.FINALIZED)
        build.progress = Progress.TOLD
        return build

    def build(self, name: str, number: int) -> Build | None:
        """A build that was not deleted."""
        return self.jobs[name].builds.get(number)

    def delete_build(self, name: str, number: int) -> None:
        """Delete a build, as log rotation does."""
        self.jobs[name].builds.pop(number, None)

    def wait_for(self, name: str, number: int = 1, *, timeout: float = 10.0) -> Build:
        """Wait until a build has ended and everybody has been told."""
        builds = self.jobs[name].builds
        self._wait(lambda: number in builds and builds[number].progress is Progress.TOLD, timeout)
        return builds[number]

    def wait_started(self, queue_id: int, *, timeout: float = 10.0) -> Build:
        """Wait until an item of the queue has become a build."""
        started: list[Build] = []

        def is_there() -> bool:
            started.extend(
                one for job in self.jobs.values() for one in job.newest if one.queue_id == queue_id
            )
            return bool(started)

        self._wait(is_there, timeout)
        return started[0]

    def restart(self) -> None:
        """Lose the queue, the web sessions, and every build that runs."""
        self.queue.lose()
        self.users.forget_sessions()
        self._stop_builds()

    def close(self) -> None:
        """Stop every build, process and thread."""
        self._closing.set()
        self.queue.close()
        self._notifier.close()
        self._stop_builds()
        for executor in self._executors:
            executor.join(self._notifier.timeout)

    def _executor(self) -> Executor:
        executor = Executor(
            self.queue,
            self._notifier,
            root=self.root,
            start_delay=self._start_delay,
            closing=self._closing,
            follow=self._follow,
        )
        executor.root_url = self._url
        executor.start()
        return executor

    def _follow(self, build: Build) -> None:
        """Start what comes after a build that has worked: hudson.tasks.BuildTrigger."""
        for name in build.job.downstream if build.result is Result.SUCCESS else ():
            build.say(f"Triggering a new build of {name}")
            job = self.jobs[name]
            self.queue.schedule(job, job.values({}), Cause.by(build), delay=self.quiet_period)

    def _tell(self, build: Build, *phases: Phase) -> None:
        for phase in phases:
            self._notifier.tell(build, phase, root=self.url)

    def _stop_builds(self) -> None:
        for job in self.jobs.values():
            for build in job.newest:
                build.stop()

    def _wait(self, ready: Callable[[], bool], timeout: float) -> None:
        with self.queue.changed:
            if not self.queue.changed.wait_for(ready, timeout):
                raise TimeoutError("the build did not come so far")
