"""A strict stand-in for a vendor: it answers what a test laid ready, and writes down what it was asked."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

SAMPLES = Path(__file__).parents[1] / "samples"
HTML = b"<html><body>Sign in</body></html>"

UNKNOWN = 418  # no client of ours takes this for anything else


def sample(path: str) -> Any:
    """A recorded JSON answer or payload, by its path below tests/samples."""
    return json.loads((SAMPLES / path).read_text("utf-8"))


def page(path: str) -> bytes:
    """A recorded answer that is no JSON."""
    return (SAMPLES / path).read_bytes()


@dataclass
class Request:
    """One request as it arrived; `target` is the path with its percent signs."""

    method: str
    target: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.target}"


@dataclass
class Reply:
    """What to answer: a JSON value, or bytes as they are."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class StandIn:
    """An ASGI app; `replies` go by "METHOD /path", anything else is 418; `revoked` credentials are 401."""

    url: str
    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)

    def on(
        self, line: str, body: Any = b"", *, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        """Lay an answer ready for one method and path."""
        self.replies[line] = Reply(status, body, headers or {})

    @property
    def last(self) -> Request:
        return self.requests[-1]

    @property
    def lines(self) -> list[str]:
        return [request.line for request in self.requests]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await _request(scope, receive)
        self.requests.append(request)
        reply = self.replies.get(request.line, Reply(UNKNOWN))
        if request.headers.get("authorization") in self.revoked:
            reply = Reply(401)
        headers = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
        headers.append((b"content-length", str(len(reply.content)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.content})


async def _request(scope: Scope, receive: Receive) -> Request:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return Request(
        method=scope["method"],
        target=scope["raw_path"].decode(),
        query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
        form=dict(parse_qsl(body.decode(), keep_blank_values=True)) if is_form else {},
        headers=headers,
        body=body,
    )
