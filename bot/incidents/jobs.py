"""Jobs that are watched: a notification makes one due, and what its server shows decides."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from bot.incidents.intake import take_in
from bot.incidents.life import VERDICTS, Health, Kind, Signal, Step, Verdict, step
from bot.reply import UserError
from bot.versions.making import saw_runs
from integrations.errors import IntegrationError, NotFound
from integrations.model import BuildRef, Notification, Result
from integrations.model.runs import Run, Story
from integrations.transport import deadline, remaining

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.settings import Settings
    from bot.store.incidents import Watched

EVERY = 50_000  # milliseconds between two looks: what no notification told is known within a minute
REST = 60_000  # the same for a server that does not answer
GONE = 600_000  # the same for a job that is not there
GONE_FOR = 7 * 86_400_000  # milliseconds since the last news of one that is still looked for
MARGIN = 600_000  # milliseconds by which a notification's word of when a build began may be late
LOOK_TIME = 8.0  # seconds
BATCH = 20
SIDE_BY_SIDE = 4

log = logging.getLogger(__name__)


class JobHistory(Protocol):
    """What became of a job's builds, whoever started them; calls raise IntegrationError."""

    def newest(self, job: str) -> Run | None: ...
    def runs(self, job: str, *, after: int) -> Sequence[Run]: ...
    def story(self, job: str, number: int) -> Story: ...
    def log(self, build: BuildRef, *, lines: int) -> tuple[str, ...]: ...


def is_watched(settings: "Settings", job: str) -> bool:
    """Whether a job's failure is an incident; of one that tests pull requests it is its author's affair."""
    if job in {settings.pr_job_of(repo) for repo in settings.repos}:
        return False
    patterns = settings.watch_jobs
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")] or ["*"]
    return _matches(job, wanted) and not _matches(job, unwanted)


def _matches(job: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(job, pattern) for pattern in patterns)


def hinted(sampan: "Sampan", about: Notification) -> bool:
    """Take a notification; whether there is something to do now.

    A success of a healthy job is nothing: it costs one read of our own records.
    """
    if not about.ended or not is_watched(sampan.settings, about.job):
        return False
    if not sampan.settings.jenkins_configured:
        return _believed(sampan, about)
    return _doubted(sampan, about)


def _believed(sampan: "Sampan", about: Notification) -> bool:
    """Nobody can be asked: what the notification says is all there is."""
    verdict = VERDICTS.get(about.result) if about.result else None
    if verdict is None or about.number is None:
        return False
    at = _ended_at(about.at, now=sampan.store.now())
    began_at = 0 if about.began_at is None else round(about.began_at * 1000)
    signal = Signal(verdict, about.number, at, about.url, began_at)
    known = sampan.store.incidents.watched(Kind.JOB, about.job)
    anew = known is not None and _numbered_anew(known, signal, margin=MARGIN)
    return take_in(sampan.store, Kind.JOB, about.job, [signal], anew=anew)


def _doubted(sampan: "Sampan", about: Notification) -> bool:
    """The server is asked about whatever is not as it was; the job is due until that was done."""
    incidents, now = sampan.store.incidents, sampan.store.now()
    known = incidents.watched(Kind.JOB, about.job)
    if known is None or known.look_at is None:
        incidents.watch(about.job, look_at=now + EVERY)
    if about.result in (Result.ABORTED, Result.NOT_BUILT):
        return False
    healthy = known is None or known.health is Health.HEALTHY
    if about.result is Result.SUCCESS and healthy:
        return False
    if known and about.number is not None and not _may_be_news(known, about.number):
        return False
    incidents.watch(about.job, look_at=now)
    return True


def _may_be_news(known: "Watched", number: int) -> bool:
    worst = Signal(Verdict.FAILURE, number, at=0)
    return step(Kind.JOB, known.health, known.mark, worst) is not Step.NOTHING


def compare(sampan: "Sampan", job: str) -> None:
    """Compare one job, if it is due: nobody waits for the others, which the clock takes care of."""
    one = sampan.store.incidents.take_job(job)
    _side_by_side(sampan, [one] if one else [])


def compare_due(sampan: "Sampan") -> int:
    """Compare every job that is due with its server, while time is left; returns how many that were."""
    compared = 0
    while remaining() > 3:
        batch = sampan.store.incidents.take_watched(at_most=BATCH)
        compared += len(batch)
        _side_by_side(sampan, batch)
        if len(batch) < BATCH:
            break
    return compared


def _side_by_side(sampan: "Sampan", batch: Sequence["Watched"]) -> None:
    if not batch:
        return
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="compare") as pool:
        asked = [pool.submit(copy_context().run, _compare, sampan, one) for one in batch]
    problems = [problem for problem in (one.result() for one in asked) if problem]
    if problems:
        log.warning("%d of %d jobs could not be looked at: %s", len(problems), len(batch), problems[0])


def _compare(sampan: "Sampan", one: "Watched") -> Exception | None:
    """Look at one job, and say when to look again; gives what went wrong."""
    pause: int | None = EVERY
    problem: Exception | None = None
    try:
        with deadline(LOOK_TIME):
            if is_watched(sampan.settings, one.name):
                _look(sampan, one)
            else:
                pause = None
    except NotFound:
        log.info("job %s is not there, or hidden from our account", one.name)
        pause = GONE if sampan.store.now() - one.at < GONE_FOR else None
    except UserError as unconfigured:
        pause, problem = None, unconfigured
    except IntegrationError as trouble:
        pause, problem = REST, trouble
    look_at = None if pause is None else sampan.store.now() + pause
    sampan.store.incidents.compared(one, look_at=look_at)
    return problem


def _look(sampan: "Sampan", one: "Watched") -> None:
    history = sampan.job_history()
    newest = history.newest(one.name)
    if newest is None:
        return
    anew = _numbered_anew(one, _signal(newest, now=sampan.store.now()))
    if newest.number <= one.mark and not anew and not _has_worsened(one, newest):
        return
    mark = 0 if anew else one.mark
    runs: Sequence[Run] = [newest]
    if newest.number > mark + 1:  # there is more than one to judge, so nothing may be left out
        runs = history.runs(one.name, after=mark) or runs
    if not mark:
        runs = _streak(runs)
    signals = [_signal(run, now=sampan.store.now()) for run in runs]
    saw_runs(sampan, one.name, runs)  # before the mark: whoever dies between the two looks again
    take_in(sampan.store, Kind.JOB, one.name, signals, anew=anew)


def _numbered_anew(one: "Watched", newest: Signal, *, margin: int = 0) -> bool:
    """A job that was made again counts its builds from 1: a lower number that began later."""
    return newest.mark < one.mark and newest.began_at > one.began_at + margin


def _has_worsened(one: "Watched", newest: Run) -> bool:
    return (
        newest.number == one.mark
        and _may_be_news(one, newest.number)
        and VERDICTS[newest.result] is Verdict.FAILURE
    )


def _streak(runs: Sequence[Run]) -> Sequence[Run]:
    """Of a job that we see for the first time: since when it is as it is now, if it fails."""
    for index in range(len(runs) - 1, -1, -1):
        if VERDICTS[runs[index].result] is Verdict.SUCCESS:
            return runs[index + 1 :] or runs[-1:]
    return runs


def _signal(run: Run, *, now: int) -> Signal:
    at = _ended_at(run.ended_at, now=now)
    began_at = 0 if run.began_at is None else round(run.began_at * 1000)
    return Signal(VERDICTS[run.result], run.number, at, run.url, began_at)


def _ended_at(seconds: float | None, *, now: int) -> int:
    """When a build ended, in milliseconds: not later than now, though its server's clock may be ahead."""
    return now if seconds is None else min(round(seconds * 1000), now)
