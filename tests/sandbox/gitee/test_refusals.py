"""What is refused, with which status, and that nothing happened then."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.gitee.commons import Permission
from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World
from tests.sandbox.gitee.client import PULL, REPO, Client

Spoil = Callable[[Repo, Pull], object]


def needs_review(_: Repo, pull: Pull) -> None:
    pull.review.needed = 1


def needs_test(_: Repo, pull: Pull) -> None:
    pull.test.needed = 1


def is_draft(_: Repo, pull: Pull) -> None:
    pull.draft = True


def conflicts(repo: Repo, _: Pull) -> None:
    repo.push("main", {"a.txt": "uno\n"})


def is_closed(repo: Repo, pull: Pull) -> None:
    pull.close(by=pull.author)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (needs_review, "此 Pull Request 未通过设置的审查"),
        (needs_test, "此 Pull Request 未通过设置的测试"),
        (is_draft, "此 Pull Request 为草稿，不能合并"),
        (conflicts, "此 Pull Request 存在冲突，无法自动合并"),
        (is_closed, "此 Pull Request 已关闭"),
    ],
)
def test_a_merge_that_may_not_be(api: Client, web: Repo, pull: Pull, spoil: Spoil, message: str) -> None:
    spoil(web, pull)
    before = web.git.heads()
    answer = api.merge()
    assert (answer.status_code, answer.json()) == (405, {"message": message})
    assert web.git.heads() == before


def test_a_second_merge(api: Client, web: Repo, pull: Pull) -> None:
    assert api.merge().status_code == 200
    again = api.merge()
    assert (again.status_code, again.json()["message"]) == (405, "此 Pull Request 已合并")


@pytest.mark.parametrize(
    ("method", "path", "as_", "status"),
    [
        ("GET", "/user", "wrong", 401),
        ("GET", "/user", None, 401),
        ("GET", PULL, "wrong", 401),
        ("GET", PULL, None, 200),
        ("POST", f"{PULL}/review", None, 401),
        ("PUT", f"{PULL}/merge", None, 401),
        ("PUT", f"{PULL}/merge", "guest", 403),
        ("PUT", f"{PULL}/merge", "stranger", 403),
        ("POST", f"{PULL}/review", "guest", 403),
        ("POST", f"{PULL}/test", "stranger", 403),
        ("POST", f"{PULL}/labels", "guest", 403),
        ("PATCH", PULL, "guest", 403),
        ("POST", f"{REPO}/check-runs", "guest", 403),
        ("GET", f"{REPO}/pulls/9", "chen", 404),
        ("GET", "/repos/acme/absent", "chen", 404),
        ("GET", f"{REPO}/branches/absent", "chen", 404),
        ("GET", f"{REPO}/commits/absent/check-runs", "chen", 404),
        ("GET", "/nothing/here", "chen", 404),
        ("DELETE", PULL, "chen", 405),
    ],
)
def test_who_may_do_what(
    api: Client, pull: Pull, method: str, path: str, as_: str | None, status: int
) -> None:
    answer = api.call(method, path, as_=as_)
    assert answer.status_code == status
    assert status == 200 or answer.json()["message"]


def test_a_private_repo_is_as_absent_as_none(api: Client, world: World, web: Repo) -> None:
    world.add_repo("acme/secret", private=True, members={"lin": Permission.ADMIN})
    assert api.call("GET", "/repos/acme/secret", as_="lin").status_code == 200
    hidden, absent = (api.call("GET", f"/repos/acme/{name}", as_="chen") for name in ("secret", "absent"))
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert hidden.json() == {"message": "404 Project Not Found"}


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("PUT", f"{PULL}/merge", {"data": {"merge_method": "fast"}}),
        ("GET", f"{REPO}/pulls", {"params": {"state": "done"}}),
        ("GET", f"{REPO}/pulls", {"params": {"sort": "size"}}),
        ("GET", f"{REPO}/pulls", {"params": {"page": "x"}}),
        ("GET", f"{REPO}/pulls", {"params": {"since": "yesterday"}}),
        ("PATCH", PULL, {"data": {"state": "merged"}}),
        ("POST", f"{PULL}/comments", {"data": {"body": " "}}),
        ("POST", f"{PULL}/labels", {"json": {"labels": "hold"}}),
        ("POST", f"{PULL}/labels", {"json": ["x"]}),
        ("POST", f"{PULL}/assignees", {"data": {"assignees": "nobody-of-that-name"}}),
        ("POST", f"{PULL}/testers", {}),
        ("POST", f"{REPO}/check-runs", {"data": {"name": "ci", "head_sha": "absent"}}),
    ],
)
def test_a_wrong_field(api: Client, pull: Pull, method: str, path: str, sent: dict[str, Any]) -> None:
    answer = api.call(method, path, **sent)
    assert answer.status_code == 400
    assert answer.json()["message"]
