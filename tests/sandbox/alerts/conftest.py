"""A monitor and a bot that only listens, each on its port."""

from collections.abc import Iterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.alerts.app import create_app
from sandbox.alerts.monitor import Monitor
from sandbox.alerts.rules import Sender
from sandbox.serving import serving
from tests.browser import browser, page
from tests.sandbox.alerts.receiver import Receiver

__all__ = ["browser", "page"]

SECRET = "a-secret"


class Stage:
    """One port for all tests, as starting a server takes longer than a test: each test puts its app there."""

    app: ASGIApp
    url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def bot_stage() -> Iterator[Stage]:
    stage = Stage()
    stage.app = Receiver()
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture(scope="session")
def monitor_stage() -> Iterator[Stage]:
    stage = Stage()
    stage.app = create_app(Monitor())
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture
def bot(bot_stage: Stage) -> Receiver:
    bot_stage.app = receiver = Receiver()
    return receiver


@pytest.fixture
def monitor(bot: Receiver, bot_stage: Stage, monitor_stage: Stage) -> Iterator[Monitor]:
    """It tells the bot, and is in a hurry."""
    monitor = Monitor(secret=SECRET, waits=(0.01, 0.02))
    monitor_stage.app, monitor.url = create_app(monitor), monitor_stage.url
    monitor.hooks = {
        Sender.ALERTMANAGER: f"{bot_stage.url}/alertmanager",
        Sender.GRAFANA: f"{bot_stage.url}/grafana",
    }
    yield monitor
    monitor.close()
