"""Signals that many processes take in at once, and a store that fails in the middle: whole, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.incidents.life import Health
from bot.store import Store
from tests.bot.incidents.builds import hear, incident, known, story
from tests.bot.records import Clock, at_once, clock, migrated, store, url

__all__ = ["clock", "migrated", "store", "url"]


def test_the_same_signals_in_many_processes_open_one_incident(store: Store, url: str, clock: Clock) -> None:
    followed = at_once(url, clock, lambda one: hear(one, "S1", "F2", "F3"))
    assert sorted(followed) == [False, False, False, True]
    assert story(store) == ["i1 F2 F3"]


def test_later_and_earlier_builds_at_once_end_as_the_latest(store: Store, url: str, clock: Clock) -> None:
    builds = iter(("F2", "F3", "S4", "S5"))
    at_once(url, clock, lambda one: hear(one, next(builds)))
    assert (known(store).health, known(store).mark) == (Health.HEALTHY, 5)
    assert all(incident(store, number).closed_at for number in range(1, len(story(store)) + 1))


def test_numbered_anew_in_many_processes_at_once(store: Store, url: str, clock: Clock) -> None:
    hear(store, "S800")
    at_once(url, clock, lambda one: hear(one, "F1", "F2", anew=True))
    assert story(store) == ["i1 F1 F2"]


FULL = {
    "sqlite": "CREATE TRIGGER full_{0} BEFORE {1} ON {0} BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    "postgresql": """
        CREATE FUNCTION full_{0}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
        CREATE TRIGGER full_{0} BEFORE {1} ON {0} FOR EACH ROW EXECUTE FUNCTION full_{0}()""",
}
MENDED = {
    "sqlite": "DROP TRIGGER full_{0}",
    "postgresql": "DROP TRIGGER full_{0} ON {0}; DROP FUNCTION full_{0}",
}


@contextmanager
def broken(store: Store, table: str, deed: str) -> Iterator[None]:
    """A table in which something cannot be written, for the length of a with block."""

    def run(statements: dict[str, str]) -> None:
        with store.database.lent() as connection:
            connection.execute(statements[store.database.dialect].format(table, deed))

    run(FULL)
    try:
        yield
    finally:
        run(MENDED)


@pytest.mark.parametrize(
    ("table", "deed"),
    [
        ("incidents", "INSERT"),
        ("incident_events", "INSERT"),
        ("incidents", "UPDATE"),
        ("watched", "UPDATE OF health"),
    ],
)
def test_a_store_that_fails_in_the_middle_leaves_nothing(store: Store, table: str, deed: str) -> None:
    hear(store, "F1", "S2")
    before = (known(store), story(store))
    with broken(store, table, deed), pytest.raises(Exception, match="disk full"):
        hear(store, "F3", "F4")
    assert (known(store), story(store)) == before
    assert hear(store, "F3", "F4")
    assert story(store)[-1].endswith("F3 F4")
