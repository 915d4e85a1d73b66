"""The room over HTTP: its page, the page's own API, and DingTalk's addresses beside them."""

import asyncio
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from sandbox.dingtalk.body import read_object
from sandbox.dingtalk.openapi import OpenApi
from sandbox.dingtalk.room import Room
from sandbox.dingtalk.webhooks import Webhooks
from sandbox.faults import Faults

PAGE = Path(__file__).parent / "page"
SAY_BYTES = 16_000
LONGEST_WAIT = 30.0
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def create_app(room: Room) -> ASGIApp:
    """The room as an ASGI app that can be made to misbehave through /_fault."""
    page = PageApi(room)
    files = Mount("/page", StaticFiles(directory=PAGE))
    routes = [*page.routes(), *Webhooks(room).routes(), *OpenApi(room).routes(), files]
    return Faults(Starlette(routes=routes))


class PageApi:
    """What the page asks for: who is here, what was said, and to say something."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def routes(self) -> list[Route]:
        """The page and its three requests."""
        return [
            Route("/", self._page),
            Route("/members", self._members),
            Route("/messages", self._messages),
            Route("/say", self._say, methods=["POST"]),
        ]

    async def _page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers=HEADERS)

    async def _members(self, _: Request) -> Response:
        members = [
            {"key": member.key, "name": member.name, "external": member.staff_id is None}
            for member in self._room.members.values()
        ]
        return JSONResponse({"title": self._room.title, "robot": self._room.robot_name, "members": members})

    async def _messages(self, request: Request) -> Response:
        try:
            after = max(0, int(request.query_params.get("after", 0)))
            wait = min(LONGEST_WAIT, max(0.0, float(request.query_params.get("wait", 0))))
        except ValueError:
            return JSONResponse({"error": "after and wait are numbers"}, status_code=400)
        await self._news(after, wait)
        messages = [asdict(message) for message in self._room.transcript.after(after)]
        return JSONResponse({"messages": messages, "total": self._total(), "now_ms": self._room.now_ms})

    async def _say(self, request: Request) -> Response:
        # A form on a foreign web page cannot send JSON, so nobody else speaks in a developer's room.
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"error": "application/json, please"}, status_code=415)
        wanted = await read_object(request, limit=SAY_BYTES) or {}
        who, text = wanted.get("as"), wanted.get("text")
        if not (
            isinstance(who, str) and who in self._room.members and isinstance(text, str) and text.strip()
        ):
            return JSONResponse({"error": 'wanted: {"as": a member, "text": not blank}'}, status_code=400)
        self._room.say(text, as_=who)
        return Response(status_code=202)

    def _total(self) -> int:
        return len(self._room.messages)

    async def _news(self, after: int, wait: float) -> None:
        """Return at the next message, at once if there is one (or if the page knows another room's past)."""
        woken, loop = asyncio.Event(), asyncio.get_running_loop()
        with self._room.transcript.listening(lambda: loop.call_soon_threadsafe(woken.set)):
            if self._total() == after:
                # A server that stops cancels whoever still waits: no news either, and no error.
                with suppress(TimeoutError, asyncio.CancelledError):
                    await asyncio.wait_for(woken.wait(), wait)
