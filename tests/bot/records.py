"""What the tests of the records share: an empty store over each database, and many processes on it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest

from bot.store import Store
from bot.store.migrating import migrate
from integrations.model import InboundMessage, Kind
from tests.support.databases import Server

NOW = 1_700_000_000.0

MESSAGE = InboundMessage(
    delivery_id="d1",
    created_at=NOW,
    kind=Kind.TEXT,
    text="",
    conversation_id="room",
    conversation_title="Team",
    robot="robot",
    staff_id="lin",
    chat_user_id="u1",
    name="Lin",
    reply_url="http://127.0.0.1:1/session",
    reply_until=NOW + 5400,
)

TABLES = (
    *("builds", "slots", "deployed", "outbox", "robots", "deliveries", "locks"),
    *("incidents", "incident_events", "watched", "chores"),
    *("versions", "deployments"),
)


class Clock:
    """A time that stands still until a test moves it; seconds."""

    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def migrated(postgresql: Server) -> Iterator[str]:
    """One PostgreSQL database for a whole file: preparing one takes longer than most tests."""
    with postgresql.database() as url:
        migrate(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a prepared database without any records, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sampan.db'}"
    url: str = request.getfixturevalue("migrated")
    with psycopg.connect(url) as connection:
        connection.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY")
    return url


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with closing(Store(url, clock=clock)) as store:
        yield store


def at_once(url: str, clock: Clock, work: Callable[[Store], Any], *, count: int = 4) -> list[Any]:
    """What each of so many processes gets, all at the same moment."""
    together = Barrier(count)
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(Store(url, clock=clock))) for _ in range(count)]

        def one(store: Store) -> Any:
            store.check()
            together.wait(10)
            return work(store)

        return list(stack.enter_context(ThreadPoolExecutor(count)).map(one, stores))
