"""What a build server runs, and what a look at it shows."""

from dataclasses import dataclass
from enum import StrEnum, unique


@dataclass(frozen=True)
class Parameter:
    """One parameter that a job defines; `choices` is empty when any value goes."""

    name: str
    choices: tuple[str, ...] = ()
    secret: bool = False  # a password: nothing to be typed where others read


@dataclass(frozen=True)
class Job:
    """A job that can be started."""

    name: str  # with folders: team/hello-deploy
    url: str
    buildable: bool
    parameters: tuple[Parameter, ...]
    usual: float | None = None  # seconds a build of it takes, as far as the server knows
    open: bool = False  # takes any parameter

    def parameter(self, name: str) -> Parameter | None:
        return next((one for one in self.parameters if one.name == name), None)


@dataclass(frozen=True)
class Queued:
    """What a trigger came to: a queue item, or a build when it is known already."""

    queue_id: int | None
    url: str
    merged: bool = False  # joined an equal item that was waiting already
    number: int | None = None


@unique
class Stage(StrEnum):
    """How far a build is, as its server shows it."""

    QUEUED = "queued"
    RUNNING = "running"
    INPUT = "input"  # runs, and waits for a person
    ENDED = "ended"
    CANCELLED = "cancelled"  # taken out of the queue before it began
    GONE = "gone"  # the server knows it no longer, or never did


@unique
class Result(StrEnum):
    """How a build ended."""

    SUCCESS = "success"
    UNSTABLE = "unstable"
    FAILURE = "failure"
    ABORTED = "aborted"
    NOT_BUILT = "not built"


@dataclass(frozen=True)
class BuildRef:
    """What a build is found again by: never by guessing the next number."""

    job: str
    marker: str = ""  # what was sent as SAMPAN_ID
    queue_id: int | None = None
    number: int | None = None


@dataclass(frozen=True)
class Notification:
    """A build server's word that something happened to a build: a hint to look, and no more."""

    job: str
    number: int | None
    queue_id: int | None
    marker: str
    ended: bool
    phase: str  # its own word; empty when it is none
    result: Result | None = None  # in a phase in which it has ended
    url: str = ""
    began_at: float | None = None  # seconds since the epoch, as `at`
    at: float | None = None  # when it was told


@dataclass(frozen=True)
class Sighting:
    """What a look at a build showed; times are seconds, `began_at` since the epoch."""

    stage: Stage
    queue_id: int | None = None
    number: int | None = None
    url: str = ""
    why: str = ""  # the server's own words: why it waits, or what its input asks
    result: Result | None = None  # when it has ended
    began_at: float | None = None
    seconds: float | None = None  # how long it took, when it has ended
    usual: float | None = None
