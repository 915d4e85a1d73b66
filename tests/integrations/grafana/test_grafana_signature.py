"""Grafana's signature: over the body, or over a time and the body."""

import hashlib
import hmac

import pytest

from integrations.errors import Malformed, Unauthenticated
from integrations.grafana.protocol import SIGNATURE_LIFE, authenticate, read_alerts, sign

NOW = 1_795_238_738.25
STAMP = "1795238738"
BODY = '{"alerts": [], "title": "磁盘将满"}'.encode()
SECRETS = ("new-secret", "old-secret")


def check(signature: str, *, timestamp: str | None = None, body: bytes = BODY, now: float = NOW) -> None:
    headers = {"x-grafana-alerting-signature": signature}
    if timestamp is not None:
        headers["x-grafana-alerting-timestamp"] = timestamp
    authenticate(headers, body, SECRETS, now=now)


def test_the_signature_is_the_one_of_the_source() -> None:
    """HMAC-SHA256 of RFC 4231, test case 2; the form with a time written out by hand."""
    of_rfc = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign(b"what do ya want for nothing?", "Jefe") == of_rfc
    with_time = hmac.new(b"s", f"{STAMP}:".encode() + BODY, hashlib.sha256).hexdigest()
    assert sign(BODY, "s", timestamp=STAMP) == with_time


@pytest.mark.parametrize("secret", SECRETS)
def test_either_secret_is_good_while_it_is_rotated(secret: str) -> None:
    check(sign(BODY, secret))
    check(sign(BODY, secret).upper())
    check(sign(BODY, secret, timestamp=STAMP), timestamp=STAMP)


@pytest.mark.parametrize(
    "signature",
    [
        *("", " ", "x", "\udcff", "é", sign(BODY, "other"), sign(BODY, ""), sign(b"other", SECRETS[0])),
        *("sha256=" + sign(BODY, SECRETS[0]), sign(BODY, SECRETS[0])[:-1], sign(BODY, SECRETS[0]) + "0"),
        sign(BODY, SECRETS[0], timestamp=STAMP),  # its time was taken away
    ],
)
def test_any_other_is_refused(signature: str) -> None:
    with pytest.raises(Unauthenticated):
        check(signature)


def test_a_delivery_without_a_signature_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        authenticate({}, BODY, SECRETS, now=NOW)


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_nothing_is_good_without_a_secret(secrets: tuple[str, ...]) -> None:
    with pytest.raises(Unauthenticated):
        authenticate({"x-grafana-alerting-signature": sign(BODY, "")}, BODY, secrets, now=NOW)


@pytest.mark.parametrize("offset", [0, SIGNATURE_LIFE - 1, 1 - SIGNATURE_LIFE])
def test_a_signed_time_may_be_five_minutes_off(offset: float) -> None:
    check(sign(BODY, SECRETS[0], timestamp=STAMP), timestamp=STAMP, now=NOW + offset)


@pytest.mark.parametrize("offset", [SIGNATURE_LIFE + 1, -SIGNATURE_LIFE - 1, 86_400])
def test_but_no_more(offset: float) -> None:
    with pytest.raises(Unauthenticated, match="stale"):
        check(sign(BODY, SECRETS[0], timestamp=STAMP), timestamp=STAMP, now=NOW + offset)


@pytest.mark.parametrize(
    "timestamp", ["x", "-1", "1.5", "٣", "9" * 13, "1795238738\n1", "0x10", "1795238739"]
)
def test_a_time_that_was_not_signed_or_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(Unauthenticated):
        check(sign(BODY, SECRETS[0], timestamp=STAMP), timestamp=timestamp)


def test_a_time_cannot_be_added_later() -> None:
    with pytest.raises(Unauthenticated):
        check(sign(BODY, SECRETS[0]), timestamp=STAMP)


def test_a_time_moved_into_the_body_is_no_delivery() -> None:
    moved = f"{STAMP}:".encode() + BODY
    check(sign(BODY, SECRETS[0], timestamp=STAMP), body=moved)
    with pytest.raises(Malformed):
        read_alerts(moved)
