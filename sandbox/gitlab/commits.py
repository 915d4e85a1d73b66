"""Commits: enough of a repository to say what is new between two of them."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from sandbox.gitlab.people import User

NO_SHA = "0" * 40


@dataclass(frozen=True)
class Commit:
    """One commit on its parent."""

    message: str
    author: User
    at: datetime
    parent: "Commit | None" = field(default=None, repr=False)
    sha: str = field(default_factory=lambda: secrets.token_hex(20))

    @property
    def title(self) -> str:
        """The first line of its message."""
        return self.message.split("\n", 1)[0]

    @property
    def short(self) -> str:
        """The beginning of its sha, as GitLab shortens it."""
        return self.sha[:8]

    def line(self) -> Iterator["Commit"]:
        """It and what it stands on, the newest first."""
        found: Commit | None = self
        while found:
            yield found
            found = found.parent


def between(base: Commit, head: Commit) -> list[Commit]:
    """What `head` has and `base` has not, the oldest first."""
    known = {commit.sha for commit in base.line()}
    return list(takewhile(lambda commit: commit.sha not in known, head.line()))[::-1]
