"""A small listener for webhooks: it keeps what comes, and answers with `status`."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


@dataclass
class Received:
    """One webhook as it arrived; header names in lower case."""

    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        return json.loads(self.body)

    @property
    def status(self) -> str:
        """The pipeline's."""
        return str(self.content["object_attributes"]["status"])


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
    def statuses(self) -> list[str]:
        return [one.status for one in self.received]
