"""Accounts, and what they may do in a project."""

from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """A member's access level, by the numbers of docs.gitlab.com/api/access_requests."""

    NONE = 0
    REPORTER = 20
    DEVELOPER = 30
    MAINTAINER = 40


@dataclass(frozen=True)
class User:
    """One account."""

    id: int
    username: str
    name: str

    @property
    def email(self) -> str:
        """The address in its commits."""
        return f"{self.username}@example.com"
