"""SQLite: a file with a write-ahead log, and the whole schema made in a new one."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.store.database import WAIT, Database, DatabaseDown
from bot.store.migrating import KEPT, MIGRATIONS, files, script


class Sqlite(Database):
    """A database file: a statement takes microseconds, and other processes may use it too."""

    dialect = "sqlite"
    driver = "sqlite3"
    # At once the one who writes: a reader that wants to write later may be refused without a wait.
    begin = "BEGIN IMMEDIATE"

    def __init__(self, path: str, *, warn: bool = True) -> None:
        super().__init__(warn=warn)
        self.path = path

    def _open(self) -> sqlite3.Connection:
        # isolation_level None: every statement commits by itself unless a BEGIN says otherwise.
        connection = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            create(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _sound(self, connection: sqlite3.Connection) -> bool:
        return not connection.in_transaction

    def applied(self) -> set[str]:
        """The names of the migrations that this file has."""
        with self.lent() as connection:
            if not _has_tables(connection, "name = 'applied_migrations'"):
                # Sampan 0.1 counted in user_version, and had one migration.
                first = connection.execute("PRAGMA user_version").fetchone()[0] == 1
                return {"0001_first"} if first else set()
            return {row["name"] for row in connection.execute("SELECT name FROM applied_migrations")}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process out that asks for the same; the system frees what a dead one held."""
        with closing(sqlite3.connect(f"{self.path}-migrating", timeout=60, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as problem:
                raise DatabaseDown("another process has been migrating for a minute") from problem
            yield


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


def create(connection: sqlite3.Connection, *, folder: Path = MIGRATIONS) -> None:
    """Make the whole schema in a file without a table; two processes that start at once take turns."""
    if _has_tables(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _has_tables(connection):
            connection.execute(KEPT)
            for file in files("sqlite", folder):
                _execute(connection, script(file))
        connection.execute("COMMIT")
    except Exception:
        connection.rollback()
        raise


def _execute(connection: sqlite3.Connection, text: str) -> None:
    # Not executescript, which would commit what was begun.
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    connection.execute(statement)


def _has_tables(connection: sqlite3.Connection, condition: str = "true") -> bool:
    query = f"SELECT 1 FROM sqlite_master WHERE type = 'table' AND {condition} LIMIT 1"  # noqa: S608
    return connection.execute(query).fetchone() is not None
