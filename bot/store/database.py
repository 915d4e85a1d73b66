"""One database, whichever it is: its one connection, lent in turns, and transactions on it."""

import logging
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from bot.store.migrating import pending

WAIT = 5.0  # seconds for another thread's, or another process's, turn to end

log = logging.getLogger(__name__)


class DatabaseDown(Exception):
    """The database cannot be reached, or answers nobody in time; the text names its host and no more."""


class Database(ABC):
    """One connection a process, opened at first use, lent to one thread at a time.

    Rows can be made a dict of, and every statement commits by itself unless it is inside a transaction.
    """

    dialect: ClassVar[str]  # a folder of bot/store/migrations and of bot/store/sql
    driver: ClassVar[str]  # what aiosql calls it
    begin: ClassVar[str]
    wait = WAIT

    def __init__(self, *, warn: bool = True) -> None:
        self._turn = threading.RLock()
        self._connection: Any = None
        self._owner = os.getpid()
        self._within = False
        self._warn = warn

    @abstractmethod
    def _open(self) -> Any:
        """A new connection."""

    @abstractmethod
    def _sound(self, connection: Any) -> bool:
        """Whether a connection that was used can be used again."""

    def _rested(self, connection: Any) -> bool:
        """Whether a connection that lay unused still works."""
        return self._sound(connection)

    def _commit(self, connection: Any) -> None:
        connection.commit()

    @abstractmethod
    def applied(self) -> set[str]:
        """The names of the migrations that this database has."""

    @abstractmethod
    def alone(self) -> AbstractContextManager[None]:
        """Keep every other process out that asks for the same; whoever dies lets go. Raises DatabaseDown."""

    @contextmanager
    def lent(self) -> Iterator[Any]:
        """The connection, for the length of a with block; raises DatabaseDown."""
        if not self._turn.acquire(timeout=self.wait):
            raise DatabaseDown("the database is busy")
        inner = self._within
        try:
            connection = self._connection if inner else self._ready()
            try:
                yield connection
            finally:
                if not inner and connection is self._connection and not self._sound(connection):
                    self._drop()
        finally:
            self._turn.release()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """The connection, and all that is done on it or nothing; inside another one, a part of that."""
        with self.lent() as connection:
            if self._within:
                yield connection
                return
            connection.execute(self.begin)
            self._within = True
            try:
                yield connection
                self._commit(connection)
            except BaseException:
                self._undo(connection)
                raise
            finally:
                self._within = False

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        with self._turn:
            self._drop()

    __del__ = close

    def _ready(self) -> Any:
        if self._owner != os.getpid():
            # A connection belongs to the process that opened it; a child must not even close it.
            self._inherited, self._connection, self._owner = self._connection, None, os.getpid()
        if self._connection is not None and not self._rested(self._connection):
            self._drop()
        if self._connection is None:
            self._connection = self._open()
            self._tell_if_behind()
        return self._connection

    def _tell_if_behind(self) -> None:
        warn, self._warn = self._warn, False
        if warn and (lacking := pending(self)):
            log.warning("the database lacks %s; run: python -m bot migrate", ", ".join(lacking))

    def _undo(self, connection: Any) -> None:
        try:
            connection.rollback()
        except Exception:  # whatever is wrong with it, the server rolls back what a lost connection began
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def open_database(url: str, *, warn: bool = True) -> Database:
    """The database of a DATABASE_URL; with `warn` the log says once that it lacks migrations."""
    if url.startswith("sqlite:///"):
        from bot.store.sqlite import Sqlite

        return Sqlite(url.removeprefix("sqlite:///"), warn=warn)
    # psycopg costs a cold start more than the rest of the store: only those pay who use it.
    from bot.store.postgresql import Postgresql

    return Postgresql(url, warn=warn)
