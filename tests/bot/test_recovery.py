"""A process that dies between two lines: the room hears what was done and what was not; nothing is redone."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bot.builds import Kind as BuildKind
from bot.builds import Plan, State
from bot.recovery import DEAD_AFTER
from bot.tick import tick
from integrations.model import InboundMessage, Kind
from sandbox.town import Town
from tests.bot.asking import MESSAGE
from tests.bot.clockwork import Watch, bot_in
from tests.bot.test_main_serve import ROOT, free_port, wait_until_alive
from tests.support.town import wait_until

INTERRUPTED = "I was interrupted while I worked on your message."


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot_in(town, tmp_path) as here:
        yield here


def left_behind(here: Watch, text: str, *, typed: str = "", outcome: str = "started", said: str = "") -> None:
    """A delivery that a dead process had taken on, and what it had noted of one line."""
    room = here.town.room
    message = InboundMessage(
        delivery_id="dead",
        created_at=here.clock(),
        kind=Kind.TEXT,
        text=text,
        conversation_id=room.conversation_id,
        conversation_title="",
        robot=room.robot_code,
        staff_id="lin",
        chat_user_id="u-lin",
        name="Lin",
        reply_url=f"{room.url}/robot/sendBySession?session=dead",
        reply_until=here.clock() + 5400,
    )
    room.sessions.open("dead", now_ms=room.now_ms)
    assert here.store.deliveries.claim(message)
    if typed:
        command = typed.split()[0][1:]
        here.store.audit.record(message, typed=typed, command=command, outcome="started", detail="")
        if outcome != "started":
            here.store.audit.record(message, typed=typed, command=command, outcome=outcome, detail=said)


def told(here: Watch) -> str:
    (said,) = here.tick(after=DEAD_AFTER + 1)
    assert said.startswith(INTERRUPTED)
    assert here.tick(after=DEAD_AFTER + 1) == []
    return said


# A real process.


def killed(here: Watch, text: str, *, at: str) -> None:
    """Have a real process killed while a vendor keeps it waiting for the answer of a write."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **here.env, "ANSWER_FIRST": "yes"}
    room, ours = here.town.room, here.town.room.bot_url
    with subprocess.Popen(
        command, cwd=here.town.root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as bot:
        room.bot_url = f"http://127.0.0.1:{port}"
        wait_until_alive(room.bot_url)
        room.deliver(text)
        wait_until(
            lambda: any(one.path.endswith(at) for one in [*here.town.gitee.requests, *here.jenkins.requests])
        )
        bot.send_signal(signal.SIGKILL)
    room.bot_url = ours


def test_killed_in_the_middle_of_a_merge(here: Watch) -> None:
    pull = here.new_pull()
    here.gitee_fault(kind="lost", match="PUT .*/merge", seconds=60)
    killed(here, f"/ping\n/merge {pull.number}\n/merge 2\n/whoami", at="/merge")
    here.mend()
    assert here.tick(after=60) == []  # too young: it might live
    said = told(here)
    assert said.index("pong") < said.index(f"/merge {pull.number}") < said.index("You are")
    assert f"/merge {pull.number} — begun" in said
    assert f"#{pull.number}](" in said and "is merged." in said
    assert "/merge 2 — not begun" in said and "Go on: [/merge 2](" in said
    merges = [one for one in here.town.gitee.requests if one.method == "PUT" and one.path.endswith("/merge")]
    assert len(merges) == 1


def test_killed_in_the_middle_of_a_deploy(here: Watch) -> None:
    here.job()
    here.jenkins_fault(kind="lost", match="POST .*/buildWithParameters", seconds=60)
    killed(here, "/deploy hello", at="/buildWithParameters")
    here.mend()
    here.jenkins.wait_for("hello-deploy")
    said = "\n".join(here.tick(after=DEAD_AFTER + 1))
    assert "/deploy hello — begun" in said and "[b1](" in said and "succeeded" in said
    assert "Go on:" not in said  # it is done
    assert said.count("✅ b1") == 1
    assert here.tick(after=DEAD_AFTER + 1) == []
    assert here.triggers() == 1 and len(here.runs()) == 1


# What is told of each line.


@pytest.mark.parametrize(
    ("text", "typed", "outcome", "said", "expected"),
    [
        ("/merge 1", "", "", "", ["/merge 1 — not begun", "Go on: [/merge 1]("]),
        (
            "/merge 1",
            "/merge 1",
            "started",
            "",
            ["/merge 1 — begun", "is not merged.", "Go on: [/merge 1]("],
        ),
        ("/deploy hello A=→ →", "/deploy hello A=→ →", "started", "", ["A=→ → — begun"]),
        ("/build hello → 1", "/build hello → 1", "started", "", ["/build hello → 1 — begun"]),
        ("/merge 1", "/merge 1", "done", "web#1 merged", ["/merge 1 — done", "web#1 merged"]),
        ("/merge 1", "/merge 1", "refused", "It is a draft", ["/merge 1 — refused", "It is a draft"]),
        ("/merge 1", "/merge 1", "failed", "Gitee is away", ["/merge 1 — failed", "Gitee is away"]),
        ("/merge 1", "/merge 1", "broken", "Reference", ["— failed, perhaps half done", "Reference"]),
        ("/approve 1", "/approve 1", "started", "", ["/approve 1 — begun", "shows no approval"]),
        ("/deploy hello", "/deploy hello", "started", "", ["— begun", "I see nothing of it"]),
        ("/whoami", "", "", "", ["You are"]),
        ("/ping", "/ping", "done", "pong", ["pong"]),
        ('/help me "', "", "", "", ["— not begun"]),
        ("/nonsense", "", "", "", ["/nonsense — not begun"]),
        ("", "", "", "", ["/help"]),
        ("帮助", "", "", "", ["/help"]),
        ("merge 1", "", "", "", ["Did you mean [/merge 1]("]),
    ],
)
def test_what_is_told_of_a_line(
    here: Watch, text: str, typed: str, outcome: str, said: str, expected: list[str]
) -> None:
    left_behind(here, text, typed=typed, outcome=outcome, said=said)
    answer = told(here)
    assert [part for part in expected if part not in answer] == []


def test_of_two_equal_lines_each_has_its_own_fate(here: Watch) -> None:
    left_behind(here, "/merge 1\n/merge 1", typed="/merge 1", outcome="refused", said="a draft")
    answer = told(here)
    assert answer.index("/merge 1 — refused") < answer.index("/merge 1 — not begun")


def test_a_host_that_is_down_is_named_and_the_click_is_there(here: Watch) -> None:
    left_behind(here, "/merge 1", typed="/merge 1")
    here.gitee_fault(kind="503")
    answer = told(here)
    assert "Gitee" in answer and "Go on: [/merge 1](" in answer


def test_a_build_that_nobody_triggered_offers_to_go_on_later(here: Watch) -> None:
    """The row was there and the request never went out: it is looked for, and then told."""
    here.job()
    left_behind(here, "/deploy hello", typed="/deploy hello")
    found = here.store.deliveries.take_over(older_than=-1)
    assert found
    plan = Plan(BuildKind.DEPLOY, "hello-deploy", service="hello", environment="staging")
    here.store.builds.ask(found[1], plan, marked=True)
    first = "\n".join(here.tick(after=DEAD_AFTER + 1))
    assert "[b1](" in first and "on its way to Jenkins" in first
    then = "\n".join(here.tick(after=61))
    assert "Jenkins shows no build of it" in then and "content=%2Fretry%20b1)" in then
    assert here.triggers() == 0


# Who tells.


def test_a_test_that_another_is_recording_is_not_recorded_twice(here: Watch) -> None:
    pull = here.new_pull()
    left_behind(here, f"/test {pull.number}", typed=f"/test {pull.number}")
    plan = Plan(BuildKind.PULL, "web-pr", repo="web", pull=pull.number, sha=pull.head_sha)
    build = here.store.builds.ask(replace(MESSAGE, delivery_id="dead"), plan, marked=True)
    here.store.builds.change(build, State.RECORDING, look_at=here.store.now() + 10**6, number=1)
    assert "green, being recorded" in told(here)
    assert pull.test.accepted == 0


def test_a_delivery_that_is_young_or_finished_is_left_alone(here: Watch) -> None:
    here.ask("/ping")
    left_behind(here, "/ping")
    assert here.tick(after=DEAD_AFTER - 10) == []
    assert len(here.tick(after=11)) == 1


def test_two_processes_tell_once(here: Watch) -> None:
    left_behind(here, "/merge 1")
    here.clock.ahead += DEAD_AFTER + 1
    both = [here.sampan, here.another()]
    with ThreadPoolExecutor(2) as pool:
        said = here.said(lambda: list(pool.map(tick, both * 2)))
    both[1].store.close()
    assert len(said) == 1


def test_who_dies_while_telling_is_followed_by_another(here: Watch) -> None:
    left_behind(here, "/merge 1")
    here.clock.ahead += DEAD_AFTER + 1
    assert here.store.deliveries.take_over(older_than=DEAD_AFTER)
    assert here.tick() == []
    assert "/merge 1 — not begun" in told(here)


def test_what_nobody_foresaw_is_told_all_the_same(here: Watch, caplog: pytest.LogCaptureFixture) -> None:
    left_behind(here, "/merge 1", typed="/merge 1", outcome="nonsense")
    answer = told(here)
    assert "Something went wrong inside Sampan. Reference: " in answer
