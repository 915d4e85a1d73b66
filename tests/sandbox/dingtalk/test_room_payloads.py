"""What the bot receives, and what of its answer the room shows."""

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.dingtalk.members import Member
from sandbox.dingtalk.payloads import Kind
from sandbox.dingtalk.room import Room
from sandbox.dingtalk.signing import sign
from tests.sandbox.dingtalk.recording import Clock, RecordingBot


@pytest.mark.parametrize(
    ("timestamp", "secret", "expected"),
    [
        ("1577262236757", "this is a secret", "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="),
        ("1700000000000", "SEC0123456789abcdef", "TSZbRFUuvaSQaRKUpF970OPCb2/LcQAP3wOvwZIzBZk="),
    ],
)
def test_signs_as_the_vendors_samples_do(timestamp: str, secret: str, expected: str) -> None:
    assert sign(secret, timestamp) == expected


@pytest.mark.parametrize(
    ("typed", "received"),
    [
        ("/pr", " /pr"),
        ("@Sampan /pr", " /pr"),
        ("@Sampan @陈默 /pr", "  /pr"),
        ("@Sampan /pr web\n/test 1", " /pr web\n/test 1"),
        ("@nobody /pr", " @nobody /pr"),
    ],
)
def test_mentions_leave_only_their_spaces(room: Room, bot: RecordingBot, typed: str, received: str) -> None:
    room.deliver(typed)
    assert bot.last["text"] == {"content": received}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Kind.PICTURE, {"downloadCode", "pictureDownloadCode"}),
        (Kind.AUDIO, {"downloadCode", "recognition"}),
        (Kind.VIDEO, {"downloadCode", "duration", "videoType"}),
        (Kind.FILE, {"downloadCode", "fileName", "fileId", "spaceId"}),
        (Kind.UNKNOWN, {"unknownMsgType"}),
    ],
)
def test_other_kinds_have_content_and_no_text(
    room: Room, bot: RecordingBot, kind: Kind, content: set[str]
) -> None:
    room.deliver("/pr", kind=kind)
    assert (bot.last["msgtype"], set(bot.last["content"]), "text" in bot.last) == (kind, content, False)


def test_rich_text_keeps_the_mention_beside_text_and_picture(room: Room, bot: RecordingBot) -> None:
    room.deliver("/test 1", kind=Kind.RICH_TEXT)
    mention, text, picture = bot.last["content"]["richText"]
    assert (mention["text"], text["text"], picture["type"]) == ("@Sampan", " /test 1", "picture")


def test_the_payload_is_the_real_one(room: Room, bot: RecordingBot, clock: Clock) -> None:
    room.deliver("@Sampan @陈默 /pr")
    got, now_ms = bot.last, int(clock.now * 1000)
    assert got["createAt"] == now_ms
    assert got["sessionWebhookExpiredTime"] == now_ms + 90 * 60 * 1000
    assert got["sessionWebhook"].startswith(f"{room.url}/robot/sendBySession?")
    (session,) = parse_qs(urlsplit(got["sessionWebhook"]).query)["session"]
    assert re.fullmatch("[0-9a-f]{32}", session)
    assert got["msgId"].startswith("msg") and len(base64.b64decode(got["msgId"][3:])) == 16
    assert got["conversationId"].startswith("cid") and got["conversationId"].endswith("==")
    assert (got["conversationType"], got["conversationTitle"]) == ("2", "舢板发布群")
    assert (got["senderStaffId"], got["senderNick"]) == ("lin", "林小满")
    assert got["senderId"].startswith("$:LWCP_v1:$")
    assert (got["robotCode"], got["isInAtList"], got["isAdmin"]) == (room.app_key, True, False)
    assert [user.get("staffId") for user in got["atUsers"]] == [None, "chen"]


def test_an_app_robot_is_told_by_a_signature(room: Room, bot: RecordingBot) -> None:
    room.deliver("/pr")
    timestamp = bot.headers[-1]["timestamp"]
    assert timestamp == "1700000000000"
    assert bot.headers[-1]["sign"] == sign("this is a secret", timestamp)
    assert bot.headers[-1]["content-type"] == "application/json; charset=utf-8"
    assert "token" not in bot.headers[-1]


def test_a_group_robot_is_told_by_a_token_and_nobody_is_known(outgoing: Room, bot: RecordingBot) -> None:
    outgoing.deliver("@Sampan @陈默 /pr")
    assert bot.headers[-1]["token"] == "opaque"
    assert not {"sign", "timestamp"} & set(bot.headers[-1])
    assert bot.last["robotCode"] == "normal"
    assert not {"senderStaffId", "senderCorpId"} & set(bot.last)
    assert all("staffId" not in user for user in bot.last["atUsers"])


def test_somebody_from_outside_has_no_staff_id(room: Room, bot: RecordingBot) -> None:
    room.deliver("/pr", as_="guest")
    assert "senderStaffId" not in bot.last
    assert bot.last["senderNick"] == "外部顾问"


def test_anything_sent_can_be_replaced_or_removed(room: Room, bot: RecordingBot) -> None:
    room.deliver("/pr", createAt="1", senderStaffId=None, headers={"sign": "forged", "timestamp": None})
    assert (bot.last["createAt"], "senderStaffId" in bot.last) == ("1", False)
    assert (bot.headers[-1]["sign"], "timestamp" in bot.headers[-1]) == ("forged", False)


def test_a_redelivery_is_the_same_message_signed_anew(room: Room, bot: RecordingBot, clock: Clock) -> None:
    first = room.deliver("/pr")
    clock.now += 60
    room.redeliver(first)
    assert bot.payloads[0] == bot.payloads[1]
    assert bot.headers[0]["sign"] != bot.headers[1]["sign"]
    assert len(room.messages) == 1


@pytest.mark.parametrize(
    ("answer", "status", "shown"),
    [
        ({"msgtype": "text", "text": {"content": "hi"}}, 200, ["hi"]),
        ({"msgtype": "markdown", "markdown": {"title": "t", "text": "# hi"}}, 200, ["# hi"]),
        ({"msgtype": "text", "text": {"content": "hi"}}, 500, []),
        ({"msgtype": "text"}, 200, []),
        ({"msgtype": "empty"}, 200, []),
        ({}, 200, []),
        ([], 200, []),
        ("", 200, []),
    ],
)
def test_a_message_in_the_answer_is_shown(
    room: Room, bot: RecordingBot, answer: Any, status: int, shown: list[str]
) -> None:
    bot.answer, bot.status = answer, status
    assert room.deliver("/pr").status_code == status
    assert [message.text for message in room.replies] == shown


def test_what_is_said_and_answered_stands_in_the_room(room: Room, bot: RecordingBot) -> None:
    bot.reply = {"msgtype": "text", "text": {"content": "pong"}}
    room.say("/ping", as_="chen")
    room.wait_for(1)
    assert [(message.name, message.text) for message in room.messages] == [
        ("陈默", "@Sampan /ping"),
        ("Sampan", "pong"),
    ]


def test_a_wait_in_vain_says_what_there_was(room: Room) -> None:
    with pytest.raises(TimeoutError, match="1 wanted"):
        room.wait_for(1, timeout=0.01)


@pytest.mark.parametrize(("secret", "token"), [(None, None), ("secret", "token")])
def test_a_room_calls_the_bot_in_exactly_one_way(secret: str | None, token: str | None) -> None:
    with pytest.raises(ValueError, match="either"):
        Room("http://127.0.0.1:1", app_secret=secret, outgoing_token=token)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"as": "lin", "text": "/pr"}, 202),
        ({"as": "lin", "text": "  "}, 400),
        ({"as": "nobody", "text": "/pr"}, 400),
        ({"as": ["lin"], "text": "/pr"}, 400),
        ({"text": "/pr"}, 400),
        ({"as": "lin", "text": "x" * 20_000}, 400),
        (["lin", "/pr"], 400),
    ],
)
def test_the_page_may_say_something_as_a_member(room: Room, said: Any, status: int) -> None:
    assert requests.post(f"{room.url}/say", json=said, timeout=5).status_code == status


def test_a_form_of_a_foreign_page_may_not_speak(room: Room) -> None:
    body, plain = '{"as": "lin", "text": "/pr"}', {"Content-Type": "text/plain"}
    assert requests.post(f"{room.url}/say", data=body, headers=plain, timeout=5).status_code == 415
    assert room.messages == []


def test_a_bot_that_fails_is_noted_in_the_room(room: Room, bot: RecordingBot) -> None:
    bot.status = 503
    requests.post(f"{room.url}/say", json={"as": "lin", "text": "/pr"}, timeout=5)
    got = requests.get(f"{room.url}/messages?after=1&wait=5", timeout=10).json()
    assert [(message["by"], message["text"]) for message in got["messages"]] == [
        ("notice", "Sampan: HTTP 503")
    ]


@pytest.mark.parametrize(
    ("query", "status", "numbers"),
    [
        ("", 200, [1, 2]),
        ("?after=1", 200, [2]),
        ("?after=2", 200, []),
        ("?after=9&wait=9", 200, []),
        ("?after=x", 400, None),
    ],
)
def test_messages_can_be_asked_for_from_a_number_on(
    room: Room, query: str, status: int, numbers: list[int] | None
) -> None:
    room.deliver("/pr")
    room.deliver("/help")
    answer = requests.get(f"{room.url}/messages{query}", timeout=5)
    got = [message["number"] for message in answer.json()["messages"]] if answer.ok else None
    assert (answer.status_code, got) == (status, numbers)


def test_members_are_told_apart_from_guests(opened: Callable[[Room], Room]) -> None:
    people = [Member("a", "A", "1"), Member("b", "B")]
    room = opened(Room("http://127.0.0.1:1", app_secret="s", title="发布", members=people))
    got = requests.get(f"{room.url}/members", timeout=5).json()
    assert (got["title"], got["robot"]) == ("发布", "Sampan")
    assert [(member["key"], member["external"]) for member in got["members"]] == [("a", False), ("b", True)]


def test_the_page_forbids_everything_but_its_own_files(room: Room) -> None:
    answer = requests.get(f"{room.url}/", timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert re.findall(r'(?:src|href)="(?!/page/)', answer.text) == []
