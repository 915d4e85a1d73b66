"""The one signature DingTalk knows, in both directions: it covers the time and the secret, never the body."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from sandbox.dingtalk.errors import ErrorCode, Refused

ONE_HOUR_MS = 3_600_000


def sign(secret: str, timestamp: str) -> str:
    """Base64 of HMAC-SHA256 over the timestamp (milliseconds) and the secret, with the secret as the key."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def signed_headers(secret: str, *, now_ms: int) -> dict[str, str]:
    """The two headers of a message to an app robot."""
    return {"timestamp": str(now_ms), "sign": sign(secret, str(now_ms))}


def check_signed_query(secret: str, query: Mapping[str, str], *, now_ms: int) -> None:
    """Refuse a webhook call whose `timestamp` and `sign` are missing, an hour old, or wrong."""
    timestamp = query.get("timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise Refused(ErrorCode.SIGN)
    if abs(now_ms - int(timestamp)) > ONE_HOUR_MS:
        raise Refused(ErrorCode.TIMESTAMP)
    if not hmac.compare_digest(sign(secret, timestamp).encode(), query.get("sign", "").encode()):
        raise Refused(ErrorCode.SIGN)
