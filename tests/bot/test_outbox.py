"""The outbox in the store, over both databases: said once, by one of us, until it is signed off."""

from typing import Any

import pytest

from bot.store import Store
from bot.store.outbox import LEASE, Letter
from integrations.model import Code, Link, Post, Room, Say, Strong
from tests.bot.records import NOW, Clock, at_once, clock, migrated, store, url

__all__ = ["clock", "migrated", "store", "url"]

HERE = Room("room", "http://127.0.0.1:1/session", NOW + 5400)
THERE = Room("other")
POST = Post(
    "Tests 好",
    (("plain ", Link("a", "http://b"), Say("again", "/retry b1")), (Strong("s"), Code("`c`")), ()),
    ("lin",),
)


def add(store: Store, *abouts: str, room: Room = HERE) -> None:
    for about in abouts:
        assert store.outbox.add(room, POST, about=about)


def take(store: Store, *, room: Room = HERE, owner: str = "me", at_most: int = 10) -> list[Letter]:
    return store.outbox.take(room.conversation_id, owner=owner, at_most=at_most)


def abouts(letters: list[Letter]) -> list[str]:
    return [letter.about for letter in letters]


def test_a_message_comes_out_as_it_went_in(store: Store) -> None:
    add(store, "b1 end")
    (letter,) = take(store)
    assert (letter.post, letter.room, letter.about, letter.tries) == (POST, HERE, "b1 end", 1)
    assert letter.at == NOW * 1000


def test_the_same_is_said_once(url: str, store: Store, clock: Clock) -> None:
    kept = at_once(url, clock, lambda one: one.outbox.add(HERE, POST, about="b1 end"))
    assert sorted(kept) == [False, False, False, True]
    store.outbox.sent(take(store), owner="me", robot="app")
    assert not store.outbox.add(HERE, POST, about="b1 end")


def test_the_oldest_come_first_and_not_too_many(store: Store, clock: Clock) -> None:
    for about in ("one", "two", "three"):
        add(store, about)
        clock.now += 1
    assert abouts(take(store, at_most=2)) == ["one", "two"]
    assert abouts(take(store)) == ["three"]
    assert take(store) == []


def test_rooms_by_what_has_waited_longest(store: Store, clock: Clock) -> None:
    add(store, "one", room=THERE)
    clock.now += 1
    add(store, "two")
    add(store, "three", room=THERE)
    assert store.outbox.rooms_due(at_most=5) == ["other", "room"]
    assert store.outbox.rooms_due(at_most=1) == ["other"]


def test_what_one_sends_no_other_has(url: str, store: Store, clock: Clock) -> None:
    add(store, *map(str, range(8)))
    taken = at_once(url, clock, lambda one: abouts(take(one, at_most=3)))
    assert sorted(about for one in taken for about in one) == sorted(
        {about for one in taken for about in one}
    )
    taken += [abouts(take(store))]
    assert sorted(about for one in taken for about in one) == list(map(str, range(8)))


def test_what_a_dead_process_had_is_free_again_and_counted(store: Store, clock: Clock) -> None:
    add(store, "one")
    take(store, owner="dead")
    clock.now += LEASE / 1000 - 1
    assert take(store) == []
    clock.now += 1
    (letter,) = take(store)
    assert letter.tries == 2


@pytest.mark.parametrize(("began", "tries"), [(False, 1), (True, 2)])
def test_a_message_that_was_given_back(store: Store, clock: Clock, began: bool, tries: int) -> None:
    add(store, "one")
    store.outbox.later(take(store), owner="me", due_at=store.now() + 5000, began=began)
    assert take(store) == []
    clock.now += 5
    assert [letter.tries for letter in take(store)] == [tries]


def test_an_answer_that_was_begun_elsewhere(store: Store) -> None:
    store.outbox.add(HERE, POST, about="reply", begun=True)
    assert [letter.tries for letter in take(store)] == [2]


@pytest.mark.parametrize("ends", ["sent", "later", "give_up"])
def test_who_was_too_slow_changes_nothing(store: Store, clock: Clock, ends: str) -> None:
    add(store, "one")
    slow = take(store, owner="slow")
    clock.now += LEASE / 1000
    take(store, owner="quick")
    more: dict[str, Any] = {"sent": {"robot": "app"}, "later": {"due_at": 0, "began": False}}.get(ends, {})
    getattr(store.outbox, ends)(slow, owner="slow", **more)
    assert store.outbox.waiting() == 1 and take(store) == []
    assert store.outbox.said_lately("app", seconds=60) == 0


@pytest.mark.parametrize("ends", ["sent", "give_up"])
def test_what_is_done_is_not_taken_again(store: Store, clock: Clock, ends: str) -> None:
    add(store, "one")
    letters = take(store)
    getattr(store.outbox, ends)(letters, owner="me", **({"robot": "app"} if ends == "sent" else {}))
    store.outbox.later(letters, owner="me", due_at=0, began=True)
    clock.now += 1e6
    assert (take(store), store.outbox.waiting(), store.outbox.rooms_due(at_most=9)) == ([], 0, [])


def test_messages_that_went_out_together_count_once(store: Store, clock: Clock) -> None:
    for owner, names in (("first", "ab"), ("second", "c")):
        add(store, *names)
        store.outbox.sent(take(store, owner=owner), owner=owner, robot="app")
        clock.now += 20
    assert store.outbox.said_lately("app", seconds=60) == 2
    assert store.outbox.said_lately("group", seconds=60) == 0
    clock.now += 21
    assert store.outbox.said_lately("app", seconds=60) == 1


def test_a_robot_rests_and_may_be_sent_to_rest_again(store: Store) -> None:
    assert store.outbox.paused_until("app") == 0
    for until in (5, 9):
        store.outbox.pause("app", until=until)
        assert store.outbox.paused_until("app") == until
    assert store.outbox.paused_until("group") == 0


def test_what_was_said_is_forgotten_and_what_waits_is_not(store: Store, clock: Clock) -> None:
    add(store, "said", "given up", "waits")
    said, given_up, _ = sorted(
        take(store), key=lambda letter: ["said", "given up", "waits"].index(letter.about)
    )
    store.outbox.sent([said], owner="me", robot="app")
    store.outbox.give_up([given_up], owner="me")
    clock.now += 100
    assert store.outbox.forget(older_than=100) == 0
    clock.now += 1
    assert store.outbox.forget(older_than=100) == 2
    assert store.outbox.waiting() == 1
