"""PostgreSQL: many processes on many machines, perhaps behind a pooler."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row

from bot.store.database import Database, DatabaseDown

Connection = psycopg.Connection[DictRow]

RESTED = 30.0  # seconds after which a connection is tried before it is used
STATEMENT = "10s"
MIGRATING = "60s"  # for another process's migrations
LOCK = 0x53414D50414E  # "SAMPAN", for nobody else to take by chance

# A server that is gone without a word is noticed in seconds, not in a quarter of an hour:
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TCP-USER-TIMEOUT
IMPATIENT: dict[str, Any] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 5000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


class Postgresql(Database):
    """A database on a server."""

    dialect = "postgresql"
    driver = "psycopg"
    begin = "BEGIN"
    rested = RESTED

    def __init__(self, url: str, *, warn: bool = True) -> None:
        super().__init__(warn=warn)
        self._url, self._used = url, 0.0

    def _open(self) -> Connection:
        connection = self._connected()
        try:
            # Not among the connection's options, which poolers refuse: https://www.pgbouncer.org/config.html
            connection.execute(f"SET statement_timeout = '{STATEMENT}'")
        except psycopg.Error:
            connection.close()
            raise
        self._used = time.time()
        return connection

    def _connected(self) -> Connection:
        try:
            # Behind a pooler the next statement may meet another server process, without what was prepared.
            return Connection.connect(
                self._url, autocommit=True, prepare_threshold=None, row_factory=dict_row, **IMPATIENT
            )
        except psycopg.Error:
            # libpq's own words may hold the address with its password.
            raise DatabaseDown(f"PostgreSQL on {self._host()} cannot be reached") from None

    def _host(self) -> str:
        return urlsplit(self._url).hostname or "an unnamed host"

    def _sound(self, connection: Connection) -> bool:
        self._used = time.time()
        return connection.info.transaction_status is TransactionStatus.IDLE

    def _rested(self, connection: Connection) -> bool:
        # By the calendar: the other clock stands still while a function is frozen.
        if abs(time.time() - self._used) > self.rested:
            try:
                connection.execute("SELECT 1")
            except psycopg.Error:
                return False
        return True

    def _commit(self, connection: Connection) -> None:
        # The server answers COMMIT after an error that somebody swallowed with a silent ROLLBACK.
        if connection.info.transaction_status is TransactionStatus.INERROR:
            raise psycopg.errors.InFailedSqlTransaction("a statement of this transaction failed")
        connection.commit()

    def applied(self) -> set[str]:
        """The names of the migrations that this database has."""
        try:
            with self.lent() as connection:
                return {row["name"] for row in connection.execute("SELECT name FROM applied_migrations")}
        except psycopg.errors.UndefinedTable:
            return set()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process out that asks for the same; the server frees what a dead one held."""
        with self._connected() as lock, lock.transaction():
            lock.execute(f"SET LOCAL lock_timeout = '{MIGRATING}'")
            lock.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            # The transaction's, not the session's, which a pooler would give to others:
            # https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
            try:
                lock.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            except psycopg.errors.LockNotAvailable:
                raise DatabaseDown("another process has been migrating for a minute") from None
            yield
