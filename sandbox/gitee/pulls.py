"""A pull request: what it joins, what it needs, and what people did to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sandbox.gitee.commons import Commons, User
from sandbox.gitee.gates import Gate
from sandbox.gitee.refusals import LABEL_LENGTH, Refused


class State(StrEnum):
    """Gitee tells merged from closed, which its relatives do not."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


class Action(StrEnum):
    """What the operation log tells apart.

    Gitee's own values of `action_type` are unproven; bots that read the log find a label's name in `content`.
    """

    CREATE = "create"
    UPDATE = "update"
    PUSH = "source_branch_changed"
    ADD_LABEL = "add_label"
    REMOVE_LABEL = "remove_label"
    REVIEW = "check_pass"
    TEST = "test_pass"
    RESET = "reset"
    ASSIGN = "assign"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"


@dataclass(frozen=True)
class Label:
    """A word stuck on a pull request."""

    id: int
    name: str
    created_at: datetime


@dataclass(frozen=True)
class Comment:
    """What somebody wrote below it; about a line of the diff when it has a path."""

    id: int
    user: User
    body: str
    created_at: datetime
    path: str | None = None
    position: int | None = None
    commit_id: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the operation log."""

    id: int
    user: User
    action: Action
    content: str
    created_at: datetime


@dataclass(frozen=True)
class Edit:
    """What a comment says from now on."""

    comment: Comment


News = Entry | Comment | Edit


def _nobody(_: News) -> None:
    """Hear news, and do nothing about it."""


@dataclass(eq=False)
class Pull:
    """One pull request; a Repo makes it, keeps its shas up to date and merges it."""

    commons: Commons
    id: int
    number: int
    title: str
    author: User
    head_ref: str
    base_ref: str
    head_sha: str
    base_sha: str
    created_at: datetime
    updated_at: datetime
    body: str = ""
    draft: bool = False
    prune_branch: bool = False
    close_related_issue: bool = False
    state: State = State.OPEN
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merge_sha: str | None = None
    review: Gate = field(default_factory=Gate)
    test: Gate = field(default_factory=Gate)
    labels: dict[str, Label] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    hidden_reads: int = 0
    announce: Callable[[News], None] = field(default=_nobody, repr=False)

    def note(self, by: User, action: Action, content: str, *, at: datetime | None = None) -> None:
        """Write a line into the log; whatever is worth one is an update as well."""
        self.updated_at = at or self.commons.now()
        self.entries.append(Entry(self.commons.next_id(), by, action, content, self.updated_at))
        self.announce(self.entries[-1])

    def add_label(self, name: str, *, by: User | None = None) -> Label:
        """Stick a label on; sticking it twice changes nothing."""
        if not 2 <= len(name) <= 20:
            raise Refused(400, LABEL_LENGTH)
        if name not in self.labels:
            self.labels[name] = Label(self.commons.next_id(), name, self.commons.now())
            self.note(by or self.author, Action.ADD_LABEL, f"添加了标签 {name}")
        return self.labels[name]

    def remove_label(self, name: str, *, by: User | None = None) -> None:
        """Take a label off, if it is there."""
        if self.labels.pop(name, None):
            self.note(by or self.author, Action.REMOVE_LABEL, f"移除了标签 {name}")

    def set_labels(self, names: Iterable[str], *, by: User) -> None:
        """Have exactly these labels."""
        wanted = list(names)
        for name in set(self.labels) - set(wanted):
            self.remove_label(name, by=by)
        for name in wanted:
            self.add_label(name, by=by)

    def add_comment(
        self,
        body: str,
        *,
        by: User,
        path: str | None = None,
        position: int | None = None,
        commit_id: str | None = None,
    ) -> Comment:
        """Write a comment below it."""
        now = self.commons.now()
        comment = Comment(self.commons.next_id(), by, body, now, path, position, commit_id)
        self.comments.append(comment)
        self.updated_at = now
        self.announce(comment)
        return comment

    def edit_comment(self, old: Comment, body: str) -> Comment:
        """Have a comment say something else."""
        new = replace(old, body=body, updated_at=self.commons.now())
        self.comments[self.comments.index(old)] = new
        self.announce(Edit(new))
        return new

    def hide_mergeable(self, reads: int) -> None:
        """Answer `mergeable: null` that many times, as if it were still being computed."""
        self.hidden_reads = reads

    def close(self, *, by: User) -> None:
        """Close without merging."""
        self.state, self.closed_at = State.CLOSED, self.commons.now()
        self.note(by, Action.CLOSE, "关闭了 Pull Request")

    def reopen(self, *, by: User) -> None:
        """Open again."""
        self.state, self.closed_at = State.OPEN, None
        self.note(by, Action.REOPEN, "重新打开了 Pull Request")
