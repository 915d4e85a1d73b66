"""A small listener for webhooks: it keeps what comes, and answers with `status`."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from integrations.gitee.hooks import read_hook
from integrations.model import NoteHint, PullHint


@dataclass
class Received:
    """One webhook as it arrived; header names in lower case."""

    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content

    @property
    def said(self) -> tuple[str, str, str | None]:
        """The event, the action, and what exactly."""
        content = self.content
        return self.headers["x-gitee-event"], content["action"], content.get("action_desc")

    @property
    def hint(self) -> PullHint | NoteHint | None:
        """What the bot makes of it."""
        return read_hook(self.body)


@dataclass
class Receiver:
    """An ASGI app."""

    url: str = ""
    status: int = 200
    received: list[Received] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.received.append(Received(dict(request.headers), await request.body()))
        await Response(status_code=self.status, headers={"location": self.url})(scope, receive, send)

    @property
    def said(self) -> list[tuple[str, str, str | None]]:
        return [one.said for one in self.received]
