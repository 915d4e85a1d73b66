"""A day of builds as Jenkins tells of it, by a clock that is moved, through the Lambda handler."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import NamedTuple

from benchmarks.breaks import EVERY, JOBS, Break, breaks
from benchmarks.deliveries import posted
from bot.settings import load
from bot.store.migrating import migrate
from bot.web.app import create_app
from bot.web.aws import Handler, make_handler
from bot.wiring import Wired
from integrations.trello.client import Trello
from integrations.trello.rate import Window
from sandbox.dingtalk.limits import Throttle
from sandbox.jenkins.builds import Build, Result
from sandbox.jenkins.notify import Phase, payload
from sandbox.town import JENKINS_HOOK_TOKEN, Town
from sandbox.trello.seed import TODO

MINUTE = 60.0
LASTS = 60.0  # seconds of a build
PHASES = (Phase.STARTED, Phase.FINALIZED)
KEPT = 30  # builds of a job: Jenkins is told to discard old ones
HOOK = f"/hooks/jenkins/{JENKINS_HOOK_TOKEN}"
HEADERS = {"content-type": "application/json;charset=UTF-8"}
LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "sampan", "LOG_LEVEL": "ERROR"}


class Calls(NamedTuple):
    """What was asked of others so far."""

    jenkins: int
    trello: int
    messages: int

    def since(self, before: "Calls") -> "Calls":
        """What has been asked meanwhile."""
        return Calls(*(now - then for now, then in zip(self, before, strict=True)))


@dataclass
class Taken:
    """Seconds of every invocation."""

    quiet: list[float] = field(default_factory=list)  # hooks that nothing follows from
    loud: list[float] = field(default_factory=list)  # hooks of a build that broke its job or mended it
    ticks: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """What came of a day; calls are those of its hooks, and then of the ticks after it."""

    builds: int
    breaks: list[Break]
    taken: Taken
    calls: Calls
    for_nothing: int  # calls for a success of a job that worked
    cards: int  # on the board, at the end
    ticked: Calls

    @property
    def still(self) -> int:
        """How many jobs are broken at the end."""
        return sum(one.numbers[-1] == self.builds // JOBS for one in self.breaks)


class Clock:
    """The time of the day that is replayed."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


class Timed(Wired):
    """Keeps Trello's limit in the time of the day, as a real one takes longer than a few seconds."""

    def __init__(self, env: dict[str, str], clock: Clock) -> None:
        settings = load(env)
        super().__init__(settings, clock=clock)
        self._tracker = Trello(
            settings.trello_url,
            settings.trello_key,
            settings.trello_tokens,
            todo=settings.trello_todo_list,
            done=settings.trello_done_list,
            window=lambda: Window(clock=clock),
        )

    def tracker(self) -> Trello:
        """Where the cards live."""
        return self._tracker


def replayed(url: str, *, builds: int, ticks: int) -> Day:
    """Replay a day on an empty database, and so many minutes in which nothing is built; what came of it."""
    migrate(url)
    with Town() as town, _deployed(town, url) as replay:
        return replay.run(builds, ticks)


@contextmanager
def _deployed(town: Town, url: str) -> Iterator["Replay"]:
    clock, env = Clock(), {**town.environment, **LAMBDA, "DATABASE_URL": url}
    town.room.clock, town.room.throttle = clock, Throttle(clock)
    app, sampan = create_app(env), Timed(env, clock)
    app.state.shared = replace(app.state.shared, sampan=sampan)
    with closing(sampan.store):
        yield Replay(town, make_handler(app), clock)


class Replay:
    """Lets builds end one after the other, and has the plugin tell of each."""

    def __init__(self, town: Town, handler: Handler, clock: Clock) -> None:
        self._town, self._handler, self._clock = town, handler, clock
        self._taken, self._for_nothing = Taken(), 0

    def run(self, builds: int, ticks: int) -> Day:
        """All builds, and then all ticks."""
        for job in range(JOBS):
            self._town.jenkins.add_job(_name(job), script="true")
        found = breaks(builds)
        failing = {(one.job, number) for one in found for number in one.numbers}
        for number, job in ((index // JOBS + 1, index % JOBS) for index in range(builds)):
            self._build(job, fails=(job, number) in failing, failed=(job, number - 1) in failing)
        calls, cards = self._calls(), len(self._town.trello.boards[0].list_named(TODO).cards)
        for _ in range(ticks):
            self._pass(MINUTE)
            self._taken.ticks.append(self._invoke({"schedule": "tick"}))
        ticked = self._calls().since(calls)
        return Day(builds, found, self._taken, calls, self._for_nothing, cards, ticked)

    def _build(self, job: int, *, fails: bool, failed: bool) -> None:
        self._pass(EVERY)
        jenkins, before = self._town.jenkins, self._calls()
        result = Result.FAILURE if fails else Result.SUCCESS
        build = jenkins.record(_name(job), result, began=self._clock.now - LASTS, seconds=LASTS)
        if build.number > KEPT:
            jenkins.delete_build(_name(job), build.number - KEPT)
        for phase in PHASES:
            took = self._invoke(self._told(build, phase))
            loud = phase is Phase.FINALIZED and (fails or failed)
            (self._taken.loud if loud else self._taken.quiet).append(took)
        if not (fails or failed):
            self._for_nothing += sum(self._calls().since(before))

    def _told(self, build: Build, phase: Phase) -> dict[str, object]:
        then = replace(build, result=None, duration=0.0) if phase is Phase.STARTED else build
        return posted(HOOK, HEADERS, json.dumps(payload(then, phase, root=self._town.jenkins.url)))

    def _invoke(self, event: dict[str, object]) -> float:
        began = time.perf_counter()
        answer = self._handler(event, None)
        took = time.perf_counter() - began
        assert answer.get("statusCode", 200) == 200, answer
        return took

    def _pass(self, seconds: float) -> None:
        self._clock.now += seconds
        self._town.trello.clock.pass_time(timedelta(seconds=seconds))

    def _calls(self) -> Calls:
        town = self._town
        return Calls(len(town.jenkins.requests), len(town.trello.requests), len(town.room.replies))


def _name(job: int) -> str:
    return f"nightly-{job}"
