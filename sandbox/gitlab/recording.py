"""What was asked of the stand-in, so that tests can count the calls; faulty answers are calls too."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/api/"
HIDDEN = "***"
SECRETS = ("authorization", "private-token")


@dataclass(frozen=True)
class Recorded:
    """One request with its path as it was sent, %2F and all; tokens in its headers are replaced by stars."""

    method: str
    path: str
    query: str
    body: bytes
    headers: Mapping[str, str]


class Recorder:
    """ASGI middleware that notes every API request before anything happens to it.

    It also hands the path on as it was sent: `acme%2Fshop` is one part of it, and must not become two.
    """

    def __init__(self, app: ASGIApp, requests: list[Recorded]) -> None:
        self._app, self._requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body", False):
            messages.append(await receive())
        path = scope["raw_path"].decode("latin-1")
        self._requests.append(_recorded(scope, path, messages))

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app({**scope, "path": path}, again, send)


def _recorded(scope: Scope, path: str, messages: list[Message]) -> Recorded:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    shown = {name: HIDDEN if name in SECRETS else value for name, value in headers.items()}
    body = b"".join(message.get("body", b"") for message in messages)
    return Recorded(scope["method"], path, scope["query_string"].decode("latin-1"), body, shown)
