"""Builds that vanish, and a build server that does not answer: said so, and not waited for for ever."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.builds import State
from sandbox.jenkins.jobs import Parameter
from sandbox.jenkins.seed import DEPLOY
from sandbox.town import Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.town import wait_until

UNMARKED = tuple(one for one in DEPLOY if one.name != "SAMPAN_ID")
DAY = 24 * 3600.0


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot_in(town, tmp_path) as here:
        yield here


def state(here: Watch, number: int = 1) -> State:
    build = here.store.builds.get(number)
    assert build
    return build.state


def running(here: Watch) -> None:
    """Start a build and have it seen running."""
    here.job(script="sleep 60")
    here.ask("/deploy hello")
    wait_until(lambda: bool(here.runs()))
    assert here.tick() == []
    assert state(here) is State.RUNNING


def queued(here: Watch) -> None:
    """Start a build that stays in the queue."""
    here.job()
    here.jenkins.executors = 0
    here.ask("/deploy hello")
    assert here.tick() == []
    assert state(here) is State.QUEUED


@pytest.mark.parametrize("parameters", [DEPLOY, UNMARKED], ids=["by our id", "by the queue's number"])
def test_a_queue_item_that_has_expired(here: Watch, parameters: tuple[Parameter, ...]) -> None:
    # Five minutes after it has left the queue an item is gone: Queue.java, CacheBuilder.expireAfterWrite.
    here.jenkins.queue.lifetime = 0.0
    here.job(parameters=parameters)
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    (said,) = here.tick(after=3600)
    assert said.startswith("✅ b1 **hello** to **staging**: succeeded") and "[hello-deploy #1]" in said


def the_build_is_deleted(here: Watch) -> None:
    here.jenkins.delete_build("hello-deploy", 1)


def the_job_is_deleted(here: Watch) -> None:
    here.jenkins.jobs.pop("hello-deploy")


def jenkins_restarts(here: Watch) -> None:
    here.jenkins.restart()


@pytest.mark.parametrize(
    ("begin", "happens"),
    [
        (running, the_build_is_deleted),
        (running, the_job_is_deleted),
        (queued, jenkins_restarts),
    ],
)
def test_what_jenkins_no_longer_shows_is_said_so(
    here: Watch, begin: Callable[[Watch], None], happens: Callable[[Watch], None]
) -> None:
    begin(here)
    runs = here.runs()
    happens(here)
    assert here.tick(after=30) == []  # a Jenkins that comes up shows its builds one after the other
    (said,) = here.tick(after=70)
    assert said.startswith("❓ b1 **hello** to **staging**: Jenkins shows it no longer")
    assert "content=%2Fretry%20b1)" in said
    assert here.tick(after=600) == []
    for run in runs:
        run.stop()


def test_a_restart_ends_what_ran(here: Watch) -> None:
    running(here)
    here.jenkins.restart()
    here.jenkins.wait_for("hello-deploy")
    (said,) = here.tick()
    assert said.startswith("⏹ b1 **hello** to **staging**: stopped")


def test_a_build_that_comes_back_after_a_restart_is_followed_on(here: Watch) -> None:
    running(here)
    run = here.jenkins.jobs["hello-deploy"].builds.pop(1)
    assert here.tick(after=30) == []
    here.jenkins.jobs["hello-deploy"].builds[1] = run
    assert here.tick(after=40) == []
    here.jenkins.delete_build("hello-deploy", 1)
    assert here.tick(after=40) == []  # the minute begins anew
    assert state(here) is State.RUNNING
    run.stop()


@pytest.mark.parametrize("kind", ["502", "html", "401"])
def test_a_jenkins_that_is_down_for_ten_minutes_is_told_once(here: Watch, kind: str) -> None:
    running(here)
    here.jenkins_fault(kind=kind)
    assert here.tick(after=30) == []
    (said,) = here.tick(after=300)
    assert said.startswith("❓ b1 **hello** to **staging**: Jenkins does not answer")
    assert here.tick(after=300) == []
    here.mend()
    assert here.tick(after=60) == []
    here.runs()[0].stop()
    here.jenkins.wait_for("hello-deploy")
    (said,) = here.tick(after=30)
    assert said.startswith("⏹ b1 **hello** to **staging**: stopped")


def test_a_second_silence_is_told_again(here: Watch) -> None:
    running(here)
    for _ in range(2):
        here.jenkins_fault(kind="500")
        assert here.tick(after=30) == []
        assert len(here.tick(after=300)) == 1
        here.mend()
        assert here.tick(after=60) == []


def test_a_jenkins_that_is_down_for_a_day_is_given_up(here: Watch) -> None:
    running(here)
    here.jenkins_fault(kind="500")
    here.tick()
    (said,) = here.tick(after=DAY)
    assert "Jenkins shows it no longer" in said and "Jenkins has not answered for a day." in said
    assert state(here) is State.LOST


def test_a_short_trouble_is_not_told(here: Watch) -> None:
    here.job()
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    here.jenkins_fault(kind="502", times=1)
    (said,) = here.tick()
    assert "succeeded" in said


def test_a_log_that_cannot_be_read_does_not_keep_the_end_back(here: Watch) -> None:
    here.job(script="exit 1")
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    here.jenkins_fault(kind="403", match="GET .*logText")
    (said,) = here.tick()
    assert "failed" in said and "The end of its log" not in said
