"""Chores: what is done once in a while, by one process of all that there are."""

from collections.abc import Callable

from bot.store.database import Database
from bot.store.queries import Queries


class Chores:
    """When each was last begun."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._queries, self._now = Queries(database, "chores"), now

    def begin(self, name: str, *, every: int) -> bool:
        """Whether a chore is to be done now, and by the one who asks; `every` is in milliseconds."""
        now = self._now()
        return self._queries.one("begin", name=name, now=now, before=now - every) is not None

    def done(self, name: str, *, at: int) -> None:
        """Note up to when a chore was done."""
        self._queries.change("done", name=f"{name} done", at=at)

    def done_until(self, name: str) -> int | None:
        """Up to when a chore was done last."""
        row = self._queries.one("done_until", name=f"{name} done")
        return int(row["at"]) if row else None
