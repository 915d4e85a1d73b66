"""A Jenkins that really runs jobs, and our client for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integrations.jenkins.client import Jenkins
from integrations.model import BuildRef
from sandbox.jenkins.app import create_app
from sandbox.jenkins.builds import Build
from sandbox.jenkins.jobs import Parameter
from sandbox.jenkins.server import Server
from sandbox.jenkins.users import Permission
from tests.integrations.conftest import Stage
from tests.integrations.loopback import wait_until

JOB = "team/deploy"
SLOW = "echo slow; sleep 60"


@dataclass
class Yard:
    """One Jenkins with one job, which takes our marker."""

    server: Server
    url: str

    def client(self, user: str = "sampan") -> Jenkins:
        return Jenkins(self.url, user, [f"{user}-token"])

    def job(self, script: str = "true", **options: Any) -> None:
        self.server.add_job(JOB, script=script, parameters=[Parameter("SAMPAN_ID")], **options)

    def ask(self, marker: str = "b1-x") -> BuildRef:
        """Start the job; what we know then."""
        ci = self.client()
        queued = ci.trigger(ci.find(JOB), {"SAMPAN_ID": marker})
        self.server.requests.clear()
        return BuildRef(JOB, marker, queued.queue_id)

    def run(self, marker: str = "b1-x") -> tuple[BuildRef, Build]:
        """Start the job and see it begin."""
        ref = self.ask(marker)
        assert ref.queue_id is not None
        return ref, self.server.wait_started(ref.queue_id)

    def finish(self, marker: str = "b1-x") -> tuple[BuildRef, Build]:
        """Start the job and see it end."""
        ref, build = self.run(marker)
        return ref, self.server.wait_for(JOB, build.number)

    def until_it_asks(self, build: Build) -> None:
        wait_until(lambda: build.question is not None)

    @property
    def asked(self) -> list[str]:
        """What the server was asked since the start."""
        return [f"{one.method} {one.path}" for one in self.server.requests]


def made(root: Path, **options: Any) -> Server:
    server = Server(root, **{"quiet_period": 0, "start_delay": 0, "notify_timeout": 5, **options})
    server.add_user("sampan", token="sampan-token")
    server.add_user("reader", token="reader-token", permissions={Permission.READ})
    server.add_user("stranger", token="stranger-token", permissions=())
    return server


@pytest.fixture
def set_up(stage: Stage, tmp_path: Path) -> Iterator[Callable[..., Yard]]:
    """Set up a Jenkins, or another one in its place."""
    servers: list[Server] = []

    def put(**options: Any) -> Yard:
        server = made(tmp_path / str(len(servers)), **options)
        servers.append(server)
        stage.app = create_app(server)
        return Yard(server, stage.url)

    yield put
    for server in servers:
        server.close()


@pytest.fixture
def yard(set_up: Callable[..., Yard]) -> Yard:
    yard = set_up()
    yard.job()
    return yard
