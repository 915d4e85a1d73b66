"""One port for all tests; each test has a world of its own behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.gitee.app import create_app
from sandbox.gitee.commons import Permission
from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World
from sandbox.serving import serving
from tests.sandbox.gitee.client import Client

MEMBERS = {
    "lin": Permission.ADMIN,
    "chen": Permission.WRITE,
    "wu": Permission.WRITE,
    "guest": Permission.READ,
}
FILES = {"a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n", "b.txt": "b\n"}


class Stage:
    """Starting a server takes longer than a test: it stays, and each test puts its app there."""

    app: ASGIApp
    url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def gitee_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage()
    stage.app = create_app(World(tmp_path_factory.mktemp("none")))
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    for login in (*MEMBERS, "stranger"):
        world.add_user(login, token=f"{login}-token")
    yield world
    world.close()


@pytest.fixture
def web(world: World) -> Repo:
    """A repo with a branch `feature` that changes the first line of a.txt."""
    repo = world.add_repo("acme/web", members=MEMBERS, files=FILES)
    repo.push("feature", {"a.txt": "one\n2\n3\n4\n5\n6\n7\n8\n"}, message="Say one")
    return repo


@pytest.fixture
def pull(web: Repo) -> Pull:
    """Its pull request, which asks for nothing."""
    return web.open_pull("Say one", author="wu", head="feature")


@pytest.fixture
def api(world: World, gitee_stage: Stage) -> Iterator[Client]:
    gitee_stage.app = create_app(world)
    with Client(gitee_stage.url) as client:
        yield client
