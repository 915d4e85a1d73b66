"""An issue: something to be done in a repo, and what people said about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sandbox.gitee.commons import Commons, User
from sandbox.gitee.pulls import Comment, Label
from sandbox.gitee.refusals import LABEL_LENGTH, TITLE_LENGTH, Refused

# Not Gitee's own, which nobody has written down: the least that was found for such a column.
LONGEST_TITLE = 191

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class State(StrEnum):
    """The states of an issue; `rejected` is given on the board, never through the API."""

    OPEN = "open"
    PROGRESSING = "progressing"
    CLOSED = "closed"
    REJECTED = "rejected"


@dataclass(eq=False)
class Issue:
    """One issue; a Repo makes it."""

    commons: Commons
    id: int
    title: str
    author: User
    created_at: datetime
    updated_at: datetime
    body: str = ""
    state: State = State.OPEN
    finished_at: datetime | None = None
    labels: dict[str, Label] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)

    @property
    def number(self) -> str:
        """What it is called by, I4ABCD and the like: unique in the world, and no number at all."""
        rest, text = self.id, ""
        while rest:
            rest, digit = divmod(rest, len(_DIGITS))
            text = _DIGITS[digit] + text
        return f"I{text}"

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in (State.CLOSED, State.REJECTED)

    def rename(self, title: str) -> None:
        """Give it another title."""
        if len(title) > LONGEST_TITLE:
            raise Refused(422, TITLE_LENGTH.format(most=LONGEST_TITLE))
        self.title = title
        self._touch()

    def move(self, state: State) -> None:
        """Put it into a state."""
        self.state = state
        self._touch()
        self.finished_at = self.updated_at if self.closed else None

    def add_label(self, name: str) -> None:
        """Stick a label on; sticking it twice changes nothing."""
        self.set_labels([*self.labels, name])

    def set_labels(self, names: Iterable[str]) -> None:
        """Have exactly these labels, or if one of them cannot be, those there are."""
        self.labels = {name: self.labels.get(name) or self._label(name) for name in names}
        self._touch()

    def add_comment(self, body: str, *, by: User) -> Comment:
        """Write a comment below it."""
        self._touch()
        self.comments.append(Comment(self.commons.next_id(), by, body, self.updated_at))
        return self.comments[-1]

    def _label(self, name: str) -> Label:
        if not 2 <= len(name) <= 20:
            raise Refused(400, LABEL_LENGTH)
        return Label(self.commons.next_id(), name, self.commons.now())

    def _touch(self) -> None:
        self.updated_at = self.commons.now()
