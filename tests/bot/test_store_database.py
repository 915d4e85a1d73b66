"""Both databases behave alike: turns, transactions and claims by many."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosql
import pytest

from bot.store.database import Database, DatabaseDown, open_database

ROOT = Path(__file__).parents[2]
CLAIMS = 200
PEOPLE = [("lin", 1), ("mei", 2), ("lin", 3)]
QUERIES = """
-- name: add(name, at)!
INSERT INTO people (name, at) VALUES (:name, :at);

-- name: first(name)^
SELECT name, at FROM people WHERE name = :name ORDER BY at LIMIT 1;

-- name: named(name)
SELECT name, at FROM people WHERE name = :name AND at::text <> ':at' ORDER BY at;
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(open_database(database_url, warn=False)) as database:
        with database.lent() as connection:
            connection.execute("CREATE TABLE people (name TEXT NOT NULL, at BIGINT NOT NULL UNIQUE)")
        yield database


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    with closing(open_database(database_url, warn=False)) as other:
        yield other


def add(database: Database, *people: tuple[str, int]) -> None:
    for name, at in people:
        with database.lent() as connection:
            connection.execute(f"INSERT INTO people (name, at) VALUES ('{name}', {at})")


def people(database: Database) -> list[tuple[str, int]]:
    with database.lent() as connection:
        found = connection.execute("SELECT name, at FROM people ORDER BY at").fetchall()
        return [(row["name"], row["at"]) for row in found]


def python(program: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


# Queries.


def test_named_queries_take_named_values(database: Database) -> None:
    dialect = QUERIES if database.dialect == "postgresql" else QUERIES.replace("at::text", "'' || at")
    queries: Any = aiosql.from_str(dialect, database.driver)
    with database.lent() as connection:
        assert [queries.add(connection, name=name, at=at) for name, at in PEOPLE] == [1, 1, 1]
        assert dict(queries.first(connection, name="lin")) == {"name": "lin", "at": 1}
        assert queries.first(connection, name="nobody") is None
        assert [dict(row) for row in queries.named(connection, name="lin")] == [
            {"name": "lin", "at": 1},
            {"name": "lin", "at": 3},
        ]


def test_a_statement_commits_by_itself(database: Database, other: Database) -> None:
    add(database, *PEOPLE)
    assert people(other) == PEOPLE


# Transactions.


def test_a_transaction_is_seen_when_it_is_over(database: Database, other: Database) -> None:
    with database.transaction():
        add(database, *PEOPLE)
        assert people(other) == []
    assert people(other) == PEOPLE


def test_a_transaction_that_fails_leaves_nothing(database: Database, other: Database) -> None:
    with pytest.raises(KeyError), database.transaction():
        add(database, *PEOPLE)
        raise KeyError
    assert people(other) == people(database) == []


def test_a_statement_that_fails_takes_the_transaction_with_it(database: Database, other: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"), database.transaction():
        add(database, ("lin", 1), ("mei", 1))
    assert people(other) == people(database) == []


def test_a_transaction_in_a_transaction_is_a_part_of_it(database: Database, other: Database) -> None:
    with pytest.raises(KeyError), database.transaction() as outer:
        with database.transaction() as inner, database.lent() as lent:
            assert outer is inner is lent
            add(database, *PEOPLE)
        assert people(other) == []
        raise KeyError
    assert people(other) == []


def test_another_thread_waits_for_the_end_of_a_transaction(database: Database) -> None:
    writer = threading.Thread(target=add, args=(database, ("mei", 2)))
    with database.transaction():
        writer.start()
        add(database, ("lin", 1))
        writer.join(0.05)
        assert people(database) == [("lin", 1)]
    writer.join(5)
    assert people(database) == [("lin", 1), ("mei", 2)]


def test_another_thread_does_not_wait_for_ever(database: Database) -> None:
    refused: list[Exception] = []

    def read() -> None:
        try:
            people(database)
        except DatabaseDown as problem:
            refused.append(problem)

    database.wait = 0.02
    reader = threading.Thread(target=read)
    with database.lent():
        reader.start()
        reader.join(5)
    assert [str(one) for one in refused] == ["the database is busy"]


def test_what_was_begun_by_hand_does_not_reach_the_next(database: Database, other: Database) -> None:
    with database.lent() as connection:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO people (name, at) VALUES ('lin', 1)")
    assert people(database) == people(other) == []


# Many processes.

CLAIM = """
import sys, threading
from bot.store.database import open_database
from bot.store.migrating import migrate

INSERT = "INSERT INTO applied_migrations VALUES ('d%d', 0) ON CONFLICT DO NOTHING RETURNING name"

def claim():
    database = open_database(sys.argv[1])
    for n in range(int(sys.argv[2])):
        with database.transaction() as connection:
            rows = connection.execute(INSERT % n).fetchall()
            won.extend(row["name"] for row in rows)
    database.close()

won = []
migrate(sys.argv[1])
threads = [threading.Thread(target=claim) for _ in range(2)]
[one.start() for one in threads]
[one.join() for one in threads]
print(len(won), len(set(won)))
"""


def test_eight_claim_from_the_start_on_and_each_thing_is_claimed_once(database_url: str) -> None:
    racers = [python(CLAIM, database_url, str(CLAIMS)) for _ in range(4)]
    won = [tuple(map(int, one.communicate(timeout=30)[0].split())) for one in racers]
    assert sum(number for number, _ in won) == CLAIMS
    assert all(number == different for number, different in won)


FORK = """
import os, sys
from bot.store.database import open_database

def ours():
    with database.lent() as connection:
        return connection.execute("SELECT count(*) AS n FROM people").fetchone()["n"]

database = open_database(sys.argv[1], warn=False)
before = ours()
child = os.fork()
if not child:
    os._exit(ours())
print(before, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), ours())
"""


def test_a_process_that_forked_goes_on(database: Database, database_url: str) -> None:
    add(database, *PEOPLE)
    assert python(FORK, database_url).communicate(timeout=20)[0].split() == ["3", "3", "3"]


LAZY = """
import sys
from bot.store.database import open_database
from bot.store.migrating import pending

assert pending(open_database(sys.argv[1])) == []
print(sorted({"psycopg", "yoyo", "sqlparse"} & set(sys.modules)))
"""


def test_a_file_needs_neither_the_server_nor_the_tool(tmp_path: Path) -> None:
    assert python(LAZY, f"sqlite:///{tmp_path}/new.db").communicate(timeout=20)[0] == "[]\n"
