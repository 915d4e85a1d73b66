"""Webhooks as Gitee sends them, one after the other, from a thread of its own.

Headers: help.gitee.com/webhook/gitee-webhook-push-data-format. Whether and how often Gitee tries again is not
documented, so receivers have to bear repeated and late ones; tests ask for these.
"""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from sandbox.gitee.commons import Commons
from sandbox.gitee.payloads import Payloads
from sandbox.gitee.pulls import News, Pull
from sandbox.gitee.repo import Repo

TIMEOUT = 5.0


@dataclass(frozen=True)
class Hook:
    """One address that is told; `secret` travels as the password, or makes the signature."""

    url: str
    secret: str = field(default="", repr=False)
    signed: bool = False


@dataclass
class Delivery:
    """One webhook call; `status` is None until it is answered."""

    hook: Hook
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int | None = None


class Hooks:
    """The addresses of a world, and the sender; `site` is where its links lead.

    `repeat` sends everything so many times; with `shuffle`, what was held leaves in any order.
    """

    def __init__(self, commons: Commons) -> None:
        self.site = ""
        self.repeat = 1
        self.shuffle = False
        self.deliveries: list[Delivery] = []
        self._commons = commons
        self._hooks: list[Hook] = []
        self._held: list[Delivery] | None = None
        self._sent: list[Future[None]] = []
        self._random = random.Random(7)
        # Its thread starts with the first delivery, and ends when nobody holds the sender any more.
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="gitee-webhooks")

    def append(self, hook: Hook) -> None:
        """Tell this address too, about every repo."""
        self._hooks.append(hook)

    def tell(self, repo: Repo, pull: Pull, news: News) -> None:
        """Have every address told; does not wait for it."""
        found = Payloads(self.site, self._commons).of(repo, pull, news) if self._hooks else None
        if found:
            now = str(self._commons.now_ms())
            for number, hook in enumerate(self._hooks, 1):
                self._give(_delivery(hook, number, found[0], found[1], timestamp=now))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep back what happens inside a with block, and send it at its end."""
        held: list[Delivery] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
        if self.shuffle:
            self._random.shuffle(held)
        for delivery in held:
            self._send(delivery)

    def settle(self, *, timeout: float = 10.0) -> None:
        """Wait until everything so far has been answered, or given up."""
        wait(self._sent, timeout)

    def close(self) -> None:
        """Drop what waits, and wait for the one on its way."""
        self._hooks.clear()
        self._sender.shutdown(cancel_futures=True)

    def _give(self, delivery: Delivery) -> None:
        for _ in range(self.repeat):
            copy = Delivery(delivery.hook, delivery.headers, delivery.body)
            if self._held is None:
                self._send(copy)
            else:
                self._held.append(copy)

    def _send(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self._sent.append(self._sender.submit(_post, delivery))


def _delivery(hook: Hook, number: int, event: str, content: dict[str, object], *, timestamp: str) -> Delivery:
    signature = sign(timestamp, hook.secret) if hook.signed else ""
    own = {
        "hook_id": number,
        "hook_url": hook.url,
        "password": "" if hook.signed else hook.secret,
        "timestamp": timestamp,
        "sign": signature,
    }
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "git-oschina-hook",
        "X-Gitee-Event": event,
        "X-Gitee-Timestamp": timestamp,
        "X-Gitee-Token": signature or hook.secret,
    }
    return Delivery(hook, headers, json.dumps({**content, **own}).encode())


def sign(timestamp: str, secret: str) -> str:
    """The signature of help.gitee.com/webhook/how-to-verify-webhook-keys: over the time, not the body."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _post(delivery: Delivery) -> None:
    with requests.Session() as session:
        session.trust_env = False  # a proxy of this machine has no business between two programs on it
        try:
            answer = session.post(
                delivery.hook.url,
                data=delivery.body,
                headers=delivery.headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            return
    delivery.status = answer.status_code
