"""A room and a bot, each on its port."""

from collections.abc import Callable, Iterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.dingtalk.app import create_app
from sandbox.dingtalk.room import Room
from sandbox.serving import serving
from tests.browser import browser, page
from tests.sandbox.dingtalk.recording import Clock, RecordingBot

__all__ = ["browser", "page"]


class Stage:
    """One port for all tests, as starting a server takes longer than a test: each test puts its app there."""

    app: ASGIApp
    url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def bot_stage() -> Iterator[Stage]:
    stage = Stage()
    stage.app = RecordingBot()
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture(scope="session")
def room_stage() -> Iterator[Stage]:
    stage = Stage()
    stage.app = create_app(Room("http://127.0.0.1:1", app_secret="s"))
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(bot_stage: Stage) -> RecordingBot:
    recording = RecordingBot(url=bot_stage.url)
    bot_stage.app = recording
    return recording


@pytest.fixture
def opened(room_stage: Stage) -> Callable[[Room], Room]:
    """Serve a room for the length of the test."""

    def open_room(room: Room) -> Room:
        room_stage.app, room.url = create_app(room), room_stage.url
        return room

    return open_room


@pytest.fixture
def room(bot: RecordingBot, clock: Clock, opened: Callable[[Room], Room]) -> Room:
    """A group with an app robot in it."""
    return opened(Room(bot.url, app_secret="this is a secret", clock=clock))


@pytest.fixture
def outgoing(bot: RecordingBot, clock: Clock, opened: Callable[[Room], Room]) -> Room:
    """A group with a group robot in it that has Outgoing switched on."""
    secret = "SEC0123456789abcdef"
    return opened(Room(bot.url, app_secret=None, outgoing_token="opaque", group_secret=secret, clock=clock))
