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
from bot.store.database import DatabaseDown
from bot.store.migrating import migrate
from tests.bot.asking import MESSAGE
from tests.bot.racing import CLAIMS
from tests.bot.storing import Clock, clock, store

__all__ = ["clock", "store"]

ROOT = Path(__file__).parents[2]
FIRST, SECOND = MESSAGE, replace(MESSAGE, delivery_id="d2")


# Deliveries.


def test_a_delivery_is_claimed_once(store: Store) -> None:
    claim = store.deliveries.claim(FIRST)
    assert claim is not None
    assert claim.delivery_id == "d1"
    assert store.deliveries.claim(FIRST) is None
    assert store.deliveries.claim(SECOND) is not None


def test_a_hundred_threads_claim_one_delivery(store: Store) -> None:
    together = Barrier(20)

    def claim(_: int) -> Claim | None:
        together.wait(10)
        return store.deliveries.claim(FIRST)

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


def raced(racers: list["subprocess.Popen[str]"], url: str) -> list[int]:
    """What each of them won, together."""
    for one in racers:
        assert one.stdin
        one.stdin.write(f"{url}\n")
        one.stdin.flush()
    return sorted(int(number) for one in racers for number in said(one).split(",") if number)


def test_two_processes_start_on_one_new_file(racers: list["subprocess.Popen[str]"], tmp_path: Path) -> None:
    for n in range(3):
        assert raced(racers, f"sqlite:///{tmp_path / f'{n}.db'}") == list(range(CLAIMS))


def test_two_processes_claim_on_one_database(
    racers: list["subprocess.Popen[str]"], database_url: str
) -> None:
    migrate(database_url)
    assert raced(racers, database_url) == list(range(CLAIMS))


def test_a_new_file_that_another_process_is_preparing_is_waited_for(tmp_path: Path) -> None:
    # https://sqlite.org/c3ref/busy_handler.html: the busy handler is not called where waiting could deadlock.
    file = tmp_path / "sampan.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = Timer(0.1, lambda: other.execute("COMMIT"))
        done.start()
        try:
            with closing(Store(f"sqlite:///{file}", clock=Clock())) as store:
                assert store.deliveries.claim(FIRST) is not None
        finally:
            done.join()


@pytest.mark.parametrize(
    ("change", "finished"), [({}, True), ({"owner": "another"}, False), ({"delivery_id": "d2"}, False)]
)
def test_only_its_owner_finishes_a_delivery(store: Store, change: dict[str, str], finished: bool) -> None:
    claim = store.deliveries.claim(FIRST)
    store.deliveries.claim(SECOND)
    assert claim is not None
    assert store.deliveries.finish(replace(claim, **change)) is finished


def test_a_delivery_is_finished_once(store: Store) -> None:
    claim = store.deliveries.claim(FIRST)
    assert claim is not None
    assert [store.deliveries.finish(claim), store.deliveries.finish(claim)] == [True, False]
    assert store.deliveries.claim(FIRST) is None


def test_old_deliveries_are_forgotten_when_they_are_over(store: Store, clock: Clock) -> None:
    first = store.deliveries.claim(FIRST)
    assert first is not None
    store.deliveries.finish(first)
    clock.now += 100
    store.deliveries.claim(SECOND)
    assert store.deliveries.forget(older_than=100) == 0
    clock.now += 0.001
    assert store.deliveries.forget(older_than=100) == 1
    assert [store.deliveries.claim(one) is None for one in (FIRST, SECOND)] == [False, True]
    clock.now += 1000
    assert store.deliveries.forget(older_than=100) == 0  # nobody finished those


def test_what_nobody_finished_is_taken_over_once(store: Store, clock: Clock) -> None:
    claim = store.deliveries.claim(replace(FIRST, text="/merge 1"))
    assert claim is not None
    clock.now += 100
    assert store.deliveries.take_over(older_than=100) is None
    clock.now += 0.001
    taken = store.deliveries.take_over(older_than=100)
    assert taken is not None
    ours, message = taken
    kept = ("delivery_id", "conversation_id", "staff_id", "chat_user_id", "name", "reply_url", "reply_until")
    assert [getattr(message, name) for name in kept] == [getattr(FIRST, name) for name in kept]
    assert message.text == "/merge 1"
    assert store.deliveries.take_over(older_than=100) is None
    assert [store.deliveries.finish(claim), store.deliveries.finish(ours)] == [False, True]


def test_how_much_one_person_said_lately(store: Store, clock: Clock) -> None:
    said = []
    for number, who in enumerate(["u1", "u1", "u2", "u1", "u1"]):
        claim = store.deliveries.claim(replace(FIRST, delivery_id=f"d{number}", chat_user_id=who))
        assert claim is not None
        said.append(claim.lately)
        clock.now += 20
    assert said == [1, 2, 1, 2, 2]


def test_how_much_was_said_lately_by_all(store: Store, clock: Clock) -> None:
    chat = replace(FIRST, reply_url="https://oapi.dingtalk.com/robot/sendBySession?session=s")
    for number, who in enumerate(["u1"] * 4 + ["u2", "u2", "u3"]):
        store.deliveries.claim(replace(chat, delivery_id=f"d{number}", chat_user_id=who))
    store.deliveries.claim(replace(chat, delivery_id="comment", chat_user_id="u4", reply_url=""))
    assert store.deliveries.lately(seconds=60, of_one=3) == 3 + 2 + 1
    clock.now += 61
    assert store.deliveries.lately(seconds=60, of_one=3) == 0


# Audit.


def test_the_audit_is_kept_in_order(store: Store) -> None:
    for outcome, calls in (("started", []), ("done", ["Gitee PUT /merge 200"])):
        store.audit.record(
            FIRST,
            typed="/merge 1; DROP TABLE audit",
            command="merge",
            outcome=outcome,
            detail="好",
            calls=calls,
        )
    store.audit.record(SECOND, typed="/pr", command="pr", outcome="done", detail="")
    kept = [
        (one.staff_id, one.typed, one.command, one.outcome, one.detail, one.calls)
        for one in store.audit.of_delivery("d1")
    ]
    assert kept == [
        ("lead", "/merge 1; DROP TABLE audit", "merge", "started", "好", []),
        ("lead", "/merge 1; DROP TABLE audit", "merge", "done", "好", ["Gitee PUT /merge 200"]),
    ]
    assert store.audit.of_delivery("d9") == []


@pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET outcome = 'done'"])
def test_the_database_itself_keeps_the_audit(store: Store, statement: str) -> None:
    store.audit.record(FIRST, typed="/pr", command="pr", outcome="refused", detail="")
    with pytest.raises(Exception, match="append-only"), store.database.lent() as connection:
        connection.execute(statement)
    assert [one.outcome for one in store.audit.of_delivery("d1")] == ["refused"]


# The database.


def test_records_outlive_the_process(database_url: str, store: Store) -> None:
    store.deliveries.claim(FIRST)
    with closing(Store(database_url, clock=Clock())) as later:
        assert later.deliveries.claim(FIRST) is None


def test_a_store_that_answers(store: Store) -> None:
    store.check()


@pytest.mark.parametrize("path", ["no/such/folder/sampan.db", "."])
def test_a_file_that_cannot_be_opened(tmp_path: Path, path: str) -> None:
    with pytest.raises(sqlite3.OperationalError):
        Store(f"sqlite:///{tmp_path / path}", clock=Clock()).check()


def test_a_server_that_cannot_be_reached() -> None:
    with pytest.raises(DatabaseDown) as problem:
        Store("postgresql://sampan:secret@127.0.0.1:1/sampan", clock=Clock()).check()
    assert "127.0.0.1" in str(problem.value) and "secret" not in str(problem.value)


def test_times_are_milliseconds(store: Store, clock: Clock) -> None:
    claim = store.deliveries.claim(FIRST)
    assert claim is not None
    clock.now += 1.5
    store.deliveries.finish(claim)
    with store.database.lent() as connection:
        row = connection.execute("SELECT claimed_at, finished_at FROM deliveries").fetchone()
    assert dict(row) == {"claimed_at": 1_700_000_000_000, "finished_at": 1_700_000_001_500}
