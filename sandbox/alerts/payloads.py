"""What Alertmanager and Grafana post about an alert.

Alertmanager's as recorded from 0.25.0. Grafana's after its webhook-notifier page, signed as in hmac.go of
github.com/grafana/alerting.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.alerts.rules import Alert

NEVER = "0001-01-01T00:00:00Z"


def alertmanager(alert: Alert, *, site: str, page: str) -> dict[str, Any]:
    """A delivery of one alert; `site` is where the sender lives, `page` where its links lead."""
    entry = {**_entry(alert), "generatorURL": page, "fingerprint": alert.rule.fingerprint}
    return {**_group(alert), "alerts": [entry], "externalURL": site, "version": "4"}


def grafana(alert: Alert, *, site: str, page: str) -> dict[str, Any]:
    """The same, with what Grafana has more."""
    entry = {
        **_entry(alert),
        "generatorURL": f"{site}/alerting",
        "fingerprint": alert.rule.fingerprint,
        "silenceURL": f"{site}/alerting/silence/new",
        "dashboardURL": "",
        "panelURL": page,
        "values": {"B": 2.4, "C": 1} if alert.firing else None,
        "valueString": "",
    }
    words = f"[{'FIRING' if alert.firing else 'RESOLVED'}:1] {alert.rule.name}"
    return {
        **_group(alert),
        "alerts": [entry],
        "externalURL": site,
        "version": "1",
        "orgId": 1,
        "title": words,
        "state": "alerting" if alert.firing else "ok",
        "message": words,
    }


def encoded(payload: Mapping[str, Any]) -> bytes:
    """As Go writes JSON: no spaces, letters as they are."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def signature(body: bytes, secret: str) -> dict[str, str]:
    """The headers of a contact point with a secret and a header for the time."""
    now = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"{now}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Grafana-Alerting-Signature": digest, "X-Grafana-Alerting-Timestamp": now}


def _entry(alert: Alert) -> dict[str, Any]:
    return {
        "status": "firing" if alert.firing else "resolved",
        "labels": alert.rule.all_labels,
        "annotations": dict(alert.rule.annotations),
        "startsAt": _told(alert.began_at),
        "endsAt": _told(alert.ended_at),
    }


def _group(alert: Alert) -> dict[str, Any]:
    """Nothing is grouped here, so a group is one alert."""
    labels = ", ".join(f'{name}="{value}"' for name, value in sorted(alert.rule.all_labels.items()))
    return {
        "receiver": "sampan",
        "status": "firing" if alert.firing else "resolved",
        "groupLabels": alert.rule.all_labels,
        "commonLabels": alert.rule.all_labels,
        "commonAnnotations": dict(alert.rule.annotations),
        "groupKey": f"{{}}:{{{labels}}}",
        "truncatedAlerts": 0,
    }


def _told(moment: datetime | None) -> str:
    """With nanoseconds, as Go has them."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}789Z" if moment else NEVER
