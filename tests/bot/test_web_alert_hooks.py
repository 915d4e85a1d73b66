"""POST /hooks/alertmanager and /hooks/grafana: who is listened to, what is dropped, who is to come again."""

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.web.app import create_app
from integrations.grafana.protocol import sign
from sandbox.alerts.payloads import signature
from sandbox.serving import serving
from sandbox.town import ALERT_HOOK_TOKEN, GRAFANA_HOOK_SECRET, JENKINS_HOOK_TOKEN
from tests.support.bots import Pair, bot_and_room

BIG = 1024 * 1024
ALERTMANAGER, GRAFANA = f"/hooks/alertmanager/{ALERT_HOOK_TOKEN}", f"/hooks/grafana/{ALERT_HOOK_TOKEN}"
BOTH = pytest.mark.parametrize("path", [ALERTMANAGER, GRAFANA], ids=["alertmanager", "grafana"])
ALERT = {
    "status": "firing",
    "labels": {"alertname": "HighCPU"},
    "annotations": {},
    "startsAt": "2026-01-02T03:04:05Z",
    "fingerprint": "191bf832fbaf9946",
}
FIRING: dict[str, Any] = {"alerts": [ALERT]}
NOTHING: dict[str, Any] = {"alerts": []}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with bot_and_room(tmp_path_factory.mktemp("bot"), env={"ALERT_HOOK_TOKEN": ALERT_HOOK_TOKEN}) as pair:
        yield pair


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One whose Grafana signs; the secret is being rotated."""
    env = {"ALERT_HOOK_TOKEN": ALERT_HOOK_TOKEN, "GRAFANA_HOOK_SECRET": f"new-one,{GRAFANA_HOOK_SECRET}"}
    with bot_and_room(tmp_path_factory.mktemp("bot"), env=env) as pair:
        yield pair


def post(pair: Pair, path: str, body: Any, headers: dict[str, str] | None = None) -> int:
    sent = body if isinstance(body, bytes) or hasattr(body, "__next__") else json.dumps(body).encode()
    return requests.post(f"{pair.url}{path}", data=sent, headers=headers, timeout=10).status_code


PATHS: list[tuple[str, str, int]] = [
    ("the secret", "{0}", 200),
    ("another", "another-one-of-16-and-more", 404),
    ("part of it", "{1}", 404),
    ("more than it", "{0}0", 404),
    ("none", "", 404),
    ("not ASCII", "%E8%88%A2%FF", 404),
    ("deeper", "{0}/more", 404),
]


@pytest.mark.parametrize(("case", "token", "status"), PATHS, ids=[row[0] for row in PATHS])
@pytest.mark.parametrize("sender", ["alertmanager", "grafana"])
def test_the_address_is_the_secret(pair: Pair, sender: str, case: str, token: str, status: int) -> None:
    path = f"/hooks/{sender}/" + token.format(ALERT_HOOK_TOKEN, ALERT_HOOK_TOKEN[:-1])
    assert post(pair, path, NOTHING) == status


@BOTH
def test_a_wrong_secret_looks_like_an_address_that_is_not_there(pair: Pair, path: str) -> None:
    wrong, absent = (requests.post(f"{pair.url}{at}", timeout=5) for at in (f"{path}x", "/no/such/thing"))
    assert (wrong.status_code, wrong.content) == (absent.status_code, absent.content)


@BOTH
def test_other_methods_are_refused(pair: Pair, path: str) -> None:
    assert requests.get(f"{pair.url}{path}", timeout=5).status_code == 405


def test_without_the_secret_the_routes_are_off(tmp_path: Path) -> None:
    with bot_and_room(tmp_path) as pair:
        assert [post(pair, path, FIRING) for path in (ALERTMANAGER, GRAFANA, "/hooks/grafana/")] == [404] * 3


@pytest.mark.parametrize("sender", ["alertmanager", "grafana"])
def test_either_of_two_secrets_is_good_while_one_is_rotated(tmp_path: Path, sender: str) -> None:
    env = {"ALERT_HOOK_TOKEN": f"{ALERT_HOOK_TOKEN},the-new-alert-hook"}
    with bot_and_room(tmp_path, env=env) as pair:
        statuses = [
            post(pair, f"/hooks/{sender}/{token}", NOTHING)
            for token in (ALERT_HOOK_TOKEN, "the-new-alert-hook", env["ALERT_HOOK_TOKEN"])
        ]
        assert statuses == [200, 200, 404]


BODIES: list[tuple[str, bytes, int]] = [
    ("empty", b"", 400),
    ("not JSON", b"alert", 400),
    ("half of JSON", b'{"alerts":', 400),
    ("a list", b"[]", 400),
    ("no alerts", b"{}", 400),
    ("alerts that are none", b'{"alerts":[1]}', 400),
    ("an alert without its status", b'{"alerts":[{"labels":{"alertname":"x"}}]}', 400),
    ("an alert without a name", b'{"alerts":[{"status":"firing"}]}', 400),
    ("nested", b"[" * 100_000, 400),
    ("not UTF-8", b'{"alerts":"\xff"}', 400),
    ("as much as is read", b" " * BIG, 400),
    ("a byte more", b" " * (BIG + 1), 200),
]


@BOTH
@pytest.mark.parametrize(("case", "body", "status"), BODIES, ids=[row[0] for row in BODIES])
def test_body(pair: Pair, path: str, case: str, body: bytes, status: int) -> None:
    assert post(pair, path, body) == status


@BOTH
def test_a_chunked_body_counts_against_the_same_limit(pair: Pair, path: str) -> None:
    assert post(pair, path, iter([b" " * 300_000] * 4)) == 200


def test_one_bad_alert_of_a_delivery_keeps_nothing_of_it(pair: Pair) -> None:
    assert post(pair, ALERTMANAGER, {"alerts": [ALERT, {**ALERT, "status": "?"}]}) == 400
    assert pair.store.incidents.open_count() == 0


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
KEYS = st.text() | st.sampled_from([*ALERT, "alerts", "ruleId", "state", "orgId"])
INSIDE = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(KEYS, LEAVES, max_size=3)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(INSIDE | st.fixed_dictionaries({"alerts": st.lists(st.dictionaries(KEYS, INSIDE), max_size=2)}))
def test_no_body_makes_it_fail(pair: Pair, body: object) -> None:
    assert post(pair, ALERTMANAGER, body) in (200, 400)
    assert post(pair, GRAFANA, body) in (200, 400)


# What Grafana signs.

WIRE = json.dumps(NOTHING).encode()
Sign = Callable[[], dict[str, str]]


def signed_at(offset: float) -> dict[str, str]:
    """A good signature, of so many seconds from now."""
    at = str(round(time.time() + offset))
    digest = sign(WIRE, GRAFANA_HOOK_SECRET, timestamp=at)
    return {"X-Grafana-Alerting-Signature": digest, "X-Grafana-Alerting-Timestamp": at}


def without_time() -> dict[str, str]:
    return {"X-Grafana-Alerting-Signature": sign(WIRE, GRAFANA_HOOK_SECRET)}


SIGNATURES: list[tuple[str, Sign, int]] = [
    ("good", lambda: signature(WIRE, GRAFANA_HOOK_SECRET), 200),
    ("with the other secret", lambda: signature(WIRE, "new-one"), 200),
    ("without a time", without_time, 200),
    ("a while ago", lambda: signed_at(-280), 200),
    ("too old", lambda: signed_at(-320), 401),
    ("too early", lambda: signed_at(320), 401),
    ("another's secret", lambda: signature(WIRE, "somebody-else"), 401),
    ("of another body", lambda: signature(b"{}", GRAFANA_HOOK_SECRET), 401),
    ("time of another", lambda: {**signed_at(0), "X-Grafana-Alerting-Timestamp": "1"}, 401),
    ("time that is none", lambda: {**signed_at(0), "X-Grafana-Alerting-Timestamp": "now"}, 401),
    ("empty", lambda: {"X-Grafana-Alerting-Signature": ""}, 401),
    ("none", dict, 401),
]


@pytest.mark.parametrize(("case", "headers", "status"), SIGNATURES, ids=[row[0] for row in SIGNATURES])
def test_signature(signing: Pair, case: str, headers: Sign, status: int) -> None:
    assert post(signing, GRAFANA, WIRE, headers()) == status


def test_a_signature_does_not_replace_the_address(signing: Pair) -> None:
    assert post(signing, "/hooks/grafana/x", WIRE, signature(WIRE, GRAFANA_HOOK_SECRET)) == 404


def test_alertmanager_signs_nothing(signing: Pair) -> None:
    assert post(signing, ALERTMANAGER, NOTHING) == 200


def test_what_is_too_large_is_dropped_whoever_signed_it(signing: Pair) -> None:
    assert post(signing, GRAFANA, b" " * (BIG + 1), signature(b"", "somebody-else")) == 200


# Our own troubles.


@pytest.mark.parametrize("path", [ALERTMANAGER, GRAFANA, "/hooks/jenkins/x"])
def test_while_it_is_not_configured_rightly_it_says_so(path: str) -> None:
    with serving(create_app({"TRACKER": "trello", "ALERT_HOOK_TOKEN": ALERT_HOOK_TOKEN})) as url:
        assert requests.post(f"{url}{path}", json=NOTHING, timeout=5).status_code == 503


def test_a_sender_that_hangs_up_in_the_middle_is_nobodys_concern(pair: Pair) -> None:
    address = urlsplit(pair.url)
    head = f"POST {ALERTMANAGER} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection((address.hostname or "", address.port or 80), timeout=5) as line:
        line.sendall(head.encode() + b'{"alerts":')
    assert post(pair, ALERTMANAGER, NOTHING) == 200


def test_while_the_store_fails_those_who_come_again_are_asked_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    env = {
        "ALERT_HOOK_TOKEN": ALERT_HOOK_TOKEN,
        "GRAFANA_HOOK_SECRET": GRAFANA_HOOK_SECRET,
        "JENKINS_HOOK_TOKEN": JENKINS_HOOK_TOKEN,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}",
    }
    caplog.set_level(logging.DEBUG)
    wire = json.dumps(FIRING).encode()
    build = {"name": "x", "url": "job/x/", "build": {"number": 1, "phase": "COMPLETED", "status": "FAILURE"}}
    with bot_and_room(tmp_path, env=env) as pair:
        assert post(pair, ALERTMANAGER, wire) == 503
        assert post(pair, GRAFANA, wire, signature(wire, GRAFANA_HOOK_SECRET)) == 503
        assert post(pair, f"/hooks/jenkins/{JENKINS_HOOK_TOKEN}", build) == 200
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert ours.count("a hook was not kept") == 3
    for secret in (ALERT_HOOK_TOKEN, GRAFANA_HOOK_SECRET, JENKINS_HOOK_TOKEN):
        assert secret not in ours


def test_a_refusal_tells_the_log_why_and_nothing_secret(
    signing: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    bad = signature(WIRE, "somebody-else")
    assert post(signing, GRAFANA, WIRE, bad) == 401
    assert post(signing, ALERTMANAGER, b"what") == 400
    assert "a hook was refused: wrong signature" in caplog.text
    assert "a hook was refused: malformed, not JSON" in caplog.text
    for secret in (ALERT_HOOK_TOKEN, GRAFANA_HOOK_SECRET, bad["X-Grafana-Alerting-Signature"]):
        assert secret not in caplog.text
