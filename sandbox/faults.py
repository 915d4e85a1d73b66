"""Make a stand-in misbehave on request, as its real counterpart does on a bad day.

`PUT /_fault {"kind": "502", "match": "POST .*/merge", "times": 1}` switches a fault on, `DELETE /_fault`
switches it off. `kind` is a status code, or one of the words in `Fault`.
"""

import asyncio
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Kind(StrEnum):
    SLOW = "slow"  # waits `seconds`, then answers as usual
    DRIP = "drip"  # sends its answer a byte a second
    HTML = "html"  # 200 and a web page
    EMPTY = "empty"  # 200 and nothing
    REDIRECT = "redirect"  # 302 to a login page
    LOST = "lost"  # does the work, then hangs `seconds` and answers 504
    STATUS = "status"  # only the status code


@dataclass
class Fault:
    """One misbehaviour: for requests whose "METHOD /path" matches, so many times (-1: until switched off)."""

    kind: Kind
    status: int = 200
    match: str = ".*"
    times: int = -1
    seconds: float = 30.0

    @classmethod
    def from_json(cls, wanted: dict[str, Any]) -> "Fault":
        kind = str(wanted["kind"])
        options = {key: wanted[key] for key in ("match", "times", "seconds") if key in wanted}
        if kind.isdigit():
            return cls(Kind.STATUS, status=int(kind), **options)
        return cls(Kind(kind), **options)

    def hits(self, scope: Scope) -> bool:
        """Whether this request is to suffer; counts down."""
        if self.times == 0 or not re.search(self.match, f"{scope['method']} {scope['path']}"):
            return False
        self.times -= self.times > 0
        return True


class Faults:
    """ASGI middleware that answers /_fault itself and lets every other request through, or suffer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.fault: Fault | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == "/_fault":
            await self._switch(scope, receive, send)
        elif self.fault and self.fault.hits(scope):
            await self._suffer(self.fault, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _switch(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        self.fault = Fault.from_json(json.loads(body)) if scope["method"] == "PUT" else None
        await _answer(send, 204)

    async def _suffer(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case Kind.STATUS:
                await _answer(send, fault.status, b'{"message":"fault"}', b"application/json")
            case Kind.HTML:
                await _answer(send, 200, b"<html><body>Sign in</body></html>", b"text/html")
            case Kind.EMPTY:
                await _answer(send, 200)
            case Kind.REDIRECT:
                await _answer(send, 302, headers=[(b"location", b"/login")])
            case Kind.SLOW:
                await asyncio.sleep(fault.seconds)
                await self.app(scope, receive, send)
            case Kind.LOST:
                await self.app(scope, receive, _nowhere)
                await asyncio.sleep(fault.seconds)
                await _answer(send, 504)
            case Kind.DRIP:
                await _drip(send, fault.seconds)


async def _nowhere(message: Message) -> None:
    """Swallow an answer that is to be lost."""


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def _answer(
    send: Send,
    status: int,
    body: bytes = b"",
    content_type: bytes = b"text/plain",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    fields = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


async def _drip(send: Send, seconds: float) -> None:
    fields = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    for _ in range(int(seconds)):
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(1)
