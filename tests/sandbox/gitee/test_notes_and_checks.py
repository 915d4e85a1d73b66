"""Labels, comments and check runs, as a form or as JSON."""

from typing import Any

import pytest

from sandbox.gitee.checks import Conclusion
from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World
from tests.sandbox.gitee.client import PULL, REPO, Client

RUNS = f"{REPO}/check-runs"


def names(answer: Any) -> list[str]:
    return [label["name"] for label in answer]


def test_labels_come_as_a_json_array(api: Client, pull: Pull) -> None:
    added = api.call("POST", f"{PULL}/labels", json=["hold", "bug", "hold"])
    assert (added.status_code, names(added.json())) == (201, ["hold", "bug"])
    replaced = api.call("PUT", f"{PULL}/labels", json=["bug", "性能"])
    assert (replaced.status_code, names(replaced.json())) == (200, ["bug", "性能"])
    assert names(api.json(f"{PULL}/labels")) == names(api.json(PULL)["labels"]) == ["bug", "性能"]
    for path in ("bug,absent", "%E6%80%A7%E8%83%BD"):
        removed = api.call("DELETE", f"{PULL}/labels/{path}")
        assert (removed.status_code, removed.content) == (204, b"")
    assert api.json(f"{PULL}/labels") == []


@pytest.mark.parametrize("encoding", ["data", "json"])
def test_comments_of_both_kinds(api: Client, pull: Pull, encoding: str) -> None:
    written = api.call("POST", f"{PULL}/comments", as_="guest", **{encoding: {"body": "看过了 & fine"}})
    assert written.status_code == 201
    assert (written.json()["user"]["login"], written.json()["body"]) == ("guest", "看过了 & fine")
    api.call("POST", f"{PULL}/comments", **{encoding: {"body": "Here", "path": "a.txt", "position": 1}})
    kinds = {kind: len(api.json(f"{PULL}/comments", comment_type=kind)) for kind in ("", "diff_comment")}
    assert kinds == {"": 2, "diff_comment": 1}
    newest = api.call("GET", f"{PULL}/comments", params={"direction": "desc", "per_page": 1})
    assert (newest.json()[0]["body"], newest.headers["total_count"]) == ("Here", "2")


def test_one_comment_is_read_and_edited(api: Client, pull: Pull) -> None:
    written = api.call("POST", f"{PULL}/comments", data={"body": "looks good"}).json()
    path = f"{REPO}/pulls/comments/{written['id']}"
    assert api.json(path) == written
    assert written["pull_request_url"].endswith(PULL)
    edited = api.call("PATCH", path, json={"body": "/merge 1"})
    assert (edited.status_code, api.json(path)["body"]) == (200, "/merge 1")
    assert api.call("PATCH", path, as_="lin", data={"body": "x"}).status_code == 403
    assert api.call("PATCH", path, data={"body": " "}).status_code == 400
    assert [one["body"] for one in api.json(f"{PULL}/comments")] == ["/merge 1"]


@pytest.mark.parametrize("repo", ["acme/web", "acme/api", "acme/absent"])
def test_a_comment_is_known_in_its_own_repo_only(api: Client, world: World, pull: Pull, repo: str) -> None:
    world.add_repo("acme/api")
    comment = pull.add_comment("x", by=pull.author)
    expected = {comment.id: 200 if repo == "acme/web" else 404, 1: 404}
    for number, status in expected.items():
        assert api.call("GET", f"/repos/{repo}/pulls/comments/{number}").status_code == status


@pytest.mark.parametrize(
    ("encoding", "output"), [("data", {"output[title]": "Bad"}), ("json", {"output": {"title": "Bad"}})]
)
def test_a_check_run_from_start_to_end(
    api: Client, pull: Pull, encoding: str, output: dict[str, Any]
) -> None:
    wish = {"name": "unit-tests", "head_sha": pull.head_sha, "status": "in_progress", **output}
    made = api.call("POST", RUNS, **{encoding: wish})
    run = made.json()
    assert (made.status_code, run["status"], run["conclusion"]) == (201, "in_progress", None)
    end = {"status": "completed", "conclusion": "failure", "details_url": "https://ci.example.com/1"}
    ended = api.call("PATCH", f"{RUNS}/{run['id']}", **{encoding: end}).json()
    assert (ended["status"], ended["conclusion"], ended["output"]) == (
        "completed",
        "failure",
        {"title": "Bad"},
    )
    assert ended["completed_at"]
    assert api.json(f"{RUNS}/{run['id']}") == ended
    assert api.call("PATCH", f"{RUNS}/1", **{encoding: end}).status_code == 404


@pytest.mark.parametrize(
    ("query", "conclusions"),
    [
        ({}, ["success", None]),
        ({"filter": "all"}, ["failure", "success", None]),
        ({"status": "in_progress"}, [None]),
        ({"check_name": "unit"}, ["success"]),
        ({"pull_request_id": 1}, ["success", None]),
        ({"pull_request_id": 2}, [None]),
    ],
)
def test_of_a_commit_the_newest_of_each_name_counts(
    api: Client, web: Repo, pull: Pull, query: dict[str, Any], conclusions: list[str | None]
) -> None:
    web.open_pull("Another", author="wu", head="feature")
    web.add_check("unit", sha=pull.head_sha, conclusion=Conclusion.FAILURE, pull=1)
    web.add_check("unit", sha=pull.head_sha, conclusion=Conclusion.SUCCESS, pull=1)
    web.add_check("lint", sha=pull.head_sha)
    web.add_check("unit", sha=web.git.heads()["main"], conclusion=Conclusion.FAILURE)
    for ref in (pull.head_sha, "feature"):
        found = api.json(f"{REPO}/commits/{ref}/check-runs", **query)
        assert [run["conclusion"] for run in found["check_runs"]] == conclusions
        assert found["total_count"] == len(conclusions)
