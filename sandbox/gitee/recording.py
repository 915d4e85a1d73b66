"""What was asked of the stand-in, so that tests can count the calls; faulty answers are calls too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HIDDEN = "***"
_SECRET_HEADERS = ("authorization", "private-token")


@dataclass(frozen=True)
class Recorded:
    """One request; tokens in it are replaced by stars."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


def decoded(body: bytes, content_type: str) -> Any:
    """A body as JSON or as a form, whichever it is; None when it is empty or neither."""
    if not body:
        return None
    try:
        if "json" in content_type:
            return json.loads(body)
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        return None


class Recorder:
    """ASGI middleware that notes every API request before anything happens to it."""

    def __init__(self, app: ASGIApp, requests: list[Recorded]) -> None:
        self.app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        messages = await _all(receive)
        self._requests.append(_record(scope, b"".join(message.get("body", b"") for message in messages)))

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        await self.app(scope, again, send)


async def _all(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


def _record(scope: Scope, body: bytes) -> Recorded:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    content = decoded(body, headers.get("content-type", ""))
    shown = _hidden(content) if isinstance(content, dict) else content
    return Recorded(scope["method"], scope["path"], _hidden(query), shown, _without_secrets(headers))


def _hidden(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: HIDDEN if name == "access_token" else value for name, value in fields.items()}


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: _starred(value) if name in _SECRET_HEADERS else value for name, value in headers.items()}


def _starred(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space else HIDDEN
