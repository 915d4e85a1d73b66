"""Who may post to the webhook: the plain token, or the signing token and then nothing else."""

import base64
import hashlib
import hmac

import pytest

from integrations.errors import Unauthenticated
from integrations.gitlab.hooks import SIGNATURE_LIFE, authenticate, sign

NOW = 1_795_136_750.25
STAMP = "1795136750"
ID = "f5e5f430-f57b-4e6e-9fac-d9128cd7232f"
BODY = '{"object_kind": "pipeline", "user": {"name": "吴磊"}}'.encode()


def token(word: str) -> str:
    return "whsec_" + base64.b64encode(word.encode().ljust(32, b".")).decode()


NEW, OLD, OTHER = token("new"), token("old"), token("other")


def signed(secret: str = NEW, *, id: str = ID, timestamp: str = STAMP, body: bytes = BODY) -> dict[str, str]:
    signature = sign(body, secret, id=id, timestamp=timestamp)
    return {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature}


def refused(headers: dict[str, str], *secrets: str, body: bytes = BODY, now: float = NOW) -> bool:
    try:
        authenticate(headers, body, secrets, now=now)
    except Unauthenticated:
        return True
    return False


class TestPlainToken:
    @pytest.mark.parametrize("given", ["new-secret", "old-secret"])
    def test_either_is_good_while_it_is_rotated(self, given: str) -> None:
        assert not refused({"x-gitlab-token": given}, "new-secret", "old-secret")

    @pytest.mark.parametrize(
        "headers",
        [
            *({}, {"x-gitlab-token": ""}, {"x-gitlab-token": "x"}, {"x-gitlab-token": "secret "}),
            *({"x-gitlab-token": "\udcff"}, {"x-gitlab-token": "密"}, {"authorization": "secret"}, signed()),
        ],
        ids=range(8),
    )
    def test_anything_else_is_refused(self, headers: dict[str, str]) -> None:
        assert refused(headers, "secret")

    @pytest.mark.parametrize("secrets", [(), ("",)])
    def test_nothing_is_good_without_a_secret(self, secrets: tuple[str, ...]) -> None:
        assert (
            refused({"x-gitlab-token": ""}, *secrets)
            and refused({}, *secrets)
            and refused(signed(), *secrets)
        )


class TestSigningToken:
    def test_the_signature_is_the_one_of_the_page(self) -> None:
        """The example of github.com/standard-webhooks/standard-webhooks, and one written out by hand."""
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        example = sign(
            b'{"test": 2432232314}', secret, id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp="1614265330"
        )
        assert example == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        key = base64.b64decode(NEW.removeprefix("whsec_"))
        digest = hmac.new(key, f"{ID}.{STAMP}.".encode() + BODY, hashlib.sha256).digest()
        assert sign(BODY, NEW, id=ID, timestamp=STAMP) == "v1," + base64.b64encode(digest).decode()

    @pytest.mark.parametrize("secret", [NEW, OLD])
    def test_either_is_good_while_it_is_rotated(self, secret: str) -> None:
        assert not refused(signed(secret), NEW, OLD)

    def test_one_good_signature_of_several_is_enough(self) -> None:
        headers = signed()
        headers["webhook-signature"] = f"v1a,xyz  v1,AAAA {headers['webhook-signature']} v2,x"
        assert not refused(headers, NEW)

    @pytest.mark.parametrize("plain", [NEW, "plain", ""])
    def test_a_plain_token_is_no_way_round(self, plain: str) -> None:
        assert refused({"x-gitlab-token": plain}, NEW, "plain")
        assert refused({**signed(OTHER), "x-gitlab-token": plain}, NEW, "plain")
        assert not refused({**signed(), "x-gitlab-token": "wrong"}, NEW, "plain")

    @pytest.mark.parametrize(
        "change",
        [
            *({"webhook-id": "other"}, {"webhook-id": ""}, {"webhook-timestamp": "1795136751"}),
            *(
                {"webhook-timestamp": one}
                for one in ("", "x", "-1", "1.5", "٣", "9" * 13, f"{STAMP}\n", "0x10")
            ),
            *({"webhook-signature": one} for one in ("", " ", "v1,", "v1", "v1,\udcff", "é")),
            {"webhook-signature": sign(BODY, OTHER, id=ID, timestamp=STAMP)},
            {"webhook-signature": sign(b"", NEW, id=ID, timestamp=STAMP)},
            {"webhook-signature": sign(BODY, NEW, id=ID, timestamp=STAMP).removeprefix("v1,")},
            {"webhook-id": "\udcff"},
        ],
        ids=str,
    )
    def test_any_other_is_refused(self, change: dict[str, str]) -> None:
        assert refused(signed() | change, NEW)

    @pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
    def test_no_header_may_be_missing(self, name: str) -> None:
        headers = signed()
        del headers[name]
        assert refused(headers, NEW)

    def test_another_body_is_refused(self) -> None:
        assert refused(signed(), NEW, body=BODY + b" ")

    @pytest.mark.parametrize(
        ("offset", "late"),
        [
            *((0, False), (SIGNATURE_LIFE - 1, False), (1 - SIGNATURE_LIFE, False)),
            *((SIGNATURE_LIFE + 1, True), (-SIGNATURE_LIFE - 1, True), (86_400, True)),
        ],
    )
    def test_its_time_may_be_five_minutes_off(self, offset: float, late: bool) -> None:
        assert refused(signed(), NEW, now=NOW + offset) is late

    @pytest.mark.parametrize("bad", ["whsec_", "whsec_!", "whsec_abc", "whsec_密"])
    def test_a_secret_that_is_none_makes_nothing_good(self, bad: str) -> None:
        empty = hmac.new(b"", f"{ID}.{STAMP}.".encode() + BODY, hashlib.sha256).digest()
        forged = signed() | {"webhook-signature": "v1," + base64.b64encode(empty).decode()}
        assert refused(forged, bad) and refused({"x-gitlab-token": bad}, bad)
        assert not refused(signed(), bad, NEW)
