"""What carries deliveries and notifications to the bots: all of them twice to both, late and out of order.

DingTalk and Jenkins promise neither that something comes once nor that it comes in order; nobody waits for an
answer here, and what a dead bot was to get is gone.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CARRIERS = 64
TIMES = 2
LATEST = {"/chat": 0.05, "/hooks": 1.5}  # seconds that one copy may come after another
PASSED_ON = ("content-type", "timestamp", "sign")


class Ferry:
    """An address for the room and for Jenkins, which stands for all the bots."""

    def __init__(self, bots: Sequence[str], *, chance: random.Random) -> None:
        self._bots, self._chance = bots, chance
        self._pool = ThreadPoolExecutor(CARRIERS, thread_name_prefix="ferry")
        self._lock = threading.Lock()
        self.fates: Counter[str] = Counter()
        self.under_way = 0

    def app(self) -> Starlette:
        """Takes everything that is posted and answers at once."""
        return Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])

    def close(self) -> None:
        """Carry what is still on its way, and no more."""
        self._pool.shutdown()

    async def _take(self, request: Request) -> Response:
        body, path = await request.body(), request.url.path
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        latest = next(seconds for prefix, seconds in LATEST.items() if path.startswith(prefix))
        copies = [bot + path for bot in self._bots for _ in range(TIMES)]
        for url in self._chance.sample(copies, len(copies)):
            self._count(under_way=1)
            self._pool.submit(self._carry, url, body, headers, self._chance.uniform(0, latest))
        return JSONResponse({"msgtype": "empty"})

    def _carry(self, url: str, body: bytes, headers: dict[str, str], late: float) -> None:
        time.sleep(late)
        what = "notifications" if "/hooks/" in url else "deliveries"
        try:
            with requests.post(url, data=body, headers=headers, timeout=30) as answer:
                fate = f"copies of {what}: {'taken' if answer.ok else f'answered {answer.status_code}'}"
        except requests.RequestException:
            fate = f"copies of {what}: the bot was dead"
        self._count(fate, under_way=-1)

    def _count(self, fate: str = "", *, under_way: int) -> None:
        with self._lock:
            self.under_way += under_way
            if fate:
                self.fates[fate] += 1
