"""Locks: what nobody may touch for a while, whose they are, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import NamedTuple

from bot.store.database import Database
from bot.store.queries import Queries, typed


@unique
class Locked(StrEnum):
    """What can be locked."""

    EVERYTHING = "everything"
    ENVIRONMENT = "environment"
    SERVICE = "service"
    PULL = "pull"
    JOB = "job"  # muted: the room hears nothing of its failures
    ALERT = "alert"  # the same


class Target(NamedTuple):
    """One thing that can be locked; everything has no name."""

    kind: Locked
    name: str


@dataclass(frozen=True)
class Lock:
    """One lock; times are milliseconds, UTC, and one without `until` stays until it is opened."""

    kind: Locked
    name: str
    reason: str
    staff_id: str
    who: str
    at: int
    until: int | None


class Locks:
    """One lock at most for each thing; one whose time is over counts as open."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._queries, self._now = Queries(database, "locks"), now

    def close(
        self, kind: Locked, name: str, *, reason: str, staff_id: str, who: str, seconds: float | None
    ) -> bool:
        """Lock a thing; False when it is locked already."""
        now = self._now()
        until = None if seconds is None else now + round(seconds * 1000)
        return bool(
            self._queries.change(
                "close",
                kind=str(kind),
                name=name,
                reason=reason,
                staff_id=staff_id,
                who=who,
                at=now,
                until=until,
            )
        )

    def open(self, kind: Locked, name: str) -> bool:
        """Unlock a thing; False when it was not locked."""
        return bool(self._queries.change("open", kind=str(kind), name=name, now=self._now()))

    def on(self, kind: Locked, name: str = "") -> Lock | None:
        """The lock on a thing."""
        row = self._queries.one("on", kind=str(kind), name=name, now=self._now())
        return typed(Lock, row) if row else None

    def all(self) -> list[Lock]:
        """Every lock there is, oldest first."""
        return [typed(Lock, row) for row in self._queries.all("all_of", now=self._now())]
