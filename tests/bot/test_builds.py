"""The pure rules of a build: what a look leads to, when to look again, what is late."""

from dataclasses import replace
from typing import Any

import pytest

from bot.builds import (
    ASKED_FOR,
    GONE_AFTER,
    LATE_AFTER,
    OPEN,
    TRANSITIONS,
    Build,
    Kind,
    Plan,
    State,
    diagram,
    is_late,
    next_look,
    state_seen,
)
from integrations.model import Result, Sighting, Stage

NOW = 1_700_000_000_000

BUILD = Build(
    id=12,
    at=NOW,
    token="k7f2",
    state=State.ASKED,
    kind=Kind.DEPLOY,
    job="hello-deploy",
    parameters={},
    service="hello",
    environment="staging",
    version="",
    repo="",
    pull=None,
    sha="",
    delivery="d1",
    conversation="room",
    staff_id="lin",
    name="Lin",
    reply_url="",
    reply_until=0,
    marked=True,
    queue_id=None,
    number=None,
    url="",
    why="",
    began_at=None,
    ended_at=None,
    took=None,
    usual=None,
    since=NOW,
    look_at=NOW,
    looks=0,
    late_told=False,
    silent_since=None,
    gone_since=None,
    joined=None,
)


def build(state: State = State.ASKED, **changes: Any) -> Build:
    return replace(BUILD, state=state, **changes)


# What a look leads to.

LOOKED_AT = ("asked", "queued", "running", "input")
SEEN = {
    "queued": Sighting(Stage.QUEUED),
    "running": Sighting(Stage.RUNNING),
    "input": Sighting(Stage.INPUT),
    "cancelled": Sighting(Stage.CANCELLED),
    "success": Sighting(Stage.ENDED, result=Result.SUCCESS),
    "unstable": Sighting(Stage.ENDED, result=Result.UNSTABLE),
    "failure": Sighting(Stage.ENDED, result=Result.FAILURE),
    "aborted": Sighting(Stage.ENDED, result=Result.ABORTED),
    "not built": Sighting(Stage.ENDED, result=Result.NOT_BUILT),
    "ended somehow": Sighting(Stage.ENDED),
    "gone": Sighting(Stage.GONE),
}
# Every state that is looked at, from left to right, by every sighting; "-" cannot be.
TABLE = """
queued         queued     queued     running    input
running        running    running    running    running
input          input      input      input      input
cancelled      cancelled  cancelled  -          -
success        succeeded  succeeded  succeeded  succeeded
unstable       unstable   unstable   unstable   unstable
failure        failed     failed     failed     failed
aborted        aborted    aborted    aborted    aborted
not built      not_built  not_built  not_built  not_built
ended somehow  not_built  not_built  not_built  not_built
gone           asked      queued     running    input
"""
CELLS = [
    (was, row[:15].strip(), State(cell.replace("_", " ")))
    for row in TABLE.strip().splitlines()
    for was, cell in zip(LOOKED_AT, row[15:].split(), strict=True)
    if cell != "-"
]


@pytest.mark.parametrize(("was", "seen", "becomes"), CELLS)
def test_every_state_by_every_sighting(was: str, seen: str, becomes: State) -> None:
    state = state_seen(build(State(was)), SEEN[seen], now=NOW)
    assert state is becomes
    assert state is State(was) or state in TRANSITIONS[State(was)]


@pytest.mark.parametrize("was", LOOKED_AT)
@pytest.mark.parametrize("seen", SEEN)
def test_only_a_green_build_of_a_pull_request_has_to_be_recorded(was: str, seen: str) -> None:
    pull, deploy = (
        state_seen(build(State(was), kind=kind), SEEN[seen], now=NOW) for kind in (Kind.PULL, Kind.DEPLOY)
    )
    assert pull is (State.RECORDING if deploy is State.SUCCEEDED else deploy)


@pytest.mark.parametrize("was", [State.QUEUED, State.RUNNING, State.INPUT])
@pytest.mark.parametrize(("gone_for", "lost"), [(0, False), (GONE_AFTER - 1, False), (GONE_AFTER, True)])
def test_a_jenkins_that_comes_up_may_hide_a_build_for_a_while(was: State, gone_for: int, lost: bool) -> None:
    gone = build(was, gone_since=NOW - gone_for)
    assert state_seen(gone, SEEN["gone"], now=NOW) is (State.LOST if lost else was)


@pytest.mark.parametrize(
    ("asked_for", "gone_for", "becomes"),
    [
        (0, 0, State.ASKED),
        (ASKED_FOR - 1, GONE_AFTER, State.ASKED),
        (ASKED_FOR, GONE_AFTER - 1, State.ASKED),
        (ASKED_FOR, GONE_AFTER, State.LOST),
    ],
)
def test_what_was_only_asked_for_is_looked_for_longer(asked_for: int, gone_for: int, becomes: State) -> None:
    asked = build(since=NOW - asked_for, gone_since=NOW - gone_for)
    assert state_seen(asked, SEEN["gone"], now=NOW) is becomes


# When to look again.


@pytest.mark.parametrize(
    ("looks", "usual", "seconds"),
    [
        (0, None, 2),
        (1, None, 5),
        (2, None, 10),
        (4, None, 10),
        (5, None, 30),
        (5, 20_000, 10),
        (5, 200_000, 20),
        (5, 3_600_000, 30),
        (99, 3_600_000, 30),
    ],
)
def test_looks_become_rarer(looks: int, usual: int | None, seconds: int) -> None:
    running = build(State.RUNNING, looks=looks, usual=usual)
    assert next_look(running, State.RUNNING, now=NOW) == NOW + seconds * 1000


@pytest.mark.parametrize("state", State)
def test_what_has_just_changed_is_looked_at_soon_and_what_is_over_never(state: State) -> None:
    was = State.RUNNING if state is not State.RUNNING else State.QUEUED
    soon = {State.RECORDING: 60_000}.get(state, 2_000)
    assert next_look(build(was, looks=50), state, now=NOW) == (NOW + soon if state in OPEN else None)


@pytest.mark.parametrize(
    ("was", "state", "waited", "told", "late"),
    [
        (State.QUEUED, State.QUEUED, LATE_AFTER, False, True),
        (State.QUEUED, State.QUEUED, LATE_AFTER - 1, False, False),
        (State.QUEUED, State.QUEUED, LATE_AFTER, True, False),
        (State.QUEUED, State.RUNNING, LATE_AFTER, False, False),
        (State.ASKED, State.QUEUED, LATE_AFTER, False, False),
        (State.RUNNING, State.RUNNING, LATE_AFTER, False, False),
        (State.WAITING, State.WAITING, LATE_AFTER, False, False),
    ],
)
def test_what_waits_for_a_minute_in_the_queue_is_late(
    was: State, state: State, waited: int, told: bool, late: bool
) -> None:
    assert is_late(build(was, since=NOW - waited, late_told=told), state, now=NOW) is late


# Names.


def test_what_ends_does_not_go_on() -> None:
    assert {state for ways in TRANSITIONS.values() for state in ways} | OPEN == set(State)
    assert not any(state in TRANSITIONS for state in State if state not in OPEN)


def test_the_diagram_has_every_change() -> None:
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    [*] --> waiting" in lines and "    running --> not_built" in lines
    assert len(lines) == 1 + 2 + sum(map(len, TRANSITIONS.values())) + len(set(State) - OPEN)


def test_a_build_is_found_by_what_jenkins_knows_of_it() -> None:
    known = build(queue_id=7, number=3)
    assert (known.label, known.marker) == ("b12", "b12-k7f2")
    assert known.ref.marker == "b12-k7f2" and (known.ref.queue_id, known.ref.number) == (7, 3)
    assert replace(known, marked=False).ref.marker == ""
    assert "k7f2" not in repr(known)


@pytest.mark.parametrize(
    ("kind", "environment", "slot"),
    [
        (Kind.DEPLOY, "staging", "hello staging"),
        (Kind.DEPLOY, "", "hello"),
        (Kind.BUILD, "", ""),
        (Kind.TEST, "staging", ""),
        (Kind.PULL, "", ""),
    ],
)
def test_only_a_deploy_waits_for_its_turn(kind: Kind, environment: str, slot: str) -> None:
    assert Plan(kind, "x", service="hello", environment=environment).slot == slot
    assert build(kind=kind, environment=environment).plan.slot == slot
