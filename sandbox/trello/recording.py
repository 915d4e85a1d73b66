"""What was asked of the stand-in, so that tests can count it; requests that a fault answered are among it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HIDDEN = "***"
_SECRETS = ("key", "token")


@dataclass(frozen=True)
class Recorded:
    """One request of the API; key and token in it are replaced by stars."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


class Recorder:
    """ASGI middleware that notes every API request before anything happens to it."""

    def __init__(self, app: ASGIApp, requests: list[Recorded]) -> None:
        self._app, self._requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/1/"):
            await self._app(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        query = _fields(scope["query_string"])
        self._requests.append(Recorded(scope["method"], scope["path"], query, _fields(body)))
        messages: list[Message] = [{"type": "http.request", "body": body}]

        async def again() -> Message:
            return messages.pop() if messages else await receive()

        await self._app(scope, again, send)


def _fields(encoded: bytes) -> dict[str, str]:
    fields = parse_qsl(encoded.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: HIDDEN if name in _SECRETS else value for name, value in fields}
