"""A server that goes away is told and come back to, and never shown with its password."""

import traceback
from collections.abc import Iterator
from contextlib import closing, suppress

import psycopg
import pytest

from bot.store.database import DatabaseDown, open_database
from bot.store.postgresql import Postgresql
from tests.support.databases import Server

GONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'"


@pytest.fixture
def remote(postgresql: Server) -> Iterator[Postgresql]:
    with postgresql.database() as url, closing(Postgresql(url, warn=False)) as database:
        with database.lent() as connection:
            connection.execute("CREATE TABLE people (name TEXT PRIMARY KEY)")
        yield database


def add(database: Postgresql, name: str) -> None:
    with database.lent() as connection:
        connection.execute("INSERT INTO people (name) VALUES (%s)", [name])


def people(database: Postgresql) -> list[str]:
    with database.lent() as connection:
        return [row["name"] for row in connection.execute("SELECT name FROM people")]


def test_a_connection_that_was_closed_is_told_and_replaced(remote: Postgresql, postgresql: Server) -> None:
    postgresql.run(GONE)
    with pytest.raises(psycopg.OperationalError):
        people(remote)
    assert people(remote) == []


def test_a_connection_that_was_closed_while_it_rested_is_replaced(
    remote: Postgresql, postgresql: Server
) -> None:
    remote.rested = 0.0
    postgresql.run(GONE)
    assert people(remote) == []


def test_a_connection_that_is_lost_in_a_transaction_leaves_nothing(
    remote: Postgresql, postgresql: Server
) -> None:
    with pytest.raises(psycopg.OperationalError), remote.transaction():
        add(remote, "lin")
        postgresql.run(GONE)
        add(remote, "mei")
    assert people(remote) == []


def test_an_error_that_was_swallowed_still_fails_the_transaction(remote: Postgresql) -> None:
    with pytest.raises(psycopg.errors.InFailedSqlTransaction), remote.transaction():
        add(remote, "lin")
        with suppress(psycopg.errors.UniqueViolation):
            add(remote, "lin")
    assert people(remote) == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql://sampan:s3cret@127.0.0.1:9/sampan", "127.0.0.1"),
        ("postgresql://sampan:s3cret@nowhere.invalid/sampan", "nowhere.invalid"),
        ("postgres://sampan:s3cret@127.0.0.1:nine/sampan", "127.0.0.1"),
        ("postgresql://sampan:s3cret@127.0.0.1/sampan?s3cret=s3cret", "127.0.0.1"),
    ],
)
def test_a_server_that_cannot_be_reached_is_named_without_its_password(url: str, host: str) -> None:
    with pytest.raises(DatabaseDown) as caught, open_database(url).lent():
        pass
    assert str(caught.value) == f"PostgreSQL on {host} cannot be reached"
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_a_wrong_password_is_not_shown(postgresql: Server) -> None:
    url = postgresql.url("postgres").replace("harbour", "s3cret")
    with pytest.raises(DatabaseDown) as caught, open_database(url).lent():
        pass
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
