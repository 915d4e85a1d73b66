"""Whose webhooks are taken: the password and the signature of facts known from the vendor's page."""

import logging
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from integrations.errors import Unauthenticated
from integrations.gitee.hooks import authenticate, sign

SECRET, TIMESTAMP = "this is secret", "1576754827988"
SIGNATURE = "2D978FIy4DMMTbiN80zQkNH1Eq/kMBt3gL6OnWfGzzY="
NOW = 1576754827.988
HOUR = 3600


def headers(token: str | None, timestamp: str | None = TIMESTAMP) -> dict[str, str]:
    given = {"x-gitee-token": token, "x-gitee-timestamp": timestamp}
    return {name: value for name, value in given.items() if value is not None}


def test_the_signature_is_the_vendors() -> None:
    assert sign(TIMESTAMP, SECRET) == SIGNATURE


@pytest.mark.parametrize(
    ("token", "timestamp", "secrets", "late"),
    [
        (SECRET, None, [SECRET], 0),
        (SECRET, TIMESTAMP, [SECRET], 30 * HOUR),  # a password is of no time
        (f" {SECRET} ", None, [SECRET], 0),
        (SECRET, None, ["new", SECRET], 0),
        ("a%2Fb", None, ["a%2Fb"], 0),
        ("密码", None, ["密码"], 0),
        (SIGNATURE, TIMESTAMP, [SECRET], 0),
        (SIGNATURE, TIMESTAMP, ["new", SECRET], 0),
        (SIGNATURE, TIMESTAMP, [SECRET, "new"], 0),
        (quote(SIGNATURE, safe=""), TIMESTAMP, [SECRET], 0),
        (quote_plus(SIGNATURE), TIMESTAMP, [SECRET], 0),
        (SIGNATURE, TIMESTAMP, [SECRET], HOUR - 1),
        (SIGNATURE, TIMESTAMP, [SECRET], 1 - HOUR),
    ],
)
def test_taken(token: str, timestamp: str | None, secrets: list[str], late: float) -> None:
    authenticate(headers(token, timestamp), secrets, now=NOW + late)


@pytest.mark.parametrize("secret", ["a+b/c=", "密码", "x" * 500, "SEC" + "0" * 64])
def test_a_signature_of_any_secret_is_taken_in_both_forms(secret: str) -> None:
    for stamp in range(1576754827988, 1576754828008):  # some have a plus, some a slash
        signature = sign(str(stamp), secret)
        for token in (signature, quote_plus(signature)):
            authenticate(headers(token, str(stamp)), [secret], now=NOW)


@pytest.mark.parametrize(
    ("token", "timestamp", "secrets", "late"),
    [
        (None, TIMESTAMP, [SECRET], 0),
        ("", TIMESTAMP, [SECRET], 0),
        ("", TIMESTAMP, [""], 0),
        ("wrong", TIMESTAMP, [SECRET], 0),
        (SECRET, TIMESTAMP, [], 0),
        (SECRET.upper(), None, [SECRET], 0),
        (quote(SECRET), None, [SECRET], 0),  # a password is not decoded
        (sign(TIMESTAMP, ""), TIMESTAMP, [""], 0),  # nobody's secret
        (SIGNATURE, None, [SECRET], 0),
        (SIGNATURE, "1576754827989", [SECRET], 0),
        (SIGNATURE, TIMESTAMP, ["other"], 0),
        (SIGNATURE.lower(), TIMESTAMP, [SECRET], 0),
        (SIGNATURE.rstrip("="), TIMESTAMP, [SECRET], 0),
        (quote(quote(SIGNATURE, safe="")), TIMESTAMP, [SECRET], 0),
        (SIGNATURE, TIMESTAMP, [SECRET], HOUR + 1),
        (SIGNATURE, TIMESTAMP, [SECRET], -HOUR - 1),
        (SIGNATURE, "１５７６７５４８２７９８８", [SECRET], 0),
        (SIGNATURE, "-1576754827988", [SECRET], 0),
        (SIGNATURE, "1576754827988.0", [SECRET], 0),
        (SIGNATURE, "9" * 5000, [SECRET], 0),
        ("\ud800", TIMESTAMP, [SECRET], 0),
        ("%ff%fe\x00", TIMESTAMP, [SECRET], 0),
    ],
)
def test_refused(
    token: str | None, timestamp: str | None, secrets: list[str], late: float, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Unauthenticated) as caught:
        authenticate(headers(token, timestamp), secrets, now=NOW + late)
    told = f"{caught.value} {caplog.text}"
    assert SECRET not in told and SIGNATURE not in told
