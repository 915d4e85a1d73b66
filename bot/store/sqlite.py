"""SQLite: one connection a thread, write-ahead log, and the schema made on first use."""

import sqlite3
import threading
import time
from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT = 5.0  # seconds for another process's write


class Sqlite:
    """The connections to one database file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._open()
        return found

    def close(self) -> None:
        """Close every thread's connection."""
        while self._opened:
            self._opened.pop().close()

    __del__ = close

    def _open(self) -> sqlite3.Connection:
        # isolation_level None: every statement commits by itself unless a BEGIN says otherwise.
        connection = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None, check_same_thread=False)
        self._opened.append(connection)
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection)
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
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
