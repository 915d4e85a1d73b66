"""The pages behind the links, and the demo's world."""

import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.gitee.app import create_app
from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from sandbox.gitee.seed import TOKEN, seed
from sandbox.gitee.world import World
from sandbox.serving import serving
from tests.sandbox.gitee.client import PULL, Client


def page(api: Client, path: str) -> str:
    answer = api.get(f"{api.site}{path}", timeout=5)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text if answer.ok else f"{answer.status_code}"


def number(pull: dict[str, Any]) -> int:
    return int(pull["number"])


def test_a_link_leads_to_a_page_with_everything(api: Client, web: Repo, pull: Pull) -> None:
    pull.add_label("hold")
    pull.review.ask(["chen"])
    pull.add_comment("等一等", by=web.commons.user("lin"))
    web.add_check("unit-tests", sha=pull.head_sha)
    link = api.json(PULL)["html_url"]
    shown = page(api, link.removeprefix(api.site))
    for expected in ("!1 Say one", "hold", "chen", "等一等", "unit-tests: in_progress", "+one", "没有冲突"):
        assert expected in shown


def test_a_repo_shows_its_graph_and_pull_requests(api: Client, web: Repo, pull: Pull) -> None:
    api.merge()
    shown = page(api, "/acme/web")
    assert 'href="/acme/web/pulls/1"' in shown
    assert "已合并" in shown
    assert "|\\" in shown


@pytest.mark.parametrize("path", ["/acme/absent", "/acme/absent/pulls/1", "/acme/web/pulls/9"])
def test_what_is_not_there(api: Client, web: Repo, path: str) -> None:
    assert page(api, path) == "404"


def test_nothing_people_write_becomes_markup(api: Client, web: Repo) -> None:
    evil = "<script>alert(1)</script>"
    web.push(evil.replace(" ", ""), {"x.html": evil}, message=evil)
    pull = web.open_pull(evil, author="wu", head=evil, body=evil, labels=["<b>bold</b>"])
    pull.add_comment(evil, by=pull.author)
    web.add_check(evil, sha=pull.head_sha)
    for path in ("/acme/web", "/acme/web/pulls/1"):
        shown = page(api, path)
        assert "&lt;script&gt;" in shown
        assert "<script" not in shown and "<b>bold" not in shown


def say(api: Client, form: dict[str, str], *, path: str = "/acme/web/pulls/1", **options: Any) -> Any:
    return api.post(f"{api.site}{path}/comments", data=form, timeout=5, **options)


def test_a_person_comments_as_one_of_the_members(api: Client, web: Repo, pull: Pull) -> None:
    form = page(api, "/acme/web/pulls/1").partition("<form")[2]
    assert 'action="/acme/web/pulls/1/comments"' in form and '<option value="chen">' in form
    answer = say(api, {"as": "chen", "body": "/merge 1\r\n谢谢"})
    assert [one.status_code for one in (*answer.history, answer)] == [303, 200]
    (comment,) = pull.comments
    assert (comment.user.login, comment.body) == ("chen", "/merge 1\n谢谢")
    assert answer.url.endswith(f"/acme/web/pulls/1#note_{comment.id}")
    assert f'id="note_{comment.id}"' in answer.text and "谢谢" in answer.text


@pytest.mark.parametrize(
    ("form", "path", "status"),
    [
        ({"as": "stranger", "body": "x"}, "/acme/web/pulls/1", 400),
        ({"as": "", "body": "x"}, "/acme/web/pulls/1", 400),
        ({"body": "x"}, "/acme/web/pulls/1", 400),
        ({"as": "chen", "body": " \r\n"}, "/acme/web/pulls/1", 400),
        ({}, "/acme/web/pulls/1", 400),
        ({"as": "chen", "body": "x"}, "/acme/web/pulls/9", 404),
        ({"as": "chen", "body": "x"}, "/acme/absent/pulls/1", 404),
    ],
)
def test_not_everything_is_a_comment(
    api: Client, pull: Pull, form: dict[str, str], path: str, status: int
) -> None:
    assert say(api, form, path=path).status_code == status
    assert pull.comments == []


@pytest.mark.parametrize(
    ("origin", "status"), [("https://evil.example", 403), ("null", 403), ("", 403), (None, 200)]
)
def test_no_other_page_comments_in_their_name(
    api: Client, pull: Pull, origin: str | None, status: int
) -> None:
    headers = {"Origin": api.site if origin is None else origin}
    assert say(api, {"as": "chen", "body": "/merge 1"}, headers=headers).status_code == status


def test_the_demo_is_made_quickly(tmp_path: Path) -> None:
    started = time.monotonic()
    seed(World(tmp_path))
    assert time.monotonic() - started < 5  # a tenth of a second where nobody else is at work


def test_the_demo_has_a_pull_request_of_every_kind(tmp_path: Path) -> None:
    world = World(tmp_path)
    seed(world)
    with serving(create_app(world)) as site, Client(site) as client:
        client.params = {"access_token": TOKEN}
        web, api = (
            sorted(client.get(f"{site}/api/v5/repos/acme/{name}/pulls").json(), key=number)
            for name in ("web", "api")
        )
        first = web[0]
        assert (first["user"]["login"], first["mergeable"], first["can_merge_check"]) == ("wu", True, False)
        assert (first["assignees_number"], first["testers_number"]) == (1, 1)
        assert [pull["draft"] for pull in web] == [False, False, True]
        assert [pull["mergeable"] for pull in web] == [True, False, True]
        assert [pull["can_merge_check"] for pull in api] == [True, False, False]
        assert [len(pull["labels"]) for pull in api] == [0, 1, 0]
        assert client.put(f"{site}/api/v5/repos/acme/api/pulls/1/merge").json()["merged"] is True
