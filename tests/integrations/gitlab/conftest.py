"""A stand-in that asks for GitLab's own header, and our client for it."""

from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send

from integrations.gitlab.client import GitLab
from tests.integrations.conftest import Stage
from tests.integrations.standin import Reply, StandIn

TOKEN = "gitlab-s3cret"
NAME = "acme/shop/web@main"
PROJECT = "/gitlab/api/v4/projects/acme%2Fshop%2Fweb"
PIPELINES = f"{PROJECT}/pipelines"


@dataclass
class GitLabStandIn(StandIn):
    """Revokes a PRIVATE-TOKEN, and answers some requests differently each time, in `turns`."""

    turns: dict[str, list[Reply]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line = f"{scope['method']} {scope['raw_path'].decode()}"
        if self.turns.get(line):
            self.replies[line] = self.turns[line].pop(0)
        token = dict(scope["headers"]).get(b"private-token", b"")
        # First, so that a login of the machine's own would still be seen.
        headers = [(b"authorization", token), *scope["headers"]]
        await super().__call__({**scope, "headers": headers}, receive, send)


@pytest.fixture
def standin(stage: Stage) -> GitLabStandIn:
    stage.app = standin = GitLabStandIn(url=stage.url)
    return standin


@pytest.fixture
def gitlab(standin: GitLabStandIn) -> GitLab:
    return GitLab(standin.url + "/gitlab/", [TOKEN])
