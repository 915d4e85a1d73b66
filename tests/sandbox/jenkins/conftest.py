"""A Jenkins of its own for each test, without a quiet period, and a caller with an API token."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.jenkins.app import create_app
from sandbox.jenkins.server import Server
from sandbox.jenkins.users import Permission
from sandbox.serving import serving
from tests.sandbox.jenkins.calling import Caller, Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    empty = Stage()
    with serving(empty) as empty.url:
        yield empty


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path, quiet_period=0, start_delay=0, notify_timeout=5)
    made.add_user("sampan", password="password", token="token")
    made.add_user("reader", token="reader-token", permissions={Permission.READ})
    made.add_user("stranger", token="stranger-token", permissions=())
    yield made
    made.close()


@pytest.fixture
def jenkins(stage: Stage, server: Server) -> Caller:
    stage.app = create_app(server)
    return Caller(stage.url)
