"""What Alertmanager posts to a webhook, and Grafana with a few more fields. Pure.

The format: prometheus.io/docs/alerting/latest/configuration/#webhook_config. It signs nothing, repeats what
goes on firing, and comes again after a 5xx. `status` at the top is of the group, so each alert has its own.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.alertmanager.cleaning import address, instant, labels, line, mapping
from integrations.errors import Malformed
from integrations.model.alerts import Alert, Delivery

LONGEST_NAME, LONGEST_SUMMARY = 200, 500  # characters
MOST_ALERTS = 200  # that fire, of one delivery
MOST_ENDS = 2_000  # an end costs little, and is told only once: without it an alert never ends
MOST_TRUNCATED = 1_000_000  # more than that is no count

_FINGERPRINT = re.compile(r"[\w.-]{1,64}", re.ASCII)
_FIRING = {"firing": True, "resolved": False}


def read_alerts(body: bytes) -> Delivery:
    """Decode a delivery; raises Malformed for anything that is none."""
    return read_payload(read_object(body), source="alertmanager")


def read_object(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a body; raises Malformed."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(payload, dict):
        raise Malformed("not an object")
    return payload


def read_payload(payload: Mapping[str, Any], *, source: str, pages: Sequence[str] = ()) -> Delivery:
    """The alerts of a payload, their keys below `source`; `pages` are the fields with the best addresses."""
    entries = payload.get("alerts")
    if not isinstance(entries, list):
        raise Malformed("no list of alerts")
    # The same alert twice in one delivery: its last word counts.
    told = {alert.key: alert for alert in (_alert(entry, source, pages) for entry in entries)}
    too_many = _keys(told, firing=False)[MOST_ENDS:] + _keys(told, firing=True)[MOST_ALERTS:]
    for key in too_many:
        del told[key]
    return Delivery(tuple(told.values()), _count(payload.get("truncatedAlerts")) + len(too_many))


def _keys(alerts: Mapping[str, Alert], *, firing: bool) -> list[str]:
    return [key for key, alert in alerts.items() if alert.firing is firing]


def summary(notes: Mapping[str, Any]) -> str:
    """The sender's own words, the short ones first."""
    words = (line(notes.get(key), LONGEST_SUMMARY) for key in ("summary", "description", "message"))
    return next(filter(None, words), "")


def _alert(entry: Any, source: str, pages: Sequence[str]) -> Alert:
    if not isinstance(entry, dict) or entry.get("status") not in ("firing", "resolved"):
        raise Malformed("an alert without its status")
    told, notes = mapping(entry.get("labels")), mapping(entry.get("annotations"))
    fingerprint, shown = _fingerprint(entry, told), labels(told)
    return Alert(
        key=f"{source}:{fingerprint}",
        name=_name(told, shown) or fingerprint,
        firing=_FIRING[entry["status"]],
        began_at=instant(entry.get("startsAt")),
        labels=shown,
        summary=summary(notes),
        url=_url(entry, notes, pages),
    )


def _fingerprint(entry: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """What stays the same while an alert fires and resolves: its own, or that of all its labels.

    A template of one's own (Grafana 12 and later) may leave out what Grafana would have sent.
    """
    given = entry.get("fingerprint")
    if isinstance(given, str) and _FINGERPRINT.fullmatch(given):
        return given
    if not told or not all(isinstance(value, str) for value in told.values()):
        raise Malformed("an alert with neither fingerprint nor labels")
    wire = json.dumps(told, sort_keys=True).encode()
    return hashlib.sha256(wire).hexdigest()[:16]


def _name(told: Mapping[str, Any], shown: Mapping[str, str]) -> str:
    """What people call it; Alertmanager asks for one label, whichever it is."""
    first = next((f"{key}={value}" for key, value in shown.items()), "")
    return line(told.get("alertname"), LONGEST_NAME) or first[:LONGEST_NAME]


def _url(entry: Mapping[str, Any], notes: Mapping[str, Any], pages: Sequence[str]) -> str:
    """What shows the trouble, then what to do about it, then the rule; never what would silence it."""
    wanted = [*(entry.get(page) for page in pages), notes.get("runbook_url"), entry.get("generatorURL")]
    return next(filter(None, map(address, wanted)), "")


def _count(value: Any) -> int:
    known = isinstance(value, int) and not isinstance(value, bool)
    return max(0, min(value, MOST_TRUNCATED)) if known else 0
