"""What robots post to the room: taken, shown, or refused with DingTalk's own code."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import requests

from sandbox.dingtalk.room import Room
from sandbox.dingtalk.signing import sign
from tests.sandbox.dingtalk.recording import Clock, RecordingBot

HI = {"msgtype": "text", "text": {"content": "hi"}}
CARD = {"title": "t", "text": "x"}


def post(url: str, reply: Any = HI, **options: Any) -> tuple[int, str]:
    answer = requests.post(url, json=reply, timeout=5, **options)
    assert answer.status_code == 200
    return answer.json()["errcode"], answer.json()["errmsg"]


def session(room: Room, bot: RecordingBot) -> str:
    room.deliver("/pr")
    return str(bot.last["sessionWebhook"])


def signed(url: str, secret: str | None, at: float) -> str:
    timestamp = str(int(at * 1000))
    signature = quote(sign(secret or "", timestamp), safe="")
    return f"{url}&timestamp={timestamp}&sign={signature}"


@pytest.mark.parametrize(
    ("reply", "text", "buttons"),
    [
        (HI, "hi", []),
        ({"msgtype": "markdown", "markdown": CARD}, "x", []),
        ({"msgtype": "link", "link": {**CARD, "messageUrl": "https://a"}}, "x", [("t", "https://a")]),
        (
            {"msgtype": "actionCard", "actionCard": {**CARD, "singleTitle": "b", "singleURL": "https://b"}},
            "x",
            [("b", "https://b")],
        ),
        (
            {
                "msgtype": "actionCard",
                "actionCard": {**CARD, "btns": [{"title": "c", "actionURL": "https://c"}]},
            },
            "x",
            [("c", "https://c")],
        ),
        (
            {"msgtype": "feedCard", "feedCard": {"links": [{"title": "d", "messageURL": "https://d"}]}},
            "",
            [("d", "https://d")],
        ),
    ],
)
def test_every_kind_of_message_is_shown(
    room: Room, bot: RecordingBot, reply: Any, text: str, buttons: list[tuple[str, str]]
) -> None:
    assert post(session(room, bot), reply) == (0, "ok")
    (shown,) = room.replies
    assert (shown.text, [(button.title, button.url) for button in shown.buttons]) == (text, buttons)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ({}, 40035),
        ([], 40035),
        ({"msgtype": ""}, 40035),
        ({"msgtype": "text"}, 40035),
        ({"msgtype": "text", "text": "hi"}, 40035),
        ({"msgtype": "text", "text": {"content": ""}}, 40035),
        ({"msgtype": "markdown", "markdown": {"text": "no title"}}, 40035),
        ({"msgtype": "link", "link": CARD}, 40035),
        ({"msgtype": "feedCard", "feedCard": {"links": []}}, 40035),
        ({**HI, "at": "lin"}, 40035),
        ({"msgtype": "image", "image": {"picURL": "https://a"}}, 400105),
        ({"msgtype": "empty"}, 400105),
        ({"msgtype": ["text"]}, 400105),
        ({"msgtype": "text", "text": {"content": "x" * 20_000}}, 460101),
    ],
)
def test_a_malformed_message_is_refused(room: Room, bot: RecordingBot, reply: Any, code: int) -> None:
    assert post(session(room, bot), reply)[0] == code
    assert room.replies == []


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("text/plain", json.dumps(HI), 43004),
        ("application/x-www-form-urlencoded", json.dumps(HI), 43004),
        ("", json.dumps(HI), 43004),
        ("application/json", "not json", 40035),
        ("application/json", "[" * 19_000, 40035),
        ("Application/JSON; charset=utf-8", json.dumps(HI), 0),
        ("application/json", json.dumps(HI).ljust(20_000), 0),
        ("application/json", json.dumps(HI).ljust(20_001), 460101),
    ],
)
def test_bytes_are_checked_before_the_message(
    room: Room, bot: RecordingBot, content_type: str, body: str, code: int
) -> None:
    headers = {"Content-Type": content_type}
    answer = requests.post(session(room, bot), data=body.encode(), headers=headers, timeout=5)
    assert answer.json()["errcode"] == code


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, (0, "ok")), (5399, (0, "ok")), (5400, (300001, "session 不存在"))],
)
def test_a_session_lives_for_ninety_minutes(
    room: Room, bot: RecordingBot, clock: Clock, seconds: int, expected: tuple[int, str]
) -> None:
    webhook = session(room, bot)
    clock.now += seconds
    assert post(webhook) == expected


def test_an_unknown_or_ended_session_does_not_exist(room: Room, bot: RecordingBot) -> None:
    webhook = session(room, bot)
    room.expire_sessions()
    for url in (
        webhook,
        f"{room.url}/robot/sendBySession?session={'0' * 32}",
        f"{room.url}/robot/sendBySession",
    ):
        assert post(url) == (300001, "session 不存在")


@pytest.mark.parametrize(
    ("secret", "late", "expected"),
    [
        ("SEC0123456789abcdef", 0, (0, "ok")),
        ("SEC0123456789abcdef", 3599, (0, "ok")),
        ("SEC0123456789abcdef", 3601, (310000, "invalid timestamp")),
        ("SEC0123456789abcdef", -3601, (310000, "invalid timestamp")),
        ("SECanother", 0, (310000, "sign not match")),
    ],
)
def test_a_group_robot_signs_its_session_and_its_announcements(
    outgoing: Room, bot: RecordingBot, clock: Clock, secret: str, late: int, expected: tuple[int, str]
) -> None:
    for url in (session(outgoing, bot), outgoing.group_webhook):
        assert post(signed(url, secret, clock.now - late)) == expected
        assert post(url) == (310000, "sign not match")


def test_an_announcement_needs_the_groups_token(room: Room, clock: Clock) -> None:
    assert post(signed(room.group_webhook, room.group_secret, clock.now)) == (0, "ok")
    wrong = f"{room.url}/robot/send?access_token=wrong"
    assert post(signed(wrong, room.group_secret, clock.now)) == (300001, "token is not exist")


def test_the_21st_message_in_a_minute_mutes_a_robot_for_ten(
    room: Room, bot: RecordingBot, clock: Clock
) -> None:
    webhook = session(room, bot)
    assert [post(webhook)[0] for _ in range(22)] == [0] * 20 + [130101] * 2
    assert post(signed(room.group_webhook, room.group_secret, clock.now))[0] == 0  # another robot
    clock.now += 599
    assert post(webhook) == (130101, "send too fast, exceed 20 times per minute")
    clock.now += 1
    assert post(webhook)[0] == 0


def test_twenty_a_minute_go_on_for_ever(room: Room, bot: RecordingBot, clock: Clock) -> None:
    webhook = session(room, bot)
    for _ in range(2):
        assert {post(webhook)[0] for _ in range(20)} == {0}
        clock.now += 60


@pytest.mark.parametrize(
    ("kind", "text", "at", "shown", "mentions"),
    [
        ("text", "done", {"atUserIds": ["chen"]}, "done @陈默", ("陈默",)),
        ("text", "@chen done", {"atUserIds": ["chen"]}, "@陈默 done", ("陈默",)),
        ("text", "@chen done", {}, "@chen done", ()),
        ("text", "done", {"isAtAll": True}, "done @所有人", ("所有人",)),
        ("markdown", "@chen done", {"atUserIds": ["chen"]}, "@陈默 done", ("陈默",)),
        ("markdown", "done", {"atUserIds": ["chen"]}, "done", ()),
        ("markdown", "@chenxi done", {"atUserIds": ["chen"]}, "@chenxi done", ()),
        ("markdown", "@陈默 done", {"atUserIds": ["陈默"]}, "@陈默 done", ()),
        ("markdown", "@chen @wu", {"atUserIds": ["wu", "x", 5, None]}, "@chen @吴越", ("吴越",)),
        ("markdown", "@chen", {"atUserIds": "chen"}, "@chen", ()),
    ],
)
def test_a_mention_needs_its_id_in_the_right_places(
    room: Room, bot: RecordingBot, kind: str, text: str, at: Any, shown: str, mentions: tuple[str, ...]
) -> None:
    field = {"content": text} if kind == "text" else {"title": "t", "text": text}
    post(session(room, bot), {"msgtype": kind, kind: field, "at": at})
    assert [(message.text, message.mentions) for message in room.replies] == [(shown, mentions)]


def test_somebody_from_outside_can_be_mentioned_by_the_encrypted_id(room: Room, bot: RecordingBot) -> None:
    room.deliver("/pr", as_="guest")
    guest = bot.last["senderId"]
    reply = {"msgtype": "text", "text": {"content": f"@{guest} hi"}, "at": {"atDingtalkIds": [guest]}}
    post(bot.last["sessionWebhook"], reply)
    assert room.replies[0].text == "@外部顾问 hi"


def test_the_room_can_be_made_to_misbehave(room: Room, bot: RecordingBot) -> None:
    webhook = session(room, bot)
    requests.put(f"{room.url}/_fault", json={"kind": "502", "match": "sendBySession", "times": 1}, timeout=5)
    assert [requests.post(webhook, json=HI, timeout=5).status_code for _ in range(2)] == [502, 200]
