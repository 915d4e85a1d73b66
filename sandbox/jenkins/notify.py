"""The Notification plugin: tell other systems how far a build is.

Read from jenkinsci/notification-plugin 720ea449: JobListener, Phase, Protocol and HttpWorker. Any answer is a
success to it, nothing is sent twice, and the build's executor waits meanwhile.
"""

import base64
import json
import socket
from contextlib import suppress
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from sandbox.jenkins.builds import Build

TIMEOUT = 30.0


class Phase(StrEnum):
    """What a notification is about."""

    QUEUED = "QUEUED"  # sent with STARTED, not when the build is queued
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    FINALIZED = "FINALIZED"


class Notifier:
    """Posts to a job's endpoints and those `everywhere`, in turn; `close` hangs up on the silent ones."""

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout
        self.everywhere: tuple[str, ...] = ()
        self._open: set[HTTPConnection] = set()
        self._closed = False

    def tell(self, build: Build, phase: Phase, *, root: str) -> None:
        """Send one phase to every endpoint; who cannot be reached is named in the build's log."""
        body = json.dumps(payload(build, phase, root=root), ensure_ascii=False).encode()
        for url in (*build.job.notify, *self.everywhere):
            if self._closed:
                return
            try:
                self._post(urlsplit(url), body)
            except (OSError, HTTPException, ValueError) as error:
                build.say(f"Failed to notify endpoint - {type(error).__name__}")

    def close(self) -> None:
        """Break every conversation off."""
        self._closed = True
        for connection in list(self._open):
            if connection.sock:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def _post(self, url: SplitResult, body: bytes) -> None:
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=self.timeout)
        self._open.add(connection)
        try:
            connection.connect()
            if self._closed:
                return
            target = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request("POST", target, body, _headers(url))
            connection.getresponse().read()
        finally:
            self._open.discard(connection)
            connection.close()


def payload(build: Build, phase: Phase, *, root: str) -> dict[str, Any]:
    """What the plugin sends; it leaves out what is null, such as `status` of a build that runs."""
    over = phase in (Phase.COMPLETED, Phase.FINALIZED)
    state: dict[str, Any] = {
        "full_url": root + build.path if root else None,
        "number": build.number,
        "queue_id": build.queue_id,
        # Of FINALIZED it is the time of sending: the same, but for how long others took to be told.
        "timestamp": int(build.started * 1000) + (int(build.duration * 1000) if over else 0),
        "duration": int(build.duration * 1000),
        "phase": phase.value,
        "status": build.result.value if over and build.result else None,
        "url": build.path,
        "scm": {"changes": [], "culprits": [] if build.job.pipeline else build.culprits},
        "parameters": _parameters(build),
        "log": "",
        "notes": "",
        "artifacts": {},
    }
    job = build.job
    shown = {key: value for key, value in state.items() if value is not None}
    return {"name": job.name, "display_name": job.name, "url": job.path, "build": shown}


def _parameters(build: Build) -> dict[str, str] | None:
    """The values as the build's environment has them: also under their upper-case names."""
    return {**{name.upper(): value for name, value in build.shown.items()}, **build.shown} or None


def _headers(url: SplitResult) -> dict[str, str]:
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    if url.username:
        pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return headers
