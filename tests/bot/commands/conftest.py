"""One town for each module of command tests, or one for all whose bot's clock a test moves."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from bot.settings import load
from bot.web.app import create_app
from bot.wiring import Wired
from sandbox.dingtalk.limits import Throttle
from sandbox.dingtalk.members import Member
from sandbox.serving import serving
from sandbox.town import Town
from tests.bot.clockwork import Clock, MakeBot, Watch
from tests.support.town import Place, place

MEI = Member("mei", "梅", "mei")


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place() as here:
        yield here


@pytest.fixture(autouse=True)
def mended(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test broke works again after it."""
    yield
    if "here" in request.fixturenames:
        request.getfixturevalue("here").mend()


@pytest.fixture(scope="package")
def town() -> Iterator[Town]:
    with Town() as town:
        town.room.members["mei"] = MEI
        yield town


@pytest.fixture(scope="package")
def served(town: Town) -> Iterator[FastAPI]:
    """The web side of a bot, on a port of its own for all these tests: a start costs more than a test."""
    app = create_app({**town.environment, "LANGUAGE": "en", "MESSAGES_A_MINUTE": "0"})
    with serving(app) as address:
        app.state.address = address
        yield app


@pytest.fixture
def bot(town: Town, served: FastAPI, tmp_path: Path) -> Iterator[MakeBot]:
    """Makes a bot, as often as a test has other variables for it, always on the same fresh records."""
    clock, made = Clock(), list[Watch]()
    town.jenkins.quiet_period, town.jenkins.executors = 0.0, 4
    town.room.clock, town.room.throttle = clock, Throttle(itertools.count(0, 3600).__next__)
    town.room.bot_url = served.state.address
    records = {
        "LANGUAGE": "en",
        "MESSAGES_A_MINUTE": "0",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'sampan.db'}",
    }

    def make(**env: str) -> Watch:
        full = {**town.environment, **records, **env}
        sampan = Wired(load(full), clock=clock)
        served.state.shared = replace(served.state.shared, sampan=sampan)
        made.append(Watch(town, sampan, clock, full))
        return made[-1]

    yield make
    for one in made:
        one.mend()
        one.store.close()
    town.jenkins.restart()  # ends what still runs
    town.jenkins.requests.clear()


@pytest.fixture
def watch(bot: MakeBot) -> Watch:
    """A bot with a deploy job that takes no time, where nothing happens by itself."""
    watch = bot()
    watch.job()
    return watch
