"""What Grafana posts to a webhook: its alerts since version 8, and the one rule of the alerting before. Pure.

The format and the signature: grafana.com/docs/grafana/latest/alerting/configure-notifications/
manage-contact-points/integrations/webhook-notifier/. It does not come again after a failure, but repeats what
goes on firing.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from integrations.alertmanager.cleaning import address, labels, line
from integrations.alertmanager.protocol import LONGEST_NAME, read_object, read_payload, summary
from integrations.errors import Malformed, Unauthenticated
from integrations.model.alerts import Alert, Delivery

SIGNATURE_LIFE = 300.0  # seconds, either way
LARGEST_ID = 2**63 - 1
PAGES = ("panelURL", "dashboardURL")

# The states of github.com/grafana/grafana pkg/models/alert.go, up to 10. Without data nobody knows whether
# all is well, and the alerting of today fires for it too (DatasourceNoData). The rest say neither: a paused
# rule is not right again, and a pending one is not wrong yet.
_FIRING = {"alerting": True, "no_data": True, "ok": False}
_NO_WORD = {"paused", "pending", "unknown"}


def authenticate(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], *, now: float) -> None:
    """Accept the signature (header names in lower case, `now` in seconds), or raise Unauthenticated.

    The time is signed only where the contact point names X-Grafana-Alerting-Timestamp for it. Without, an old
    delivery can be sent again; what was signed with a time does not pass as one without, for it is no JSON.
    """
    given = headers.get("x-grafana-alerting-signature", "").strip().lower()
    timestamp = headers.get("x-grafana-alerting-timestamp", "").strip()
    if not given:
        raise Unauthenticated("no signature")
    if timestamp and not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Unauthenticated("no time")
    expected = [sign(body, secret, timestamp=timestamp) for secret in secrets if secret]
    wire = given.encode("utf-8", "surrogatepass")
    if not any([hmac.compare_digest(wire, one.encode()) for one in expected]):
        raise Unauthenticated("wrong signature")
    if timestamp and abs(now - int(timestamp)) > SIGNATURE_LIFE:
        raise Unauthenticated("stale signature")


def sign(body: bytes, secret: str, *, timestamp: str = "") -> str:
    """Hex of HMAC-SHA256 over the body, or over timestamp:body, as in github.com/grafana/alerting hmac.go."""
    signed = f"{timestamp}:".encode() + body if timestamp else body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def read_alerts(body: bytes) -> Delivery:
    """Decode a delivery of either alerting; raises Malformed for anything that is none."""
    payload = read_object(body)
    if "alerts" not in payload and "ruleId" in payload:
        return _legacy(payload)
    return read_payload(payload, source=f"grafana:{_organisation(payload)}", pages=PAGES)


def _legacy(payload: Mapping[str, Any]) -> Delivery:
    """A rule's state; no alerts where it is neither wrong nor right again."""
    rule, state = _id(payload.get("ruleId")), payload.get("state")
    if rule is None or not isinstance(state, str) or state not in {*_FIRING, *_NO_WORD}:
        raise Malformed("a rule without its number or state")
    if state in _NO_WORD:
        return Delivery(())
    alert = Alert(
        key=f"grafana:{_organisation(payload)}:rule{rule}",
        name=line(payload.get("ruleName"), LONGEST_NAME) or f"rule {rule}",
        firing=_FIRING[state],
        began_at=None,
        labels=labels(payload.get("tags")),
        summary=summary(payload),
        url=address(payload.get("ruleUrl")),
    )
    return Delivery((alert,))


def _organisation(payload: Mapping[str, Any]) -> int:
    """Fingerprints and numbers of rules are those of one organisation; 0 where a template leaves it out."""
    return _id(payload.get("orgId")) or 0


def _id(value: Any) -> int | None:
    known = isinstance(value, int) and not isinstance(value, bool)
    return value if known and 0 <= value <= LARGEST_ID else None
