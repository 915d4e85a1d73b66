"""What a pull request looks like, how lists are filtered and paged, how it changes."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.gitee.pulls import Pull, State
from sandbox.gitee.repo import Repo
from tests.sandbox.gitee.client import PULL, REPO, Client

LIST = f"{REPO}/pulls"


@pytest.fixture
def many(web: Repo) -> Repo:
    """Number 1 is the newest of five; 4 is closed and 5 merged."""
    for number in range(1, 6):
        web.open_pull(
            f"Number {number}", author="lin" if number == 2 else "wu", head="feature",
            assignees=["chen"] if number == 3 else [], testers=["lin"] if number == 1 else [],
            labels=["hold", "bug"] if number == 2 else ["bug"] if number == 3 else [],
            age=timedelta(days=number),
        )  # fmt: skip
    web.pulls[4].close(by=web.pulls[4].author)
    web.pulls[5].state = State.MERGED
    web.pulls[3].add_comment("Look", by=web.pulls[3].author)
    return web


def test_the_fields_of_one(api: Client, web: Repo, pull: Pull) -> None:
    shown = api.json(PULL)
    page = f"{api.site}/acme/web/pulls/1"
    repo = {"full_name": "acme/web", "id": web.id}
    assert shown["html_url"] == page
    assert {key: shown[key] for key in ("number", "state", "title", "draft", "mergeable")} == {
        "number": 1, "state": "open", "title": "Say one", "draft": False, "mergeable": True,
    }  # fmt: skip
    for end, ref, login in (("head", "feature", "wu"), ("base", "main", "acme")):
        assert (shown[end]["ref"], shown[end]["label"], shown[end]["user"]["login"]) == (ref, ref, login)
        assert shown[end]["sha"] == web.git.heads()[ref]
        assert repo.items() <= shown[end]["repo"].items()
    assert shown["created_at"].endswith("+08:00")
    assert (shown["closed_at"], shown["merged_at"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 3]),
        ({"direction": "asc"}, [3, 2, 1]),
        ({"sort": "updated"}, [3, 1, 2]),
        ({"sort": "popularity"}, [3, 2, 1]),
        ({"sort": "long-running"}, [3, 2, 1]),
        ({"state": "closed"}, [4]),
        ({"state": "merged"}, [5]),
        ({"state": "all"}, [1, 2, 3, 4, 5]),
        ({"author": "lin"}, [2]),
        ({"assignee": "chen"}, [3]),
        ({"tester": "lin"}, [1]),
        ({"labels": "bug"}, [2, 3]),
        ({"labels": "bug,hold"}, [2]),
        ({"head": "wu:feature", "per_page": 1}, [1]),
        ({"base": "release"}, []),
        ({"since": "2999-01-01"}, []),
        ({"per_page": 2, "page": 2}, [3]),
    ],
)
def test_lists(api: Client, many: Repo, query: dict[str, Any], numbers: list[int]) -> None:
    assert [shown["number"] for shown in api.json(LIST, **query)] == numbers


@pytest.mark.parametrize(
    ("query", "shown", "total", "pages"),
    [
        ({"state": "all"}, 5, "5", "1"),
        ({"state": "all", "per_page": 2}, 2, "5", "3"),
        ({"state": "all", "per_page": 2, "page": 3}, 1, "5", "3"),
        ({"state": "all", "per_page": 2, "page": 4}, 0, "5", "3"),
        ({"state": "all", "per_page": 1000}, 5, "5", "1"),
        ({"base": "release"}, 0, "0", "0"),
    ],
)
def test_pages_are_counted_in_the_headers(
    api: Client, many: Repo, query: dict[str, Any], shown: int, total: str, pages: str
) -> None:
    answer = api.call("GET", LIST, params=query)
    headers = answer.headers
    assert (len(answer.json()), headers["total_count"], headers["total_page"]) == (shown, total, pages)


def test_a_page_has_a_hundred_at_most(api: Client, web: Repo) -> None:
    sha = web.git.heads()["main"]
    made = "".join(f"create refs/heads/branch-{number} {sha}\n" for number in range(100))
    web.git.run("update-ref", "--stdin", stdin=made.encode())
    answer = api.call("GET", f"{REPO}/branches", params={"per_page": "500"})
    assert (len(answer.json()), answer.headers["total_page"]) == (100, "2")


@pytest.mark.parametrize("encoding", ["data", "json"])
def test_changes_come_as_a_form_or_as_json(api: Client, pull: Pull, encoding: str) -> None:
    wish = {"title": "Say 1", "body": "Why not", "draft": "true", "labels": "hold,bug", "state": "closed"}
    shown = api.call("PATCH", PULL, **{encoding: wish}).json()
    assert (shown["title"], shown["body"], shown["draft"]) == ("Say 1", "Why not", True)
    assert (shown["state"], [label["name"] for label in shown["labels"]]) == ("closed", ["hold", "bug"])
    assert shown["closed_at"]
    assert api.call("PATCH", PULL, data={"state": "open"}).json()["closed_at"] is None


def test_mergeable_is_unknown_for_a_while(api: Client, pull: Pull) -> None:
    pull.hide_mergeable(2)
    assert [api.json(PULL)["mergeable"] for _ in range(3)] == [None, None, True]


def test_mergeable_follows_both_branches(api: Client, web: Repo, pull: Pull) -> None:
    web.push("main", {"a.txt": "uno\n2\n3\n4\n5\n6\n7\n8\n"})
    assert api.json(PULL)["mergeable"] is False
    web.push("feature", {"a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n", "c.txt": "c\n"})
    assert api.json(PULL)["mergeable"] is True


def test_a_push_moves_the_head(api: Client, web: Repo, pull: Pull) -> None:
    sha = web.push("feature", {"c.txt": "c\n"}, message="Add c", by="chen")
    assert api.json(PULL)["head"]["sha"] == sha
    assert [commit["commit"]["message"] for commit in api.json(f"{PULL}/commits")] == ["Add c", "Say one"]


def test_a_push_by_git_itself_moves_the_head_too(api: Client, web: Repo, pull: Pull) -> None:
    web.git.run("update-ref", "refs/heads/feature", web.git.heads()["main"])
    assert api.json(PULL)["head"]["sha"] == web.git.heads()["main"]


def test_the_log_tells_who_did_what(api: Client, pull: Pull) -> None:
    api.call("POST", f"{PULL}/labels", as_="lin", json=["hold"])
    api.call("POST", f"{PULL}/review", as_="chen")
    newest_first = [(entry["user"]["login"], entry["content"]) for entry in api.json(f"{PULL}/operate_logs")]
    expected = [("chen", "审查通过"), ("lin", "添加了标签 hold"), ("wu", "创建了 Pull Request")]
    assert newest_first == expected
    assert api.json(f"{PULL}/operate_logs", sort="asc")[0]["content"] == "创建了 Pull Request"
