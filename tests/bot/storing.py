"""A store of a test's own, once over each database, and a clock that a test moves."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.store import Store
from bot.store.migrating import migrate
from tests.bot.asking import NOW


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    migrate(database_url)
    with closing(Store(database_url, clock=clock)) as store:
        yield store
