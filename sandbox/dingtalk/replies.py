"""What a robot posts back: is it well formed, and what does the room make of it?

https://open.dingtalk.com/document/orgapp/custom-bot-send-message-type
"""

import json
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sandbox.dingtalk.errors import ErrorCode, Refused
from sandbox.dingtalk.limits import MESSAGE_BYTES
from sandbox.dingtalk.members import Member
from sandbox.dingtalk.transcript import Button, By, Message

EVERYBODY = "所有人"


class MsgType(StrEnum):
    """The kinds of message a robot can send through a webhook."""

    TEXT = "text"
    MARKDOWN = "markdown"
    LINK = "link"
    ACTION_CARD = "actionCard"
    FEED_CARD = "feedCard"


REQUIRED = {
    MsgType.TEXT: ("content",),
    MsgType.MARKDOWN: ("title", "text"),
    MsgType.LINK: ("title", "text", "messageUrl"),
    MsgType.ACTION_CARD: ("title", "text"),
    MsgType.FEED_CARD: ("links",),
}


def decode(content_type: str, body: bytes) -> dict[str, Any]:
    """The JSON object in a webhook call, or Refused."""
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise Refused(ErrorCode.CONTENT_TYPE)
    if len(body) > MESSAGE_BYTES:
        raise Refused(ErrorCode.TOO_LONG)
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        reply = None
    if not isinstance(reply, dict):
        raise Refused(ErrorCode.MISSING_PARAMETER, "json")
    return reply


def message_from(reply: dict[str, Any], *, robot: str, members: Iterable[Member]) -> Message:
    """What the room shows for a robot's message, or Refused."""
    kind, card = _kind_and_card(reply)
    title, text = str(card.get("title", "")), str(card.get("content", card.get("text", "")))
    text, mentions = _mention(text, _at(reply), members, always=kind is MsgType.TEXT)
    return Message(By.ROBOT, "robot", robot, kind, text, title, _buttons(kind, card), tuple(mentions))


def _kind_and_card(reply: dict[str, Any]) -> tuple[MsgType, dict[str, Any]]:
    named = reply.get("msgtype")
    if not named:
        raise Refused(ErrorCode.MISSING_PARAMETER, "msgtype")
    if not isinstance(named, str) or named not in set(MsgType):
        raise Refused(ErrorCode.MSGTYPE)
    kind, card = MsgType(named), reply.get(named)
    if not isinstance(card, dict):
        raise Refused(ErrorCode.MISSING_PARAMETER, kind)
    for field in REQUIRED[kind]:
        if not card.get(field):
            raise Refused(ErrorCode.MISSING_PARAMETER, field)
    return kind, card


def _at(reply: dict[str, Any]) -> dict[str, Any]:
    at = reply.get("at") or {}
    if not isinstance(at, dict):
        raise Refused(ErrorCode.MISSING_PARAMETER, "at")
    return at


def _mention(
    text: str, at: dict[str, Any], members: Iterable[Member], *, always: bool
) -> tuple[str, list[str]]:
    """Turn ids into names: in plain text whoever is in `at`, in markdown only who is in the text as well."""
    names = []
    for identity, name in _mentioned(at, members):
        pattern = rf"@{re.escape(identity)}(?![\w.-])"
        if re.search(pattern, text):
            text = re.sub(pattern, f"@{name}", text)
        elif always:
            text = f"{text} @{name}"
        else:
            continue
        names.append(name)
    return text, names


def _mentioned(at: dict[str, Any], members: Iterable[Member]) -> list[tuple[str, str]]:
    by_id = {member.staff_id: member.name for member in members if member.staff_id}
    by_id |= {member.dingtalk_id: member.name for member in members}
    wanted = [*_listed(at, "atUserIds"), *_listed(at, "atDingtalkIds")]
    found = [(identity, by_id[identity]) for identity in map(str, wanted) if identity in by_id]
    return [*found, (EVERYBODY, EVERYBODY)] if at.get("isAtAll") else found


def _listed(of: dict[str, Any], field: str) -> list[Any]:
    value = of.get(field)
    return value if isinstance(value, list) else []


def _buttons(kind: MsgType, card: dict[str, Any]) -> tuple[Button, ...]:
    match kind:
        case MsgType.LINK:
            pairs = [(card["title"], card["messageUrl"])]
        case MsgType.FEED_CARD:
            pairs = _pairs(card, "links", "messageURL")
        case MsgType.ACTION_CARD:
            single = [(card["singleTitle"], card.get("singleURL"))] if card.get("singleTitle") else []
            pairs = single or _pairs(card, "btns", "actionURL")
        case _:
            pairs = []
    return tuple(Button(str(title), str(url)) for title, url in pairs)


def _pairs(card: dict[str, Any], field: str, url: str) -> list[tuple[Any, Any]]:
    return [(item.get("title"), item.get(url)) for item in _listed(card, field) if isinstance(item, dict)]
