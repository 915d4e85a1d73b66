"""One port for all tests; each test has a world of its own behind it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.serving import serving
from sandbox.trello.app import create_app
from sandbox.trello.things import Board
from sandbox.trello.world import World
from tests.browser import browser, page
from tests.sandbox.trello.client import KEY, Client

__all__ = ["browser", "page"]

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Stage:
    """Starting a server takes longer than a test: it stays, and each test puts its app there."""

    app: ASGIApp
    url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def trello_stage() -> Iterator[Stage]:
    stage = Stage()
    stage.app = create_app(World())
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture
def world(trello_stage: Stage) -> World:
    """Two members of the board, and later somebody who is a member of nothing."""
    world = World(clock=lambda: START)
    world.keys.add(KEY)
    world.add_member("lin", name="林小满", token="lin-token")
    world.add_member("chen", name="陈默", token="chen-token")
    trello_stage.app = create_app(world)
    return world


@pytest.fixture
def board(world: World) -> Board:
    board = world.add_board("线上问题", lists=("待处理", "处理中", "已完成"))
    world.add_member("stranger", token="stranger-token")
    return board


@pytest.fixture
def api(trello_stage: Stage, world: World) -> Iterator[Client]:
    with Client(trello_stage.url) as client:
        yield client
