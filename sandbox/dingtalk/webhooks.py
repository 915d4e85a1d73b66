"""The two addresses a robot posts its messages to, with DingTalk's checks in front of them."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.dingtalk.body import read_body
from sandbox.dingtalk.errors import ErrorCode, Refused
from sandbox.dingtalk.limits import MESSAGE_BYTES
from sandbox.dingtalk.payloads import GROUP_ROBOT
from sandbox.dingtalk.replies import decode
from sandbox.dingtalk.room import Room
from sandbox.dingtalk.signing import check_signed_query
from sandbox.dingtalk.transcript import Channel


class Webhooks:
    """Takes what robots post and shows it in the room, or says why not."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def routes(self) -> list[Route]:
        """The addresses as they are on oapi.dingtalk.com."""
        return [
            Route("/robot/sendBySession", self._by_session, methods=["POST"]),
            Route("/robot/send", self._by_token, methods=["POST"]),
        ]

    async def _by_session(self, request: Request) -> JSONResponse:
        robot = self._room.robot_code
        return await self._take(request, self._check_session, robot=robot, channel=Channel.SESSION)

    async def _by_token(self, request: Request) -> JSONResponse:
        return await self._take(request, self._check_token, robot=GROUP_ROBOT, channel=Channel.GROUP)

    async def _take(
        self,
        request: Request,
        check: Callable[[Mapping[str, str]], None],
        *,
        robot: str,
        channel: Channel,
    ) -> JSONResponse:
        # One byte more than allowed is enough to know that it is too long.
        body = await read_body(request, limit=MESSAGE_BYTES + 1)
        try:
            check(request.query_params)
            reply = decode(request.headers.get("content-type", ""), body)
            message = self._room.read(reply, channel=channel)
            self._room.throttle.count(robot)
        except Refused as refused:
            return JSONResponse(refused.answer)
        self._room.show(message)
        return JSONResponse({"errcode": 0, "errmsg": "ok"})

    def _check_session(self, query: Mapping[str, str]) -> None:
        self._room.sessions.check(query.get("session", ""), now_ms=self._room.now_ms)
        if self._room.outgoing_token:  # an app robot's session needs no signature, a group robot's does
            self._check_signature(query)

    def _check_token(self, query: Mapping[str, str]) -> None:
        if query.get("access_token") != self._room.group_token:
            raise Refused(ErrorCode.NO_TOKEN)
        self._check_signature(query)

    def _check_signature(self, query: Mapping[str, str]) -> None:
        if self._room.group_secret:
            check_signed_query(self._room.group_secret, query, now_ms=self._room.now_ms)
