"""A message's whole way through the house, in the sandbox."""

import json
import time
from collections.abc import Iterator

import pytest
import requests

from bot import dispatch
from tests.support.town import Place, place


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place() as here:
        yield here


@pytest.fixture(autouse=True)
def mended(here: Place) -> Iterator[None]:
    yield
    here.mend()


def test_from_a_list_to_a_deploy(here: Place) -> None:
    """What a newcomer types in the first five minutes."""
    assert "#1" in here.ask("/pr")
    assert "marked as tested" in here.ask("/test 1")
    assert "Next: [/merge 1]" in here.ask("/approve 1")
    assert "merged into main" in here.ask("/merge 1")
    assert "is queued" in here.ask("/deploy hello")
    assert len(here.web.git.run("log", "--merges", "--format=%H", "main").split()) == 1


def test_several_lines_run_in_order_and_are_answered_together(here: Place) -> None:
    answer = here.ask("please\n/ping\n> /merge 2\n```\n/merge 2\n```\n /whoami \n/merge x")
    assert answer.index("pong") < answer.index("You are") < answer.index("x is not a pull request number.")
    assert "cannot be merged" not in answer
    below = ["**/ping**\n\npong", "**/whoami**\n\nYou are", "**/merge x**\n\nx is not"]
    assert [part for part in below if part not in answer] == []


def test_one_command_stands_alone(here: Place) -> None:
    assert here.ask("please\n/ping").startswith("pong")


def test_an_eleventh_command_is_named_and_not_run(here: Place) -> None:
    answer = here.ask("\n".join(["/ping"] * 10 + ["/whoami now"]))
    assert answer.count("pong") == 10
    assert "One message holds at most 10 commands; these were not run:" in answer and "/whoami now" in answer


def test_a_slow_host_is_announced_once(here: Place) -> None:
    here.gitee_fault(kind="slow", seconds=3.6, times=1)
    first, second = here.hear(2, "/pr")
    assert first.startswith("Working on it …") and "#2" in second


def test_a_dripping_host_ends_with_the_deadline(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "COMMAND_TIME", 1.0)
    here.gitee_fault(kind="drip", seconds=20)
    began = time.monotonic()
    assert "Gitee did not answer in time." in here.ask("/pr 1")
    assert time.monotonic() - began < 8


def test_what_was_decided_is_kept(here: Place) -> None:
    answer = here.town.room.deliver("/merge 2\n/whoami", as_="chen")
    delivery = json.loads(answer.request.body)["msgId"]
    give_up = time.monotonic() + 10
    while len(kept := here.store.audit.of_delivery(delivery)) < 3:
        assert time.monotonic() < give_up, kept
        time.sleep(0.02)
    assert [(one.staff_id, one.typed, one.outcome) for one in kept] == [
        ("chen", "/merge 2", "started"),
        ("chen", "/merge 2", "refused"),
        ("chen", "/whoami", "done"),
    ]


def test_a_long_answer_is_cut_and_says_so(here: Place) -> None:
    answer = here.ask("\n".join(["/help"] * 10 + ["/ping"]), as_="lin")
    assert len(answer.encode()) < 20_000


def rename(here: Place, table: str, to: str) -> None:
    with here.store.database.lent() as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {to}")


def test_a_bug_is_a_reference_and_never_its_text(here: Place, caplog: pytest.LogCaptureFixture) -> None:
    pull = here.new_pull()
    rename(here, "votes", "elsewhere")
    answer = here.ask(f"/merge {pull.number}")
    rename(here, "elsewhere", "votes")
    assert "Something went wrong inside Sampan. Reference: " in answer and "votes" not in answer
    reference = answer.split("Reference: ")[1].split()[0]
    assert reference in caplog.text


def test_where_work_comes_before_the_answer_the_answer_is_complete() -> None:
    with place(ANSWER_FIRST="no") as here:
        here.town.room.deliver("/ping")
        assert len(here.town.room.replies) == 1


def test_lines_that_were_not_reached_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "COMMAND_TIME", 6.0)
    with place(ANSWER_FIRST="no") as here:
        here.gitee_fault(kind="slow", seconds=1.5, match="GET .*pulls/2")
        here.town.room.deliver("/pr 2\n/merge 2\n/ping")
        answer = here.town.room.replies[-1].text
        assert "No time was left for:" in answer and "/merge 2" in answer and "/ping" in answer


def test_a_store_that_cannot_be_written_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    missing = tmp_path_factory.mktemp("store") / "no" / "such" / "folder.db"
    with place(DATABASE_URL=f"sqlite:///{missing}") as here:
        assert "I could not take your message on, and did nothing." in here.ask("/ping")
        ready = requests.get(f"{here.town.room.bot_url}/readyz", timeout=5)
        assert (ready.status_code, ready.json()) == (503, {"ready": False, "why": "store"})


def test_in_chinese() -> None:
    with place(LANGUAGE="zh") as here:
        assert "web 有 3 个待合并的 PR".replace("web", "**web**") in here.ask("/列表")
        assert "还不能合并：" in here.ask("／合并　２")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer sandbox-cron-secret"}, 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_tick(here: Place, method: str, headers: dict[str, str], status: int) -> None:
    answer = requests.request(method, f"{here.town.room.bot_url}/tick", headers=headers, timeout=5)
    assert answer.status_code == status


def test_tick_is_off_without_a_secret() -> None:
    with place(CRON_SECRET="") as here:
        assert requests.get(f"{here.town.room.bot_url}/tick", timeout=5).status_code == 404


def test_health(here: Place) -> None:
    for path in ("healthz", "readyz"):
        assert requests.get(f"{here.town.room.bot_url}/{path}", timeout=5).status_code == 200
