"""The records: claimed once, finished by their owner, and there again after a restart."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Timer

import pytest

from bot.store import Claim, Store
from bot.store.sqlite import MIGRATIONS, migrate
from tests.bot.asking import MESSAGE, NOW
from tests.bot.racing import CLAIMS

ROOT = Path(__file__).parents[2]
FIRST, SECOND = MESSAGE, replace(MESSAGE, delivery_id="d2")


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sampan.db"


@pytest.fixture
def store(file: Path, clock: Clock) -> Store:
    return Store(f"sqlite:///{file}", clock=clock)


# Deliveries.


def test_a_delivery_is_claimed_once(store: Store) -> None:
    claim = store.claim(FIRST)
    assert claim is not None
    assert claim.delivery_id == "d1"
    assert store.claim(FIRST) is None
    assert store.claim(SECOND) is not None


def test_a_hundred_threads_claim_one_delivery_on_a_new_file(store: Store) -> None:
    together = Barrier(20)

    def claim(_: int) -> Claim | None:
        together.wait(10)
        return store.claim(FIRST)

    with ThreadPoolExecutor(20) as pool:
        claims = list(pool.map(claim, range(CLAIMS)))
    assert len([one for one in claims if one]) == 1


@pytest.fixture
def racers() -> Iterator[list["subprocess.Popen[str]"]]:
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.bot.racing"],
                    cwd=ROOT,
                    text=True,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            for _ in range(2)
        ]
        for one in started:
            assert said(one) == "ready"
        yield started


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_two_processes_start_on_one_new_file(racers: list["subprocess.Popen[str]"], tmp_path: Path) -> None:
    for n in range(3):
        folder = tmp_path / str(n)
        folder.mkdir()
        for one in racers:
            assert one.stdin
            one.stdin.write(f"{folder}\n")
            one.stdin.flush()
        won = [number for one in racers for number in said(one).split(",") if number]
        assert sorted(map(int, won)) == list(range(CLAIMS))


def test_a_new_file_that_another_process_is_preparing_is_waited_for(file: Path, store: Store) -> None:
    # https://sqlite.org/c3ref/busy_handler.html: the busy handler is not called where waiting could deadlock.
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = Timer(0.1, lambda: other.execute("COMMIT"))
        done.start()
        try:
            assert store.claim(FIRST) is not None
        finally:
            done.join()


@pytest.mark.parametrize(
    ("change", "finished"), [({}, True), ({"owner": "another"}, False), ({"delivery_id": "d2"}, False)]
)
def test_only_its_owner_finishes_a_delivery(store: Store, change: dict[str, str], finished: bool) -> None:
    claim = store.claim(FIRST)
    store.claim(SECOND)
    assert claim is not None
    assert store.finish(replace(claim, **change)) is finished


def test_a_delivery_is_finished_once(store: Store) -> None:
    claim = store.claim(FIRST)
    assert claim is not None
    assert [store.finish(claim), store.finish(claim)] == [True, False]
    assert store.claim(FIRST) is None


def test_old_deliveries_are_forgotten(store: Store, clock: Clock) -> None:
    store.claim(FIRST)
    clock.now += 100
    store.claim(SECOND)
    assert store.forget_deliveries(older_than=100) == 0
    clock.now += 0.001
    assert store.forget_deliveries(older_than=100) == 1
    assert [store.claim(FIRST) is None, store.claim(SECOND) is None] == [False, True]


# Audit.


def test_the_audit_is_kept_in_order(store: Store) -> None:
    for outcome in ("started", "done"):
        store.record(FIRST, typed="/merge 1; DROP TABLE audit", command="merge", outcome=outcome, detail="好")
    store.record(SECOND, typed="/pr", command="pr", outcome="done", detail="")
    assert [tuple(row) for row in store.audit_of("d1")] == [
        ("lead", "/merge 1; DROP TABLE audit", "merge", "started", "好"),
        ("lead", "/merge 1; DROP TABLE audit", "merge", "done", "好"),
    ]
    assert store.audit_of("d9") == []


# The file.


def test_records_outlive_the_process(file: Path, store: Store) -> None:
    store.claim(FIRST)
    assert Store(f"sqlite:///{file}", clock=Clock()).claim(FIRST) is None


def test_a_store_that_answers(store: Store) -> None:
    store.check()


@pytest.mark.parametrize("path", ["no/such/folder/sampan.db", "."])
def test_a_store_that_does_not_answer(tmp_path: Path, path: str) -> None:
    with pytest.raises(sqlite3.OperationalError):
        Store(f"sqlite:///{tmp_path / path}", clock=Clock()).check()


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = [int(one.name[:4]) for one in sorted(MIGRATIONS.glob("*.sql"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_migrations_are_applied_once(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        migrate(connection)
        made = tables(connection)
        assert {"deliveries", "audit", "votes", "builds"} <= made
        connection.execute(
            "INSERT INTO audit VALUES (1, 0, 'd1', 'room', 'lead', 'Lin', '/pr', 'pr', 'done', '')"
        )
        migrate(connection)
        assert tables(connection) == made
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (1,)


def test_a_migration_that_fails_leaves_nothing_behind(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE votes (id INTEGER)")
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            migrate(connection)
        assert tables(connection) == {"votes"}
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)


def test_a_database_of_a_newer_sampan_is_left_alone(file: Path, store: Store) -> None:
    store.check()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    newer = Store(f"sqlite:///{file}", clock=Clock())
    assert newer.claim(FIRST) is not None


def test_times_are_milliseconds(file: Path, store: Store, clock: Clock) -> None:
    claim = store.claim(FIRST)
    assert claim is not None
    clock.now += 1.5
    store.finish(claim)
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute(
            "SELECT id, conversation, claimed_at, finished_at FROM deliveries"
        ).fetchall()
    assert rows == [("d1", "room", 1_700_000_000_000, 1_700_000_001_500)]
