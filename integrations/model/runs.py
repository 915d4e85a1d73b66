"""Runs: the builds of a job that have ended, whoever started them, and why they ran.

Apart from the other values, which a cold start pays for: only who works on incidents imports them.
"""

from dataclasses import dataclass

from integrations.model.builds import Result


@dataclass(frozen=True)
class Run:
    """A build that has ended; times are seconds since the epoch, None where the server does not know."""

    number: int
    result: Result
    url: str
    began_at: float | None
    ended_at: float | None
    artifacts: tuple[str, ...] = ()  # paths of what it archived, the first few


@dataclass(frozen=True)
class Change:
    """One commit that a build had and the one before it had not."""

    id: str  # shortened, as people write it
    title: str  # the first line of its message
    author: str


@dataclass(frozen=True)
class Story:
    """Why a build ran, and what was new in it."""

    who: tuple[str, ...]  # people, builds such as team/build #12, or the server's words: timer
    changes: tuple[Change, ...]
    more: int = 0  # changes that are not among these
