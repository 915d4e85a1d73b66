"""What Grafana posts: the alerting of today and the one before."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.errors import Malformed
from integrations.grafana.protocol import read_alerts
from integrations.model.alerts import Alert, Delivery
from tests.integrations.standin import page, sample

LATENCY = Alert(
    key="grafana:2:c6eadffa33fcdf37",
    name="订单延迟过高",
    firing=True,
    began_at=datetime(2026, 8, 6, 1, 51, 3, 157076, UTC),
    labels={"service": "payments", "zone": "cn-north-1"},
    summary="payments 的 p99 是 2.4 秒",
    url="https://grafana.example/d/f0e1d2?orgId=2&viewPanel=4",
)
DISK = Alert(
    key="grafana:2:bc97ff14869b13e3",
    name="Disk almost full",
    firing=False,
    began_at=datetime(2026, 8, 6, 1, 40, tzinfo=UTC),
    labels={"host": "db-1"},
    summary="/var is over 90%",
    url="https://grafana.example/alerting/grafana/1afz29v7z/view?orgId=2",
)
QUEUE = Alert(
    key="grafana:1:rule8",
    name="队列堆积",
    firing=True,
    began_at=None,
    labels={"team": "platform"},
    summary="mail 队列里有 173 封信",
    url="https://grafana.example/d/4dgCpYbmz/queues?tab=alert&viewPanel=8&orgId=1",
)


def read(payload: Any) -> Delivery:
    return read_alerts(json.dumps(payload).encode())


def legacy(**changes: Any) -> Delivery:
    return read({**sample("grafana/legacy_alerting.json"), **changes})


def test_alerts_are_read_one_by_one() -> None:
    assert read_alerts(page("grafana/mixed.json")) == Delivery((LATENCY, DISK))


def test_what_grafana_left_out_is_counted() -> None:
    told = read_alerts(page("grafana/truncated.json"))
    assert ([one.key for one in told.alerts], told.truncated) == ([DISK.key], 37)


def test_an_alert_about_missing_data_says_which_rule() -> None:
    (found,) = read_alerts(page("grafana/no_data.json")).alerts
    assert (found.name, found.firing, found.labels["rulename"]) == ("DatasourceNoData", True, "订单延迟过高")


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({}, "https://g.example/panel"),
        ({"panelURL": ""}, "https://g.example/dashboard"),
        ({"panelURL": "", "dashboardURL": "javascript:1"}, "https://g.example/runbook"),
        ({"panelURL": "", "dashboardURL": "", "annotations": {}}, "https://g.example/rule"),
        ({"panelURL": "", "dashboardURL": "", "annotations": {}, "generatorURL": ""}, ""),
    ],
)
def test_a_person_is_led_to_what_shows_the_trouble(fields: dict[str, Any], url: str) -> None:
    entry = {
        "status": "firing",
        "fingerprint": "f1",
        "annotations": {"runbook_url": "https://g.example/runbook"},
        "panelURL": "https://g.example/panel",
        "dashboardURL": "https://g.example/dashboard",
        "generatorURL": "https://g.example/rule",
        "silenceURL": "https://g.example/silence",
        "imageURL": "https://g.example/image",
    }
    assert read({"alerts": [{**entry, **fields}]}).alerts[0].url == url


@pytest.mark.parametrize(
    ("organisation", "key"),
    [(3, "grafana:3:f1"), *((odd, "grafana:0:f1") for odd in (None, "3", True, -1, 1.5, 2**63, {}))],
)
def test_a_key_is_of_one_organisation(organisation: Any, key: str) -> None:
    told = read({"orgId": organisation, "alerts": [{"status": "firing", "fingerprint": "f1"}]})
    assert [one.key for one in told.alerts] == [key]


@pytest.mark.parametrize(
    ("case", "firing"), [("legacy_alerting", True), ("legacy_ok", False), ("legacy_no_data", True)]
)
def test_a_rule_of_the_old_alerting_is_one_alert(case: str, firing: bool) -> None:
    (found,) = read_alerts(page(f"grafana/{case}.json")).alerts
    assert (found.key, found.name, found.firing) == (QUEUE.key, QUEUE.name, firing)


def test_all_of_an_old_rule_is_read() -> None:
    assert read_alerts(page("grafana/legacy_alerting.json")) == Delivery((QUEUE,))


@pytest.mark.parametrize("state", ["paused", "pending", "unknown"])
def test_a_state_that_is_neither_wrong_nor_right_tells_nothing(state: str) -> None:
    assert legacy(state=state) == Delivery(())


def test_an_old_rule_s_words_are_cleaned() -> None:
    (found,) = legacy(
        ruleName="a\nb", message="m\x00" * 600, ruleUrl="javascript:1", tags={"a": 1, "b": "c\u202e"}
    ).alerts
    assert (found.name, found.url, found.labels) == ("a b", "", {"b": "c"})
    assert found.summary.startswith("m m m") and len(found.summary) <= 500


def test_an_old_rule_without_a_name_goes_by_its_number() -> None:
    assert [(one.name, one.key) for one in legacy(ruleName=None, orgId=None).alerts] == [
        ("rule 8", "grafana:0:rule8")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        *({"ruleId": odd} for odd in (None, "8", -1, True, 1.5, 2**63, [])),
        *({"state": odd} for odd in (None, "", "firing", "OK", 1, [], {})),
        *({"alerts": odd} for odd in (None, {}, "x")),
    ],
)
def test_a_rule_without_number_or_state_is_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        legacy(**changes)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{}", b'{"title": "x"}', b'{"alerts": [{}]}', b'{"alerts": [[]]}', b"\xff"),
        *(b"[" * 200_000, b'{"ruleId":' * 100_000),
    ],
    ids=range(9),
)
def test_what_is_no_delivery_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_alerts(body)
