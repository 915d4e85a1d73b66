"""The OpenAPI's wire: what is sent, how often a token is fetched, and what each answer means."""

import json
import logging
from typing import Any

import pytest

from integrations.dingtalk.client import DingTalk
from integrations.errors import (
    Down,
    Forbidden,
    Garbled,
    IntegrationError,
    NotFound,
    Refused,
    TooMany,
    Unauthorized,
    Unclear,
)
from integrations.model import Link, Post, Room
from tests.integrations.dingtalk.conftest import Clock
from tests.integrations.loopback import Port, saying
from tests.integrations.standin import HTML, StandIn

FETCH, SEND = "POST /v1.0/oauth2/accessToken", "POST /v1.0/robot/groupMessages/send"
TOKEN, SECRET = "acce55t0ken", "app-s3cret"
GIVEN = {"accessToken": TOKEN, "expireIn": 7200}
TAKEN = {"processQueryKey": "mB7+query/key="}
ROOM, NEWS = Room("cid1=="), Post("合并", (("b12 succeeded",),), ("lin",))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chat(standin: StandIn, clock: Clock) -> DingTalk:
    """A client with a key, and a vendor that is content."""
    standin.on(FETCH, GIVEN)
    standin.on(SEND, TAKEN)
    return DingTalk(app_secrets=[SECRET], app_key="dingkey", hosts=[], api_url=standin.url, clock=clock)


def test_what_is_sent(chat: DingTalk, standin: StandIn) -> None:
    chat.post(ROOM, NEWS, cut="")
    fetch, send = standin.requests
    assert json.loads(fetch.body) == {"appKey": "dingkey", "appSecret": SECRET}
    assert "x-acs-dingtalk-access-token" not in fetch.headers
    assert send.headers["x-acs-dingtalk-access-token"] == TOKEN
    assert send.headers["content-type"] == "application/json; charset=utf-8"
    body = json.loads(send.body)
    assert json.loads(body.pop("msgParam")) == {"title": "合并", "text": "b12 succeeded"}
    assert body == {"robotCode": "dingkey", "openConversationId": "cid1==", "msgKey": "sampleMarkdown"}


def test_a_robots_own_code_is_used_when_it_has_one(standin: StandIn, chat: DingTalk) -> None:
    own = DingTalk(app_secrets=["s"], app_key="dingkey", robot_code="r", hosts=[], api_url=standin.url)
    own.post(ROOM, NEWS, cut="")
    assert json.loads(standin.last.body)["robotCode"] == "r"


@pytest.mark.parametrize("title", ["t", "长" * 60])
@pytest.mark.parametrize("line", [("构建",), ('"' * 300,), ("\\\n" * 99,), (Link("x", "https://a/b"),)])
def test_a_message_has_at_most_15000_bytes(chat: DingTalk, standin: StandIn, title: str, line: Any) -> None:
    chat.post(ROOM, Post(title, (line,) * 9000), cut="(cut)")
    size = len(json.loads(standin.last.body)["msgParam"].encode())
    assert 13_000 < size <= 15_000


class TestTheToken:
    @pytest.mark.parametrize(
        ("seconds", "fetches"), [(0, 1), (6800, 1), (6900, 2), (7200, 2), (90_000, 2)], ids=str
    )
    def test_is_kept_until_shortly_before_its_end(
        self, chat: DingTalk, standin: StandIn, clock: Clock, seconds: int, fetches: int
    ) -> None:
        for wait in (0, seconds, 0):
            clock.now += wait
            chat.post(ROOM, NEWS, cut="")
        assert (standin.lines.count(FETCH), standin.lines.count(SEND)) == (fetches, 3)

    @pytest.mark.parametrize(
        ("status", "body"), [(401, b""), (400, {"code": "InvalidAuthentication"}), (401, HTML)]
    )
    def test_is_fetched_once_more_when_it_is_refused_and_no_oftener(
        self, chat: DingTalk, standin: StandIn, status: int, body: Any
    ) -> None:
        standin.on(SEND, body, status=status)
        with pytest.raises(Unauthorized):
            chat.post(ROOM, NEWS, cut="")
        assert standin.lines == [FETCH, SEND, FETCH, SEND]

    def test_is_fetched_with_every_secret_once(self, chat: DingTalk, standin: StandIn) -> None:
        standin.on(FETCH, {"code": "invalidClientIdOrSecret"}, status=400)
        two = DingTalk(app_secrets=["new", "old"], app_key="k", hosts=[], api_url=standin.url)
        with pytest.raises(Unauthorized):
            two.post(ROOM, NEWS, cut="")
        assert [json.loads(request.body)["appSecret"] for request in standin.requests] == ["new", "old"]

    @pytest.mark.parametrize("status", [403, 429, 500, 502])
    def test_is_not_fetched_with_the_next_secret_for_another_reason(
        self, standin: StandIn, status: int
    ) -> None:
        standin.on(FETCH, b"", status=status)
        two = DingTalk(app_secrets=["new", "old"], app_key="k", hosts=[], api_url=standin.url)
        with pytest.raises(IntegrationError):
            two.account()
        assert standin.lines == [FETCH]

    @pytest.mark.parametrize(
        "answer",
        [{}, [], HTML, b"", {"accessToken": TOKEN}, {"accessToken": "", "expireIn": 1}, {"expireIn": 7200}],
    )
    def test_that_is_none_is_garbled(self, chat: DingTalk, standin: StandIn, answer: Any) -> None:
        standin.on(FETCH, answer)
        with pytest.raises(Garbled):
            chat.post(ROOM, NEWS, cut="")
        assert standin.lines == [FETCH]


class TestTheAccount:
    def test_is_asked_afresh(self, chat: DingTalk, standin: StandIn) -> None:
        chat.post(ROOM, NEWS, cut="")
        standin.on(FETCH, b"", status=401)
        with pytest.raises(Unauthorized):
            chat.account()

    @pytest.mark.parametrize(
        ("date", "told"),
        [
            ("Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n", "2023-11-14T22:13:20+00:00"),
            ("Date: soon\r\n", ""),
            ("", ""),
        ],
    )
    def test_has_the_servers_time_if_it_tells(self, date: str, told: str) -> None:
        body = json.dumps(GIVEN)
        answer = f"HTTP/1.1 200 OK\r\n{date}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        with Port(saying(answer)) as port:
            time = DingTalk(app_secrets=["s"], app_key="k", hosts=[], api_url=port.url).account().server_time
        assert (time.isoformat() if time else "") == told


QPS = "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"
ANSWERS: list[tuple[int, Any, type[IntegrationError]]] = [
    (400, {"code": "invalidParameter.robotCode.empty"}, Refused),
    (400, {"code": "invalidParameter.robotCode.auth"}, Refused),
    (400, {"code": "invalidParameter.robotCode.coolApp"}, Refused),
    (400, {"code": "invalidParameter.msgKey.invalid"}, Refused),
    (400, {"code": "invalidParameter.msgParam.invalid"}, Refused),
    (400, {"code": "invalidParameter.msg.unsupport"}, Refused),
    (400, {"code": "send.too.fast"}, TooMany),
    (400, {"code": "send.byToken.tooFast"}, TooMany),
    (403, {"code": QPS}, TooMany),
    (403, {"code": "Forbidden.AccessDenied.QpsLimitForApi"}, TooMany),
    (403, {"code": "Forbidden.AccessDenied.ApiCountLimitForOrg"}, Forbidden),
    (403, {"code": "Forbidden.AccessDenied.IpNotInWhiteList"}, Forbidden),
    (404, b"", NotFound),
    (429, b"", TooMany),
    (400, HTML, Refused),
    (302, b"", Garbled),
    (500, b"", Down),
    (503, b"", Down),
    (502, HTML, Unclear),
    (504, b"", Unclear),
    (200, HTML, Garbled),
    (200, b"", Garbled),
    (200, [], Garbled),
    (200, {}, Garbled),
    (200, {"processQueryKey": ""}, Garbled),
    (200, {"processQueryKey": 7}, Garbled),
    (200, {"processQueryKey": "two\nlines"}, Garbled),
]


@pytest.mark.parametrize(("status", "body", "kind"), ANSWERS)
def test_each_answer_is_what_it_means_and_nothing_is_said_twice(
    chat: DingTalk, standin: StandIn, status: int, body: Any, kind: type[IntegrationError]
) -> None:
    standin.on(SEND, body, status=status, headers={"location": "/login"})
    with pytest.raises(IntegrationError) as caught:
        chat.post(ROOM, NEWS, cut="")
    assert type(caught.value) is kind
    assert standin.lines == [FETCH, SEND]
    if isinstance(caught.value, Refused):
        code = body.get("code", "") if isinstance(body, dict) else ""
        assert (caught.value.status, caught.value.message) == (status, code)


@pytest.mark.parametrize("code", [f"token {TOKEN}", TOKEN, ["x"], None, "a" * 500, "<b>", "密"])
def test_a_code_that_is_none_is_not_shown(chat: DingTalk, standin: StandIn, code: Any) -> None:
    standin.on(SEND, {"code": code, "message": TOKEN}, status=400)
    with pytest.raises(Refused) as caught:
        chat.post(ROOM, NEWS, cut="")
    assert caught.value.message == ""


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """What we log ourselves; urllib3, which logs addresses, is silenced where logging is set up."""
    return " ".join(line.getMessage() for line in caplog.records if line.name.startswith("integrations"))


def test_the_id_of_a_message_is_logged(chat: DingTalk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        chat.post(ROOM, NEWS, cut="")
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.INFO] == [
        "DingTalk accepted a group message: processQueryKey mB7+query/key="
    ]


@pytest.mark.parametrize(
    ("line", "status"), [(SEND, 200), (SEND, 401), (SEND, 500), (FETCH, 400), (FETCH, 302)]
)
def test_no_secret_and_no_token_is_told(
    chat: DingTalk, standin: StandIn, caplog: pytest.LogCaptureFixture, line: str, status: int
) -> None:
    if status != 200:
        standin.on(line, {"message": f"{TOKEN} {SECRET}"}, status=status, headers={"location": f"/{TOKEN}"})
    told = ""
    with caplog.at_level(logging.DEBUG):
        try:
            chat.post(ROOM, NEWS, cut="")
        except IntegrationError as problem:
            told = f"{problem!r}{problem.__cause__!r}{problem.__context__!r}{vars(problem)}"
    assert TOKEN not in told + caplog.text and SECRET not in told + caplog.text


@pytest.mark.parametrize("answer", [{"errcode": 300001}, {"errcode": 310000}, {"errcode": 410100}])
def test_nor_is_the_group_robots_access_token(
    standin: StandIn, caplog: pytest.LogCaptureFixture, answer: Any
) -> None:
    standin.on("POST /robot/send", answer)
    chat = DingTalk(
        app_secrets=[SECRET],
        hosts=[],
        group_secrets=["SECs3cret"],
        group_webhook=f"{standin.url}/robot/send?access_token={TOKEN}",
    )
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as caught:
        chat.post(Room(), NEWS, cut="")
    assert caught.value.status == answer["errcode"]
    told = f"{caught.value!r}{caught.value.__context__!r}{ours(caplog)}"
    assert TOKEN not in told and "SECs3cret" not in told
