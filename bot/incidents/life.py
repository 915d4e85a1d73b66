"""The life of an incident: one table, and what of it the room is told. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from integrations.model import Result

HOUR = 3_600_000  # milliseconds
DAY = 24 * HOUR
CHANGES = 3  # within an hour; with one more it flaps


@unique
class Kind(StrEnum):
    """What can be broken."""

    JOB = "job"
    ALERT = "alert"


@unique
class Health(StrEnum):
    """How something is, as far as we know."""

    HEALTHY = "healthy"
    FAILING = "failing"


@unique
class Verdict(StrEnum):
    """What a build that has ended, or an alert, says of it."""

    SUCCESS = "success"
    FAILURE = "failure"


@unique
class Step(StrEnum):
    """What follows."""

    NOTHING = "nothing"
    OPENED = "opened"
    AGAIN = "failed again"
    FIXED = "fixed"


LIFE: Mapping[tuple[Health, Verdict], Step] = {
    (Health.HEALTHY, Verdict.SUCCESS): Step.NOTHING,
    (Health.HEALTHY, Verdict.FAILURE): Step.OPENED,
    (Health.FAILING, Verdict.FAILURE): Step.AGAIN,
    (Health.FAILING, Verdict.SUCCESS): Step.FIXED,
}

# Builds that were stopped, or never ran, say nothing about a job.
VERDICTS: Mapping[Result, Verdict] = {
    Result.SUCCESS: Verdict.SUCCESS,
    Result.UNSTABLE: Verdict.FAILURE,
    Result.FAILURE: Verdict.FAILURE,
}


@dataclass(frozen=True)
class Signal:
    """One verdict; its mark says what is older: a build's number, or when an alert began (milliseconds)."""

    verdict: Verdict
    mark: int
    at: int  # when that came to be; milliseconds
    url: str = ""
    began_at: int = 0  # when the build began


def step(kind: Kind, health: Health, mark: int, signal: Signal) -> Step:
    """What follows from a signal for something that was last judged at `mark`; nothing if it is no news."""
    return LIFE[health, signal.verdict] if _is_news(kind, health, mark, signal) else Step.NOTHING


def _is_news(kind: Kind, health: Health, mark: int, signal: Signal) -> bool:
    if kind is Kind.ALERT and signal.verdict is Verdict.SUCCESS:
        return (
            True  # a monitor sends its last word last, and when the alert had begun may stand there wrongly
        )
    if signal.mark != mark:
        return signal.mark > mark
    # The same build once more: its result can only have become worse.
    return kind is Kind.JOB and health is Health.HEALTHY and signal.verdict is Verdict.FAILURE


@unique
class Told(StrEnum):
    """What the room was last told."""

    NOTHING = ""
    FAILING = "failing"
    FLAPPING = "flapping"
    FIXED = "fixed"


@unique
class News(StrEnum):
    """What the room is to be told."""

    FAILING = "failing"
    LASTING = "lasting"
    FLAPPING = "flapping"
    FIXED = "fixed"
    CALM_FAILING = "calm, failing"
    CALM_FIXED = "calm, fixed"

    @property
    def told(self) -> Told:
        """What the room knows then."""
        return _LEAVES[self]


_LEAVES = {
    News.FAILING: Told.FAILING,
    News.LASTING: Told.FAILING,
    News.FLAPPING: Told.FLAPPING,
    News.FIXED: Told.FIXED,
    News.CALM_FAILING: Told.FAILING,
    News.CALM_FIXED: Told.FIXED,
}


def news(health: Health, told: Told, *, flaps: bool, lasts: bool) -> News | None:
    """What the room does not know yet; `lasts` says that a summary is due."""
    if flaps:
        return None if told is Told.FLAPPING else News.FLAPPING
    if health is Health.FAILING:
        unknown = {Told.FAILING: News.LASTING if lasts else None, Told.FLAPPING: News.CALM_FAILING}
        return unknown.get(told, News.FAILING)
    return {Told.FIXED: None, Told.FLAPPING: News.CALM_FIXED}.get(told, News.FIXED)


def flaps_until(changes: Sequence[int]) -> int:
    """Until when something counts as flapping, from the times of its changes, newest first; else 0."""
    return changes[CHANGES] + HOUR if len(changes) > CHANGES else 0


def summary_due(opened_at: int, *, after: int) -> int:
    """The next time to say that it lasts: an hour after it began, and then daily."""
    first = opened_at + HOUR
    return first if after < first else first + ((after - first) // DAY + 1) * DAY
