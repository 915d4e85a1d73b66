"""Answers that must get through: to a room that cannot be reached at first, past a vendor that hangs."""

import itertools
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from bot.dispatch import attend
from bot.reply import plain
from bot.web.app import create_app
from sandbox.dingtalk.app import create_app as create_room_app
from sandbox.dingtalk.limits import Throttle
from sandbox.dingtalk.room import Room
from sandbox.serving import serving
from sandbox.town import Town
from tests.bot.asking import MESSAGE
from tests.bot.clockwork import bot_in
from tests.bot.test_main_serve import free_port
from tests.support.bots import SECRET, environment
from tests.support.town import place, wait_until


def answers(room: Room) -> list[str]:
    return [one.text for one in room.replies if "Working on it" not in one.text]


@pytest.fixture
def unreachable() -> Room:
    """A room that nobody serves yet."""
    room = Room("http://127.0.0.1:0", app_secret=SECRET)
    room.url = f"http://127.0.0.1:{free_port()}"
    room.throttle = Throttle(itertools.count(0, 3600).__next__)
    return room


def test_an_answer_that_did_not_leave_is_tried_again(unreachable: Room, tmp_path: Path) -> None:
    room, port = unreachable, int(unreachable.url.rpartition(":")[2])
    with serving(create_app(environment(room, tmp_path))) as room.bot_url:
        assert room.deliver("/ping").status_code == 200
        time.sleep(0.5)
        with serving(create_room_app(room), port=port):
            assert "pong" in room.wait_for(1)[0].text
    assert len(room.replies) == 1


def test_an_answer_that_can_never_leave_is_given_up_and_logged(
    unreachable: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.dispatch.COMMAND_TIME", 1.5)
    room = unreachable
    with serving(create_app(environment(room, tmp_path, ANSWER_FIRST="no"))) as room.bot_url:
        began = time.monotonic()
        assert room.deliver("/ping").status_code == 200
        assert time.monotonic() - began < 3
    assert "the answer was not delivered: DingTalk: NotSent" in caplog.text


def test_a_vendor_that_hangs_holds_up_nothing_else() -> None:
    with place() as here:
        room = here.town.room
        here.ask("/ping")
        here.gitee_fault(kind="slow", seconds=2.8)
        began = time.monotonic()
        for _ in range(30):
            assert room.deliver("/pr 1").status_code == 200
        assert requests.get(f"{room.bot_url}/readyz", timeout=5).status_code == 200
        assert requests.get(f"{room.bot_url}/healthz", timeout=5).status_code == 200
        assert room.deliver("/ping").status_code == 200
        assert time.monotonic() - began < 2.5
        here.mend()
        wait_until(lambda: len(answers(room)) == 32)
        told = ["needs 1 test" in one or "busy with earlier requests" in one for one in answers(room)]
        assert sum(told) == 30


def test_what_waited_too_long_is_not_begun_but_told(tmp_path: Path) -> None:
    with Town() as town, bot_in(town, tmp_path) as watch:
        message = replace(MESSAGE, text="/deploy hello", created_at=watch.clock(), staff_id="lin")
        claim = watch.sampan.store.deliveries.claim(replace(message, reply_url=f"{town.room.url}/gone"))
        assert claim is not None
        watch.clock.ahead += 251
        assert watch.said(lambda: attend(watch.sampan, message, claim)) == []
        assert not watch.runs()
        watch.tick(after=60)
        watch.clock.ahead += 90
        waiting = watch.sampan.store.outbox.take("room", owner="test", at_most=1)
        told = waiting[0].post if waiting else None
        assert told is not None and "not begun" in "".join(plain(line) for line in told.lines)


def test_what_is_logged_of_a_line_without_an_audit_has_no_values(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Town() as town, bot_in(town, tmp_path) as here:
        with here.store.transaction() as connection:
            connection.execute("ALTER TABLE audit RENAME TO elsewhere")
        assert "Something went wrong" in here.ask("/build hello BRANCH=main PASSWORD=hunter2")
        assert here.triggers() == 0
    assert "no audit line for '/build hello BRANCH': broken" in caplog.text
    assert "hunter2" not in caplog.text
