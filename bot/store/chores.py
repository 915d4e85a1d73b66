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
