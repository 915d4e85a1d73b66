"""Whose turn it is, and who asked for the same before: over both databases."""

from dataclasses import replace

import pytest

from bot.builds import State
from bot.store import Store
from bot.store.builds import QUEUE_MEMORY
from tests.bot.records import NOW, Clock, at_once, clock, migrated, store, url
from tests.bot.test_store_builds import FREE, PLAN, again, ask, due, move

__all__ = ["clock", "migrated", "store", "url"]

# Turns.


def test_one_slot_for_each_service_and_environment(store: Store) -> None:
    plans = [PLAN, PLAN, replace(PLAN, environment="production"), replace(PLAN, service="shop"), FREE, FREE]
    states = [ask(store, plan).state for plan in plans]
    assert states == [State.ASKED, State.WAITING, *[State.ASKED] * 4]


def test_of_many_at_once_one_has_its_turn(url: str, store: Store, clock: Clock) -> None:
    states = at_once(url, clock, lambda one: ask(one, PLAN).state)
    assert sorted(states) == [State.ASKED, State.WAITING, State.WAITING, State.WAITING]


def test_the_end_of_one_wakes_the_next_and_only_the_first_starts(store: Store) -> None:
    first, second, third = (ask(store, PLAN) for _ in range(3))
    assert store.builds.ahead_of(third) == first
    assert store.builds.take_turn(second) is None
    assert due(store) == []
    move(store, first, State.FAILED)
    assert due(store) == [2, 3]
    assert store.builds.ahead_of(third) == again(store, second)
    assert store.builds.take_turn(third) is None
    started = store.builds.take_turn(second)
    assert started and started.state is State.ASKED
    assert store.builds.take_turn(second) is None


def test_two_processes_take_one_turn(url: str, store: Store, clock: Clock) -> None:
    first, second = ask(store, PLAN), ask(store, PLAN)
    move(store, first, State.REFUSED)
    assert (
        sum(build is not None for build in at_once(url, clock, lambda one: one.builds.take_turn(second))) == 1
    )


def test_a_newcomer_waits_behind_who_was_there(store: Store) -> None:
    first, second = ask(store, PLAN), ask(store, PLAN)
    move(store, first, State.SUCCEEDED)
    newcomer = ask(store, PLAN)
    assert newcomer.state is State.WAITING
    move(store, second, State.CANCELLED)
    assert store.builds.take_turn(newcomer)


@pytest.mark.parametrize(
    "ended", [State.SUCCEEDED, State.FAILED, State.REFUSED, State.JOINED, State.LOST, State.CANCELLED]
)
def test_every_end_lets_go(store: Store, ended: State) -> None:
    move(store, ask(store, PLAN), ended)
    assert ask(store, PLAN).state is State.ASKED


def test_what_was_last_deployed_where(store: Store, clock: Clock) -> None:
    for version, ended in [("1", State.SUCCEEDED), ("2", State.SUCCEEDED), ("3", State.FAILED)]:
        clock.now += 1
        move(store, ask(store, replace(PLAN, version=version)), ended)
    move(store, ask(store), State.SUCCEEDED)
    (one,) = store.builds.deployed()
    assert (one.service, one.environment, one.version, one.build) == ("hello", "staging", "2", 2)
    assert (one.name, one.at) == ("Lin", (NOW + 2) * 1000)


# One queue item, asked for twice.


@pytest.mark.parametrize(
    ("job", "queue_id", "later", "found"),
    [
        ("hello-build", 7, 0, True),
        ("hello-build", 7, QUEUE_MEMORY - 1, True),
        ("hello-build", 7, QUEUE_MEMORY, False),
        ("hello-build", 8, 0, False),
        ("other", 7, 0, False),
        ("hello-build", None, 0, False),
    ],
)
def test_who_asked_for_the_same_queue_item(
    store: Store, clock: Clock, job: str, queue_id: int | None, later: int, found: bool
) -> None:
    first = move(store, ask(store), State.QUEUED, queue_id=7)
    clock.now += later / 1000
    build = ask(store, replace(FREE, job=job))
    assert store.builds.asked_before(build, queue_id=queue_id) == (first if found else None)


def test_the_same_room_comes_first_and_what_is_over_does_not_count(store: Store) -> None:
    red = move(store, ask(store, conversation_id="red"), State.QUEUED, queue_id=7)
    blue = move(store, ask(store, conversation_id="blue"), State.QUEUED, queue_id=7)
    move(store, ask(store, conversation_id="blue"), State.JOINED, queue_id=7, joined=blue.id)
    rooms = {"red": red, "blue": blue, "green": red}
    asked = {room: ask(store, conversation_id=room) for room in rooms}
    assert {room: store.builds.asked_before(one, queue_id=7) for room, one in asked.items()} == rooms
    move(store, red, State.SUCCEEDED)
    assert store.builds.asked_before(asked["red"], queue_id=7) == blue
