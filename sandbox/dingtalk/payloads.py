"""What DingTalk posts to a robot when somebody writes to it.

https://open.dingtalk.com/document/isvapp/receive-message
"""

import re
import secrets
from base64 import b64encode
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sandbox.dingtalk.members import Member, encrypted_id

CORP_ID = "ding9f50b15bccd16741"
GROUP_ROBOT = "normal"  # every custom group robot has this code


class Kind(StrEnum):
    """The kinds of message a robot can be sent."""

    TEXT = "text"
    RICH_TEXT = "richText"
    PICTURE = "picture"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    UNKNOWN = "unknownMsgType"


def message_id() -> str:
    """An id like the real ones: base64, so with `/`, `+` and `=` in it."""
    return f"msg{b64encode(secrets.token_bytes(16)).decode()}"


def without_mentions(text: str, names: Iterable[str]) -> str:
    """The text a robot gets: mentions are gone, the space after each is left."""
    longest_first = sorted(names, key=len, reverse=True)
    stripped = re.sub("|".join(f"@{re.escape(name)}" for name in longest_first), "", text)
    return stripped if stripped != text else f" {text}"


def body_of(kind: Kind, text: str, *, robot_name: str, names: Iterable[str]) -> dict[str, Any]:
    """The part of the payload that depends on the kind of message."""
    content = without_mentions(text, names)
    if kind is Kind.TEXT:
        return {"text": {"content": content}}
    code = {"downloadCode": secrets.token_urlsafe(32)}
    picture = {**code, "pictureDownloadCode": secrets.token_urlsafe(32)}
    mention = {"text": f"@{robot_name}"}  # rich text is the one kind that keeps it
    return {
        "content": {
            Kind.RICH_TEXT: {"richText": [mention, {"text": content}, {**picture, "type": "picture"}]},
            Kind.PICTURE: picture,
            Kind.AUDIO: {**code, "recognition": text},
            Kind.VIDEO: {**code, "duration": 4000, "videoType": "mp4"},
            Kind.FILE: {**code, "spaceId": "1", "fileId": "2", "fileName": text or "build.log"},
            Kind.UNKNOWN: {"unknownMsgType": "用户发送了一条消息，机器人暂不支持接收。"},
        }[kind]
    }


def sender_of(member: Member, *, verified: bool) -> dict[str, Any]:
    """Who wrote it; a group robot, and anybody from outside, gets no staff id."""
    sender: dict[str, Any] = {"senderId": member.dingtalk_id, "senderNick": member.name, "isAdmin": False}
    if verified and member.staff_id:
        sender |= {"senderStaffId": member.staff_id, "senderCorpId": CORP_ID}
    return sender


def robot_of(robot_code: str) -> dict[str, Any]:
    """Whom it was written to."""
    robot_id = encrypted_id(robot_code)
    return {"robotCode": robot_code, "chatbotUserId": robot_id, "chatbotCorpId": CORP_ID, "isInAtList": True}


def mentions_of(mentioned: Iterable[Member], *, robot_code: str, verified: bool) -> dict[str, Any]:
    """Everybody who was mentioned, the robot first."""
    people = [
        {"dingtalkId": member.dingtalk_id}
        | ({"staffId": member.staff_id} if verified and member.staff_id else {})
        for member in mentioned
    ]
    return {"atUsers": [{"dingtalkId": encrypted_id(robot_code)}, *people]}
