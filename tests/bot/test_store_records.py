"""Votes and builds: there before the request goes out, and settled once by what came of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.store import Store, Vouched
from integrations.model import Vote
from tests.bot.asking import MESSAGE
from tests.bot.test_store import Clock, clock, file, store

__all__ = ["clock", "file", "store"]

# Votes.


def vouch(store: Store, by: str, *, number: int = 1, vote: Vote = Vote.TEST, sha: str = "a") -> int:
    return store.vouch(replace(MESSAGE, staff_id=by), repo="acme/web", number=number, vote=vote, sha=sha)


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
            store.settle_vote(row, counted=counted)
    expected = [Vouched(f"sha{number}", f"p{number}", "Lin") for number in standing]
    assert store.vouched("acme/web", 1, Vote.TEST) == expected


@pytest.mark.parametrize(
    ("repo", "number", "vote"),
    [("acme/api", 1, Vote.TEST), ("acme/web", 2, Vote.TEST), ("acme/web", 1, Vote.APPROVE)],
)
def test_a_vote_is_for_one_pull_request(store: Store, repo: str, number: int, vote: Vote) -> None:
    vouch(store, "lead")
    assert store.vouched(repo, number, vote) == []


def test_a_settled_vote_stays_settled(store: Store) -> None:
    row = vouch(store, "lead")
    store.settle_vote(row, counted=True)
    store.settle_vote(row, counted=False)
    assert store.vouched("acme/web", 1, Vote.TEST) == [Vouched("a", "lead", "Lin")]


# Builds.


def test_builds_have_ids_that_no_other_store_has(store: Store, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{tmp_path}/other.db", clock=Clock())
    builds = [
        store.ask_build(MESSAGE, job="x"),
        store.ask_build(MESSAGE, job="x"),
        other.ask_build(MESSAGE, job="x"),
    ]
    assert [build.id for build in builds] == [1, 2, 1]
    assert len({build.sampan_id for build in builds}) == 3
    assert builds[0].sampan_id.startswith("b1-")


def test_a_build_is_settled_once_and_by_its_asker(store: Store) -> None:
    build = store.ask_build(MESSAGE, job="x")
    assert not store.settle_build(replace(build, token="another"), state="queued")
    assert store.settle_build(build, state="queued", queue_id=7)
    assert not store.settle_build(build, state="unclear")


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
    store.settle_build(store.ask_build(MESSAGE, job="x"), state="queued", queue_id=7)
    clock.now += later
    again = store.ask_build(replace(MESSAGE, name="Wu"), job=job)
    store.settle_build(again, state="merged", queue_id=queue_id)
    assert store.who_asked_before(again, job=job, queue_id=queue_id) == earlier
