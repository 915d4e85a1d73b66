"""What was asked of the server, so that a test can count it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Fields = dict[str, list[str]]
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Call:
    """One request: also one that a fault answered."""

    method: str
    path: str
    query: Fields = field(default_factory=dict)
    form: Fields = field(default_factory=dict)

    @property
    def fields(self) -> Fields:
        """Query and form together, as a servlet's getParameterValues has them."""
        names = [*self.query, *self.form]
        return {name: [*self.query.get(name, ()), *self.form.get(name, ())] for name in names}


class Recorder:
    """ASGI middleware that keeps every call and hands it on as `scope["call"]`."""

    def __init__(self, app: ASGIApp, keep: Callable[[Call], None]) -> None:
        self._app, self._keep = app, keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/_fault":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        is_form = request.headers.get("content-type", "").startswith(FORM)
        form = _fields(body.decode("utf-8", "replace")) if is_form else {}
        call = Call(request.method, scope["path"], _fields(request.url.query), form)
        self._keep(call)
        await self._app({**scope, "call": call}, _replay(body, receive), send)


def _fields(encoded: str) -> Fields:
    return parse_qs(encoded, keep_blank_values=True)


def _replay(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again
