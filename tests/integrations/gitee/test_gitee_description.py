"""Every request the client can make, against Gitee's own description of its API.

It is served at gitee.com/api/v5/doc_json.
"""

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from integrations.errors import IntegrationError
from integrations.gitee.client import Gitee
from integrations.model import Method, Vote
from tests.integrations.standin import Request, StandIn, sample

DESCRIPTION = Path(__file__).parents[3] / "../shared/facts/gitee-swagger.json"
NEVER = {"access_token", "force", "assignees_number", "testers_number", "reset_all"}

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.exists(),
    reason="Gitee's API description is not beside the checkout; it is not ours to ship",
)


@pytest.fixture
def paths() -> dict[str, Any]:
    paths: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))["paths"]
    return paths


@pytest.fixture
def requests(standin: StandIn) -> list[Request]:
    """One of every request: all public methods with all their options."""
    gitee = Gitee(standin.url + "/api/v5", ["s3cret"])
    pulls = "/api/v5/repos/acme/web/pulls"
    standin.on(f"GET {pulls}", sample("gitee/pull/list.json"))
    standin.on(f"GET {pulls}/233", sample("gitee/pull/open.json"))
    gitee.pulls("acme/web", page=2, author="zhangsan")
    gitee.pull("acme/web", 233)
    calls: list[Callable[[], object]] = [
        partial(gitee.checks, "acme/web", "3f2a9c1"),
        gitee.account,
        partial(gitee.note, "acme/web", 233, 501),
        partial(gitee.comment, "acme/web", 233, "x"),
        *(partial(gitee.vote, "acme/web", 233, vote) for vote in Vote),
        *(partial(gitee.merge, "acme/web", 233, how) for how in Method),
    ]
    for call in calls:
        with pytest.raises(IntegrationError):  # the stand-in knows no more than it must
            call()
    assert len(standin.requests) == len(calls) + 2
    return standin.requests


def test_the_methods_are_all_here() -> None:
    public = {name for name in vars(Gitee) if not name.startswith("_")}
    assert public == {"pulls", "pull", "checks", "vote", "comment", "note", "account", "merge"}


def test_every_request_is_described(requests: list[Request], paths: dict[str, Any]) -> None:
    for request in requests:
        described = operation(request, paths)
        for place, given in (("query", request.query), ("formData", request.form)):
            declared = {one["name"]: one for one in described["parameters"] if one["in"] == place}
            assert given.keys() <= declared.keys(), request.line
            assert {name for name, one in declared.items() if one["required"]} <= given.keys(), request.line
            for name, value in given.items():
                assert fits(value, declared[name]), f"{request.line}: {name}={value}"


def test_no_request_opens_a_gate_or_shows_the_token(requests: list[Request]) -> None:
    for request in requests:
        assert not NEVER & (request.query.keys() | request.form.keys())
        assert "s3cret" not in f"{request.target}{request.query}{request.body!r}"


def operation(request: Request, paths: dict[str, Any]) -> dict[str, Any]:
    """The one operation whose path fits, below the description's basePath of /api."""
    path = request.target.removeprefix("/api")
    fitting = [one for one in paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)]
    assert len(fitting) == 1, request.line
    assert request.method.lower() in paths[fitting[0]], request.line
    described: dict[str, Any] = paths[fitting[0]][request.method.lower()]
    return described


def fits(value: str, declared: dict[str, Any]) -> bool:
    """Whether a value has its parameter's type, and is one of its choices if it has any."""
    patterns = {"integer": r"-?\d+", "boolean": "true|false", "string": "(?s:.*)"}
    of_type = re.fullmatch(patterns[declared["type"]], value) is not None
    return of_type and value in declared.get("enum", [value])
