"""Each merge method does with real git what its name says."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.gitee.git import Git
from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from tests.sandbox.gitee.client import PULL, Client

EIGHT = "1\n2\n3\n4\n5\n6\n7\n{}\n"


@pytest.fixture
def diverged(web: Repo, pull: Pull) -> Pull:
    """Two commits on the branch and one on main, in different places."""
    web.push("feature", {"c.txt": "c\n"}, message="Add c", by="wu")
    web.push("main", {"a.txt": EIGHT.format("eight")}, message="Say eight", by="chen")
    return pull


def show(git: Git, what: str) -> str:
    return git.run("show", what)


def test_merge_has_both_parents(api: Client, web: Repo, diverged: Pull) -> None:
    answer = api.merge()
    assert answer.status_code == 200
    tip = web.git.log("main")[0]
    assert answer.json() == {"sha": tip.sha, "merged": True, "message": "Pull Request 已成功合并"}
    assert tip.parents == (diverged.base_sha, diverged.head_sha)
    assert tip.message.startswith("!1 Say one\n\nMerge pull request !1 from wu/feature")
    assert show(web.git, "main:a.txt") == "one\n2\n3\n4\n5\n6\n7\neight"


def test_squash_adds_one_commit_with_everything(api: Client, web: Repo, diverged: Pull) -> None:
    sha = api.merge(merge_method="squash", title="One and c", description="Both.").json()["sha"]
    tip = web.git.log("main")[0]
    assert (tip.sha, tip.parents, tip.message) == (sha, (diverged.base_sha,), "One and c\n\nBoth.")
    assert web.git.run("ls-tree", "--name-only", "main").split() == ["a.txt", "b.txt", "c.txt"]


def test_rebase_is_linear_and_keeps_the_authors(api: Client, web: Repo, diverged: Pull) -> None:
    assert api.merge(merge_method="rebase").status_code == 200
    log = web.git.log("main")
    assert [commit.message for commit in log] == ["Add c", "Say one", "Say eight", "Initial commit"]
    assert all(len(commit.parents) <= 1 for commit in log)
    assert {(commit.author, commit.committer) for commit in log[:2]} == {("wu", "chen")}


def test_rebase_can_conflict_where_merge_does_not(api: Client, web: Repo, pull: Pull) -> None:
    web.push("feature", {"a.txt": EIGHT.format("8")}, message="Say 1 again")
    web.push("main", {"a.txt": "uno\n2\n3\n4\n5\n6\n7\n8\n"})
    assert api.json(PULL)["mergeable"] is True
    assert api.merge(merge_method="rebase").status_code == 405
    assert api.merge().status_code == 200
    assert web.git.run("worktree", "list").count("\n") == 0


def test_a_merged_pull_request_stays_as_it_was(api: Client, web: Repo, pull: Pull) -> None:
    assert api.call("GET", f"{PULL}/merge").status_code == 404
    sha = api.merge().json()["sha"]
    web.push("feature", {"late.txt": "late\n"})
    shown = api.json(PULL)
    assert (shown["state"], shown["head"]["sha"], shown["merge_commit_sha"]) == ("merged", pull.head_sha, sha)
    assert shown["merged_at"].endswith("+08:00")
    probe = api.call("GET", f"{PULL}/merge")
    assert (probe.status_code, probe.content) == (204, b"")


@pytest.mark.parametrize(("wish", "left"), [("true", ["main"]), ("false", ["feature", "main"])])
def test_the_source_branch_is_pruned_on_wish(
    api: Client, web: Repo, pull: Pull, wish: str, left: list[str]
) -> None:
    assert api.merge(prune_source_branch=wish).status_code == 200
    assert [branch["name"] for branch in api.json("/repos/acme/web/branches")] == left


def test_a_branch_that_goes_takes_other_open_pull_requests_along(api: Client, web: Repo, pull: Pull) -> None:
    web.push("release", {"r.txt": "r\n"})
    web.open_pull("Say one in the release too", author="wu", head="feature", base="release")
    api.merge(prune_source_branch="true")
    assert api.json("/repos/acme/web/pulls/2")["state"] == "closed"


def test_of_many_merges_at_once_one_succeeds(api: Client, web: Repo, pull: Pull) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.merge().status_code, range(4)))
    assert sorted(answers) == [200, 405, 405, 405]
    assert len(web.git.log("main")) == 3
