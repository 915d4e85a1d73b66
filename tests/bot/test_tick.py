"""The clock: what is due is done, in bounded time, however often or seldom it comes."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from bot.settings import load
from bot.tick import KEEP_DELIVERIES, tick
from bot.wiring import Wired
from integrations.model import Post, Room
from sandbox.town import Town
from tests.bot.asking import MESSAGE
from tests.bot.clockwork import Watch, bot_in

DAY = 24 * 3600.0
PARTS = (
    *("interrupted_told", "builds_looked_at", "pipelines_looked_at", "jobs_compared"),
    *("incidents_worked_on", "messages_sent", "cards_archived", "versions_forgotten", "forgotten"),
)
NOTHING = dict.fromkeys(PARTS, 0)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot_in(town, tmp_path, TRACKER="none") as here:
        yield here


def put_news(here: Watch) -> None:
    """Leave something in the outbox that the room can be told."""
    room = here.town.room
    room.sessions.open("news", now_ms=room.now_ms)
    url = f"{room.url}/robot/sendBySession?session=news"
    to = Room(room.conversation_id, url, here.clock() + 5400)
    here.store.outbox.add(to, Post("news", (("news",),)), about="news")


# Forgetting.


@pytest.mark.parametrize(("days", "forgotten"), [(0, 0), (1, 0), (7, 0), (7.01, 1), (30, 1)])
def test_deliveries_are_forgotten_after_a_week(tmp_path: Path, days: float, forgotten: int) -> None:
    times = [0.0]
    sampan = Wired(load({"DATABASE_URL": f"sqlite:///{tmp_path}/sampan.db"}), clock=lambda: times[-1])
    claim = sampan.store.deliveries.claim(MESSAGE)
    assert claim
    sampan.store.deliveries.finish(claim)
    times.append(days * DAY)
    sampan.store.deliveries.claim(replace(MESSAGE, delivery_id="d2"))
    assert tick(sampan) == {**NOTHING, "forgotten": forgotten}
    assert tick(sampan) == NOTHING


def test_a_signature_is_long_dead_before_its_delivery_is_forgotten() -> None:
    # https://open.dingtalk.com/document/orgapp/receive-message: a signature is good for an hour.
    assert KEEP_DELIVERIES > 3600


# What is due.


def test_nothing_is_due(here: Watch) -> None:
    assert tick(here.sampan) == NOTHING


def test_everything_that_is_due_is_done_at_once(here: Watch) -> None:
    here.job()
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    here.store.deliveries.claim(replace(MESSAGE, delivery_id="dead", text="/merge 1 web", reply_until=0))
    here.clock.ahead += 400
    assert tick(here.sampan) == {**NOTHING, "interrupted_told": 1, "builds_looked_at": 1, "messages_sent": 1}


def test_a_clock_that_stood_for_an_hour(here: Watch) -> None:
    for service in ("hello", "shop"):
        here.job(f"{service}-deploy")
        here.ask(f"/deploy {service}")
        here.jenkins.wait_for(f"{service}-deploy")
    (said,) = here.tick(after=3590)
    assert "✅ b1" in said and "✅ b2" in said
    assert here.tick() == []


def test_twice_at_once_is_as_good_as_once(here: Watch) -> None:
    here.job()
    here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    here.clock.ahead += 3
    both = [here.sampan, here.another()]
    with ThreadPoolExecutor(4) as pool:
        said = here.said(lambda: list(pool.map(tick, both * 2)))
    both[1].store.close()
    assert len(said) == 1


# Bounded, and whole.


def test_it_ends_in_time_while_jenkins_hangs(here: Watch) -> None:
    for service in ("hello", "shop"):
        here.job(f"{service}-deploy", script="sleep 60")
        here.ask(f"/deploy {service}")
    here.jenkins_fault(kind="slow", seconds=30)
    put_news(here)
    here.clock.ahead += 3
    began = time.monotonic()
    tick(here.sampan, seconds=4.0)
    assert time.monotonic() - began < 6


def test_whoever_asks_too_often_takes_one_thread_only(here: Watch) -> None:
    """Nobody who writes waits behind many ticks that all wait for a Jenkins which hangs."""
    here.job(script="sleep 60")
    here.ask("/deploy hello")
    here.jenkins_fault(kind="slow", seconds=4)
    here.clock.ahead += 3
    url, headers = f"{here.town.room.bot_url}/tick", {"Authorization": "Bearer sandbox-cron-secret"}
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(requests.post, url, headers=headers, timeout=30) for _ in range(8)]
        time.sleep(0.5)
        began = time.monotonic()
        assert here.ask("/ping") and time.monotonic() - began < 2
        answers = [one.result().json() for one in asked]
    assert answers.count({"ticking": True}) == 7
    assert requests.post(url, headers=headers, timeout=30).json() != {"ticking": True}


@pytest.mark.parametrize(
    ("part", "table"),
    [
        ("interrupted_told", "deliveries"),
        ("builds_looked_at", "builds"),
        ("jobs_compared", "watched"),
        ("incidents_worked_on", "incidents"),
        ("forgotten", "confirmations"),
    ],
)
def test_one_part_that_fails_does_not_stop_the_others(
    here: Watch, caplog: pytest.LogCaptureFixture, part: str, table: str
) -> None:
    here.ask("/ping")
    put_news(here)
    with here.store.transaction() as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    assert [text.split()[0] for text in here.tick()] == ["news"]
    assert f"tick: {part} failed" in caplog.text


def test_a_store_that_is_away_does_not_end_the_clock(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = f"sqlite:///{tmp_path}/no/such/folder/sampan.db"
    assert tick(Wired(load({"DATABASE_URL": missing}))) == NOTHING
    assert caplog.text.count("tick: ") == len(PARTS) - 2  # no list is done and no project has pipelines
