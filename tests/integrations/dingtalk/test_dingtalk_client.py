"""DingTalk as a chat: who may speak, how an answer leaves, and what the platform's answers mean."""

import json
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.dingtalk.client import DingTalk
from integrations.dingtalk.protocol import sign
from integrations.errors import (
    Garbled,
    IntegrationError,
    NotSent,
    Refused,
    TooMany,
    Unauthenticated,
    Unclear,
)
from integrations.model import InboundMessage, Link, Post, Say
from tests.integrations.standin import HTML, StandIn, sample

ROBOT = "POST /robot/sendBySession"
OK = {"errcode": 0, "errmsg": "ok"}
NOW = 1_700_000_000.0
GROUP_SECRET = "SEC0123456789abcdef"
POST = Post("合并", (("done",),), ("user123",))

Talk = Callable[..., DingTalk]


@pytest.fixture
def talk(standin: StandIn) -> Talk:
    """Make a client that may answer to the stand-in."""
    standin.on(ROBOT, OK)

    def make(**options: Any) -> DingTalk:
        options = {"app_secrets": ["s"], "clock": lambda: NOW, **options}
        return DingTalk(hosts=[urlsplit(standin.url).netloc], **options)

    return make


def outgoing(talk: Talk, **options: Any) -> DingTalk:
    return talk(app_secrets=[], outgoing_tokens=["opaque"], **options)


@pytest.fixture
def asked(standin: StandIn) -> Callable[..., InboundMessage]:
    """A recorded message whose answer goes to the stand-in."""

    def make(case: str = "text") -> InboundMessage:
        body = json.dumps(sample(f"dingtalk/{case}/body.json")).encode()
        message = DingTalk(app_secrets=["s"], hosts=[]).read(body)
        return replace(message, reply_url=f"{standin.url}/robot/sendBySession?session=s3cret")

    return make


Asked = Callable[..., InboundMessage]


STAMP = str(int(NOW * 1000))
SIGNED = {"timestamp": STAMP, "sign": sign(STAMP, "s")}
TOKEN = {"token": "opaque"}


class TestWhoSpeaks:
    def test_an_app_robot_signs(self, talk: Talk) -> None:
        talk().authenticate(SIGNED)

    def test_a_group_robot_has_a_token(self, talk: Talk) -> None:
        outgoing(talk).authenticate(TOKEN)

    @pytest.mark.parametrize("headers", [{}, TOKEN, {"timestamp": STAMP, "sign": sign(STAMP, "other")}])
    def test_an_app_robot_is_known_by_nothing_else(self, talk: Talk, headers: dict[str, str]) -> None:
        with pytest.raises(Unauthenticated):
            talk().authenticate(headers)

    @pytest.mark.parametrize("headers", [{}, SIGNED, {"token": "other"}])
    def test_nor_is_a_group_robot(self, talk: Talk, headers: dict[str, str]) -> None:
        with pytest.raises(Unauthenticated):
            outgoing(talk).authenticate(headers)

    @pytest.mark.parametrize("headers", [{}, SIGNED, TOKEN, {"token": ""}, {"timestamp": STAMP, "sign": ""}])
    def test_nobody_is_known_without_a_secret(self, talk: Talk, headers: dict[str, str]) -> None:
        with pytest.raises(Unauthenticated):
            talk(app_secrets=[]).authenticate(headers)

    @pytest.mark.parametrize("case", ["text", "outgoing_claiming_staff"])
    def test_nobody_vouches_for_a_staff_id_in_a_group_robots_body(self, talk: Talk, case: str) -> None:
        body = json.dumps(sample(f"dingtalk/{case}/body.json")).encode()
        assert outgoing(talk).read(body).staff_id == ""


class TestReply:
    def test_is_markdown_that_mentions_the_asker(self, talk: Talk, asked: Asked, standin: StandIn) -> None:
        talk().reply(asked(), POST, cut="")
        assert json.loads(standin.last.body) == {
            "msgtype": "markdown",
            "markdown": {"title": "合并", "text": "done\n\n@user123"},
            "at": {"atUserIds": ["user123"]},
        }
        assert "合并".encode() in standin.last.body
        assert standin.last.headers["content-type"] == "application/json; charset=utf-8"

    def test_mentions_nobody_unasked(self, talk: Talk, asked: Asked, standin: StandIn) -> None:
        talk().reply(asked("guest"), Post("t", (("x",),)), cut="")
        assert json.loads(standin.last.body)["at"] == {}

    def test_somebody_without_a_staff_id_is_mentioned_by_the_encrypted_one(
        self, talk: Talk, asked: Asked, standin: StandIn
    ) -> None:
        message = asked("external_member")
        talk().reply(message, Post("t", (("x",),), (message.chat_user_id,)), cut="")
        body = json.loads(standin.last.body)
        assert body["at"] == {"atDingtalkIds": ["$:LWCP_v1:$Ff09GIexample"]}
        assert body["markdown"] == {"title": "t", "text": "x\n\n@$:LWCP_v1:$Ff09GIexample"}

    def test_links_arrive_as_they_were_made(self, talk: Talk, asked: Asked, standin: StandIn) -> None:
        line = (Link("#1", "https://gitee.com/a?b=c"), " ", Say("merge", "/merge 1"))
        talk().reply(asked(), Post("t", (line,)), cut="")
        said = "[merge](dtmd://dingtalkclient/sendMessage?content=%2Fmerge%201)"
        text = json.loads(standin.last.body)["markdown"]["text"]
        assert text == f"[#1](https://gitee.com/a?b=c) {said}"

    def test_forty_do_not_wait_for_a_minute_to_pass(self, talk: Talk, asked: Asked, standin: StandIn) -> None:
        chat, message, began = talk(), asked(), time.monotonic()
        for _ in range(40):
            chat.reply(message, POST, cut="")
        assert len(standin.requests) == 40
        assert time.monotonic() - began < 5

    def test_goes_only_where_it_may(self, talk: Talk, asked: Asked, standin: StandIn) -> None:
        stray = replace(asked(), reply_url="https://evil.example/robot?session=s3cret")
        assert talk().may_answer(asked()) and not talk().may_answer(stray)
        with pytest.raises(NotSent) as caught:
            talk().reply(stray, POST, cut="")
        assert "evil" not in str(caught.value) and standin.requests == []

    def test_carries_no_credentials_of_the_machine(
        self, talk: Talk, asked: Asked, standin: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        talk().reply(asked(), POST, cut="")
        assert "authorization" not in standin.last.headers

    @pytest.mark.parametrize("line", ["x", '"' * 500, "\\" * 500])
    def test_fits_the_platform_on_the_wire(
        self, talk: Talk, asked: Asked, standin: StandIn, line: str
    ) -> None:
        talk().reply(asked(), Post("t", ((line,),) * 9000), cut="(cut)")
        assert len(standin.last.body) <= 20_000


class TestSigning:
    def test_a_group_robots_secret_signs_each_reply_afresh(
        self, talk: Talk, asked: Asked, standin: StandIn
    ) -> None:
        times = iter([NOW, NOW + 60])
        chat = outgoing(talk, group_secrets=[GROUP_SECRET], clock=lambda: next(times))
        for _ in range(2):
            chat.reply(asked("outgoing"), POST, cut="")
        stamps = ["1700000000000", "1700000060000"]
        assert [request.query for request in standin.requests] == [
            {"session": "s3cret", "timestamp": stamp, "sign": sign(stamp, GROUP_SECRET)} for stamp in stamps
        ]

    def test_an_app_robots_session_needs_none(self, talk: Talk, asked: Asked, standin: StandIn) -> None:
        talk(group_secrets=[GROUP_SECRET]).reply(asked(), POST, cut="")
        assert standin.last.query == {"session": "s3cret"}

    @pytest.mark.parametrize(
        ("answer", "tried"),
        [("ok", ["new"]), ("security", ["new", "old"]), ("too_fast", ["new"]), ("busy", ["new"])],
    )
    def test_the_second_secret_is_for_when_the_first_is_not_accepted(
        self, talk: Talk, asked: Asked, standin: StandIn, answer: str, tried: list[str]
    ) -> None:
        standin.on(ROBOT, sample(f"dingtalk/answers/{answer}.json"))
        with nullcontext() if answer == "ok" else pytest.raises(Refused):
            outgoing(talk, group_secrets=["new", "old"]).reply(asked("outgoing"), POST, cut="")
        signed = [request.query["sign"] for request in standin.requests]
        assert signed == [sign(STAMP, secret) for secret in tried]


class TestAnswers:
    @pytest.mark.parametrize(
        ("case", "kind"),
        [
            ("busy", Refused),
            ("too_fast", TooMany),
            ("throttled", TooMany),
            ("security", Refused),
            ("session_gone", Refused),
            ("missing_parameter", Refused),
            ("content_type", Refused),
            ("robot_disabled", Refused),
            ("unsafe_link", Refused),
            ("too_long", Refused),
        ],
    )
    def test_a_code_is_a_refusal_that_keeps_it(
        self, talk: Talk, asked: Asked, standin: StandIn, case: str, kind: type[Refused]
    ) -> None:
        answer = sample(f"dingtalk/answers/{case}.json")
        standin.on(ROBOT, answer)
        with pytest.raises(Refused) as caught:
            talk().reply(asked(), POST, cut="")
        assert type(caught.value) is kind
        assert caught.value.status == answer["errcode"]
        assert answer["errmsg"] not in str(caught.value)

    def test_zero_is_success(self, talk: Talk, asked: Asked, standin: StandIn) -> None:
        standin.on(ROBOT, sample("dingtalk/answers/ok.json"))
        talk().reply(asked(), POST, cut="")

    @pytest.mark.parametrize("body", [{}, [], {"errmsg": "ok"}, {"errcode": "0"}, "ok", b"", b"null", HTML])
    def test_a_200_without_the_code_is_no_success(
        self, talk: Talk, asked: Asked, standin: StandIn, body: Any
    ) -> None:
        standin.on(ROBOT, body)
        with pytest.raises(IntegrationError):
            talk().reply(asked(), POST, cut="")

    @pytest.mark.parametrize("status", [302, 400, 403, 404, 429, 500, 502, 503, 504])
    def test_a_status_is_no_success_whatever_the_body_says_and_nothing_is_said_twice(
        self, talk: Talk, asked: Asked, standin: StandIn, status: int
    ) -> None:
        standin.on(ROBOT, OK, status=status, headers={"location": "/robot/elsewhere"})
        with pytest.raises(IntegrationError) as caught:
            talk().reply(asked(), POST, cut="")
        assert standin.lines == [ROBOT]
        assert "s3cret" not in str(caught.value) and standin.url not in str(caught.value)

    def test_a_redirect_is_garbled(self, talk: Talk, asked: Asked, standin: StandIn) -> None:
        standin.on(ROBOT, status=302, headers={"location": "/login"})
        with pytest.raises(Garbled):
            talk().reply(asked(), POST, cut="")

    @pytest.mark.parametrize("status", [502, 504])
    def test_a_gateways_answer_is_unclear(
        self, talk: Talk, asked: Asked, standin: StandIn, status: int
    ) -> None:
        standin.on(ROBOT, HTML, status=status)
        with pytest.raises(Unclear):
            talk().reply(asked(), POST, cut="")
