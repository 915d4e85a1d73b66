"""A world of its own for each test, with a project in a group in a group, and who listens to its hooks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.gitlab.app import create_app
from sandbox.gitlab.definition import one_job
from sandbox.gitlab.hooks import Hook
from sandbox.gitlab.people import Role
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from sandbox.serving import serving
from tests.browser import browser, page
from tests.sandbox.gitlab.client import Client, Stage
from tests.sandbox.gitlab.receiver import Receiver

__all__ = ["browser", "page"]

MEMBERS = {
    "lin": Role.MAINTAINER,
    "wu": Role.DEVELOPER,
    "chen": Role.DEVELOPER,
    "guest": Role.REPORTER,
}


@dataclass
class Clock:
    """The time goes on as it does, and a test may put it forward."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="session")
def gitlab_stage() -> Iterator[Stage]:
    stage = Stage()
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture(scope="session")
def gitlab_listener() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(receiver) as receiver.url:
        yield receiver


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path, clock: Clock, gitlab_stage: Stage) -> Iterator[World]:
    world = World(tmp_path, clock=clock)
    world.hooks.site = gitlab_stage.url
    for username in (*MEMBERS, "stranger"):
        world.add_user(username, token=f"{username}-token")
    yield world
    world.close()


@pytest.fixture
def shop(world: World) -> Project:
    return world.add_project(
        "acme/tools/shop",
        members=MEMBERS,
        definition=one_job("echo built"),
        trigger_tokens={"pull-it": "chen", "old": "guest"},
    )


@pytest.fixture
def api(world: World, shop: Project, gitlab_stage: Stage) -> Iterator[Client]:
    gitlab_stage.app = create_app(world)
    with Client(gitlab_stage.url) as client:
        yield client


@pytest.fixture
def receiver(gitlab_listener: Receiver) -> Receiver:
    gitlab_listener.received, gitlab_listener.status = [], 200
    return gitlab_listener


@pytest.fixture
def hook(world: World, shop: Project, receiver: Receiver) -> Hook:
    return world.add_hook(shop, f"{receiver.url}/hooks/gitlab", token="hook-token")
