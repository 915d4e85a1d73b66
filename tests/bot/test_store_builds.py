"""Builds in the store, over both databases: guarded changes, turns, leases, hints."""

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.builds import OPEN, Build, Kind, Plan, State
from bot.store import Store
from bot.store.builds import FIRST_LOOK, LEASE
from bot.store.queries import SQL
from tests.bot.records import MESSAGE, NOW, Clock, at_once, clock, migrated, store, url

__all__ = ["clock", "migrated", "store", "url"]

BUILDS_SQL = SQL / "builds.sql"

PLAN = Plan(
    Kind.DEPLOY,
    "team/hello-deploy",
    parameters={"VERSION": "1.4", "NOTE": "它说“好”"},
    service="hello",
    environment="staging",
    version="1.4",
)
FREE = Plan(Kind.BUILD, "hello-build", service="hello")


def ask(store: Store, plan: Plan = FREE, *, marked: bool = True, **message: Any) -> Build:
    return store.builds.ask(replace(MESSAGE, **message), plan, marked=marked)


def move(store: Store, build: Build, *states: State, **changes: Any) -> Build:
    """Take a build through these states."""
    for state in states:
        assert store.builds.change(build, state, look_at=store.now() + 2000, **changes)
        build = again(store, build)
    return build


def again(store: Store, build: Build) -> Build:
    found = store.builds.get(build.id)
    assert found
    return found


def due(store: Store) -> list[int]:
    return [build.id for build in store.builds.take_due(at_most=20)]


# What is kept.


def test_everything_that_was_asked_for_is_kept(store: Store) -> None:
    build = ask(store, PLAN)
    assert build == again(store, build)
    assert (build.state, build.plan, build.delivery) == (State.ASKED, PLAN, "d1")
    assert build.room.reply_url == MESSAGE.reply_url and build.room.reply_until == MESSAGE.reply_until
    assert (build.staff_id, build.name, build.marked) == ("lin", "Lin", True)


def test_no_two_builds_have_the_same_marker(store: Store) -> None:
    assert len({ask(store).marker for _ in range(5)}) == 5


@pytest.mark.parametrize("number", [0, 2, 10**11])
def test_a_build_that_nobody_knows(store: Store, number: int) -> None:
    ask(store)
    assert store.builds.get(number) is None


# Changes.


def test_of_two_who_learn_the_same_one_tells(url: str, store: Store, clock: Clock) -> None:
    build = ask(store)
    won = at_once(url, clock, lambda one: one.builds.change(build, State.SUCCEEDED, look_at=None))
    assert sorted(won) == [False, False, False, True]


def test_who_read_an_older_state_changes_nothing(store: Store) -> None:
    asked = ask(store)
    move(store, asked, State.QUEUED, State.RUNNING, number=3)
    assert not store.builds.change(asked, State.QUEUED, look_at=0, number=9)
    assert not store.builds.change(asked, State.LOST, look_at=None)
    now = again(store, asked)
    assert (now.state, now.number) == (State.RUNNING, 3)


@pytest.mark.parametrize(
    ("was", "to"),
    [(State.SUCCEEDED, State.FAILED), (State.RUNNING, State.QUEUED), (State.ASKED, State.WAITING)],
)
def test_a_change_that_is_not_in_the_table_is_a_bug(store: Store, was: State, to: State) -> None:
    build = replace(ask(store), state=was)
    with pytest.raises(ValueError, match="no build goes from"):
        store.builds.change(build, to, look_at=None)


def test_the_queries_know_no_state_of_their_own() -> None:
    compared = re.findall(
        r"\bstate (?:=|NOT IN) \(?('[a-z ]+'(?:, '[a-z ]+')*)", BUILDS_SQL.read_text("utf-8")
    )
    named = {word for group in compared for word in re.findall("'([a-z ]+)'", group)}
    assert named and named <= OPEN


def test_what_is_known_stays_known(store: Store) -> None:
    build = move(
        store,
        ask(store),
        State.RUNNING,
        queue_id=7,
        number=3,
        url="u",
        began_at=5,
        usual=60_000,
        late_told=True,
    )
    build = move(store, build, State.INPUT, why="Ship it?")
    assert (build.queue_id, build.number, build.url, build.began_at, build.usual) == (7, 3, "u", 5, 60_000)
    assert build.late_told and build.why == "Ship it?"
    assert move(store, build, State.RUNNING).why == ""


def test_looks_are_counted_in_each_state(store: Store, clock: Clock) -> None:
    build = move(store, ask(store), State.QUEUED, State.QUEUED, State.QUEUED)
    assert (build.looks, build.since) == (2, NOW * 1000)
    clock.now += 9
    build = move(store, build, State.RUNNING)
    assert (build.looks, build.since) == (0, (NOW + 9) * 1000)


def test_a_server_that_is_silent_and_answers_again(store: Store) -> None:
    build = ask(store)
    store.builds.silent(build, look_at=store.now(), since=store.now() - 5)
    assert again(store, build).silent_since == store.now() - 5
    assert move(store, build, State.QUEUED).silent_since is None


def test_what_is_over_is_not_silent_nor_due(store: Store, clock: Clock) -> None:
    build = move(store, ask(store), State.FAILED)
    store.builds.silent(build, look_at=store.now(), since=store.now())
    store.builds.soon(build)
    clock.now += 1e6
    assert due(store) == [] and again(store, build).look_at is None


# What is due.


def test_a_trigger_has_a_minute_before_others_look_for_its_build(store: Store, clock: Clock) -> None:
    build = ask(store)
    clock.now += FIRST_LOOK / 1000 - 1
    assert due(store) == []
    clock.now += 1
    assert due(store) == [build.id]


def test_what_is_looked_at_is_not_due_for_others(url: str, store: Store, clock: Clock) -> None:
    builds = [ask(store).id for _ in range(6)]
    clock.now += 60
    found = at_once(url, clock, due)
    assert sorted(number for one in found for number in one) == builds
    assert due(store) == []
    clock.now += LEASE / 1000
    assert due(store) == builds  # whoever took them has died


def test_the_longest_due_come_first(store: Store, clock: Clock) -> None:
    builds = [ask(store) for _ in range(3)]
    for build, later in zip(builds, (3000, 1000, 2000), strict=True):
        store.builds.change(build, State.QUEUED, look_at=store.now() + later)
    clock.now += 5
    assert [one.id for one in store.builds.take_due(at_most=2)] == [2, 3]
    assert due(store) == [1]


@pytest.mark.parametrize(
    ("about", "hit"),
    [
        ({"marker": True}, True),
        ({"job": "hello-build", "queue_id": 7}, True),
        ({"job": "hello-build", "number": 3}, True),
        ({"job": "other", "queue_id": 7, "number": 3}, False),
        ({"job": "hello-build", "queue_id": 8, "number": 4}, False),
        ({"job": "hello-build"}, False),
        ({"marker": "b1-"}, False),
        ({"marker": "b1"}, False),
    ],
)
def test_whom_a_notification_makes_due(store: Store, about: dict[str, Any], hit: bool) -> None:
    build = move(store, ask(store), State.RUNNING, queue_id=7, number=3)
    if about.get("marker") is True:
        about = {"marker": build.marker}
    found = store.builds.hint(**{"marker": "", "job": "", "queue_id": None, "number": None, **about})
    assert [one.id for one in found] == ([build.id] if hit else [])
    assert due(store) == ([build.id] if hit else [])


@pytest.mark.parametrize("state", [State.WAITING, State.RECORDING, State.SUCCEEDED])
def test_a_notification_disturbs_nobody_who_waits_or_is_over(store: Store, state: State) -> None:
    if state is State.WAITING:
        ask(store, PLAN)
    build = ask(store, PLAN) if state is State.WAITING else move(store, ask(store), state)
    assert build.state is state
    assert store.builds.hint(marker=build.marker, job=build.job, queue_id=None, number=None) == []


# Lists.


def test_lists_are_newest_first_and_bounded(store: Store) -> None:
    for number in range(4):
        ask(store, delivery_id=f"d{number % 2}", staff_id=f"p{number % 2}")
    move(store, again(store, replace(ask(store), id=4)), State.FAILED)
    assert [one.id for one in store.builds.open(at_most=2)] == [5, 3]
    assert store.builds.open_count() == 4
    assert [one.id for one in store.builds.of_service("hello", at_most=3)] == [5, 4, 3]
    assert [one.id for one in store.builds.of_delivery("d0")] == [1, 3]
    last = store.builds.last_of("p1", conversation="room")
    assert last and last.id == 4
    assert store.builds.last_of("p1", conversation="elsewhere") is None
