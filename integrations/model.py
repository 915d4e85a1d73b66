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

    def parameter(self, name: str) -> Parameter | None:
        return next((one for one in self.parameters if one.name == name), None)


@dataclass(frozen=True)
class Queued:
    """What a trigger came to: a queue item, or a build when it is known already."""

    queue_id: int | None
    url: str
    merged: bool = False  # joined an equal item that was waiting already
    number: int | None = None
