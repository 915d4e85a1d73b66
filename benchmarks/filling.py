"""Databases that are in use for a while already, filled in a few statements."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.store.database import open_database
from bot.store.migrating import migrate
from tests.support.databases import NoPostgresql, postgresql

SERVICES = ("hello", *(f"service{number}" for number in range(1, 5)))
BETWEEN = 25_000  # milliseconds from one audit line to the next: a million of them are most of a year
AT_ONCE = 50_000  # rows: no statement may take longer than the store allows
LATER = 86_400_000  # milliseconds until what is open and not due is looked at

NUMBERS = """
WITH RECURSIVE numbers (n) AS
    (SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
"""
SERVICE = "CASE WHEN n % 5 = 0 THEN 'hello' ELSE 'service' || (n % 5) END"
PERSON = "CASE WHEN n % 4 = 0 THEN 'lin' ELSE 'member' || (n % 100) END"
COMMAND = "CASE WHEN n % 3 = 0 THEN 'deploy' ELSE 'command' || (n % 10) END"

BUILDS = f"""
INSERT INTO builds (at, token, kind, job, service, environment, conversation, staff_id, name, state,
    queue_id, number, delivery, looks, look_at)
SELECT {{now}} - ({{count}} - n) * 1000, 'token' || n, 'build', 'job' || (n % 5), {SERVICE}, 'staging',
    'room', {PERSON}, {PERSON}, CASE WHEN n > {{count}} - {{open}} THEN 'running' ELSE 'succeeded' END, n, n,
    'delivery' || n, 9, CASE WHEN n > {{count}} - {{open}} THEN {{now}} + {LATER} END
FROM numbers
"""
AUDIT = f"""
INSERT INTO audit (at, delivery, conversation, staff_id, name, typed, command, outcome, detail, service)
SELECT {{now}} - ({{count}} - n) * {BETWEEN}, 'delivery' || n, 'room', {PERSON}, {PERSON}, '/something ' || n,
    {COMMAND}, 'done', 'It was done, and this is what the room was told of it.', {SERVICE}
FROM numbers
"""
DEPLOYED = f"""
INSERT INTO deployed (service, environment, build, version, name, at)
SELECT 'service' || n, 'staging', n, '1.' || n, {PERSON}, {{now}} FROM numbers
"""


@dataclass(frozen=True)
class Filling:
    """How much is in a database."""

    builds: int
    open: int
    audit: int = 1


def fill(url: str, filling: Filling) -> None:
    """Fill an empty database; the numbers of its builds begin with 1."""
    migrate(url)
    now = round(time.time() * 1000)
    with closing(open_database(url)) as database, database.transaction() as connection:
        for insert, count in ((BUILDS, filling.builds), (AUDIT, filling.audit), (DEPLOYED, 5)):
            for first in range(1, count + 1, AT_ONCE):
                rows = {"first": first, "last": min(first + AT_ONCE - 1, count), "count": count}
                connection.execute((NUMBERS + insert).format(now=now, open=filling.open, **rows))
        connection.execute("ANALYZE")  # PostgreSQL does that by itself after a while


class Databases:
    """Where databases can be made: `sqlite`, and `postgresql` when the machine or a wheel has one."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack, self._made = folder, stack, 0
        self.kinds = ["sqlite"]
        try:
            self._server = stack.enter_context(postgresql())
            self.kinds.append("postgresql")
        except NoPostgresql as problem:
            print(f"  no PostgreSQL: {problem}")

    def new(self, kind: str) -> str:
        """The address of an empty one."""
        self._made += 1
        if kind == "postgresql":
            return self._stack.enter_context(self._server.database())
        return f"sqlite:///{self._folder / f'filled-{self._made}'}.db"


@contextmanager
def databases(folder: Path) -> Iterator[Databases]:
    """A place to make databases, for the length of a with block."""
    with ExitStack() as stack:
        yield Databases(folder, stack)
