"""One town for each file, and a bot with fresh records and an empty board for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.town import JENKINS_HOOK_TOKEN, Town
from tests.bot.clockwork import bot_in
from tests.bot.incidents.boards import Board, OnGitee, OnTrello
from tests.bot.incidents.scene import JOB, Scene

BOARDS: dict[str, Callable[[Town], Board]] = {"trello": OnTrello, "gitee": OnGitee}
MakeScene = Callable[..., Scene]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        town.trello.limits.on = False  # a test is quicker than a day; what is over the limit has its own
        yield town


@pytest.fixture
def make_scene(town: Town, tmp_path: Path) -> Iterator[MakeScene]:
    """Make a bot whose variables are other than usual."""
    with ExitStack() as stack:

        def make(board: str = "trello", **env: str) -> Scene:
            there = BOARDS[board](town)
            stack.callback(there.clear)
            stack.callback(there.mend)
            more = {"GRAFANA_HOOK_SECRET": "", **there.env, **env}
            bot = stack.enter_context(bot_in(town, tmp_path, **more))
            town.jenkins.notify = (f"{town.room.bot_url}/hooks/jenkins/{JENKINS_HOOK_TOKEN}",)
            scene = Scene(bot, there)
            scene.job(JOB)
            scene.spent()
            return scene

        yield make
        town.jenkins.notify = ()


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    """The usual bot, with its cards on Trello."""
    return make_scene()
