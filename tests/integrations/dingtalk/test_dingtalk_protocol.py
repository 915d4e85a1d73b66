"""What DingTalk says was said, from recorded bodies and from wrong ones."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.dingtalk import protocol
from integrations.errors import Malformed
from integrations.model import Kind
from tests.integrations.standin import sample


def read(case: str, **more: Any) -> Any:
    return protocol.read_message(json.dumps({**sample(f"dingtalk/{case}/body.json"), **more}).encode())


class TestMessage:
    @pytest.mark.parametrize(
        ("case", "kind", "text", "staff_id"),
        [
            ("text", Kind.TEXT, " 你好", "user123"),
            ("text_two_mentions", Kind.TEXT, "  /merge 233", "user123"),
            ("direct", Kind.TEXT, "/ping", "user123"),
            ("rich_text", Kind.TEXT, "@舢板 /deploy web \n/pr", "user123"),
            ("picture", Kind.UNSUPPORTED, "", "user123"),
            ("audio", Kind.UNSUPPORTED, "", "user123"),
            ("video", Kind.UNSUPPORTED, "", "user123"),
            ("file", Kind.UNSUPPORTED, "", "user123"),
            ("unknown", Kind.UNSUPPORTED, "", "user123"),
            ("external_member", Kind.TEXT, " /pr", ""),
            ("guest", Kind.TEXT, " /pr", ""),
            ("outgoing", Kind.TEXT, " /pr", ""),
            ("outgoing_claiming_staff", Kind.TEXT, " /merge 1", ""),
        ],
    )
    def test_samples(self, case: str, kind: Kind, text: str, staff_id: str) -> None:
        message = read(case)
        assert (message.kind, message.text, message.staff_id) == (kind, text, staff_id)
        assert message.delivery_id == "msgaKcioIqERkELm2T8TlE9CA=="
        assert message.conversation_id == "cid1lQ7KxExample=="
        assert message.chat_user_id == "$:LWCP_v1:$Ff09GIexample"
        assert message.reply_url.startswith("https://oapi.dingtalk.com/robot/sendBySession?session=")
        assert (message.created_at, message.reply_until) == (1613630252.678, 1613635652.738)

    def test_who_and_where_in_words(self) -> None:
        message = read("text")
        assert (message.name, message.conversation_title) == ("杨小舟", "机器人测试-TEST")
        assert (message.robot, read("outgoing").robot) == ("dingexamplekey0001", "normal")

    def test_the_reply_address_is_not_printed(self) -> None:
        assert "0123456789abcdef" not in repr(read("text"))

    def test_an_answer_is_possible_for_90_minutes_when_nothing_else_is_said(self) -> None:
        body = sample("dingtalk/text/body.json")
        del body["sessionWebhookExpiredTime"]
        message = protocol.read_message(json.dumps(body).encode())
        assert message.reply_until - message.created_at == 5400

    @pytest.mark.parametrize(
        ("nick", "name"), [("a\n b\u3000c", "a b c"), ("x" * 99, "x" * 64), ("\0甲\ud800", "甲?"), (None, "")]
    )
    def test_a_name_is_one_short_line(self, nick: str | None, name: str) -> None:
        assert read("text", senderNick=nick).name == name

    @pytest.mark.parametrize(
        ("pieces", "text"),
        [
            ([], ""),
            ([{}], "\n"),
            ([{"text": "@bot"}, {"text": "/pr"}], "@bot /pr"),
            ([{"text": "@bot /pr"}, {"type": "picture"}, {"text": "/ping"}], "@bot /pr\n/ping"),
        ],
    )
    def test_rich_text(self, pieces: list[Any], text: str) -> None:
        assert read("rich_text", content={"richText": pieces}).text == text


STRINGS = "msgtype msgId conversationId conversationTitle robotCode senderId senderStaffId senderNick"
TIMES = ["createAt", "sessionWebhookExpiredTime"]
REQUIRED = ["msgtype", "msgId", "conversationId", "sessionWebhook", "createAt", "text"]


class TestMalformed:
    @pytest.mark.parametrize("key", [*STRINGS.split(), "senderCorpId", "chatbotCorpId", "sessionWebhook"])
    @pytest.mark.parametrize("value", [1, True, 1.5, [], {}, ["x"]])
    def test_no_string(self, key: str, value: Any) -> None:
        with pytest.raises(Malformed):
            read("text", **{key: value})

    @pytest.mark.parametrize("key", TIMES)
    @pytest.mark.parametrize(
        "value", [None, True, [], {}, "", "soon", "nan", "inf", -1, 1e300, 10**400, 10**14, "9" * 400]
    )
    def test_no_time(self, key: str, value: Any) -> None:
        with pytest.raises(Malformed):
            read("text", **{key: value})

    @pytest.mark.parametrize("key", REQUIRED)
    def test_absent(self, key: str) -> None:
        body = sample("dingtalk/text/body.json")
        del body[key]
        with pytest.raises(Malformed):
            protocol.read_message(json.dumps(body).encode())

    @pytest.mark.parametrize("key", ["msgtype", "msgId", "conversationId", "sessionWebhook"])
    def test_empty(self, key: str) -> None:
        with pytest.raises(Malformed):
            read("text", **{key: ""})

    @pytest.mark.parametrize("key", ["msgId", "conversationId", "robotCode", "senderId", "senderStaffId"])
    @pytest.mark.parametrize("value", ["x" * 257, "a\nb", "a\x1b[31m", "a\u2028b"])
    def test_an_id_that_would_spoil_a_log(self, key: str, value: str) -> None:
        with pytest.raises(Malformed):
            read("text", **{key: value})

    @pytest.mark.parametrize("content", [None, 1, "x", [], {"richText": None}, {"richText": {}}])
    def test_rich_text_without_its_list(self, content: Any) -> None:
        with pytest.raises(Malformed):
            read("rich_text", content=content)

    @pytest.mark.parametrize("piece", [None, 1, "x", [], {"text": 1}])
    def test_a_piece_that_is_none(self, piece: Any) -> None:
        with pytest.raises(Malformed):
            read("rich_text", content={"richText": [piece]})

    @pytest.mark.parametrize("text", [None, 1, "x", [], {"content": 1}])
    def test_text_without_its_object(self, text: Any) -> None:
        with pytest.raises(Malformed):
            read("text", text=text)

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000),
            *(b'{"createAt":NaN}', b'{"createAt":-Infinity}', b'{"createAt":' + b"9" * 5000 + b"}"),
        ],
        ids=range(12),
    )
    def test_a_body_that_is_no_object(self, body: bytes) -> None:
        with pytest.raises(Malformed):
            protocol.read_message(body)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FEW = settings(deadline=None, max_examples=50)  # the machine may be busy
KEYS = sorted({*STRINGS.split(), *TIMES, *REQUIRED, "content", "senderCorpId", "chatbotCorpId", "atUsers"})


class TestAnyBody:
    """Whatever arrives is read, or is Malformed."""

    @FEW
    @given(st.dictionaries(st.sampled_from(KEYS), VALUES))
    def test_wrong_values_in_a_good_body(self, wrong: dict[str, Any]) -> None:
        self.read_or_malformed(json.dumps({**sample("dingtalk/text/body.json"), **wrong}).encode())

    @FEW
    @given(st.lists(st.dictionaries(st.sampled_from(["text", "type"]), VALUES) | VALUES))
    def test_wrong_pieces_in_rich_text(self, pieces: list[Any]) -> None:
        body = {**sample("dingtalk/rich_text/body.json"), "content": {"richText": pieces}}
        self.read_or_malformed(json.dumps(body).encode())

    @FEW
    @given(VALUES)
    def test_any_json(self, value: Any) -> None:
        self.read_or_malformed(json.dumps(value).encode())

    @FEW
    @given(st.binary(max_size=100))
    def test_any_bytes(self, body: bytes) -> None:
        self.read_or_malformed(body)

    @staticmethod
    def read_or_malformed(body: bytes) -> None:
        try:
            message = protocol.read_message(body)
        except Malformed:
            return
        f"{message}{message.reply_url}".encode()  # what a store can carry


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"errcode": 0, "errmsg": "ok"}, 0),
        ({"errcode": 310000}, 310000),
        ({"errcode": -1}, -1),
        ({}, -2),
        ({"errcode": "0"}, -2),
        ({"errcode": False}, -2),
        ({"errcode": None}, -2),
        ([], -2),
        (None, -2),
        ("ok", -2),
    ],
)
def test_only_the_number_zero_is_success(answer: Any, code: int) -> None:
    assert protocol.error_code(answer) == code
