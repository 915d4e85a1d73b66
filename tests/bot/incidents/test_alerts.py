"""Alerts of Alertmanager and Grafana: each is one incident, however often and in whatever company."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.incidents.alerts import take_alerts
from bot.settings import load
from bot.store.migrating import migrate
from bot.wiring import Wired
from integrations.model.alerts import Alert
from sandbox.alerts.rules import Sender
from sandbox.town import ALERT_HOOK_TOKEN, GRAFANA_HOOK_SECRET, Town
from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import HOUR, Scene, alert
from tests.support.alertmanager import Alertmanager, alertmanager
from tests.support.town import wait_until

__all__ = ["alertmanager"]

SAMPLES = Path(__file__).parents[2] / "samples"
FAILING, FIXED = "🔴 i1 **HighCPU** is failing", "🟢 i1 **HighCPU** is fixed"
LATER = "2026-01-02T04:04:05Z"


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    return make_scene(TRACKER="none")


def sample(vendor: str, name: str) -> bytes:
    return (SAMPLES / vendor / f"{name}.json").read_bytes()


def test_what_a_real_alertmanager_sent(make_scene: MakeScene) -> None:
    scene = make_scene()
    heard: dict[str, list[str]] = {}
    for name in ("firing", "retried", "repeated", "resolved", "resolved", "repeated"):
        heard.setdefault(name, []).extend(scene.heads(scene.deliver(sample("alertmanager", name))))
    assert heard == {"firing": [FAILING], "retried": [], "repeated": [], "resolved": [FIXED]}
    [card] = scene.board.cards()
    assert card.closed and len(card.comments) == 1


def test_one_that_runs_has_one_card_for_an_alert(
    make_scene: MakeScene, alertmanager: Callable[[str], Alertmanager]
) -> None:
    scene, labels = make_scene(), {"alertname": "HighCPU", "service": "支付"}
    room = scene.bot.town.room
    before, hook = len(room.replies), f"{room.bot_url}/hooks/alertmanager/{ALERT_HOOK_TOKEN}"
    running = alertmanager(hook)
    running.fire(labels, {"summary": "CPU 95%"})
    wait_until(lambda: len(room.replies) == before + 1)
    assert not scene.card.closed and "service=支付" in scene.card.text
    running.resolve(labels)
    wait_until(lambda: len(room.replies) == before + 2)
    assert scene.heads([message.text for message in room.replies[before:]]) == [FAILING, FIXED]
    assert scene.card.closed and len(scene.card.comments) == 1


def test_the_old_grafana(scene: Scene) -> None:
    heard = []
    for name in ("legacy_alerting", "legacy_alerting", "legacy_no_data", "legacy_ok", "legacy_ok"):
        heard += scene.deliver(sample("grafana", name), sender="grafana")
    heads = scene.heads(heard)
    assert [head[0] for head in heads] == ["🔴", "🟢"]
    assert scene.heads(scene.deliver(sample("grafana", "legacy_alerting"), sender="grafana")) != []
    assert scene.incidents.open_count() == 1


RESENT: list[tuple[str, list[bool | str], list[str]]] = [
    ("again", [True, True], [FAILING]),
    ("again once it is over", [True, False, True], [FAILING, FIXED]),
    ("over twice", [True, False, False], [FAILING, FIXED]),
    ("over before it began", [False], []),
    ("fires anew", [True, LATER], [FAILING]),
    ("its end got lost", [True, LATER, True, False], [FAILING, FIXED]),
    ("fires anew after its end", [True, False, LATER], [FAILING, FIXED, FAILING.replace("i1", "i2")]),
]


@pytest.mark.parametrize(("case", "sent", "heard"), RESENT, ids=[row[0] for row in RESENT])
@pytest.mark.parametrize("sender", ["alertmanager", "grafana"])
def test_what_is_sent_again(
    scene: Scene, sender: str, case: str, sent: list[bool | str], heard: list[str]
) -> None:
    found = []
    for one in sent:
        body = alert(began=one) if isinstance(one, str) else alert(firing=one)
        found += scene.alerts(body, sender=sender)
    assert scene.heads(found) == heard


def test_what_changes_nothing_writes_nothing(make_scene: MakeScene) -> None:
    scene = make_scene()
    scene.alerts(alert())
    scene.spent()
    for body in (alert(), alert("unknown", firing=False)):
        assert scene.alerts(body) == scene.spent() == []
    assert len(scene.incidents.titles()) == 1


def test_each_alert_of_a_delivery_is_an_incident(make_scene: MakeScene) -> None:
    scene = make_scene()
    three = [alert(f"f{number}", name=f"Disk{number}") for number in range(3)]
    scene.alerts(*three)
    assert scene.incidents.open_count() == 3
    mixed = [three[0], alert("f1", name="Disk1", firing=False), alert("f9", name="New")]
    heads = [line for text in scene.alerts(*mixed) for line in text.splitlines() if line[0:1] in ("🔴", "🟢")]
    assert heads == ["🟢 i2 **Disk1** is fixed", "🔴 i4 **New** is failing"]
    assert [card.closed for card in scene.board.cards()] == [False, True, False, False]


def test_the_same_fingerprint_is_another_alert_elsewhere(scene: Scene) -> None:
    scene.alerts(alert(), sender="grafana", orgId=1)
    scene.alerts(alert(), sender="grafana", orgId=2)
    scene.alerts(alert(), sender="alertmanager")
    assert scene.incidents.open_count() == 3
    scene.alerts(alert(firing=False), sender="grafana", orgId=2)
    assert [one.id for one in scene.incidents.open(at_most=5)] == [1, 3]


def test_one_that_began_in_the_future_began_now(scene: Scene) -> None:
    scene.alerts(alert(began="2099-01-01T00:00:00Z"))
    [incident] = scene.incidents.open(at_most=2)
    assert abs(incident.opened_at - scene.bot.store.now()) < 60_000


def test_what_was_left_out_of_a_delivery_is_in_the_log(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.alerts(alert(), truncatedAlerts=7)
    assert "7 alerts were left out of a delivery" in caplog.text


def test_the_monitors_of_the_sandbox(make_scene: MakeScene, town: Town) -> None:
    scene = make_scene(GRAFANA_HOOK_SECRET=GRAFANA_HOOK_SECRET, TRACKER="none")
    town.alerts.hooks = {
        sender: f"{town.room.bot_url}/hooks/{sender.value.lower()}/{ALERT_HOOK_TOKEN}" for sender in Sender
    }
    for name in town.alerts.alerts:
        for does in (town.alerts.fire, town.alerts.repeat, town.alerts.resolve):
            does(name)
            town.alerts.settle()
    town.alerts.hooks = {}
    assert {post.status for post in town.alerts.posts} == {200}
    assert scene.incidents.open_count() == 0 and len(scene.incidents.titles()) == len(town.alerts.alerts)


def test_silent_for_half_a_year_it_is_forgotten(scene: Scene) -> None:
    scene.alerts(alert())
    scene.alerts(alert(firing=False))
    scene.tick(after=181 * 24 * HOUR)
    assert scene.incidents.get(1) is None and scene.incidents.titles() == []
    assert scene.heads(scene.alerts(alert(began=LATER))) == ["🔴 i2 **HighCPU** is failing"]


# On both databases.


@pytest.fixture
def wired(database_url: str) -> Iterator[list[Wired]]:
    """Four processes on the same records."""
    migrate(database_url)
    settings = replace(load({}), database_url=database_url)
    processes = [Wired(settings) for _ in range(4)]
    yield processes
    for one in processes:
        with closing(one.store):
            pass


def test_deliveries_at_once_in_whatever_order_are_all_kept(wired: list[Wired]) -> None:
    began = datetime(2026, 1, 2, tzinfo=UTC)
    alerts = [Alert(f"key{number}", f"Alert{number}", True, began) for number in range(100)]
    with ThreadPoolExecutor(len(wired)) as pool:
        orders = [alerts, alerts[::-1], alerts[50:] + alerts[:50], alerts[::-1]]
        followed = [*pool.map(take_alerts, wired, orders)]
    incidents = wired[0].store.incidents
    assert any(followed) and incidents.open_count() == 100
    assert all(one.failures == 1 for one in incidents.open(at_most=100))
