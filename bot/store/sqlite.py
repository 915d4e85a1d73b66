"""SQLite: one connection a process, write-ahead log, and the schema made on first use."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT = 5.0  # seconds for another process's write


class Sqlite:
    """One connection to a database file, lent to one thread at a time: a statement takes microseconds."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """The connection, for the length of a with block."""
        if not self._lock.acquire(timeout=WAIT):
            raise sqlite3.OperationalError("the database is busy")
        try:
            if self._connection is None:
                self._connection = _open(self.path)
            yield self._connection
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    __del__ = close


def _open(path: str) -> sqlite3.Connection:
    # isolation_level None: every statement commits by itself unless a BEGIN says otherwise.
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Here SQLite does not wait by itself when another process is preparing the same new file.
    give_up = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(0.01)


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the numbered migrations that are missing; two processes that start at once take turns."""
    files = sorted(MIGRATIONS.glob("[0-9]*.sql"))
    if _version(connection) >= len(files):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number, file in enumerate(files[_version(connection) :], _version(connection) + 1):
            for statement in file.read_text("utf-8").split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except Exception:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
