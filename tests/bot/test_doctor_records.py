"""What the diagnosis and /ping see of the store, on both databases."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.builds import Kind, Plan
from bot.doctor.findings import Level
from bot.doctor.records import records
from bot.reply import plain
from bot.settings import load
from bot.store import Store
from bot.store.migrating import files, migrate
from bot.wiring import Wired
from integrations.model import Post, Room
from tests.bot.asking import MESSAGE, NOW, asked, declared, texts

DAY = 86_400.0
NEWEST = max(file.stem for file in files("sqlite"))
QUIET = ("works", "0 jobs watched · 0 incidents open", "")
PLAN = Plan(Kind.BUILD, "hello-build", service="hello")


class Shelf:
    """A store up to date, filled at one time and looked at later."""

    def __init__(self, url: str) -> None:
        self.url, self.now = url, NOW
        self.store = Store(url, clock=lambda: self.now)

    def build(self) -> None:
        self.store.builds.ask(MESSAGE, PLAN, marked=True)

    def messages(self, number: int) -> None:
        for n in range(number):
            self.store.outbox.add(Room("room"), Post("t", (("t",),)), about=f"{self.now} {n}")

    def seen(self, **env: str) -> list[tuple[str, str, str]]:
        """What the diagnosis says of it."""
        site = Wired(load({"DATABASE_URL": self.url, **env}), clock=lambda: self.now)
        return [(one.level, plain(one.told), one.fix) for one in records(site)]

    def pinged(self) -> list[str]:
        """What /ping says of it, after its first line."""
        ask = asked("/ping", DATABASE_URL=self.url)
        wired = Wired(ask.settings, clock=lambda: self.now)
        with closing(wired.store):
            return texts(declared(ask)[0].run(replace(ask, tools=wired)))[1:]


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    migrate(database_url)
    shelf = Shelf(database_url)
    with closing(shelf.store):
        yield shelf


def test_an_empty_store(shelf: Shelf) -> None:
    answers, writable, undone, broken = shelf.seen()
    assert answers[1].endswith(f"answers, and has every migration up to {NEWEST}.")
    assert writable == ("works", "The database can be written to.", "")
    assert undone == ("works", "0 builds open · 0 messages waiting", "")
    assert broken == QUIET
    assert shelf.pinged() == ["0 builds open · 0 messages waiting"]


def test_what_is_unfinished_in_time(shelf: Shelf) -> None:
    shelf.build()
    shelf.messages(2)
    shelf.now += 60
    assert shelf.seen()[2:] == [("works", "1 build open · 2 messages waiting", ""), QUIET]
    assert shelf.pinged() == ["1 build open · 2 messages waiting"]


LATE = "Something has been due for 30 min: nobody ticks."


@pytest.mark.parametrize(
    ("env", "fix"),
    [
        ({}, "python -m bot serve"),
        (
            {"VERCEL": "1", "CRON_SECRET": "canary"},
            'curl -H "Authorization: Bearer $CRON_SECRET" .../tick',
        ),
    ],
)
def test_a_clock_that_stands_still(shelf: Shelf, env: dict[str, str], fix: str) -> None:
    shelf.messages(1)
    shelf.now += 1800
    assert shelf.seen(**env)[-1] == ("broken", LATE, fix)
    assert shelf.pinged()[-1] == LATE


def test_what_is_old_and_what_piles_up(shelf: Shelf) -> None:
    shelf.build()
    shelf.now += 2 * DAY
    shelf.messages(21)
    shelf.store.outbox.pause("app", until=round((shelf.now + 600) * 1000))
    found = shelf.seen(TIMEZONE="UTC")
    assert found[2:4] == [
        ("warning", "1 build open · 21 messages waiting", ""),
        ("warning", "The build b1 has been open for 2 d.", "/cancel b1"),
    ]
    assert found[-1] == ("warning", "DingTalk has sent a robot to rest until 22:23.", "")


def test_a_store_of_a_newer_sampan(shelf: Shelf) -> None:
    with shelf.store.transaction() as connection:
        connection.execute("INSERT INTO applied_migrations (name, at) VALUES ('0999_later', 0)")
    newer = ("warning", "The database is of a newer Sampan than this: 0999_later", "")
    assert shelf.seen()[1] == newer


def test_a_store_that_lacks_a_migration(shelf: Shelf) -> None:
    with shelf.store.transaction() as connection:
        connection.execute(f"DELETE FROM applied_migrations WHERE name = '{NEWEST}'")
    behind = ("broken", f"The database lacks migrations: {NEWEST}", "python -m bot migrate")
    assert shelf.seen() == [behind]
    assert shelf.pinged()[-1] == "The records lack a migration; run python -m bot migrate."


def test_a_store_without_what_ping_asks_for(shelf: Shelf) -> None:
    with shelf.store.transaction() as connection:
        connection.execute("DROP TABLE outbox")
    assert shelf.pinged() == ["The records cannot be read in full; run python -m bot migrate."]


def test_nothing_of_the_trial_is_kept(shelf: Shelf) -> None:
    shelf.messages(1)
    shelf.seen()
    assert shelf.store.outbox.waiting() == 1
    with shelf.store.transaction() as connection:
        connection.execute("DELETE FROM outbox")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "sampan.db"
    file.write_text("canary" * 200)
    site = Wired(load({"DATABASE_URL": f"sqlite:///{file}"}), clock=time.time)
    (found,) = records(site)
    assert (found.level, plain(found.told)) == (
        Level.BROKEN,
        "The database cannot be used: file is not a database",
    )
