"""POST /chat/dingtalk: what a sender can do wrong, and what it gets for it."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.dingtalk.payloads import Kind
from sandbox.dingtalk.room import Room
from sandbox.dingtalk.signing import signed_headers
from tests.support.bots import SECRET, Pair, bot_and_room

HOUR = 3600
ENV = {"DINGTALK_ROBOT_CODE": "dingsandboxappkey", "REPOS": "web=acme/web"}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with bot_and_room(tmp_path_factory.mktemp("bot"), env=ENV) as pair:
        yield pair


def headers_at(offset: float, secret: str = SECRET) -> dict[str, str]:
    return signed_headers(secret, now_ms=round((time.time() + offset) * 1000))


def post(pair: Pair, body: bytes | Any, headers: dict[str, str] | None = None) -> requests.Response:
    sent = headers_at(0) if headers is None else headers
    return requests.post(f"{pair.url}/chat/dingtalk", data=body, headers=sent, timeout=10)


SIGNATURES: list[tuple[str, dict[str, str | None], int]] = [
    ("wrong", {"sign": "AAAA"}, 401),
    ("none", {"sign": None}, 401),
    ("empty", {"sign": ""}, 401),
    ("no time", {"timestamp": None}, 401),
    ("time of other digits", {"timestamp": "１２３"}, 401),
    ("time too long", {"timestamp": "9" * 40}, 401),
    ("negative time", {"timestamp": "-5"}, 401),
    ("the other mode's header", {"sign": None, "token": SECRET}, 401),
]


@pytest.mark.parametrize(("case", "headers", "status"), SIGNATURES, ids=[row[0] for row in SIGNATURES])
def test_signature(pair: Pair, case: str, headers: dict[str, Any], status: int) -> None:
    before = len(pair.room.replies)
    sent = {name: value.encode() if isinstance(value, str) else value for name, value in headers.items()}
    assert pair.room.deliver("/ping", headers=sent).status_code == status
    assert len(pair.room.replies) == before


@pytest.mark.parametrize(
    ("offset", "status"), [(-HOUR + 60, 200), (-HOUR - 60, 401), (HOUR - 60, 200), (HOUR + 60, 401)]
)
def test_signature_lives_an_hour_either_way(pair: Pair, offset: float, status: int) -> None:
    assert pair.room.deliver("/ping", headers=headers_at(offset)).status_code == status


BODIES: list[tuple[str, bytes, int]] = [
    ("empty", b"", 200),
    ("not JSON", b"merge 1", 400),
    ("half of JSON", b'{"msgtype":', 400),
    ("a list", b"[]", 400),
    ("a number", b"1", 400),
    ("nested", b"[" * 60_000, 400),
    ("not UTF-8", b'{"msgtype":"\xff"}', 400),
    ("NaN", b'{"createAt": NaN}', 400),
    ("a number of many digits", b'{"createAt": ' + b"9" * 5000 + b"}", 400),
    ("an empty object", b"{}", 400),
    ("huge", b" " * 70_000, 413),
    ("at the limit", b" " * 65_536, 400),
]


@pytest.mark.parametrize(("case", "body", "status"), BODIES, ids=[row[0] for row in BODIES])
def test_body(pair: Pair, case: str, body: bytes, status: int) -> None:
    assert post(pair, body).status_code == status


def test_a_chunked_body_counts_against_the_same_limit(pair: Pair) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(10):
            yield b" " * 10_000

    assert post(pair, chunks()).status_code == 413


def test_the_vendors_console_may_look(pair: Pair) -> None:
    assert requests.get(f"{pair.url}/chat/dingtalk", timeout=5).status_code == 200
    assert requests.post(f"{pair.url}/chat/dingtalk", timeout=5).status_code == 200


FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("text is a list", {"text": ["/ping"]}),
    ("content is a number", {"text": {"content": 5}}),
    ("no id", {"msgId": None}),
    ("id is a number", {"msgId": 7}),
    ("id with a line break", {"msgId": "a\nb"}),
    ("id too long", {"msgId": "a" * 300}),
    ("no conversation", {"conversationId": None}),
    ("no reply address", {"sessionWebhook": None}),
    ("time is a word", {"createAt": "soon"}),
    ("time is true", {"createAt": True}),
    ("time beyond all years", {"createAt": 1e300}),
    ("staff id is an object", {"senderStaffId": {}}),
    ("rich text is no list", {"msgtype": "richText", "content": {"richText": {}}}),
    ("rich text holds numbers", {"msgtype": "richText", "content": {"richText": [1]}}),
]


@pytest.mark.parametrize(("case", "fields"), FIELDS, ids=[row[0] for row in FIELDS])
def test_fields_of_other_types(pair: Pair, case: str, fields: dict[str, Any]) -> None:
    assert pair.room.deliver("/ping", **fields).status_code == 400


WITHOUT_AN_ANSWER: list[tuple[str, Callable[[Pair], dict[str, Any]]]] = [
    ("too old", lambda pair: {"createAt": pair.room.now_ms - 3_700_000}),
    ("for another robot", lambda pair: {"robotCode": "somebody"}),
    ("reply to another host", lambda pair: {"sessionWebhook": "https://evil.example/robot/sendBySession"}),
    ("reply with user info", lambda pair: {"sessionWebhook": pair.room.url.replace("//", "//x@") + "/robot"}),
    ("reply to another port", lambda pair: {"sessionWebhook": "http://127.0.0.1:9/robot"}),
    ("reply to no address", lambda pair: {"sessionWebhook": "::::"}),
]


@pytest.mark.parametrize(("case", "fields"), WITHOUT_AN_ANSWER, ids=[row[0] for row in WITHOUT_AN_ANSWER])
def test_taken_with_200_and_not_obeyed(
    pair: Pair, case: str, fields: Callable[[Pair], dict[str, Any]]
) -> None:
    before = len(pair.room.replies)
    answer = pair.room.deliver("/ping", **fields(pair))
    assert (answer.status_code, answer.json()) == (200, {"msgtype": "empty"})
    pair.ask("/ping")  # whatever would have come before this, came
    assert len(pair.room.replies) == before + 1


def test_a_redirect_is_not_followed(pair: Pair) -> None:
    before = len(pair.room.replies)
    fault = {"kind": "redirect", "match": "POST /robot/sendBySession", "times": 1}
    requests.put(f"{pair.room.url}/_fault", json=fault, timeout=5)
    assert pair.room.deliver("/ping").status_code == 200
    pair.ask("/ping")
    assert len(pair.room.replies) == before + 1


UNSUPPORTED = [Kind.PICTURE, Kind.AUDIO, Kind.VIDEO, Kind.FILE, Kind.UNKNOWN]


@pytest.mark.parametrize("kind", UNSUPPORTED)
def test_unsupported_kinds_get_a_friendly_answer(pair: Pair, kind: Kind) -> None:
    before = len(pair.room.replies)
    assert pair.room.deliver("", kind=kind).status_code == 200
    assert "I can only read text." in pair.room.wait_for(before + 1)[before].text


def test_a_command_beside_a_screenshot_is_obeyed(pair: Pair) -> None:
    before = len(pair.room.replies)
    assert pair.room.deliver("/ping", kind=Kind.RICH_TEXT).status_code == 200
    assert "pong" in pair.room.wait_for(before + 1)[before].text


def test_a_delivery_that_comes_again_runs_once(pair: Pair) -> None:
    before = len(pair.room.replies)
    first = pair.room.deliver("/ping")
    with ThreadPoolExecutor(20) as many:
        again = list(many.map(lambda _: pair.room.redeliver(first), range(40)))
    assert {answer.status_code for answer in again} == {200}
    pair.ask("/ping")
    assert len(pair.room.replies) == before + 2


def test_somebody_from_outside_can_only_read(pair: Pair) -> None:
    assert "you can only read here" in pair.ask("/whoami", as_="guest")
    assert "does not vouch for who you are" in pair.ask("/merge 1 web", as_="guest")
    before = len(pair.room.replies)
    pair.room.deliver("/merge 1 web", senderCorpId="dingother", chatbotCorpId="dinghome")
    assert "does not vouch for who you are" in pair.room.wait_for(before + 1)[before].text


def test_without_a_secret_the_route_is_off(tmp_path: Path) -> None:
    with bot_and_room(tmp_path, env={"DINGTALK_APP_SECRET": ""}) as pair:
        assert pair.room.deliver("/ping").status_code == 503
        assert requests.get(f"{pair.url}/healthz", timeout=5).status_code == 200


def test_outgoing_token(tmp_path: Path) -> None:
    room = Room("http://127.0.0.1:0", app_secret=None, outgoing_token="out-token", group_secret=None)
    with bot_and_room(tmp_path, room) as pair:
        assert "pong" in pair.ask("/ping")
        assert "you can only read here" in pair.ask("/whoami")
        for token in ("", "out", "out-token-and-more", None):
            assert room.deliver("/ping", headers={"token": token}).status_code == 401


def test_outgoing_with_a_signing_robot(tmp_path: Path) -> None:
    room = Room("http://127.0.0.1:0", app_secret=None, outgoing_token="out-token", group_secret="SECtest")
    with bot_and_room(tmp_path, room, env={"DINGTALK_GROUP_SECRET": "SECtest"}) as pair:
        assert "pong" in pair.ask("/ping")


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)
def test_no_body_makes_it_fail(pair: Pair, body: object) -> None:
    assert post(pair, json.dumps(body).encode()).status_code == 400
