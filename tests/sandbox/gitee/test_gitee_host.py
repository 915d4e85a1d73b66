"""The host around the pull requests: tokens, repos, branches, the record of calls, and bad days."""

from typing import Any

import pytest

from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World
from tests.sandbox.gitee.client import PULL, REPO, Client


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"Authorization": "Bearer lin-token"}},
        {"headers": {"Authorization": "token lin-token"}},
        {"params": {"access_token": "lin-token"}},
        {"data": {"access_token": "lin-token"}},
        {"json": {"access_token": "lin-token"}},
    ],
)
def test_a_token_is_taken_wherever_it_is_and_never_recorded(
    api: Client, world: World, sent: dict[str, Any]
) -> None:
    answer = api.request("GET", f"{api.site}/api/v5/user", timeout=5, **sent)
    assert (answer.status_code, answer.json()["login"]) == (200, "lin")
    assert "lin-token" not in repr(world.requests)


def test_every_call_is_recorded(api: Client, world: World, pull: Pull) -> None:
    api.call("GET", f"{REPO}/pulls", params={"state": "all"})
    api.merge(merge_method="squash")
    api.call("POST", f"{PULL}/labels", json=["hold"])
    listed, merged, labelled = world.requests
    assert (listed.method, listed.path, listed.query) == ("GET", f"/api/v5{REPO}/pulls", {"state": "all"})
    assert (merged.method, merged.body) == ("PUT", {"merge_method": "squash"})
    assert (labelled.body, labelled.headers["authorization"]) == (["hold"], "Bearer ***")


@pytest.mark.parametrize(("kind", "status", "state"), [("502", 502, "open"), ("lost", 504, "merged")])
def test_a_bad_day(api: Client, world: World, pull: Pull, kind: str, status: int, state: str) -> None:
    fault = {"kind": kind, "match": "PUT .*/merge", "times": 1, "seconds": 0}
    api.put(f"{api.site}/_fault", json=fault, timeout=5)
    assert api.merge().status_code == status
    assert api.json(PULL)["state"] == state
    assert [call.method for call in world.requests] == ["PUT", "GET"]


@pytest.mark.parametrize(
    ("as_", "push", "admin"), [("lin", True, True), ("chen", True, False), ("stranger", False, False)]
)
def test_a_repo(api: Client, web: Repo, as_: str, push: bool, admin: bool) -> None:
    shown = api.call("GET", REPO, as_=as_).json()
    assert (shown["full_name"], shown["id"], shown["default_branch"]) == ("acme/web", web.id, "main")
    assert shown["permission"] == {"pull": True, "push": push, "admin": admin}


def test_branches_and_commits(api: Client, web: Repo) -> None:
    sha = web.push("fix/用户", {"b.txt": "B\n"}, message="Shout", by="lin")
    assert api.json(f"{REPO}/branches/fix/用户")["commit"]["sha"] == sha
    assert [branch["name"] for branch in api.json(f"{REPO}/branches")] == ["feature", "fix/用户", "main"]
    answer = api.call("GET", f"{REPO}/commits", params={"sha": "fix/用户", "per_page": 1})
    (newest,) = answer.json()
    assert (newest["sha"], newest["commit"]["message"]) == (sha, "Shout")
    assert newest["author"]["login"] == "lin"
    assert [parent["sha"] for parent in newest["parents"]] == [web.git.heads()["main"]]
    assert answer.headers["total_count"] == "2"


def test_files_are_changed_and_removed(web: Repo) -> None:
    web.push("feature", {"a.txt": None, "文档/说明.md": "说明\n"})
    names = web.git.run("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "feature")
    assert names.split() == ["b.txt", "文档/说明.md"]
