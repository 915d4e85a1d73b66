"""Health: how much there is to do, and since when, in one cheap query."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.store.database import Database, DatabaseDown
from bot.store.migrating import NotMigrated, files
from bot.store.queries import Queries, typed

OVERDUE = 300_000  # milliseconds that something may be due before the clock is doubted


@dataclass(frozen=True)
class Figures:
    """What is unfinished; times are milliseconds, UTC, and None where there is nothing."""

    applied: int  # migrations
    open: int  # builds
    waiting: int  # messages
    look_at: int | None  # when a build was first to be looked at
    due_at: int | None  # when a message was first to be said
    tend_at: int | None  # when an incident was first to be worked on
    compare_at: int | None  # when a job was first to be compared
    paused_until: int | None  # a robot that the platform sent to rest

    @property
    def due_since(self) -> int | None:
        """Since when something is due, or until when nothing is."""
        times = (self.look_at, self.due_at, self.tend_at, self.compare_at)
        return min((at for at in times if at is not None), default=None)


@dataclass(frozen=True)
class Broken:
    """What is watched and what is broken; `cardless_since` is when the oldest without a card began."""

    jobs: int
    open: int
    cardless: int
    cardless_since: int | None


@dataclass(frozen=True)
class Oldest:
    """The build that is open longest."""

    id: int
    at: int


class Health:
    """Reads, and changes nothing."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database, self._queries, self._now = database, Queries(database, "health"), now

    def figures(self) -> Figures:
        """How things are; fails on a database that lacks migrations."""
        row = self._queries.one("figures", now=self._now())
        assert row is not None
        return typed(Figures, row)

    def broken(self) -> Broken:
        """How many jobs are watched, and how many incidents are open; for a diagnosis."""
        row = self._queries.one("broken")
        assert row is not None
        return typed(Broken, row)

    def oldest_open(self) -> Oldest | None:
        """The build that has been open longest."""
        row = self._queries.one("oldest_open")
        return typed(Oldest, row) if row else None

    def is_behind(self, figures: Figures) -> bool:
        """Whether the database lacks migrations of this Sampan's."""
        return figures.applied < _ours(self._database.dialect)


@cache
def _ours(dialect: str) -> int:
    return len(files(dialect))


def is_there(url: str) -> bool:
    """Whether there is a database to open: to open a SQLite file that is not there makes it."""
    path = Path(url.removeprefix("sqlite:///"))
    return not url.startswith("sqlite:///") or (path.exists() and path.stat().st_size > 0)


def why(problem: Exception) -> str:
    """What a database's failure says for itself, without the address, which may hold a password."""
    if isinstance(problem, DatabaseDown | NotMigrated | sqlite3.Error | OSError):
        return str(problem)
    # psycopg.Error: only the server's own words, as libpq's may repeat the address.
    said = getattr(getattr(problem, "diag", None), "message_primary", None)
    return str(said or type(problem).__name__)
