"""The neutral values that outside systems are translated to and from."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, unique

# What a room is shown.


@dataclass(frozen=True)
class Link:
    """A label that opens an address."""

    label: str
    url: str


@dataclass(frozen=True)
class Say:
    """A label that, when tapped, says a command in the room."""

    label: str
    command: str


@dataclass(frozen=True)
class Strong:
    """Text that stands out."""

    text: str


@dataclass(frozen=True)
class Code:
    """Text to be read letter by letter."""

    text: str


Span = str | Link | Say | Strong | Code
Line = tuple[Span, ...]


@dataclass(frozen=True)
class Post:
    """One message to a room; `mentions` are ids of that chat."""

    title: str
    lines: tuple[Line, ...]
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Room:
    """Where something is said, also later; without a conversation, wherever announcements go."""

    conversation_id: str = ""
    reply_url: str = field(default="", repr=False)  # good until `reply_until`, seconds since the epoch
    reply_until: float = 0.0


# What a chat brings.


@unique
class Kind(StrEnum):
    TEXT = "text"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class InboundMessage:
    """What a person wrote in a room; times are seconds since the epoch."""

    delivery_id: str
    created_at: float
    kind: Kind
    text: str
    conversation_id: str
    conversation_title: str
    robot: str
    staff_id: str  # empty when the platform vouches for nobody
    chat_user_id: str  # good for a mention, never for rights
    name: str  # as the person likes to be called; never for rights
    reply_url: str = field(repr=False)
    reply_until: float


# What a code host holds.


@unique
class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@unique
class Vote(StrEnum):
    APPROVE = "approve"
    TEST = "test"


@unique
class Method(StrEnum):
    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


@dataclass(frozen=True)
class Reviewer:
    """Somebody whose approval, or test, counts."""

    login: str
    accepted: bool


@dataclass(frozen=True)
class PullRequest:
    """A pull request as its host last told it."""

    repo: str  # owner/name
    number: int
    title: str
    url: str
    author: str
    state: State
    draft: bool
    mergeable: bool | None  # None: the host does not know yet
    labels: tuple[str, ...]
    head_ref: str
    head_sha: str
    base_ref: str
    created_at: datetime | None
    approvals_needed: int
    approvers: tuple[Reviewer, ...]
    tests_needed: int
    testers: tuple[Reviewer, ...]

    @property
    def approvals_short(self) -> int:
        return max(0, self.approvals_needed - sum(who.accepted for who in self.approvers))

    @property
    def tests_short(self) -> int:
        return max(0, self.tests_needed - sum(who.accepted for who in self.testers))

    def short(self, vote: Vote) -> int:
        """How many more votes of this kind the host asks for."""
        return self.approvals_short if vote is Vote.APPROVE else self.tests_short

    def accepted(self, vote: Vote) -> frozenset[str]:
        """The logins whose vote of this kind counts already."""
        reviewers = self.approvers if vote is Vote.APPROVE else self.testers
        return frozenset(who.login for who in reviewers if who.accepted)


@dataclass(frozen=True)
class PullPage:
    """One page of a list; `total` is None when the host does not say."""

    pulls: tuple[PullRequest, ...]
    page: int
    more: bool
    total: int | None


@unique
class CheckState(Enum):
    GREEN = "green"
    RED = "red"
    RUNNING = "running"


@dataclass(frozen=True)
class Check:
    """One automatic check of a commit."""

    name: str
    state: CheckState


# What a build server runs.


@dataclass(frozen=True)
class Parameter:
    """One parameter that a job defines; `choices` is empty when any value goes."""

    name: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A job that can be started."""

    name: str  # with folders: team/hello-deploy
    url: str
    buildable: bool
    parameters: tuple[Parameter, ...]
    usual: float | None = None  # seconds a build of it takes, as far as the server knows

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


# What a code host tells by itself: hints, to be read again before anything is done.


@unique
class PullAction(StrEnum):
    """What is said to have happened to a pull request."""

    OPENED = "opened"
    MOVED = "moved"  # its source branch has new commits
    APPROVED = "approved"
    TESTED = "tested"
    MERGED = "merged"
    CLOSED = "closed"
    REOPENED = "reopened"
    CHANGED = "changed"  # anything else


@dataclass(frozen=True)
class PullHint:
    """Something happened to a pull request; `dedupe` is the same for every delivery of the same news."""

    repo: str  # owner/name
    number: int
    action: PullAction
    dedupe: str


@dataclass(frozen=True)
class NoteHint:
    """Somebody wrote below a pull request."""

    repo: str  # owner/name
    number: int
    comment_id: int
    dedupe: str


@dataclass(frozen=True)
class Note:
    """A comment below a pull request, as its host last told it."""

    id: int
    author_login: str
    body: str
    url: str
    created_at: datetime | None = None


@dataclass(frozen=True)
class Account:
    """Who we are to an outside system, and what it says about itself."""

    name: str
    version: str
    server_time: datetime | None
