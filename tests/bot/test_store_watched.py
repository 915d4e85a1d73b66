"""What is watched, and what is done once in a while, over both databases; what is forgotten; migrating."""

import shutil
import sqlite3
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest

from bot.incidents.life import Health, Kind
from bot.store import Store
from bot.store.incidents import COMPARING, Watched
from bot.store.migrating import MIGRATIONS, files, migrate
from bot.store.sqlite import create
from tests.bot.records import Clock, at_once, clock, migrated, store, url
from tests.bot.test_store_incidents import NAMES, failed, now, pass_time, taken

__all__ = ["clock", "migrated", "store", "url"]

DAY = 86_400.0

# Jobs that are to be compared.


def compared(store: Store) -> list[Watched]:
    return store.incidents.take_watched(at_most=5)


def test_a_job_is_compared_when_it_is_due_by_one(store: Store, clock: Clock) -> None:
    store.incidents.watch("nightly", look_at=store.now() + 1000)
    assert compared(store) == []
    pass_time(clock, 1000)
    (mine,) = compared(store)
    assert (mine.name, mine.title, mine.kind) == ("nightly", "nightly", Kind.JOB)
    assert compared(store) == []
    store.incidents.compared(mine, look_at=store.now() + 500)
    pass_time(clock, 500)
    assert len(compared(store)) == 1
    pass_time(clock, COMPARING)
    assert len(compared(store)) == 1  # nobody said how it went


@pytest.mark.parametrize(("first", "then", "due"), [(0, 500, 0), (500, 0, 0), (500, 500, 500)])
def test_the_earlier_time_counts(store: Store, clock: Clock, first: int, then: int, due: int) -> None:
    for later in (first, then):
        store.incidents.watch("nightly", look_at=store.now() + later)
    assert (len(compared(store)) == 1) is (due == 0)
    pass_time(clock, due)
    assert due == 0 or len(compared(store)) == 1


def test_a_hint_that_comes_meanwhile_stays_due(store: Store, clock: Clock) -> None:
    store.incidents.watch("nightly", look_at=store.now())
    (mine,) = compared(store)
    store.incidents.watch("nightly", look_at=store.now())
    store.incidents.compared(mine, look_at=store.now() + 50_000)
    assert [job.name for job in compared(store)] == ["nightly"]


def test_a_job_that_is_watched_no_more(store: Store, clock: Clock) -> None:
    store.incidents.watch("nightly", look_at=store.now())
    (mine,) = compared(store)
    store.incidents.compared(mine, look_at=None)
    pass_time(clock, 10 * COMPARING)
    assert compared(store) == []
    store.incidents.watch("nightly", look_at=store.now())
    assert len(compared(store)) == 1


def test_one_job_is_compared_alone(store: Store, clock: Clock) -> None:
    for job in ("nightly", "daily"):
        store.incidents.watch(job, look_at=store.now() + 1000)
    assert store.incidents.take_job("nightly") is None
    pass_time(clock, 1000)
    mine = store.incidents.take_job("nightly")
    assert mine and mine.name == "nightly"
    assert store.incidents.take_job("nightly") is store.incidents.take_job("unknown") is None
    assert [job.name for job in compared(store)] == ["daily"]
    store.incidents.watch("nightly", look_at=store.now())
    store.incidents.compared(mine, look_at=store.now() + 50_000)
    assert store.incidents.take_job("nightly") is not None  # the hint that came meanwhile


def test_many_that_compare_at_once_share_out_the_jobs(store: Store, url: str, clock: Clock) -> None:
    for number in range(12):
        store.incidents.watch(f"job{number}", look_at=store.now() - number)
    got = at_once(url, clock, lambda mine: [job.name for _ in range(20) for job in compared(mine)])
    assert sorted(chain(*got)) == sorted(f"job{number}" for number in range(12))


# What is forgotten.


def test_old_incidents_are_forgotten_when_nothing_is_left_to_do(store: Store, clock: Clock) -> None:
    open_one, over, busy = (failed(store, name) for name in NAMES)
    for number in (over, busy):
        store.incidents.fixed(number, now(store))
    for incident in taken(store):
        if incident.id != busy:
            store.incidents.tended(incident, look_at=None)
    clock.now += 10 * DAY
    assert store.incidents.forget(older_than=10 * DAY) == 0
    clock.now += 1
    assert store.incidents.forget(older_than=10 * DAY) == 1 + len(NAMES)  # and what is watched no more
    assert [number for number in (open_one, over, busy) if store.incidents.get(number)] == [open_one, busy]
    assert list(store.incidents.events(over)) == []
    assert failed(store, "d") > busy  # its number is nobody else's


def test_only_so_much_is_forgotten_at_a_time(store: Store, clock: Clock) -> None:
    for name in NAMES:
        store.incidents.fixed(failed(store, name), now(store))
    for incident in taken(store):
        store.incidents.tended(incident, look_at=None)
    clock.now += 2
    found = [store.incidents.forget(older_than=1, at_most=2) for _ in range(3)]
    assert found == [4, 2, 0]  # each with what it was of


def test_what_is_silent_is_forgotten_and_what_fails_or_is_compared_is_not(store: Store, clock: Clock) -> None:
    for kind, name, health in (
        (Kind.ALERT, "silent", Health.HEALTHY),
        (Kind.ALERT, "firing", Health.FAILING),
        (Kind.JOB, "gone", Health.HEALTHY),
        (Kind.JOB, "quiet", Health.HEALTHY),
    ):
        thing = store.incidents.meet(kind, name, title=name)
        store.incidents.judged(Watched(thing.kind, name, name, health, 1, 0, None, None))
    store.incidents.watch("quiet", look_at=0)
    clock.now += 11
    store.incidents.meet(Kind.ALERT, "new", title="new")
    assert store.incidents.forget(older_than=10) == 2
    assert [title for _, title in store.incidents.titles()] == ["firing", "new", "quiet"]


# Chores.


def test_a_chore_is_begun_once_in_a_while(store: Store, clock: Clock) -> None:
    found = []
    for seconds in (0, 0, 59.999, 0.001, 0):
        clock.now += seconds
        found.append(store.chores.begin("archive", every=60_000))
    assert found == [True, False, False, True, False]
    assert store.chores.begin("another", every=60_000)


def test_a_chore_is_begun_by_one_of_many(store: Store, url: str, clock: Clock) -> None:
    for _ in range(2):
        begun = at_once(url, clock, lambda mine: mine.chores.begin("archive", every=60_000))
        assert sorted(begun) == [False, False, False, True]
        clock.now += 60


# A database from before.


def test_an_older_database_is_brought_up_to_date(database_url: str, tmp_path: Path, clock: Clock) -> None:
    older = shutil.copytree(MIGRATIONS, tmp_path / "older")
    for file in [one for one in older.rglob("[0-9]*.sql") if one.name >= "0004"]:
        file.unlink()
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as new:
            create(new, folder=older)
    else:
        migrate(database_url, folder=older)
    with closing(Store(database_url, clock=clock)) as store:
        store.locks.close("service", "hello", reason="x", staff_id="lin", who="Lin", seconds=None)
    assert migrate(database_url) == [file.stem for file in files("sqlite")][3:]
    with closing(Store(database_url, clock=clock)) as store:
        assert [lock.name for lock in store.locks.all()] == ["hello"]
        assert failed(store) == 1
        assert len(taken(store)) == 1
