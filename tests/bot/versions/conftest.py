"""One town and one port for all journeys, and a bot with fresh records and an empty GitLab for each test."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from bot.settings import load
from bot.web.app import create_app
from bot.wiring import Wired
from sandbox.dingtalk.limits import Throttle
from sandbox.serving import serving
from sandbox.town import Town
from tests.bot.clockwork import Clock, Watch
from tests.bot.versions.scene import Scene

MakeScene = Callable[..., Scene]
USUAL = {"LANGUAGE": "en", "MESSAGES_A_MINUTE": "0", "ANSWER_FIRST": "no"}


@pytest.fixture(scope="package")
def town() -> Iterator[Town]:
    with Town() as town:
        town.gitlab.coordinator.runners = 0
        town.jenkins.quiet_period, town.jenkins.executors = 0.0, 4
        yield town


@pytest.fixture(scope="package")
def served(town: Town) -> Iterator[FastAPI]:
    """The web side of a bot: a start costs more than a test."""
    app = create_app({**town.environment, **USUAL})
    with serving(app) as town.room.bot_url:
        yield app


@pytest.fixture
def make_scene(town: Town, served: FastAPI, tmp_path: Path) -> Iterator[MakeScene]:
    """Make a bot whose variables are other than usual."""
    clock, made = Clock(), list[Scene]()
    town.room.clock, town.room.throttle = clock, Throttle(itertools.count(0, 3600).__next__)
    records = {"DATABASE_URL": f"sqlite:///{tmp_path / 'sampan.db'}"}

    def make(**env: str) -> Scene:
        full = {**town.environment, **USUAL, **records, **env}
        sampan = Wired(load(full), clock=clock)
        served.state.shared = replace(served.state.shared, sampan=sampan)
        made.append(Scene(Watch(town, sampan, clock, full)))
        return made[-1]

    yield make
    for one in made:
        one.leave()


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    """The usual bot, which hears of nothing by itself."""
    return make_scene()


@pytest.fixture
def told(make_scene: MakeScene) -> Scene:
    """A bot that hears of what happens, and works on it after its answer."""
    scene = make_scene(ANSWER_FIRST="yes")
    scene.listen()
    return scene


@pytest.fixture
def own(make_scene: MakeScene, tmp_path: Path) -> Scene:
    """A team with variables of its own."""
    config = tmp_path / "sampan.toml"
    config.write_text('[services.mall]\nvariables = ["FAST", "NOTE", "PASSWORD"]\n', "utf-8")
    return make_scene(SAMPAN_CONFIG=str(config))
