"""What DingTalk says no with: robots' webhooks by `errcode`, the OpenAPI by a status and a code in words."""

from enum import Enum


class ErrorCode(Enum):
    """The codes of robots' webhooks (open.dingtalk.com/document/orgapp/custom-robot-access)."""

    MISSING_PARAMETER = 40035, "缺少参数"
    CONTENT_TYPE = 43004, "无效的HTTP HEADER Content-Type"
    TOO_FAST = 130101, "send too fast, exceed 20 times per minute"
    NO_SESSION = 300001, "session 不存在"
    NO_TOKEN = 300001, "token is not exist"
    SIGN = 310000, "sign not match"
    TIMESTAMP = 310000, "invalid timestamp"
    MSGTYPE = 400105, "unsupported msgtype"
    TOO_LONG = 460101, "message too long, exceed 20000 bytes"


class Refused(Exception):
    """A robot's webhook does not take a message; the HTTP status is 200 all the same."""

    def __init__(self, error: ErrorCode, detail: str = "") -> None:
        code, message = error.value
        self.answer = {"errcode": code, "errmsg": f"{message} {detail}".strip()}
        super().__init__(self.answer["errmsg"])


class ApiRefused(Exception):
    """The OpenAPI does not take a request; the HTTP status is 400."""

    def __init__(self, code: str, message: str) -> None:
        self.answer = {"code": code, "message": message, "requestid": "5A9C6B0E-SANDBOX"}
        super().__init__(message)
