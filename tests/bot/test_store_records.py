"""Votes and builds: there before the request goes out, and settled once by what came of it."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.builds import Kind, Plan, State
from bot.store import Store
from bot.store.votes import Vouched
from integrations.model import Vote
from tests.bot.asking import MESSAGE
from tests.bot.storing import Clock, clock, store

__all__ = ["clock", "store"]

# Votes.


def vouch(store: Store, by: str, *, number: int = 1, vote: Vote = Vote.TEST, sha: str = "a") -> int:
    return store.votes.ask(
        repo="acme/web", pull=number, vote=vote, sha=sha, staff_id=by, name="Lin", delivery="d1"
    )


COUNTED, REFUSED, UNSETTLED = True, False, None


@pytest.mark.parametrize(
    ("outcomes", "standing"),
    [
        ([], []),
        ([COUNTED], [0]),
        ([UNSETTLED], [0]),
        ([REFUSED], []),
        ([UNSETTLED, COUNTED], [1]),
        ([UNSETTLED, REFUSED], [0]),
        ([COUNTED, COUNTED], [1]),
        ([COUNTED, REFUSED], [0]),
        ([COUNTED, UNSETTLED], [0, 1]),
        ([COUNTED, UNSETTLED, REFUSED, UNSETTLED], [0, 1, 3]),
        ([COUNTED, UNSETTLED, COUNTED, UNSETTLED], [2, 3]),
    ],
)
def test_the_last_vote_that_counted_and_what_nobody_knows_of_since(
    store: Store, outcomes: list[bool | None], standing: list[int]
) -> None:
    for number, counted in enumerate(outcomes):
        row = vouch(store, f"p{number}", sha=f"sha{number}")
        if counted is not UNSETTLED:
            store.votes.settle(row, counted=counted)
    expected = [Vouched(f"sha{number}", f"p{number}", "Lin") for number in standing]
    assert store.votes.standing("acme/web", 1, Vote.TEST) == expected


@pytest.mark.parametrize(
    ("repo", "number", "vote"),
    [("acme/api", 1, Vote.TEST), ("acme/web", 2, Vote.TEST), ("acme/web", 1, Vote.APPROVE)],
)
def test_a_vote_is_for_one_pull_request(store: Store, repo: str, number: int, vote: Vote) -> None:
    vouch(store, "lead")
    assert store.votes.standing(repo, number, vote) == []


def test_a_settled_vote_stays_settled(store: Store) -> None:
    row = vouch(store, "lead")
    store.votes.settle(row, counted=True)
    store.votes.settle(row, counted=False)
    assert store.votes.standing("acme/web", 1, Vote.TEST) == [Vouched("a", "lead", "Lin")]


# Builds.


PLAN = Plan(Kind.BUILD, "x")


def test_builds_have_ids_that_no_other_store_has(store: Store, tmp_path: Path) -> None:
    with closing(Store(f"sqlite:///{tmp_path}/other.db", clock=Clock())) as other:
        builds = [one.builds.ask(MESSAGE, PLAN, marked=True) for one in (store, store, other)]
    assert [build.label for build in builds] == ["b1", "b2", "b1"]
    assert len({build.marker for build in builds}) == 3
    assert builds[0].marker.startswith("b1-")


def test_a_build_is_moved_on_once_from_where_it_was_seen(store: Store) -> None:
    build = store.builds.ask(MESSAGE, PLAN, marked=True)
    assert store.builds.change(build, State.QUEUED, look_at=0, queue_id=7)
    assert not store.builds.change(build, State.REFUSED, look_at=None)
    after = store.builds.get(build.id)
    assert after is not None
    assert (after.state, after.queue_id) == (State.QUEUED, 7)


@pytest.mark.parametrize(
    ("job", "queue_id", "later", "earlier"),
    [
        ("x", 7, 0, "Lin"),
        ("x", 7, 3599, "Lin"),
        ("x", 7, 3600, None),
        ("x", 8, 0, None),
        ("y", 7, 0, None),
        ("x", None, 0, None),
    ],
)
def test_who_asked_for_the_same_queue_item_lately(
    store: Store, clock: Clock, job: str, queue_id: int | None, later: float, earlier: str | None
) -> None:
    first = store.builds.ask(MESSAGE, PLAN, marked=False)
    store.builds.change(first, State.QUEUED, look_at=0, queue_id=7)
    clock.now += later
    again = store.builds.ask(replace(MESSAGE, name="Wu"), replace(PLAN, job=job), marked=False)
    found = store.builds.asked_before(again, queue_id=queue_id)
    assert (found.name if found else None) == earlier
