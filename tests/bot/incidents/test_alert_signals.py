"""Alerts as monitors really send them: twice, late, and with a beginning that lies strangely."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.incidents.alerts import ECHO, take_alerts
from bot.incidents.life import Kind
from bot.settings import load
from bot.wiring import Wired
from integrations.alertmanager.protocol import read_alerts
from integrations.model.alerts import Alert
from tests.bot.records import Clock, at_once, clock, migrated, store, url

__all__ = ["clock", "migrated", "store", "url"]

SAMPLES = Path(__file__).parents[2] / "samples/alertmanager"
BEGAN = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)  # as the clock's beginning
FIRING = Alert("alertmanager:1", "HighCPU", True, BEGAN, {"service": "pay"}, "cpu 95%", "https://prom/1")
RESOLVED = replace(FIRING, firing=False)


@pytest.fixture
def sampan(url: str, clock: Clock) -> Iterator[Wired]:
    sampan = Wired(load({"DATABASE_URL": url}), clock=clock)
    with closing(sampan.store):
        yield sampan


def told(sampan: Wired, *alerts: Alert) -> bool:
    """One delivery."""
    return take_alerts(sampan, alerts)


def story(sampan: Wired) -> list[list[str]]:
    """What happened to each incident."""
    found = map(sampan.store.incidents.events, range(1, 12))
    return [[event.what for event in events] for events in found if events]


def test_the_recorded_life_of_an_alert_is_one_incident(sampan: Wired, clock: Clock) -> None:
    bodies = [
        (SAMPLES / f"{name}.json").read_bytes() for name in ("firing", "retried", "repeated", "resolved")
    ]
    began = datetime.fromisoformat(json.loads(bodies[0])["alerts"][0]["startsAt"])
    clock.now = began.timestamp() + 1
    followed = []
    for body in bodies:
        followed.append(told(sampan, *read_alerts(body).alerts))
        clock.now += 3
    assert followed == [True, False, False, True]
    assert story(sampan) == [["opened", "fixed"]]
    one = sampan.store.incidents.get(1)
    assert one is not None and one.closed_at is not None
    assert (one.title, one.about["summary"]) == ("HighCPU", "cpu 95%")
    assert one.closed_at - one.opened_at == pytest.approx(10_000, abs=5)


@pytest.mark.parametrize(
    ("deliveries", "expected"),
    [
        ([RESOLVED], []),
        ([FIRING, FIRING], [["opened"]]),
        ([FIRING, replace(FIRING, began_at=BEGAN + timedelta(hours=1))], [["opened", "failed again"]]),
        ([FIRING, RESOLVED, RESOLVED], [["opened", "fixed"]]),
        ([FIRING, RESOLVED, FIRING], [["opened", "fixed"]]),  # the other one of a cluster was slow
        ([FIRING, replace(RESOLVED, began_at=None)], [["opened", "fixed"]]),
        ([FIRING, replace(RESOLVED, began_at=BEGAN - timedelta(days=999))], [["opened", "fixed"]]),
        (
            [FIRING, RESOLVED, replace(FIRING, began_at=BEGAN + timedelta(minutes=1))],
            [["opened", "fixed"], ["opened"]],
        ),
    ],
)
def test_told_twice_late_and_anew(sampan: Wired, deliveries: list[Alert], expected: list[list[str]]) -> None:
    for alert in deliveries:
        told(sampan, alert)
    assert story(sampan) == expected


@pytest.mark.parametrize(
    "began_at",
    [
        None,  # the old Grafana
        BEGAN,  # Prometheus was out of reach for a while, and goes on with the same
        BEGAN - timedelta(days=999),
        BEGAN - timedelta(days=99_999 // 2),  # before 1970
        BEGAN + timedelta(hours=5),  # its clock goes wrong
    ],
)
def test_what_fires_again_after_a_while_is_never_lost(
    sampan: Wired, clock: Clock, began_at: datetime | None
) -> None:
    firing = replace(FIRING, began_at=began_at)
    for _ in range(2):
        assert told(sampan, firing)
        clock.now += 60
        assert not told(sampan, firing)  # it repeats what goes on firing
        assert told(sampan, replace(firing, firing=False))
        clock.now += ECHO / 1000 + 0.001
    assert story(sampan) == [["opened", "fixed"]] * 2


def test_nothing_began_in_the_future(sampan: Wired, clock: Clock) -> None:
    told(sampan, replace(FIRING, began_at=BEGAN + timedelta(hours=5)))
    one = sampan.store.incidents.get(1)
    assert one is not None and one.opened_at == clock.now * 1000


def test_every_alert_of_a_delivery_is_one_of_its_own(sampan: Wired) -> None:
    others = [replace(FIRING, key=f"alertmanager:{number}") for number in (3, 2)]
    assert told(sampan, FIRING, *others)
    assert told(sampan, RESOLVED, *others)
    assert story(sampan) == [["opened", "fixed"], ["opened"], ["opened"]]


def test_deliveries_with_the_same_alerts_in_another_order_at_once(
    sampan: Wired, url: str, clock: Clock
) -> None:
    alerts = [replace(FIRING, key=f"alertmanager:{number:02}", began_at=None) for number in range(20)]
    orders = iter([alerts, alerts[::-1]])

    def deliver(_: object) -> bool:
        mine = Wired(load({"DATABASE_URL": url}), clock=clock)
        with closing(mine.store):
            return told(mine, *next(orders))

    assert sorted(at_once(url, clock, deliver, count=2)) == [False, True]
    assert len(sampan.store.incidents.open(at_most=50)) == 20
    assert [one.failures for one in sampan.store.incidents.open(at_most=50)] == [1] * 20
    assert sampan.store.incidents.watched(Kind.ALERT, "alertmanager:19") is not None
