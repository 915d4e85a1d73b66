"""DingTalk's rules without any I/O: who signed, what was said, where an answer may go.

Vendor's page: open.dingtalk.com/document/isvapp/receive-message.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote_plus, urlsplit

from integrations.errors import Malformed, Unauthenticated
from integrations.model import InboundMessage, Kind

VENDOR = "DingTalk"

SIGNATURE_LIFE = 3600.0  # seconds, either way
SESSION_LIFE = 5400.0  # seconds; seven recorded payloads agree on 90 minutes

ID_LENGTH, NAME_LENGTH = 256, 64
ENCRYPTED = "$:"  # how the platform's own ids of people begin; staff ids do not

_UNPRINTABLE = re.compile(r"[\s\x00-\x1f]")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def sign(timestamp: str, secret: str) -> str:
    """Base64 of HMAC-SHA256(secret, timestamp + newline + secret), as both directions use it."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def check_signature(headers: Mapping[str, str], secrets: Iterable[str], *, now: float) -> None:
    """Accept an app robot's headers, or raise. The signature covers the time stamp only, not the body."""
    timestamp, given = headers.get("timestamp", "").strip(), headers.get("sign", "").strip()
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16 and given):
        raise Unauthenticated("no signature")
    if abs(now - int(timestamp) / 1000) > SIGNATURE_LIFE:
        raise Unauthenticated("stale signature")
    if not _any_equal(given, (sign(timestamp, secret) for secret in secrets)):
        raise Unauthenticated("wrong signature")


def check_token(headers: Mapping[str, str], tokens: Iterable[str]) -> None:
    """Accept a group robot's Outgoing header, or raise."""
    if not _any_equal(headers.get("token", "").strip(), tokens):
        raise Unauthenticated("wrong token")


def _any_equal(given: str, expected: Iterable[str]) -> bool:
    matches = [hmac.compare_digest(given.encode(), one.encode()) for one in expected if one]
    return any(matches)


def read_message(body: bytes) -> InboundMessage:
    """Decode a callback's body; unknown keys are ignored, keys of a wrong type are not."""
    payload = _object(body)
    kind, text = _text(payload)
    created_at = _milliseconds(payload, "createAt")
    return InboundMessage(
        delivery_id=_id(payload, "msgId", required=True),
        created_at=created_at,
        kind=kind,
        text=text,
        conversation_id=_id(payload, "conversationId", required=True),
        conversation_title=_string(payload, "conversationTitle"),
        robot=_id(payload, "robotCode"),
        staff_id=_staff_id(payload),
        chat_user_id=_id(payload, "senderId"),
        name=" ".join(_string(payload, "senderNick").split())[:NAME_LENGTH],
        reply_url=_string(payload, "sessionWebhook", required=True),
        reply_until=_milliseconds(payload, "sessionWebhookExpiredTime", default=created_at + SESSION_LIFE),
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(payload, dict):
        raise Malformed("not an object")
    return payload


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _string(payload: Mapping[str, Any], key: str, *, required: bool = False) -> str:
    value = payload.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise Malformed(key)
    return _clean(value)


def _id(payload: Mapping[str, Any], key: str, *, required: bool = False) -> str:
    """A string that may stand in a log: short, and without line breaks."""
    value = _string(payload, key, required=required)
    if len(value) > ID_LENGTH or not value.isprintable():
        raise Malformed(key)
    return value


def _clean(text: str) -> str:
    """Drop what no store and no wire can carry: lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _milliseconds(payload: Mapping[str, Any], key: str, *, default: float | None = None) -> float:
    # The vendor's page says String, its payloads have numbers.
    value = payload.get(key, default and default * 1000)
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise TypeError
        seconds = float(value) / 1000
    except (TypeError, ValueError, OverflowError):
        raise Malformed(key) from None
    if not 0 <= seconds < 1e11:
        raise Malformed(key)
    return seconds


def _staff_id(payload: Mapping[str, Any]) -> str:
    """The asker's staff id, if the platform vouches for it as one of the robot's own company."""
    home, theirs = _string(payload, "chatbotCorpId"), _string(payload, "senderCorpId")
    stranger = bool(home and theirs and home != theirs)
    return "" if stranger or _string(payload, "robotCode") == "normal" else _id(payload, "senderStaffId")


def _text(payload: Mapping[str, Any]) -> tuple[Kind, str]:
    match _string(payload, "msgtype", required=True):
        case "text":
            return Kind.TEXT, _string(_mapping(payload, "text"), "content")
        case "richText":
            return Kind.TEXT, _rich_text(_mapping(payload, "content").get("richText"))
    return Kind.UNSUPPORTED, ""


def _mapping(payload: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = payload.get(key)
    if not isinstance(value, dict):
        raise Malformed(key)
    return value


def _rich_text(pieces: object) -> str:
    """Text beside pictures; the mention stays in it, and a picture ends a line."""
    if not isinstance(pieces, list):
        raise Malformed("richText")
    text = ""
    for piece in pieces:
        if not isinstance(piece, dict):
            raise Malformed("richText")
        said = _string(piece, "text")
        text += (said + " " if said.startswith("@") and " " not in said else said) if said else "\n"
    return text


def webhook_allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether a sessionWebhook may be contacted: https to a known host, or plain http to loopback."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or "\\" in url or _UNPRINTABLE.search(url):
        return False
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        return False
    return any(_same_host(host, port, entry) for entry in hosts)


def _same_host(host: str, port: int | None, entry: str) -> bool:
    allowed = urlsplit(f"//{entry}")
    return host == (allowed.hostname or "").lower() and (
        port == allowed.port if allowed.port else port in (None, 443)
    )


def signed(webhook: str, secret: str, *, now: float) -> str:
    """A group robot's address with a fresh time stamp and signature."""
    timestamp = str(round(now * 1000))
    joint = "&" if "?" in webhook else "?"
    return f"{webhook}{joint}timestamp={timestamp}&sign={quote_plus(sign(timestamp, secret))}"


def error_code(answer: object) -> int:
    """The errcode of a robot's answer; -2 when there is none, which is no success."""
    code = answer.get("errcode") if isinstance(answer, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else -2


TOO_FAST = frozenset({130101, 410100})
WRONG_SIGNATURE = 310000
NO_SESSION = 300001  # a reply address that has expired
