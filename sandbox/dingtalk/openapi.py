"""Messages an app sends to a group by itself, long after anybody spoke.

https://help.dingtalk.io/open/development/the-robot-sends-a-group-message
"""

import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.dingtalk.body import read_object
from sandbox.dingtalk.errors import ApiRefused, Refused
from sandbox.dingtalk.limits import API_PARAM_BYTES, TOKEN_SECONDS
from sandbox.dingtalk.replies import MsgType
from sandbox.dingtalk.room import Room
from sandbox.dingtalk.transcript import Channel, Message

REQUEST_BYTES = 64_000
TEMPLATES = {"sampleText": MsgType.TEXT, "sampleMarkdown": MsgType.MARKDOWN, "sampleLink": MsgType.LINK}


class OpenApi:
    """Gives an app its token and takes its group messages."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def routes(self) -> list[Route]:
        """The addresses as they are on api.dingtalk.com."""
        return [
            Route("/v1.0/oauth2/accessToken", self._token, methods=["POST"]),
            Route("/v1.0/robot/groupMessages/send", self._send, methods=["POST"]),
        ]

    async def _token(self, request: Request) -> JSONResponse:
        wanted = await read_object(request, limit=REQUEST_BYTES) or {}
        room = self._room
        known = room.app_secret and (room.app_key, room.app_secret)
        if not known or (wanted.get("appKey"), wanted.get("appSecret")) != known:
            refused = ApiRefused("invalidClientIdOrSecret", "无效的clientId或者clientSecret")
            return JSONResponse(refused.answer, status_code=400)
        return JSONResponse({"accessToken": room.access_token.give(), "expireIn": TOKEN_SECONDS})

    async def _send(self, request: Request) -> JSONResponse:
        try:
            self._room.access_token.check(request.headers.get("x-acs-dingtalk-access-token", ""))
            message = self._message(await read_object(request, limit=REQUEST_BYTES) or {})
            self._count()
        except ApiRefused as refused:
            return JSONResponse(refused.answer, status_code=400)
        self._room.show(message)
        return JSONResponse({"processQueryKey": secrets.token_urlsafe(24)})

    def _count(self) -> None:
        """One robot, one limit: what it says by itself counts with what it answers."""
        try:
            self._room.throttle.count(self._room.robot_code)
        except Refused as refused:
            raise ApiRefused("send.too.fast", "发送速度太快") from refused

    def _message(self, wanted: dict[str, Any]) -> Message:
        if not wanted.get("robotCode"):
            raise ApiRefused("invalidParameter.robotCode.empty", "robotCode is empty")
        if wanted["robotCode"] != self._room.robot_code:
            raise ApiRefused("invalidParameter.robotCode.auth", "the appkey does not match the robotCode")
        if wanted.get("openConversationId") != self._room.conversation_id:
            raise ApiRefused("invalidParameter.param.invalid", "openConversationId is invalid")
        if str(wanted.get("msgKey")) not in TEMPLATES:
            raise ApiRefused("invalidParameter.msgKey.invalid", "msgKey is invalid")
        return self._from_template(TEMPLATES[wanted["msgKey"]], wanted.get("msgParam"))

    def _from_template(self, kind: MsgType, param: object) -> Message:
        """The parameters are a JSON object written into a string."""
        try:
            if not isinstance(param, str) or len(param.encode()) > API_PARAM_BYTES:
                raise ValueError("not a string, or too long")
            return self._room.read({"msgtype": kind, kind: json.loads(param)}, channel=Channel.API)
        except (ValueError, RecursionError, Refused) as fault:
            raise ApiRefused("invalidParameter.msgParam.invalid", "msgParam must be JSON") from fault
