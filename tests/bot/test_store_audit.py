"""The audit cannot be changed: the database itself says no, whoever asks."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from bot.store import Store
from bot.store.audit import FLOODED, Outcome
from bot.store.migrating import migrate
from tests.bot.asking import MESSAGE, NOW


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrate(database_url)
    with closing(Store(database_url, clock=lambda: NOW)) as store:
        for number in range(3):
            line = {"typed": f"/merge {number}", "command": "merge", "detail": ""}
            store.audit.record(MESSAGE, outcome=Outcome.DONE, **line)
        yield store


CHANGES = [
    "UPDATE audit SET outcome = 'done'",
    "UPDATE audit SET staff_id = 'somebody else' WHERE id = 1",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE at < 0 OR id = 2",
]
OWN = {
    # https://www.sqlite.org/lang_upsert.html#parsing_ambiguity: why it says WHERE true
    "sqlite": "INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT (id) DO UPDATE SET typed = ''",
    "postgresql": "TRUNCATE audit",
}


def test_a_line_can_neither_be_changed_nor_dropped_and_more_are_added(store: Store) -> None:
    before = list(store.audit.everything())
    for statement in (*CHANGES, OWN[store.database.dialect]):
        with pytest.raises(Exception, match="the audit is append-only"), store.transaction() as connection:
            connection.execute(statement)
        assert list(store.audit.everything()) == before, statement
    store.audit.record(MESSAGE, typed="/ping", command="ping", outcome=Outcome.DONE, detail="")
    assert len(before) == 3 and len(list(store.audit.everything(page=2))) == 4


def said(store: Store, typed: str, outcome: Outcome, *, detail: str = "", **about: Any) -> None:
    """One more line of Lin's: what was typed begins with the command's name."""
    message = replace(MESSAGE, **about)
    command = typed.split()[0].strip("/")
    store.audit.record(message, typed=typed, command=command, outcome=outcome, detail=detail)


def test_what_was_begun_is_left_out_once_something_came_after_it(store: Store) -> None:
    said(store, "/deploy hello", Outcome.STARTED, staff_id="chen")
    said(store, "/deploy hello", Outcome.DONE, staff_id="chen")
    said(store, "/deploy hello", Outcome.STARTED, staff_id="chen", delivery_id="d2")
    for word in ("", "chen", "deploy"):
        found = [entry.outcome for entry in store.audit.about(word, since=0, at_most=2)]
        assert found == [Outcome.STARTED, Outcome.DONE], word


def test_a_persons_newest_lines(store: Store) -> None:
    lin: dict[str, Any] = {"conversation": "room", "seconds": 60.0}
    for typed, outcome in (
        ("/deploy hello", Outcome.STARTED),
        ("/pr", Outcome.DONE),
        ("/retry", Outcome.REFUSED),
    ):
        said(store, typed, outcome)
    newest, tried = store.audit.newest_of("lead", **lin), store.audit.newest_try_of("lead", **lin)
    assert newest and newest.typed == "/pr"
    assert tried and tried.typed == "/deploy hello"
    assert store.audit.newest_of("somebody", **lin) is None
    assert store.audit.newest_of("lead", conversation="room", seconds=0) is None


def test_refusals_and_the_first_of_a_flood(store: Store) -> None:
    for number in range(3):
        message = replace(MESSAGE, delivery_id=f"flood{number}")
        assert store.deliveries.claim(message)
        said(store, "/confirm AAAAAA", Outcome.REFUSED, detail=FLOODED, delivery_id=f"flood{number}")
    assert store.audit.refusals("lead", "confirm", seconds=60) == 3
    assert store.audit.refusals("lead", "merge", seconds=60) == 0
    assert store.audit.first_flooded("u1", seconds=60) == "flood0"
    assert store.audit.first_flooded("u2", seconds=60) == ""
