"""What the diagnosis says of incidents: who tells of them, who hears of them, and where their cards live."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import requests

from bot.doctor.records import records
from bot.incidents.intake import take_in
from bot.incidents.life import Kind, Signal, Verdict
from bot.reply import plain
from bot.settings import load
from bot.store import Store
from bot.store.migrating import migrate
from bot.wiring import Wired
from tests.bot.asking import NOW
from tests.bot.clinic import Clinic
from tests.support.town import place

LIST = "the id of a list that the token's account sees"
GITEE = {"TRACKER": "gitee", "TRACKER_REPO": "web"}


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    with place() as here:
        yield Clinic(here)


@pytest.fixture(autouse=True)
def _mended(clinic: Clinic) -> Iterator[None]:
    clinic.here.town.gitee.requests.clear()
    clinic.here.town.jenkins.requests.clear()
    yield
    requests.delete(f"{clinic.here.town.trello_url}/_fault", timeout=5).raise_for_status()
    clinic.here.mend()


@pytest.mark.parametrize(
    ("env", "level", "what", "told", "fix"),
    [
        (
            {"TRELLO_TOKEN": "canary-wrong"},
            "broken",
            "Trello",
            "Trello refused Sampan's credential. Check TRELLO_KEY, TRELLO_TOKEN. It says: invalid token",
            "TRELLO_TOKEN=...  # a token that was made with TRELLO_KEY, with read and write",
        ),
        (
            {"TRELLO_URL": "http://127.0.0.1:9/1"},
            "broken",
            "Trello",
            "Trello cannot be reached. Nothing was done.",
            "TRELLO_URL=https://api.trello.com/1",
        ),
        (
            {"TRELLO_TODO_LIST": "6acd006f5a2d9c0f71999999"},
            "broken",
            "TRELLO_TODO_LIST",
            "Trello has no such list, or hides it. No card can be made.",
            f"TRELLO_TODO_LIST=...  # {LIST}",
        ),
        (
            {"TRELLO_DONE_LIST": "no-such-id"},
            "broken",
            "TRELLO_DONE_LIST",
            "Trello has no such list, or hides it. Nothing is archived.",
            f"TRELLO_DONE_LIST=...  # {LIST}",
        ),
        (
            {"TRELLO_DONE_LIST": ""},
            "warning",
            "TRELLO_DONE_LIST",
            "What is done stays on the board: nothing is archived.",
            "TRELLO_DONE_LIST=...  # the id of the list of what is done",
        ),
        (
            {"DINGTALK_GROUP_WEBHOOK": "", "DINGTALK_APP_KEY": "key", "DINGTALK_CONVERSATIONS": ""},
            "warning",
            "DINGTALK_GROUP_WEBHOOK",
            "No room is told of what breaks.",
            "DINGTALK_GROUP_WEBHOOK=...  # the group robot's address; "
            "or DINGTALK_APP_KEY and DINGTALK_CONVERSATIONS",
        ),
        (
            {"ALERT_HOOK_TOKEN": "", "PUBLIC_URL": ""},
            "warning",
            "ALERT_HOOK_TOKEN",
            "The hook is off: no alert is heard.",
            "ALERT_HOOK_TOKEN=...  # 16 or more letters, digits, - and _; "
            "then paste https://.../hooks/grafana/***",
        ),
    ],
)
def test_one_thing_wrong(
    clinic: Clinic, env: dict[str, str], level: str, what: str, told: str, fix: str
) -> None:
    assert (level, what, told, fix) in clinic.trouble(**env)


def test_a_list_that_somebody_archived(clinic: Clinic) -> None:
    (board,) = clinic.here.town.trello.boards
    todo = board.lists[0]
    todo.closed = True
    try:
        (found,) = clinic.trouble()
    finally:
        todo.closed = False
    told = f"The list {todo.name} is archived. No card can be made."
    assert found == ("broken", "TRELLO_TODO_LIST", told, f"TRELLO_TODO_LIST=...  # {LIST}")


def test_two_lists_of_two_boards(clinic: Clinic) -> None:
    world = clinic.here.town.trello
    other = world.add_board("elsewhere", lists=("done",))
    try:
        (found,) = clinic.trouble(TRELLO_DONE_LIST=other.lists[0].id)
    finally:
        world.boards.remove(other)
    assert found[:3] == (
        "warning",
        "TRELLO_DONE_LIST",
        "The list done is on another board than that of new cards.",
    )


def test_a_board_with_a_bad_day(clinic: Clinic) -> None:
    url = f"{clinic.here.town.trello_url}/_fault"
    requests.put(url, json={"kind": "503", "match": ".*/lists/.*"}, timeout=5).raise_for_status()
    assert [one[:2] for one in clinic.trouble()] == [("broken", "Trello")]


def test_issues_for_cards(clinic: Clinic) -> None:
    found = {one.what: plain(one.told) for one in clinic.findings(**GITEE)}
    assert found["TRACKER_REPO"] == "The issues of acme/web can be read."
    assert "Trello" not in found


def test_issues_that_cannot_be_read(clinic: Clinic) -> None:
    clinic.here.gitee_fault(kind="503", match=".*/issues.*")
    (found,) = clinic.trouble(**GITEE)
    assert found[:2] == ("broken", "TRACKER_REPO")


def test_a_team_without_monitors_is_left_alone(clinic: Clinic) -> None:
    assert clinic.trouble(ALERT_HOOK_TOKEN="", GRAFANA_HOOK_SECRET="", TRACKER="none") == []


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ("canary-secret", "Grafana's webhook contact point, with GRAFANA_HOOK_SECRET as its HMAC secret"),
        ("", "Grafana's webhook contact point; GRAFANA_HOOK_SECRET can have it signed"),
    ],
)
def test_addresses_for_the_monitors(clinic: Clinic, secret: str, told: str) -> None:
    found = clinic.findings(GRAFANA_HOOK_SECRET=secret)
    base = clinic.env["PUBLIC_URL"]
    assert [plain(one.told) for one in found if one.what == "ALERT_HOOK_TOKEN"] == [
        f"{base}/hooks/grafana/*** belongs in {told}.",
        f"{base}/hooks/alertmanager/*** belongs in Alertmanager's webhook_configs.",
    ]


HOUR = 3600
CARDLESS = "1 incident has no card, the oldest for 1 h."
LEFT = "grep 'its card is left for later' LOG"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrate(database_url)
    with closing(Store(database_url, clock=lambda: NOW)) as store:
        yield store


def seen(url: str, *, after: float = 0.0, **env: str) -> list[tuple[str, str, str]]:
    """What the diagnosis says of the records, after those that are always there."""
    site = Wired(load({"DATABASE_URL": url, **env}), clock=lambda: NOW + after)
    return [(one.level, plain(one.told), one.fix) for one in records(site)][3:]


def broke(store: Store, job: str = "nightly") -> None:
    take_in(store, Kind.JOB, job, [Signal(Verdict.FAILURE, 1, round(NOW * 1000))])


def test_what_is_watched_and_broken(store: Store, database_url: str) -> None:
    broke(store)
    store.incidents.meet(Kind.JOB, "weekly", title="weekly")
    store.incidents.meet(Kind.ALERT, "f1", title="HighLatency")
    assert seen(database_url) == [("works", "2 jobs watched · 1 incident open", "")]


def test_a_card_that_could_not_be_made(store: Store, database_url: str) -> None:
    broke(store)
    gitee = {"TRACKER": "gitee", "GITEE_TOKEN": "canary-token", "REPOS": "web=acme/web"}
    assert seen(database_url, after=60, **gitee)[1:] == []
    assert ("warning", CARDLESS, LEFT) in seen(database_url, after=HOUR, **gitee)
    assert ("warning", CARDLESS, LEFT) not in seen(database_url, after=HOUR)


@pytest.mark.parametrize("what", ["an incident", "a job"])
def test_nobody_works_on_what_is_due(store: Store, database_url: str, what: str) -> None:
    if what == "an incident":
        broke(store)
    else:
        store.incidents.watch("nightly", look_at=round(NOW * 1000))
    late = ("broken", "Something has been due for 1 h: nobody ticks.", "python -m bot serve")
    assert seen(database_url, after=HOUR)[-1] == late
