"""A bot in the sandbox whose clock a test moves: nothing happens by itself, only at a tick."""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.settings import load
from bot.tick import tick
from bot.web.app import create_app
from bot.wiring import Wired
from sandbox.dingtalk.limits import Throttle
from sandbox.jenkins.builds import Build as Run
from sandbox.jenkins.jobs import Job, Parameter
from sandbox.jenkins.seed import DEPLOY
from sandbox.serving import serving
from sandbox.town import Town
from tests.support.town import Place

_branches = itertools.count(1)  # of every bot in one town


class Clock:
    """The time, and so many seconds on top of it."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Watch(Place):
    """A place, the clock of its bot, and what the room hears when it ticks."""

    def __init__(self, town: Town, sampan: Wired, clock: Clock, env: Mapping[str, str]) -> None:
        super().__init__(town, sampan.store)
        self._branches = _branches
        self.sampan, self.clock, self.env, self.jenkins = sampan, clock, dict(env), town.jenkins

    def tick(self, *, after: float = 3.0) -> list[str]:
        """Let so many seconds pass, do what is due, and give what was said."""
        return self.said(lambda: tick(self.sampan), after=after)

    def said(self, work: Callable[[], object], *, after: float = 0.0) -> list[str]:
        """What the room heard while something was done."""
        before = len(self.town.room.replies)
        self.clock.ahead += after
        work()
        return [message.text for message in self.town.room.replies[before:]]

    def another(self, **env: str) -> Wired:
        """One more process on the same records."""
        return Wired(load({**self.env, **env}), clock=self.clock)

    def job(
        self,
        name: str = "hello-deploy",
        *,
        script: str = "true",
        parameters: Iterable[Parameter] = DEPLOY,
        **options: Any,
    ) -> Job:
        """A job that takes no time, unless its script does, in place of the town's."""
        return self.jenkins.add_job(name, script=script, parameters=parameters, **options)

    def runs(self, name: str = "hello-deploy") -> list[Run]:
        """The builds that Jenkins has of a job, oldest first."""
        return self.jenkins.jobs[name].newest[::-1]

    def triggers(self) -> int:
        """How many builds Jenkins was asked for since the last time somebody looked."""
        asked = [one for one in self.jenkins.requests if one.method == "POST" and "/build" in one.path]
        self.jenkins.requests.clear()
        return len(asked)


MakeBot = Callable[..., Watch]  # of the variables that are other than usual


@contextmanager
def bot_in(town: Town, folder: Path, **env: str) -> Iterator[Watch]:
    """A bot with fresh records in a town, for the length of a with block."""
    clock = Clock()
    town.jenkins.quiet_period, town.jenkins.executors = 0.0, 4
    town.room.clock, town.room.throttle = clock, Throttle(itertools.count(0, 3600).__next__)
    database = f"sqlite:///{folder / 'sampan.db'}"
    # Work before the answer: when somebody has been answered, nothing goes on behind a test's back.
    more = {"LANGUAGE": "en", "ANSWER_FIRST": "no", "MESSAGES_A_MINUTE": "0", "DATABASE_URL": database}
    full = {**town.environment, **more, **env}
    app = create_app(full)
    sampan = Wired(load(full), clock=clock)
    app.state.shared = replace(app.state.shared, sampan=sampan)
    with closing(sampan.store), serving(app) as town.room.bot_url:
        watch = Watch(town, sampan, clock, full)
        yield watch
        watch.mend()
        _tidy(town)


def _tidy(town: Town) -> None:
    """Leave nothing of a test in Jenkins for the next one."""
    for item in town.jenkins.queue.waiting:
        town.jenkins.queue.cancel(item)
    for job in town.jenkins.jobs.values():
        job.script, job.input = "true", ""  # of a build that is just about to begin
        for build in job.newest:
            build.stop()
    town.jenkins.queue.lifetime = 300.0
    town.jenkins.requests.clear()
    town.gitee.requests.clear()
