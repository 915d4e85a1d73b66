"""What a code host holds, and what it tells by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, unique


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
