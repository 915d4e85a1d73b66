"""One person who floods the bot is told so once, and not obeyed; everybody else is served."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.store.audit import FLOODED
from sandbox.town import Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.town import wait_until

SLOWER = "You write faster than I may answer: 5 messages a minute."
ONE: dict[str, Any] = {"senderId": "$:LWCP_v1:$one"}


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def watch(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot_in(town, tmp_path, COOLDOWN="5") as watch:
        yield watch


def flood(watch: Watch, number: int, *, text: str = "/lock staging x") -> list[str]:
    """Say something so often in the same shoes, and give what is answered."""
    done = served(watch)
    for _ in range(number):
        watch.say(text, **ONE)
    wait_until(lambda: served(watch) == done + number)
    return [message.text for message in watch.town.room.replies]


def served(watch: Watch) -> int:
    with watch.store.database.lent() as connection:
        query = "SELECT COUNT(*) AS n FROM deliveries WHERE finished_at IS NOT NULL"
        return int(connection.execute(query).fetchone()["n"])


def audited(watch: Watch) -> list[str]:
    return [entry.typed for entry in watch.store.audit.everything() if entry.detail == FLOODED]


def test_told_once_and_not_obeyed_while_others_are(watch: Watch) -> None:
    before = len(watch.town.room.replies)
    heard = flood(watch, 5, text="/ping")[before:]
    assert len(heard) == 5 and all("pong" in text for text in heard)
    heard = flood(watch, 20)[before + 5 :]
    assert len(heard) == 1 and SLOWER in heard[0]
    assert watch.store.locks.all() == []
    assert "pong" in watch.ask("/ping", as_="chen"), "others are served"
    assert audited(watch) == ["/lock staging x"] * 20


def test_obeyed_again_after_a_minute(watch: Watch) -> None:
    flood(watch, 12, text="/ping")
    watch.clock.ahead += 61
    assert "is locked." in watch.ask("/lock staging x", **ONE)


def test_whoever_goes_on_is_not_told_over_and_over(watch: Watch) -> None:
    before = len(watch.town.room.replies)
    for _ in range(30):
        flood(watch, 1, text="/ping")
        watch.clock.ahead += 10
    heard = [message.text for message in watch.town.room.replies[before:]]
    assert sum(SLOWER in text for text in heard) == 1


def test_told_once_also_when_all_come_at_the_same_time(watch: Watch) -> None:
    before = len(watch.town.room.replies)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(24):
            pool.submit(watch.say, "/ping", **ONE)
    wait_until(lambda: served(watch) == 24)
    heard = [message.text for message in watch.town.room.replies[before:]]
    assert sum(SLOWER in text for text in heard) == 1
    assert sum("pong" in text for text in heard) <= 5


def test_what_was_not_obeyed_is_not_repeated(watch: Watch) -> None:
    flood(watch, 6, text="/merge 1")
    watch.clock.ahead += 61
    assert "Nothing of yours failed here lately" in watch.ask("/retry", **ONE)
