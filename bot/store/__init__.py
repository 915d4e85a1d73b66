"""What outlives a request, in plain SQL: a file for each kind of record here, and one in sql/.

Times are milliseconds since the epoch, UTC.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.store.audit import Audit
from bot.store.builds import Builds
from bot.store.confirmations import Confirmations
from bot.store.database import open_database
from bot.store.deliveries import Claim, Deliveries
from bot.store.health import Health
from bot.store.locks import Locks
from bot.store.outbox import Outbox
from bot.store.votes import Votes

if TYPE_CHECKING:
    from bot.store.chores import Chores
    from bot.store.incidents import Incidents
    from bot.store.versions import Versions

__all__ = ["Claim", "Store"]


class Store:
    """The records, over one database."""

    def __init__(self, url: str, *, clock: Callable[[], float]) -> None:
        def now() -> int:
            return round(clock() * 1000)

        self.database = open_database(url)
        self.now = now  # no method: the records would hold the store, and a forgotten one would not close
        self.deliveries = Deliveries(self.database, now)
        self.audit = Audit(self.database, now)
        self.votes = Votes(self.database, now)
        self.builds = Builds(self.database, now)
        self.outbox = Outbox(self.database, now)
        self.locks = Locks(self.database, now)
        self.confirmations = Confirmations(self.database, now)
        self.health = Health(self.database, now)

    @cached_property
    def incidents(self) -> "Incidents":
        from bot.store.incidents import Incidents  # a cold start that answers a message does not pay for it

        return Incidents(self.database, self.now)

    @cached_property
    def versions(self) -> "Versions":
        from bot.store.versions import Versions

        return Versions(self.database, self.now)

    @cached_property
    def chores(self) -> "Chores":
        from bot.store.chores import Chores

        return Chores(self.database, self.now)

    def transaction(self) -> AbstractContextManager[Any]:
        """Everything inside is written, or nothing of it."""
        return self.database.transaction()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def check(self) -> None:
        """Raise unless the database answers."""
        with self.database.lent() as connection:
            connection.execute("SELECT 1 FROM deliveries LIMIT 1").fetchone()
