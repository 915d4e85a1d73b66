"""Who signed: DingTalk's two ways of showing who it is, and our way of showing who we are."""

import pytest

from integrations.dingtalk import protocol
from integrations.errors import Unauthenticated

SECRET, SENT = "this is a secret", 1577262236.757
GOOD = "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="
STAMP = "1577262236757"


class TestVectors:
    def test_what_dingtalk_sends(self) -> None:
        assert protocol.sign(STAMP, SECRET) == GOOD

    @pytest.mark.parametrize(
        ("webhook", "joint"),
        [
            ("https://oapi.dingtalk.com/robot/send?access_token=t", "&"),
            ("https://oapi.dingtalk.com/robot/send", "?"),
        ],
    )
    def test_what_we_send(self, webhook: str, joint: str) -> None:
        tail = "timestamp=1700000000000&sign=TSZbRFUuvaSQaRKUpF970OPCb2%2FLcQAP3wOvwZIzBZk%3D"
        assert protocol.signed(webhook, "SEC0123456789abcdef", now=1.7e9) == webhook + joint + tail


SIGNED = {"timestamp": STAMP, "sign": GOOD}


class TestSignature:
    @pytest.mark.parametrize("late", [0, 3599, -3599, 3600, -3600])
    @pytest.mark.parametrize("secrets", [(SECRET,), (SECRET, "next"), ("next", SECRET), ("", SECRET)])
    def test_is_good_for_an_hour_either_way_by_any_secret(self, secrets: tuple[str, ...], late: int) -> None:
        protocol.check_signature(SIGNED, secrets, now=SENT + late)

    def test_may_have_space_around_it(self) -> None:
        protocol.check_signature({"timestamp": f" {STAMP}", "sign": f"{GOOD} "}, [SECRET], now=SENT)

    @pytest.mark.parametrize("late", [3601, -3601, 1e6])
    def test_is_refused_when_stale_or_from_the_future(self, late: float) -> None:
        with pytest.raises(Unauthenticated):
            protocol.check_signature(SIGNED, [SECRET], now=SENT + late)

    @pytest.mark.parametrize("secrets", [(), ("",), ("another",), (GOOD,)])
    def test_is_refused_by_another_secret_or_by_none(self, secrets: tuple[str, ...]) -> None:
        with pytest.raises(Unauthenticated):
            protocol.check_signature(SIGNED, secrets, now=SENT)

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"timestamp": STAMP},
            {"sign": GOOD},
            {"timestamp": "", "sign": GOOD},
            {"timestamp": STAMP, "sign": ""},
            {"timestamp": STAMP, "sign": GOOD[:-1]},
            {"timestamp": STAMP, "sign": GOOD.lower()},
            {"timestamp": STAMP, "sign": GOOD.replace("=", "%3D")},
            {"timestamp": STAMP, "sign": "é签名"},
            {"timestamp": "1577262236758", "sign": GOOD},
            {"timestamp": "1577262236", "sign": protocol.sign("1577262236", SECRET)},
            {"timestamp": "-1577262236757", "sign": protocol.sign("-1577262236757", SECRET)},
            {"timestamp": "1577262236757.0", "sign": protocol.sign("1577262236757.0", SECRET)},
            {"timestamp": "1_577262236757", "sign": protocol.sign("1_577262236757", SECRET)},
            {"timestamp": "١٥٧٧٢٦٢٢٣٦٧٥٧", "sign": protocol.sign("١٥٧٧٢٦٢٢٣٦٧٥٧", SECRET)},
            {"timestamp": "１５７７２６２２３６７５７", "sign": GOOD},
            {"timestamp": "²" * 13, "sign": GOOD},
            {"timestamp": "9" * 5000, "sign": GOOD},
            {"timestamp": "0x16f3bd1c5e5", "sign": GOOD},
            {"timestamp": "now", "sign": GOOD},
            {"token": GOOD},
        ],
    )
    def test_is_refused_when_it_is_anything_else(self, headers: dict[str, str]) -> None:
        with pytest.raises(Unauthenticated):
            protocol.check_signature(headers, [SECRET], now=SENT)


class TestToken:
    @pytest.mark.parametrize("tokens", [("opaque",), ("next", "opaque"), ("opaque", "next")])
    def test_is_compared_whole_with_each(self, tokens: tuple[str, ...]) -> None:
        protocol.check_token({"token": "opaque"}, tokens)

    @pytest.mark.parametrize("given", [{}, {"token": ""}, {"token": "opa"}, {"token": "opaque2"}, SIGNED])
    @pytest.mark.parametrize("tokens", [(), ("",), ("opaque",)])
    def test_is_refused_when_it_is_another_or_none(
        self, given: dict[str, str], tokens: tuple[str, ...]
    ) -> None:
        with pytest.raises(Unauthenticated):
            protocol.check_token(given, tokens)
