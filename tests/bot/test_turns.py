"""One running deploy for each service and environment; the others start by themselves, in order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bot.builds import State
from bot.tick import tick
from sandbox.town import Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.town import wait_until


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot_in(town, tmp_path) as here:
        yield here


def state(here: Watch, number: int) -> State:
    build = here.store.builds.get(number)
    assert build
    return build.state


def one_after_the_other(here: Watch, count: int) -> None:
    """Start so many deploys, of which the first runs."""
    here.job(script="sleep 60")
    for _ in range(count):
        here.ask("/deploy hello")
    wait_until(lambda: bool(here.runs()))


def end_of(here: Watch, number: int) -> list[str]:
    """Have Jenkins end a build, and give what the room hears of it and of what follows."""
    here.jenkins.jobs["hello-deploy"].builds[number].stop()
    here.jenkins.wait_for("hello-deploy", number)
    return here.tick() + here.tick()


def test_the_next_one_is_told_why_it_waits(here: Watch) -> None:
    one_after_the_other(here, 1)
    here.tick()
    answer = here.ask("/deploy hello", as_="chen")
    assert answer.startswith("b2 **hello** to **staging** waits for its turn.")
    assert "b1, asked by 林小满 (lin), comes first: running" in answer and "[hello-deploy #1](" in answer
    assert "It starts by itself when that has ended." in answer
    assert "content=%2Fcancel%20b2)" in answer
    ended, begins = end_of(here, 1)
    assert ended.startswith("⏹ b1") and begins.startswith("b2 **hello** to **staging**: [hello-deploy](")


def test_other_services_and_environments_do_not_wait(here: Watch) -> None:
    one_after_the_other(here, 1)
    here.job("shop-deploy")
    assert "is queued" in here.ask("/deploy shop")
    here.ask("/build hello")
    assert state(here, 3) is State.QUEUED


def test_five_at_once_start_one_after_the_other_in_order(here: Watch) -> None:
    here.job(concurrent=True)
    together = Barrier(5)

    def deploy(_: int) -> None:
        together.wait(10)
        here.town.room.deliver("/deploy hello")

    before = len(here.town.room.replies)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(deploy, range(5)))
    here.town.room.wait_for(before + 5, timeout=20)
    states = [state(here, number) for number in range(1, 6)]
    assert sorted(states) == [State.QUEUED, *[State.WAITING] * 4]
    assert len(here.runs()) <= 1
    for number in range(1, 6):
        here.jenkins.wait_for("hello-deploy", number)
        here.tick()
        here.tick()
    order = [str(run.values["SAMPAN_ID"]).split("-")[0] for run in here.runs()]
    first = f"b{states.index(State.QUEUED) + 1}"
    assert order == [first, *sorted({"b1", "b2", "b3", "b4", "b5"} - {first})]
    assert all(state(here, number) is State.SUCCEEDED for number in range(1, 6))


def test_nobody_overtakes_who_waits(here: Watch) -> None:
    """The environment is free for a moment, and somebody was there before."""
    one_after_the_other(here, 2)
    here.runs()[0].stop()
    here.jenkins.wait_for("hello-deploy")
    build = here.store.builds.get(1)
    assert build
    here.store.builds.change(build, State.SUCCEEDED, look_at=None)
    answer = here.ask("/deploy hello")
    assert answer.startswith("b3 **hello** to **staging** waits for its turn.") and "b2, asked by" in answer
    here.tick()
    assert [state(here, number) for number in (2, 3)] == [State.QUEUED, State.WAITING]


def test_two_processes_give_one_turn(here: Watch) -> None:
    one_after_the_other(here, 3)
    other = here.another()
    here.runs()[0].stop()
    here.jenkins.wait_for("hello-deploy")
    here.triggers()
    for _ in range(2):
        here.clock.ahead += 3
        together = Barrier(2)

        def both(one: Callable[[], object], together: Barrier = together) -> None:
            together.wait(10)
            one()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(both, [lambda: tick(here.sampan), lambda: tick(other)]))
    other.store.close()
    assert [state(here, number) for number in (2, 3)] in (
        [State.QUEUED, State.WAITING],
        [State.RUNNING, State.WAITING],
    )
    assert here.triggers() == 1


@pytest.mark.parametrize(
    ("closes", "told"),
    [
        ("/lock staging database moves", ["The environment **staging** is locked.", "database moves"]),
        ("/lock hello broken", ["The service **hello** is locked.", "broken"]),
        ("/stop outage", ["Everything is stopped.", "outage"]),
    ],
)
def test_a_lock_placed_meanwhile_drops_who_waits(here: Watch, closes: str, told: list[str]) -> None:
    one_after_the_other(here, 3)
    here.ask(closes)
    (said,) = here.tick(after=61)
    assert "⏹ b2 **hello** to **staging**: not started" in said and "⏹ b3" in said
    assert all(part in said for part in told)
    assert "content=%2Fretry%20b2)" in said
    assert [state(here, number) for number in (2, 3)] == [State.DROPPED, State.DROPPED]
    (ended,) = end_of(here, 1)
    assert ended.startswith("⏹ b1")


LOST = [
    ({"MAINTAINERS": "wu"}, ["This needs the role maintainer", "chen"]),
    ({"DINGTALK_CONVERSATIONS": "another"}, ["This group can only read."]),
]


@pytest.mark.parametrize(("env", "told"), LOST)
def test_a_right_that_was_lost_meanwhile_drops_who_waits(
    here: Watch, env: dict[str, str], told: list[str]
) -> None:
    one_after_the_other(here, 1)
    here.ask("/deploy hello", as_="chen")
    here.triggers()
    other = here.another(**env)
    (said,) = here.said(lambda: tick(other), after=61)
    other.store.close()
    assert "⏹ b2 **hello** to **staging**: not started" in said and all(part in said for part in told)
    assert state(here, 2) is State.DROPPED and here.triggers() == 0


def test_a_cancelled_one_does_not_start(here: Watch) -> None:
    one_after_the_other(here, 3)
    assert here.ask("/cancel b2") == "b2 **hello** to **staging** will not start.\n\n@林小满"
    here.triggers()
    _, begins = end_of(here, 1)
    assert begins.startswith("b3 **hello** to **staging**: ")
    assert here.triggers() == 1


def test_whose_turn_does_not_come_in_an_hour_is_told(here: Watch) -> None:
    one_after_the_other(here, 2)
    assert here.tick(after=3500) == []
    said = "\n".join(here.tick(after=200))
    assert "⏹ b2 **hello** to **staging**: not started" in said
    assert "Its turn did not come within an hour." in said


def test_a_job_that_was_switched_off_meanwhile(here: Watch) -> None:
    one_after_the_other(here, 2)
    here.jenkins.jobs["hello-deploy"].disabled = True
    said = "\n".join(end_of(here, 1))
    assert "⏹ b2 **hello** to **staging**: not started" in said and "is disabled." in said
    here.jenkins.jobs["hello-deploy"].disabled = False
    assert "is queued" in here.ask("/deploy hello")  # it does not keep the environment


def test_a_jenkins_that_is_down_when_the_turn_comes(here: Watch) -> None:
    """Nothing has been sent, so it goes on waiting."""
    one_after_the_other(here, 2)
    here.runs()[0].stop()
    here.jenkins.wait_for("hello-deploy")
    here.jenkins_fault(kind="503", match="GET .*/job/hello-deploy/api/json")
    (ended,) = here.tick() + here.tick()
    assert ended.startswith("⏹ b1")
    assert state(here, 2) is State.WAITING
    here.mend()
    (begins,) = here.tick(after=31)
    assert begins.startswith("b2 **hello** to **staging**: ")


def test_a_turn_that_jenkins_refuses_is_told_and_frees_the_next(here: Watch) -> None:
    one_after_the_other(here, 3)
    here.jenkins_fault(kind="409", match="POST .*/buildWithParameters", times=1)
    said = end_of(here, 1) + here.tick()
    assert "Jenkins refused to start" in "\n".join(said)
    assert [state(here, number) for number in (2, 3)] == [State.REFUSED, State.QUEUED]
