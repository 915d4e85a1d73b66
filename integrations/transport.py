"""The one way out: a requests session in which nothing can take for ever.

Connect 3 s, read 10 s, and a deadline over everything, kept by a timer that shuts the socket down, so that a
server which sends a byte a second ends like one that sends none. Reads are tried again; writes never.
"""

import json
import logging
import random
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from integrations.errors import Busy, Garbled, IntegrationError, NotSent, Unclear
from integrations.guard import Guard, watch

CONNECT, READ, TOTAL = 3.0, 10.0, 25.0
LARGEST = 5_000_000  # bytes of an answer, unpacked
SLOTS = 6  # requests to one system at a time: a hanging one cannot take every thread
SLOT_WAIT = 3.0
IDLE = 30.0  # a connection unused for longer is not trusted: a frozen function wakes up with dead ones
RETRY_WITHIN = 5.0

log = logging.getLogger(__name__)

_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)
_rehearsal: ContextVar[bool] = ContextVar("rehearsal", default=False)
_witness: ContextVar[list[str] | None] = ContextVar("witness", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Give everything inside, together, so many seconds; an outer deadline that is nearer stays."""
    ends_at, outer = time.monotonic() + seconds, _ends_at.get()
    token = _ends_at.set(ends_at if outer is None else min(ends_at, outer))
    try:
        yield
    finally:
        _ends_at.reset(token)


def remaining() -> float:
    """Seconds left of the deadline around us."""
    ends_at = _ends_at.get()
    return TOTAL if ends_at is None else ends_at - time.monotonic()


class Rehearsed(Exception):
    """A request that would write, and was not sent."""

    def __init__(self, vendor: str, *, method: str, path: str, form: dict[str, str]) -> None:
        super().__init__(f"{vendor} {method}")
        self.vendor, self.method, self.path, self.form = vendor, method, path, form


@contextmanager
def rehearsing() -> Iterator[None]:
    """Inside, reads are made, and anything that would write raises Rehearsed instead."""
    token = _rehearsal.set(True)
    try:
        yield
    finally:
        _rehearsal.reset(token)


@contextmanager
def witnessing() -> Iterator[list[str]]:
    """The requests made inside and what came of each: "Gitee PUT /repos/acme/web/pulls/1/merge 200"."""
    seen: list[str] = []
    token = _witness.set(seen)
    try:
        yield seen
    finally:
        _witness.reset(token)


class _Watched(HTTPConnection):
    used_at = 0.0

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        watch(sock)
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None and self.used_at:
            if time.monotonic() - self.used_at > IDLE:
                self.close()
            else:
                watch(self.sock)
        self.used_at = time.monotonic()
        super().request(*args, **kwargs)


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


_POOLS = {"http": _Pool, "https": _PoolTLS}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class Session(requests.Session):
    """Bounded, redirect-free access to one outside system; raises only `IntegrationError`."""

    def __init__(self, vendor: str, *, slots: int = SLOTS, slot_wait: float = SLOT_WAIT) -> None:
        super().__init__()
        self.vendor = vendor
        self._slot_wait = slot_wait
        self._settings: dict[tuple[str, str], Any] = {}
        self._slots = threading.BoundedSemaphore(slots)
        self.mount("http://", _Adapter())
        self.mount("https://", _Adapter())

    def merge_environment_settings(self, url: Any, *given: Any) -> Any:
        """Proxies and certificates from the environment: looked up once a host, as they do not change."""
        parts = urlsplit(url)
        origin = parts.scheme, parts.netloc
        if origin not in self._settings:
            self._settings[origin] = super().merge_environment_settings(url, *given)
        return dict(self._settings[origin])

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        try:
            return super().prepare_request(request)
        except (requests.RequestException, UnicodeError):
            raise NotSent(self.vendor, "address") from None

    def post_plain(self, url: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        """POST bytes without cookies, credentials or a .netrc; the shortest way through requests."""
        try:
            request = requests.Request("POST", url, data=body, headers=headers).prepare()
        except (requests.RequestException, UnicodeError):
            raise NotSent(self.vendor, "address") from None
        return self.send(request, **self.merge_environment_settings(url, {}, None, None, None))

    def resolve_redirects(self, *_: Any, **__: Any) -> Any:
        """None: not even to see where one would lead, as that raises on what is no address."""
        return iter(())

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send once, or for a read up to three times while that is quick."""
        if _rehearsal.get() and request.method not in ("GET", "HEAD"):
            raise self._rehearsed(request)
        kwargs["allow_redirects"] = False  # a redirect would carry credentials, or turn a POST into a GET
        attempts = 3 if request.method in ("GET", "HEAD") else 1
        began = time.monotonic()
        while True:
            attempts -= 1
            try:
                response = self._once(request, kwargs)
                if response.status_code not in (502, 503, 504) or not _worth_retrying(attempts, began):
                    return response
            except (NotSent, Unclear) as problem:
                if isinstance(problem, Busy) or not _worth_retrying(attempts, began):
                    raise
            time.sleep(random.uniform(0.1, 0.4))  # noqa: S311

    def _rehearsed(self, request: requests.PreparedRequest) -> Rehearsed:
        body = request.body.decode("utf-8", "replace") if isinstance(request.body, bytes) else request.body
        sent = str(body or urlsplit(request.url or "").query)  # without a body the address says it all
        form = (
            _fields(sent)
            if "json" in request.headers.get("Content-Type", "")
            else dict(parse_qsl(sent, keep_blank_values=True))
        )
        return Rehearsed(self.vendor, method=str(request.method), path=_path(request), form=form)

    def _once(self, request: requests.PreparedRequest, kwargs: dict[str, Any]) -> requests.Response:
        left = remaining()
        if left <= 0.05:
            raise NotSent(self.vendor, "no time left")
        if not self._slots.acquire(timeout=min(self._slot_wait, left)):
            raise Busy(self.vendor)
        began, outcome = time.monotonic(), "failed"
        try:
            response = self._exchange(request, kwargs)
            outcome = str(response.status_code)
        finally:
            self._slots.release()
            ms = (time.monotonic() - began) * 1000
            log.debug("%s %s %s %s %.0f ms", self.vendor, request.method, _path(request), outcome, ms)
            witness = _witness.get()
            if witness is not None:
                witness.append(f"{self.vendor} {request.method} {_path(request)} {outcome}")
        return response

    def _exchange(self, request: requests.PreparedRequest, kwargs: dict[str, Any]) -> requests.Response:
        left = max(remaining(), 0.05)
        kwargs["timeout"] = (min(CONNECT, left), min(READ, left))
        kwargs["stream"] = True
        with Guard(left) as guard:
            try:
                response = super().send(request, **kwargs)
                self._read(response)
            except requests.RequestException as problem:
                # From None: the text of a requests exception holds the URL.
                raise self._meaning(problem) from None
            except (ValueError, UnicodeError):
                raise NotSent(self.vendor, "header") from None  # its text holds the header
        if guard.fired:
            raise Unclear(self.vendor, "deadline")
        return response

    def _read(self, response: requests.Response) -> None:
        """Read the body as far as it may go; a small answer can unpack to more than the memory there is."""
        body = bytearray()
        for chunk in response.iter_content(65_536):
            body += chunk
            if len(body) > LARGEST:
                response.close()
                raise Garbled(self.vendor, "too large")
        response._content = bytes(body)  # where requests itself keeps it

    def _meaning(self, problem: requests.RequestException) -> IntegrationError:
        if isinstance(problem, requests.ConnectTimeout | requests.exceptions.InvalidURL):
            return NotSent(self.vendor, type(problem).__name__)
        reason = getattr(problem.args[0] if problem.args else None, "reason", None)
        cause = (
            reason.args[0]
            if isinstance(problem, requests.exceptions.SSLError) and reason and reason.args
            else reason
        )
        if isinstance(cause, NewConnectionError | ssl.SSLCertVerificationError):
            return NotSent(self.vendor, type(cause).__name__)
        return Unclear(self.vendor, type(problem).__name__)


def _fields(text: str) -> dict[str, str]:
    """What is at the top of a JSON body."""
    data = json.loads(text)
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in data.items()}


def _worth_retrying(attempts_left: int, began: float) -> bool:
    return attempts_left > 0 and time.monotonic() - began < RETRY_WITHIN and remaining() > 1


def _path(request: requests.PreparedRequest) -> str:
    return request.path_url.partition("?")[0]
