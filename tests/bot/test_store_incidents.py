"""Incidents in the store, over both databases: one worker's at a time, and nothing lost meanwhile."""

from itertools import chain

import pytest

from bot.incidents.life import Health, Kind, Signal, Told, Verdict
from bot.store import Store
from bot.store.incidents import LEASE, Incident
from tests.bot.records import Clock, at_once, clock, migrated, store, url

__all__ = ["clock", "migrated", "store", "url"]

NAMES = ("a", "b", "c")


def failed(store: Store, name: str = "nightly", *, kind: Kind = Kind.JOB) -> int:
    """Something broke: the number of its incident."""
    with store.transaction():
        thing = store.incidents.meet(kind, name, title=name)
        return store.incidents.open_one(thing, now(store), about={})


def now(store: Store) -> Signal:
    return Signal(Verdict.FAILURE, 1, store.now(), "https://ci/1")


def taken(store: Store, owner: str = "me", *, at_most: int = 5) -> list[Incident]:
    return store.incidents.take_due(owner=owner, at_most=at_most)


def one(store: Store, number: int) -> Incident:
    found = store.incidents.get(number)
    assert found
    return found


def pass_time(clock: Clock, milliseconds: float) -> None:
    clock.now += milliseconds / 1000


# Incidents that are due.


def test_what_is_new_is_due_oldest_first_and_one_workers(store: Store, clock: Clock) -> None:
    for name in NAMES:
        failed(store, name)
        pass_time(clock, 1)
    assert [incident.id for incident in taken(store, "me", at_most=2)] == [1, 2]
    assert [incident.id for incident in taken(store, "you")] == [3]
    assert taken(store, "me") == taken(store, "you") == []


def test_a_lease_runs_out(store: Store, clock: Clock) -> None:
    failed(store)
    (mine,) = taken(store, "me")
    pass_time(clock, LEASE - 1)
    assert taken(store, "you") == []
    pass_time(clock, 1)
    (yours,) = taken(store, "you")
    assert (mine.id, mine.held_by, yours.held_by) == (yours.id, "me", "you")


def test_who_lost_it_gives_nothing_back(store: Store, clock: Clock) -> None:
    failed(store)
    (mine,) = taken(store, "me")
    pass_time(clock, LEASE)
    (yours,) = taken(store, "you")
    store.incidents.tended(mine, look_at=store.now())
    assert taken(store, "them") == []
    assert one(store, yours.id).held_by == "you"


def test_who_holds_it_and_for_how_long(store: Store, clock: Clock) -> None:
    number = failed(store)

    def keeps() -> list[bool]:
        return [store.incidents.keeps(number, owner=owner) for owner in ("me", "you")]

    assert keeps() == [False, False]
    taken(store, "me")
    assert keeps() == [True, False]
    pass_time(clock, LEASE)
    assert keeps() == [False, False]
    (yours,) = taken(store, "you")
    assert keeps() == [False, True]
    store.incidents.tended(yours, look_at=None)
    assert keeps() == [False, False]


@pytest.mark.parametrize(("later", "due_after"), [(None, None), (0, 0), (60_000, 60_000)])
def test_what_is_given_back_is_due_when_that_was_said(
    store: Store, clock: Clock, later: int | None, due_after: int | None
) -> None:
    failed(store)
    (mine,) = taken(store)
    store.incidents.tended(mine, look_at=None if later is None else store.now() + later)
    if due_after is None:
        pass_time(clock, 10 * LEASE)
        assert taken(store) == []
        return
    pass_time(clock, due_after - 1)
    assert due_after == 0 or taken(store) == []
    pass_time(clock, 1)
    assert len(taken(store)) == 1


MEANWHILE = {
    "failed again": lambda store, number: store.incidents.again(number, now(store)),
    "fixed": lambda store, number: store.incidents.fixed(number, now(store)),
    "broke again": lambda store, number: store.incidents.reopen(number, now(store)),
    "acked": lambda store, number: store.incidents.acknowledge(number, who="Lin"),
    "unmuted": lambda store, number: store.incidents.soon(Kind.JOB, "nightly"),
}


@pytest.mark.parametrize("happened", MEANWHILE)
@pytest.mark.parametrize("look_at", [None, 10_000_000])
def test_what_happens_while_somebody_works_on_it_stays_due(
    store: Store, clock: Clock, happened: str, look_at: int | None
) -> None:
    number = failed(store)
    (mine,) = taken(store)
    pass_time(clock, 5)
    MEANWHILE[happened](store, number)
    assert taken(store, "you") == []  # one at a time
    store.incidents.tended(mine, look_at=look_at and store.now() + look_at)
    assert [incident.id for incident in taken(store, "you")] == [number]


@pytest.mark.parametrize("happened", MEANWHILE)
def test_what_happened_while_its_worker_died_is_due_after_the_lease(
    store: Store, clock: Clock, happened: str
) -> None:
    number = failed(store)
    taken(store, "dead")
    MEANWHILE[happened](store, number)
    pass_time(clock, LEASE)
    assert [incident.id for incident in taken(store, "you")] == [number]


def test_many_workers_at_once_share_out_what_is_due(store: Store, url: str, clock: Clock) -> None:
    numbers = [failed(store, f"job{number}") for number in range(12)]
    owners = iter("abcd")

    def work(mine: Store) -> list[int]:
        owner, found = next(owners), []
        for _ in range(40):
            found += [incident.id for incident in taken(mine, owner, at_most=1)]
        return found

    got = at_once(url, clock, work)
    assert sorted(chain(*got)) == numbers


# What is kept of one.


def test_an_incident_as_it_is_kept(store: Store, clock: Clock) -> None:
    number = failed(store)
    fresh = one(store, number)
    assert (fresh.label, fresh.marker, fresh.health) == ("i1", f"i1-{fresh.token}", Health.FAILING)
    assert (fresh.failures, fresh.told, fresh.told_at, fresh.card_begun) == (1, Told.NOTHING, 0, 0)
    assert len(fresh.token) == 8 and fresh.token not in repr(fresh)
    assert not store.incidents.begin_card(number, upto=1, owner="me")
    [mine] = store.incidents.take_due(owner="me", at_most=1)
    assert store.incidents.begin_card(number, upto=1, owner="me")
    assert not store.incidents.begin_card(number, upto=1, owner="another")
    assert one(store, number).card_begun == 1
    store.incidents.has_card(number, card="c1", url="https://trello/c1")
    store.incidents.told(number, Told.FAILING)
    kept = one(store, number)
    assert (kept.card, kept.card_url, kept.told, kept.told_at) == (
        *("c1", "https://trello/c1", Told.FAILING, store.now()),
    )
    assert store.incidents.begin_card(number, upto=1, owner="me")  # somebody deleted it
    assert (one(store, number).card, one(store, number).card_url) == ("", "")
    store.incidents.tended(mine, look_at=None)
    assert not store.incidents.begin_card(number, upto=1, owner="me")


@pytest.mark.parametrize(
    ("told", "after"),
    [
        (Told.NOTHING, Told.NOTHING),
        (Told.FAILING, Told.FAILING),
        (Told.FLAPPING, Told.FLAPPING),
        (Told.FIXED, Told.NOTHING),  # that is not so any more
    ],
)
def test_what_the_room_knows_of_one_that_breaks_again(store: Store, told: Told, after: Told) -> None:
    number = failed(store)
    store.incidents.fixed(number, now(store))
    store.incidents.told(number, told)
    store.incidents.reopen(number, now(store))
    assert (one(store, number).told, one(store, number).closed_at) == (after, None)


def test_who_looks_after_it(store: Store) -> None:
    number = failed(store)
    assert store.incidents.acknowledge(number, who="Lin")
    assert store.incidents.acknowledge(number, who="Wu")
    store.incidents.fixed(number, now(store))
    assert not store.incidents.acknowledge(number, who="Mei")
    assert not store.incidents.acknowledge(99, who="Mei")
    assert one(store, number).ack_by == "Wu"
    events = [(event.number, event.what, event.who) for event in store.incidents.events(number)]
    assert events == [(1, "opened", ""), (2, "acked", "Lin"), (3, "acked", "Wu"), (4, "fixed", "")]


def test_events_are_numbered_without_a_gap_by_many_at_once(store: Store, url: str, clock: Clock) -> None:
    number = failed(store)

    def work(mine: Store) -> None:
        for _ in range(5):
            mine.incidents.acknowledge(number, who="Lin")

    at_once(url, clock, work)
    assert [event.number for event in store.incidents.events(number)] == list(range(1, 22))


def test_how_far_its_card_tells(store: Store) -> None:
    number = failed(store)
    store.incidents.again(number, now(store))
    store.incidents.carded(number, upto=1)
    store.incidents.again(number, now(store))
    carded = [event.carded_at is not None for event in store.incidents.events(number)]
    assert carded == [True, False, False]
    assert [event.number for event in store.incidents.pending(number)] == [2, 3]


@pytest.mark.parametrize(("newest", "shown"), [(1, [1, 6]), (2, [1, 5, 6]), (6, [1, 2, 3, 4, 5, 6])])
def test_of_a_long_history_its_beginning_and_its_end(store: Store, newest: int, shown: list[int]) -> None:
    number = failed(store)
    for _ in range(5):
        store.incidents.again(number, now(store))
    assert [event.number for event in store.incidents.shown(number, newest=newest)] == shown


def test_what_is_open_oldest_first(store: Store, clock: Clock) -> None:
    numbers = [failed(store, name) for name in NAMES]
    store.incidents.fixed(numbers[1], now(store))
    assert [incident.name for incident in store.incidents.open(at_most=5)] == ["a", "c"]
    assert [incident.name for incident in store.incidents.open(at_most=1)] == ["a"]
    assert store.incidents.open_count() == 2
    assert store.incidents.get(99) is None


def test_what_people_call_things(store: Store) -> None:
    for kind, name, title in (
        (Kind.ALERT, "k1", "disk"),
        (Kind.ALERT, "k2", "disk"),
        (Kind.JOB, "disk", "disk"),
        (Kind.JOB, "build", "build"),
    ):
        store.incidents.meet(kind, name, title=title)
    assert store.incidents.titles() == [(Kind.JOB, "build"), (Kind.JOB, "disk"), (Kind.ALERT, "disk")]
    store.incidents.meet(Kind.ALERT, "k2", title="Disk full")  # it was given another name
    assert (Kind.ALERT, "Disk full") in store.incidents.titles()
