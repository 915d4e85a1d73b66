"""Migrations: once each, whole or not at all, also when several start at once or one is killed."""

import logging
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.database import Database, open_database
from bot.store.migrating import MIGRATIONS, files, migrate, pending
from bot.store.sqlite import Sqlite, create
from tests.support.databases import Server

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests/samples/store"
OURS = [file.stem for file in files("sqlite")]

PEOPLE = "CREATE TABLE people (name TEXT PRIMARY KEY);\nINSERT INTO people (name) VALUES ('lin');"
MORE = "-- More; and more.\nINSERT INTO people (name) VALUES ('mei');\n"
BROKEN = f"{MORE}INSERT INTO nobody (name) VALUES ('li');\n"
FIRST_CLAIM = "INSERT INTO deliveries (id, owner, conversation, claimed_at) VALUES ('d3', 'me', 'room', 9)"
KEEP = {
    "sqlite": """
CREATE TRIGGER kept BEFORE DELETE ON people WHEN CASE WHEN OLD.name = 'lin' THEN 1 ELSE 0 END
BEGIN
    SELECT RAISE(ABORT, 'kept; for ever');
END;
CREATE TRIGGER known AFTER UPDATE ON people
BEGIN
    INSERT INTO people (name) VALUES ('known; as ' || NEW.name);
    DELETE FROM people WHERE name = '';
END;
-- The end.
""",
    "postgresql": """
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.name = 'lin' THEN
        RAISE EXCEPTION 'kept; for ever';
    END IF;
    RETURN OLD;
END;
$$;
CREATE TRIGGER kept BEFORE DELETE ON people FOR EACH ROW EXECUTE FUNCTION keep();
CREATE FUNCTION know() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO people (name) VALUES ('known; as ' || NEW.name);
    RETURN NEW;
END;
$body$;
CREATE TRIGGER known AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION know();
-- The end.
""",
}


def slow(dialect: str, seconds: float) -> str:
    """A statement that takes about so long."""
    if dialect == "postgresql":
        return f"DO $$ BEGIN PERFORM pg_sleep({seconds}); END $$;"
    count = f"SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT {round(seconds * 3_000_000)}"
    return f"DELETE FROM people WHERE name = (WITH RECURSIVE c (n) AS ({count}) SELECT count(*) FROM c);"


class Folder:
    """Our migrations, and after them what a test adds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(MIGRATIONS, path)

    def add(self, number: int, sql: str) -> str:
        name = f"9{number:03}_test"
        (self.path / f"{name}.sql").write_text(sql, "utf-8")
        return name


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "migrations")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Up to date with ours."""
    migrate(database_url)
    with closing(open_database(database_url)) as database:
        yield database


def names(database: Database) -> set[str]:
    with database.lent() as connection:
        return {row["name"] for row in connection.execute("SELECT name FROM people").fetchall()}


def migrating(url: str, folder: Folder) -> "subprocess.Popen[str]":
    program = "import sys, pathlib; from bot.store.migrating import migrate;"
    program += "print(*migrate(sys.argv[1], folder=pathlib.Path(sys.argv[2])))"
    command = [sys.executable, "-c", program, url, str(folder.path)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


def written_to(database: Database) -> bool:
    """Whether another process is in a transaction of some length."""
    if isinstance(database, Sqlite):
        with closing(sqlite3.connect(database.path, timeout=0, isolation_level=None)) as writer:
            try:
                writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            return False
    with database.lent() as connection:
        active = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %'"
        return bool(connection.execute(active).fetchall())


# The files.


def test_migrations_are_numbered_without_a_gap_for_both() -> None:
    twins = [[file.name for file in files(dialect)] for dialect in ("sqlite", "postgresql")]
    assert twins[0] == twins[1]
    assert [int(name[:4]) for name in twins[0]] == list(range(1, len(twins[0]) + 1))


def test_both_databases_get_the_same_tables(postgresql: Server, tmp_path: Path) -> None:
    with postgresql.database() as url, closing(open_database(url, warn=False)) as there:
        migrate(url)
        query = "SELECT table_name, column_name, is_nullable FROM information_schema.columns"
        with there.lent() as connection:
            rows = connection.execute(f"{query} WHERE table_schema = 'public'").fetchall()
    theirs = {tuple(row.values()) for row in rows if "yoyo" not in row["table_name"]}
    with closing(open_database(f"sqlite:///{tmp_path}/new.db")) as here, here.lent() as connection:
        query = """SELECT tables.name, columns.name, iif("notnull" OR pk, 'NO', 'YES')
            FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
            WHERE tables.type = 'table' AND tables.name <> 'sqlite_sequence'"""
        ours = {tuple(row) for row in connection.execute(query)}
    assert ours == theirs


# What is applied, and when.


def test_a_new_file_has_everything_and_a_new_server_nothing(database_url: str) -> None:
    with closing(open_database(database_url, warn=False)) as database:
        lacks = [] if database.dialect == "sqlite" else OURS
        assert pending(database) == lacks
        assert migrate(database_url) == lacks
        assert [pending(database), migrate(database_url)] == [[], []]


def test_what_is_missing_is_applied_in_order(database: Database, database_url: str, folder: Folder) -> None:
    added = [folder.add(1, PEOPLE), folder.add(2, MORE)]
    assert pending(database, folder=folder.path) == added
    assert migrate(database_url, folder=folder.path) == added
    assert migrate(database_url, folder=folder.path) == pending(database, folder=folder.path) == []
    assert names(database) == {"lin", "mei"}


def test_triggers_and_functions_are_statements(database: Database, database_url: str, folder: Folder) -> None:
    folder.add(1, PEOPLE + KEEP[database.dialect] + MORE)
    migrate(database_url, folder=folder.path)
    with pytest.raises(Exception, match="kept; for ever"), database.lent() as connection:
        connection.execute("DELETE FROM people WHERE name = 'lin'")
    with database.lent() as connection:
        connection.execute("UPDATE people SET name = 'Mei' WHERE name = 'mei'")
    assert names(database) == {"lin", "Mei", "known; as Mei"}


def test_a_new_file_gets_triggers_too(tmp_path: Path, folder: Folder) -> None:
    folder.add(1, PEOPLE + KEEP["sqlite"] + MORE)
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as connection:
        create(connection, folder=folder.path)
    with closing(open_database(f"sqlite:///{tmp_path}/new.db")) as database:
        assert pending(database, folder=folder.path) == []
        assert names(database) == {"lin", "mei"}


def test_a_migration_that_fails_leaves_nothing_behind(
    database: Database, database_url: str, folder: Folder
) -> None:
    first, second = folder.add(1, PEOPLE), folder.add(2, BROKEN)
    with pytest.raises(Exception, match="nobody"):
        migrate(database_url, folder=folder.path)
    assert names(database) == {"lin"}
    assert pending(database, folder=folder.path) == [second]
    folder.add(2, MORE)
    assert migrate(database_url, folder=folder.path) == [second] != [first]
    assert names(database) == {"lin", "mei"}


# Others at the same time, and accidents.


def test_two_that_start_together_take_turns(database: Database, database_url: str, folder: Folder) -> None:
    added = [folder.add(1, PEOPLE), folder.add(2, slow(database.dialect, 0.3)), folder.add(3, MORE)]
    both = [migrating(database_url, folder) for _ in range(2)]
    said = sorted(one.communicate(timeout=30)[0].split() for one in both)
    assert [one.returncode for one in both] == [0, 0]
    assert said == [[], added]


def test_one_that_is_killed_is_made_good(database: Database, database_url: str, folder: Folder) -> None:
    _, second = folder.add(1, PEOPLE), folder.add(2, MORE + slow(database.dialect, 1))
    with migrating(database_url, folder) as killed:
        give_up = time.monotonic() + 20
        while pending(database, folder=folder.path) != [second] or not written_to(database):
            assert time.monotonic() < give_up
            time.sleep(0.02)
        killed.kill()
    assert names(database) == {"lin"}
    folder.add(2, MORE)
    assert migrate(database_url, folder=folder.path) == [second]
    assert names(database) == {"lin", "mei"}


def test_the_tools_own_books_may_be_behind(database: Database, database_url: str, folder: Folder) -> None:
    folder.add(1, PEOPLE)
    migrate(database_url, folder=folder.path)
    with database.lent() as connection:
        connection.execute('DELETE FROM "_yoyo_migration"')
        connection.execute("INSERT INTO yoyo_lock (locked, pid) VALUES (1, 1)")
    added = folder.add(2, MORE)
    assert migrate(database_url, folder=folder.path) == [added]
    assert names(database) == {"lin", "mei"}


# Behind, ahead, and from before.


def test_a_database_that_is_behind_says_so_once_and_works(
    database: Database, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with database.lent() as connection:
        connection.execute(f"DELETE FROM applied_migrations WHERE name = '{OURS[-1]}'")
    database.close()
    with closing(open_database(database_url)) as behind:
        for _ in range(2):
            with behind.lent() as connection:
                connection.execute("SELECT count(*) FROM deliveries").fetchone()
            behind.close()
    assert [re.sub(r"\s+", " ", one) for one in caplog.messages if "lacks" in one] == [
        f"the database lacks {OURS[-1]}; run: python -m bot migrate"
    ]


def test_a_database_that_is_up_to_date_says_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), database.lent():
        assert caplog.messages == []


def test_a_database_of_a_newer_sampan_is_left_alone(database: Database, database_url: str) -> None:
    with database.lent() as connection:
        connection.execute("INSERT INTO applied_migrations (name, at) VALUES ('9999_future', 0)")
    assert pending(database) == migrate(database_url) == []


@pytest.mark.parametrize("made", sorted(SAMPLES.glob("*.sql")), ids=lambda file: file.stem)
def test_a_file_from_before_the_list_is_taken_over(made: Path, tmp_path: Path) -> None:
    file = tmp_path / "sampan.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(made.read_text("utf-8"))
    url = f"sqlite:///{file}"
    with closing(open_database(url, warn=False)) as database:
        assert pending(database) == OURS[1:]
        assert migrate(url) == OURS[1:]
        assert [pending(database), migrate(url)] == [[], []]
        with database.lent() as connection:
            audit = connection.execute("SELECT name FROM audit").fetchone()
            connection.execute(FIRST_CLAIM)  # the version before works on
            claims = connection.execute("SELECT id, finished_at FROM deliveries ORDER BY id").fetchall()
        assert audit["name"] == "Lin"
        # What nobody finished cannot be told; that it was taken on is known still.
        assert [tuple(row) for row in claims] == [("d1", 8), ("d2", 7), ("d3", None)]
        taken_over = schema(database)
    with closing(open_database(f"sqlite:///{tmp_path}/new.db")) as new:
        assert schema(new) == taken_over


def schema(database: Database) -> set[str]:
    with database.lent() as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE name NOT LIKE '%yoyo%'").fetchall()
        return {row["sql"] for row in rows if row["sql"]}
