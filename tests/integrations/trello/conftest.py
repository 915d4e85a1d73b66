"""A board of three lists on the stand-in, and a client whose time is the board's."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.trello.client import Trello
from integrations.trello.rate import Window
from sandbox.trello.app import create_app
from sandbox.trello.things import Board
from sandbox.trello.world import World
from tests.integrations.conftest import Stage

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY, TOKEN = "the-key", "the-token"


@pytest.fixture
def world(stage: Stage) -> World:
    """Two members, of whom the first is a person, and one key."""
    world = World(clock=lambda: START)
    world.keys.add(KEY)
    world.add_member("lin")
    world.add_member("sampan_bot", token=TOKEN)
    stage.app = create_app(world)
    return world


@pytest.fixture
def board(world: World) -> Board:
    return world.add_board("线上问题", lists=("待处理", "处理中", "已完成"))


@pytest.fixture
def window(world: World) -> Window:
    """The client's own limit; whoever waits moves the board's time on."""
    return Window(
        clock=lambda: world.clock.now().timestamp(),
        sleep=lambda seconds: world.clock.pass_time(timedelta(seconds=seconds)),
    )


@pytest.fixture
def trello(stage: Stage, board: Board, window: Window) -> Trello:
    todo, _, done = board.lists
    return Trello(f"{stage.url}/1", KEY, [TOKEN], todo=todo.id, done=done.id, window=lambda: window)
