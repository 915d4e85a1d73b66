"""A stand-in on a port, and a machine without proxies."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.serving import serving
from tests.integrations.loopback import wait_until
from tests.integrations.standin import StandIn


class Stage:
    """One port for all tests, as starting a server takes longer than a test: each test puts its app there."""

    app: ASGIApp
    url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture
def standin(stage: Stage) -> StandIn:
    """A server that knows only what the test lays ready."""
    stage.app = standin = StandIn(url=stage.url)
    return standin


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, and no certificates but those a test trusts."""
    for name in [one for one in os.environ if one.lower().endswith(("_proxy", "_ca_bundle"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Fail the test if it leaves a thread or a socket behind."""
    threads, sockets = _threads(), _open_sockets()
    yield
    wait_until(lambda: _threads() <= threads and _open_sockets() <= sockets)


def _threads() -> set[threading.Thread]:
    """Those there are, but for the one watchdog of the whole process."""
    return {thread for thread in threading.enumerate() if thread.name != "watchdog"}


def _open_sockets() -> int:
    """How many sockets this process has open, where the system says so."""
    return sum(_target(one).startswith("socket:") for one in Path("/proc/self/fd").glob("*"))


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:  # the one that lists the folder is gone already
        return ""
