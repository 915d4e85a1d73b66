"""A build's way as the room hears it: late, asking, ended; exactly one end, whoever learns it first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bot.builds import State
from bot.following import noticed, watch
from bot.tick import tick
from bot.wiring import Wired
from integrations.model import Notification
from sandbox.jenkins.seed import DEPLOY
from sandbox.town import Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.town import wait_until

FAILS = "seq 1 40; echo 'the basket forgets'; exit 1"


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot_in(town, tmp_path) as here:
        yield here


def notify(here: Watch, sampan: Wired | None = None, *, phase: str = "COMPLETED") -> None:
    """Say what the Notification plugin says of the newest build."""
    run = here.runs()[-1]
    marker, ended = str(run.values["SAMPAN_ID"]), phase in ("COMPLETED", "FINALIZED")
    about = Notification("hello-deploy", run.number, run.queue_id, marker, ended=ended, phase=phase)
    watch(sampan or here.sampan, noticed(sampan or here.sampan, about))


def ends(texts: list[str]) -> list[str]:
    """The end messages among what was said."""
    told = "\n".join(texts).splitlines()
    return [text for text in told if text.startswith(("✅", "❌", "⏹", "⚠️", "❓"))]


# How it ended.


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("true", "✅ b1 **hello 1.4** to **staging**: succeeded"),
        ("exit 1", "❌ b1 **hello 1.4** to **staging**: failed"),
        ("exit 42", "⚠️ b1 **hello 1.4** to **staging**: unstable"),
    ],
)
def test_the_end_says_who_what_and_how_long(here: Watch, script: str, told: str) -> None:
    here.job(script=script)
    assert "I tell how it ended" in here.ask("/deploy hello 1.4", as_="chen")
    run = here.jenkins.wait_for("hello-deploy")
    run.duration = 90.0
    (said,) = here.tick()
    assert said.startswith(told)
    assert f"(chen) · took 1 min 30 s · [hello-deploy #1]({here.jenkins.url}{run.path})" in said
    assert said.splitlines()[-1].startswith("@")
    assert here.tick(after=3600) == []


def test_a_failure_shows_the_end_of_its_log_and_a_click_to_retry(here: Watch) -> None:
    here.job(script=FAILS)
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    (said,) = here.tick()
    shown = [text.strip("` ") for text in said.split("The end of its log:")[1].splitlines() if text]
    assert shown[:15] == [*map(str, range(28, 41)), "the basket forgets", "Finished: FAILURE"]
    assert "[try again](" in said and "content=%2Fretry%20b1)" in said
    assert "[more of the log](" in said
    here.job()
    assert here.ask("/retry b1").startswith("b2 **hello** to **staging**: ")


def test_the_duration_is_told_against_the_usual_before_it(here: Watch) -> None:
    here.job()
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy").duration = 90.0
    (said,) = here.tick()
    assert "took 1 min 30 s" in said and "usually" not in said  # there was nothing to compare with
    assert "usually takes 1 min 30 s" in here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy", 2).duration = 30.0
    (said,) = here.tick()
    assert "took 30 s, usually 1 min 30 s" in said


# Exactly one end.


def test_a_notification_that_comes_twice_and_in_the_wrong_order(here: Watch) -> None:
    here.job()
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    phases = ("FINALIZED", "COMPLETED", "STARTED", "COMPLETED", "QUEUED")
    said = [here.said(lambda phase=phase: notify(here, phase=phase)) for phase in phases]
    assert [len(ends(texts)) for texts in said] == [1, 0, 0, 0, 0]
    assert here.tick() == []


def test_a_notification_is_only_a_hint(here: Watch) -> None:
    here.job(script="sleep 60")
    here.ask("/deploy hello")
    wait_until(lambda: bool(here.runs()))
    assert here.said(lambda: notify(here)) == []
    build = here.store.builds.get(1)
    assert build and build.state is State.RUNNING


def test_a_notification_before_the_answer_of_the_trigger(here: Watch) -> None:
    """The plugin may speak while our POST still waits for its answer."""
    here.job()
    here.jenkins_fault(kind="lost", match="POST .*/buildWithParameters", seconds=1.0, times=1)
    with ThreadPoolExecutor(1) as other:
        answers = other.submit(here.hear, 2, "/deploy hello")
        wait_until(lambda: bool(here.runs()))
        here.jenkins.wait_for("hello-deploy")
        assert len(ends(here.said(lambda: notify(here)))) == 1
        assert "b1 **hello** to **staging**: [hello-deploy #1]" in answers.result()[1]
    assert here.tick() == [] == here.tick(after=60)
    assert here.triggers() == 1


def test_the_clock_alone_finds_the_end(here: Watch) -> None:
    here.job(script="sleep 0.1")
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    assert len(ends(here.tick())) == 1


def test_the_clock_and_notifications_at_once_in_two_processes(here: Watch) -> None:
    here.job()
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    here.clock.ahead += 3
    others = [here.sampan, here.another()]
    together = Barrier(8)

    def learn(number: int) -> None:
        together.wait(10)
        one = others[number % 4 // 2]
        if number % 2:
            notify(here, one)
        else:
            tick(one)

    with ThreadPoolExecutor(8) as pool:
        said = here.said(lambda: list(pool.map(learn, range(8))))
    assert len(ends(said)) == 1
    assert here.tick(after=120) == []
    others[1].store.close()


# On its way.


def test_a_late_start_is_told_once_with_the_reason_of_jenkins(here: Watch) -> None:
    here.job()
    here.jenkins.executors = 0
    here.ask("/deploy hello")
    assert here.tick() == []
    assert here.tick(after=30) == []
    (said,) = here.tick(after=60)
    assert said.startswith("⏳ b1 **hello** to **staging**: still queued")
    assert "Jenkins says: Waiting for next available executor" in said
    assert "content=%2Fcancel%20b1)" in said
    assert here.tick(after=60) == [] == here.tick(after=600)
    here.jenkins.executors = 4
    here.jenkins.wait_for("hello-deploy")
    assert len(ends(here.tick(after=60))) == 1


def test_an_input_is_told_once_and_again_when_it_asks_again(here: Watch) -> None:
    here.job(input="Ship it?")
    here.ask("/deploy hello")
    wait_until(lambda: bool(here.runs()) and here.runs()[0].question is not None)
    (said,) = here.tick()
    assert said.startswith("✋ b1 **hello** to **staging**: waits for an input")
    assert "Jenkins asks: Ship it?" in said and "[hello-deploy #1]" in said
    assert here.tick(after=60) == []
    here.runs()[0].proceed(by="chen")
    here.jenkins.wait_for("hello-deploy")
    assert len(ends(here.tick(after=60))) == 1


@pytest.mark.parametrize("executors", [0, 4])
def test_a_build_that_was_stopped_in_jenkins(here: Watch, executors: int) -> None:
    here.job(script="sleep 60")
    here.jenkins.executors = executors
    here.ask("/deploy hello")
    if executors:
        wait_until(lambda: bool(here.runs()))
        here.runs()[0].stop()
        here.jenkins.wait_for("hello-deploy")
    else:
        here.jenkins.queue.cancel(here.jenkins.queue.waiting[0])
    (said,) = here.tick()
    ended = "stopped" if executors else "cancelled before it began"
    assert said.startswith(f"⏹ b1 **hello** to **staging**: {ended}")
    assert "[try again](" in said


def test_many_ends_at_once_are_told_in_few_messages(here: Watch) -> None:
    here.job("hello-build", parameters=DEPLOY[2:3], concurrent=True)
    for _ in range(12):
        here.ask("/build hello")
    wait_until(lambda: len(here.runs("hello-build")) == 12)
    for number in range(1, 13):
        here.jenkins.wait_for("hello-build", number)
    said = here.tick() + here.tick()
    assert [len(ends([text])) for text in said] == [10, 2]
