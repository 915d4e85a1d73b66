"""Migrations: numbered SQL files, each one transaction; what both databases understand is written once."""

import logging
import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from bot.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"

# The truth about what a database has. Each migration writes its own line, in its own transaction, so that no
# crash comes between the two.
KEPT = "CREATE TABLE IF NOT EXISTS applied_migrations (name TEXT PRIMARY KEY, at BIGINT NOT NULL)"

log = logging.getLogger(__name__)


class NotMigrated(Exception):
    """A migration was left out."""


def files(dialect: str, folder: Path = MIGRATIONS) -> list[Path]:
    """The migrations of one database, oldest first."""
    found = [*folder.glob("[0-9]*.sql"), *(folder / dialect).glob("[0-9]*.sql")]
    return sorted(found, key=lambda file: file.name)


def script(file: Path) -> str:
    """What applies a migration and says so; it writes first, as only then SQLite waits for other writers."""
    return f"INSERT INTO {_line(file.stem)};\n{file.read_text('utf-8')}"


def _line(name: str) -> str:
    return f"applied_migrations (name, at) VALUES ('{name}', {round(time.time() * 1000)})"


def pending(database: "Database", *, folder: Path = MIGRATIONS) -> list[str]:
    """The migrations that a database lacks, oldest first."""
    applied = database.applied()
    return [file.stem for file in files(database.dialect, folder) if file.stem not in applied]


def migrate(url: str, *, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what a database lacks, and name it; processes that start together take turns.

    A new SQLite file lacks nothing: it gets its schema when it is opened.
    """
    from bot.store.database import open_database

    with closing(open_database(url, warn=False)) as database:
        if not pending(database, folder=folder):
            return []
        with database.alone():
            lacking = pending(database, folder=folder)
            if lacking:
                _take_over(database)
                _apply(url, files(database.dialect, folder), had=database.applied())
        if left := pending(database, folder=folder):
            raise NotMigrated(f"not applied: {', '.join(left)}")
    return lacking


def _take_over(database: "Database") -> None:
    """Write down what a database has that was made before there was a table for it."""
    had = database.applied()
    with database.transaction() as connection:
        connection.execute(KEPT)
        for name in had:
            connection.execute(f"INSERT INTO {_line(name)} ON CONFLICT DO NOTHING")


def _apply(url: str, found: Iterable[Path], *, had: set[str]) -> None:
    """Let yoyo apply what it has not; it keeps books of its own, which a crash may leave behind ours."""
    from yoyo import get_backend, read_migrations

    # It writes down who migrated, and fails for a user without a name, as containers have.
    os.environ.setdefault("USERNAME", "sampan")
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, get_backend(_yoyo_url(url)) as backend:
        for file in found:
            (Path(folder) / file.name).write_text(script(file), "utf-8")
        migrations = read_migrations(folder)
        # Whoever died with yoyo's lock left it locked; ours is the one that counts.
        backend.break_lock()
        backend.mark_migrations(backend.to_apply(migrations.filter(lambda one: one.id in had)))
        for migration in backend.to_apply(migrations):
            backend.apply_one(migration)
            log.info("applied %s", migration.id)


def _yoyo_url(url: str) -> str:
    if url.startswith("sqlite:///"):
        return f"sqlite:///{quote(url.removeprefix('sqlite:///'))}"
    from psycopg.conninfo import conninfo_to_dict

    # yoyo does not decode every part of an address, but it does decode options.
    return f"postgresql+psycopg:///?{urlencode(conninfo_to_dict(url))}"
