"""A clock in the test's hand, and a bot that writes down what it is sent."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

EMPTY = {"msgtype": "empty"}


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class RecordingBot:
    """Keeps every delivery; posts `reply` to the session, if there is one, and then answers `answer`."""

    answer: Any = field(default_factory=lambda: EMPTY)
    status: int = 200
    reply: dict[str, Any] | None = None
    url: str = ""
    headers: list[dict[str, str]] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        self.headers.append(dict(request.headers))
        self.payloads.append(json.loads(await request.body()))
        if self.reply:
            webhook = self.payloads[-1]["sessionWebhook"]
            await asyncio.to_thread(requests.post, webhook, json=self.reply, timeout=5)
        answer = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        await Response(answer, self.status)(scope, receive, send)

    def heard(self, number: int) -> dict[str, Any]:
        """The delivery of that number, once it came: the page shows a message before the bot has it."""
        give_up = time.monotonic() + 10
        while len(self.payloads) < number:
            assert time.monotonic() < give_up, f"only {len(self.payloads)} deliveries came"
            time.sleep(0.01)
        return self.payloads[number - 1]

    @property
    def last(self) -> dict[str, Any]:
        return self.payloads[-1]
