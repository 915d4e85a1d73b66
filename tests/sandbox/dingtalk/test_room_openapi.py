"""What an app says to the room by itself: with a token, within its limits, or refused in words."""

import json
from typing import Any

import pytest
import requests

from sandbox.dingtalk.room import Room
from tests.sandbox.dingtalk.recording import Clock, RecordingBot
from tests.sandbox.dingtalk.test_room_checks import HI, post, session, signed

SEND = "robot/groupMessages/send"


def api(room: Room, path: str, body: Any, token: str = "") -> tuple[int, dict[str, Any]]:
    headers = {"x-acs-dingtalk-access-token": token}
    answer = requests.post(f"{room.url}/v1.0/{path}", json=body, headers=headers, timeout=5)
    return answer.status_code, answer.json()


def access_token(room: Room) -> str:
    credentials = {"appKey": room.app_key, "appSecret": room.app_secret}
    status, got = api(room, "oauth2/accessToken", credentials)
    assert (status, got["expireIn"]) == (200, 7200)
    return str(got["accessToken"])


def group_message(room: Room, **changed: Any) -> dict[str, Any]:
    usual = {
        "robotCode": room.app_key,
        "openConversationId": room.conversation_id,
        "msgKey": "sampleMarkdown",
    }
    return {**usual, "msgParam": '{"title": "t", "text": "late news"}', **changed}


def test_an_app_speaks_by_itself_with_a_token(room: Room) -> None:
    status, got = api(room, SEND, group_message(room), access_token(room))
    assert (status, list(got)) == (200, ["processQueryKey"])
    assert [message.text for message in room.replies] == ["late news"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"robotCode": ""}, "invalidParameter.robotCode.empty"),
        ({"robotCode": "another"}, "invalidParameter.robotCode.auth"),
        ({"openConversationId": "cid"}, "invalidParameter.param.invalid"),
        ({"msgKey": "sampleSong"}, "invalidParameter.msgKey.invalid"),
        ({"msgKey": ["sampleText"]}, "invalidParameter.msgKey.invalid"),
        ({"msgParam": {"title": "t", "text": "x"}}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": "not json"}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": '{"title": "t"}'}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": json.dumps({"title": "t", "text": "x" * 15_000})}, "invalidParameter.msgParam.invalid"),
    ],
)
def test_a_malformed_group_message_is_refused(room: Room, changed: dict[str, Any], code: str) -> None:
    status, got = api(room, SEND, group_message(room, **changed), access_token(room))
    assert (status, got["code"], room.replies) == (400, code, [])


def test_a_token_is_needed_and_lives_for_two_hours(room: Room, clock: Clock) -> None:
    token = access_token(room)
    clock.now += 7200
    for stale in (token, "", "made up"):
        status, got = api(room, SEND, group_message(room), stale)
        assert (status, got["code"]) == (400, "InvalidAuthentication")


@pytest.mark.parametrize("secret", ["wrong", "", None])
@pytest.mark.parametrize("kind", ["room", "outgoing"])
def test_wrong_credentials_get_no_token(
    kind: str, secret: str | None, request: pytest.FixtureRequest
) -> None:
    room: Room = request.getfixturevalue(kind)
    status, got = api(room, "oauth2/accessToken", {"appKey": room.app_key, "appSecret": secret})
    assert (status, got["code"]) == (400, "invalidClientIdOrSecret")


def test_a_token_stays_the_same_while_it_is_asked_for(room: Room, clock: Clock) -> None:
    token = access_token(room)
    clock.now += 7000
    assert access_token(room) == token
    clock.now += 7000
    assert api(room, SEND, group_message(room), token)[0] == 200
    room.access_token.revoke()
    assert api(room, SEND, group_message(room), token)[0] == 400
    assert access_token(room) != token


def test_an_app_has_one_limit_for_what_it_answers_and_what_it_says_by_itself(
    room: Room, bot: RecordingBot, clock: Clock
) -> None:
    webhook, token = session(room, bot), access_token(room)
    for _ in range(10):
        assert (post(webhook)[0], api(room, SEND, group_message(room), token)[0]) == (0, 200)
    for wait, status in ((0, 400), (599, 400), (1, 200)):
        clock.now += wait
        assert api(room, SEND, group_message(room), token)[0] == status


def test_a_message_tells_the_way_it_came(room: Room, bot: RecordingBot, clock: Clock) -> None:
    bot.answer = HI
    post(session(room, bot))
    post(signed(room.group_webhook, room.group_secret, clock.now))
    api(room, SEND, group_message(room), access_token(room))
    assert [message.channel for message in room.messages] == [None, "answer", "session", "group", "api"]
    assert {message.name for message in room.replies} == {room.robot_name}
