"""Issues over the API, and as pages on which a person plays the team."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.gitee.commons import Permission
from sandbox.gitee.issues import LONGEST_TITLE, Issue, State
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World
from tests.sandbox.gitee.client import REPO, Client

OWNER, ISSUES = "/repos/acme/issues", f"{REPO}/issues"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def issue(web: Repo) -> Issue:
    return web.open_issue("构建失败", author="wu", body="从 #41 起", labels=("bug",))


def numbers(api: Client, **query: str) -> list[str]:
    return [one["number"] for one in api.json(ISSUES, **query)]


def page(api: Client, path: str) -> str:
    answer = api.get(f"{api.site}{path}", timeout=5)
    return answer.text if answer.ok else f"{answer.status_code}"


class TestTheApi:
    @pytest.mark.parametrize("encoding", ["data", "json"])
    def test_opens_one_in_the_repo_of_a_field(self, api: Client, web: Repo, encoding: str) -> None:
        wish = {"repo": "web", "title": "构建失败", "body": "# 41\n\n& more", "labels": "bug,性能"}
        made = api.call("POST", OWNER, as_="guest", **{encoding: wish})
        assert made.status_code == 201
        shown = made.json()
        assert shown["number"].startswith("I") and not shown["number"].isdigit()
        assert (shown["state"], shown["comments"], shown["user"]["login"]) == ("open", 0, "guest")
        assert [label["name"] for label in shown["labels"]] == ["bug", "性能"]
        assert (shown["title"], shown["body"]) == (wish["title"], wish["body"])
        assert api.json(f"{ISSUES}/{shown['number']}") == shown
        assert api.json(REPO)["open_issues_count"] == 1

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["new", "old"]),
            ({"direction": "asc"}, ["old", "new"]),
            ({"sort": "updated"}, ["old", "new"]),
            ({"state": "progressing"}, ["begun"]),
            ({"state": "closed"}, ["done"]),
            ({"state": "rejected"}, ["refused"]),
            ({"state": "all"}, ["new", "old", "begun", "done", "refused"]),
            ({"state": "all", "per_page": "2", "page": "2"}, ["begun", "done"]),
            ({"state": "all", "creator": "lin"}, ["begun"]),
            ({"labels": "bug"}, ["new"]),
        ],
    )
    def test_lists_them_each_state_by_itself(
        self, api: Client, web: Repo, query: dict[str, str], found: list[str]
    ) -> None:
        named = {}
        for days, (name, state, author, labels) in enumerate(
            [
                ("new", State.OPEN, "wu", ["bug"]),
                ("old", State.OPEN, "wu", []),
                ("begun", State.PROGRESSING, "lin", []),
                ("done", State.CLOSED, "wu", []),
                ("refused", State.REJECTED, "wu", []),
            ]
        ):
            issue = web.open_issue(name, author=author, labels=labels, age=timedelta(days=days))
            named[issue.number], issue.state = name, state
            if name == "old":
                issue.add_comment("x", by=issue.author)
        assert [named[number] for number in numbers(api, **query)] == found

    def test_knows_them_by_number_whose_case_counts(self, api: Client, issue: Issue) -> None:
        assert api.json(f"{ISSUES}/{issue.number}")["title"] == "构建失败"
        for number in (issue.number.lower(), "I0", str(issue.id)):
            assert api.call("GET", f"{ISSUES}/{number}").status_code == 404

    @pytest.mark.parametrize("state", ["closed", "progressing", "open"])
    def test_changes_the_state_and_keeps_a_title_that_is_sent(
        self, api: Client, issue: Issue, state: str
    ) -> None:
        wish = {"repo": "web", "title": "另一个", "state": state, "labels": "keep"}
        changed = api.call("PATCH", f"{OWNER}/{issue.number}", json=wish)
        assert (changed.status_code, changed.json()["state"]) == (200, state)
        assert (issue.title, issue.body, list(issue.labels)) == ("另一个", "从 #41 起", ["keep"])
        assert bool(changed.json()["finished_at"]) is (state == "closed")

    def test_blanks_a_title_that_is_not_sent(self, api: Client, issue: Issue) -> None:
        api.call("PATCH", f"{OWNER}/{issue.number}", json={"repo": "web", "state": "closed"})
        assert (issue.title, issue.state) == ("", State.CLOSED)

    def test_takes_comments_and_gives_them_in_either_order(self, api: Client, issue: Issue) -> None:
        path = f"{ISSUES}/{issue.number}/comments"
        for number in range(3):
            written = api.call("POST", path, as_="guest", data={"body": f"{number}"})
            assert (written.status_code, written.json()["user"]["login"]) == (201, "guest")
        assert [one["body"] for one in api.json(path)] == ["0", "1", "2"]
        assert [one["body"] for one in api.json(path, order="desc", per_page="2")] == ["2", "1"]
        assert api.json(f"{ISSUES}/{issue.number}")["comments"] == 3

    @pytest.mark.parametrize(
        ("method", "path", "sent", "as_", "status"),
        [
            ("POST", OWNER, {"repo": "web", "title": "x"}, None, 401),
            ("POST", OWNER, {"repo": "web", "title": "x"}, "wrong", 401),
            ("POST", OWNER, {"repo": "web", "title": " "}, "chen", 400),
            ("POST", OWNER, {"repo": "web", "title": "x", "labels": "y"}, "chen", 400),
            ("POST", OWNER, {"repo": "web", "title": "长" * (LONGEST_TITLE + 1)}, "chen", 422),
            ("POST", OWNER, {"repo": "secret", "title": "x"}, "chen", 404),
            ("POST", OWNER, {"title": "x"}, "chen", 404),
            ("PATCH", f"{OWNER}/{{}}", {"repo": "web", "title": "x", "state": "closed"}, "guest", 403),
            ("PATCH", f"{OWNER}/{{}}", {"repo": "web", "title": "x", "state": "rejected"}, "chen", 400),
            ("PATCH", f"{OWNER}/{{}}", {"title": "x", "state": "closed"}, "chen", 404),
            ("PATCH", f"{OWNER}/I0", {"repo": "web", "title": "x", "state": "closed"}, "chen", 404),
            ("POST", f"{ISSUES}/{{}}/comments", {"body": " "}, "chen", 400),
            ("POST", f"{ISSUES}/I0/comments", {"body": "x"}, "chen", 404),
            ("GET", f"{ISSUES}?state=done", {}, "chen", 400),
            ("GET", f"{ISSUES}?sort=size", {}, "chen", 400),
            ("GET", f"{ISSUES}?direction=up", {}, "chen", 400),
            ("GET", "/repos/acme/secret/issues", {}, "chen", 404),
        ],
    )
    def test_refuses(
        self,
        api: Client,
        world: World,
        issue: Issue,
        method: str,
        path: str,
        sent: dict[str, str],
        as_: str | None,
        status: int,
    ) -> None:
        world.add_repo("acme/secret", private=True, members={"lin": Permission.ADMIN})
        answer = api.call(method, path.format(issue.number), json=sent, as_=as_)
        assert answer.status_code == status and answer.json()["message"]
        assert (issue.title, issue.state, issue.comments) == ("构建失败", State.OPEN, [])

    def test_an_author_may_change_their_own(self, api: Client, web: Repo) -> None:
        own = web.open_issue("x", author="guest")
        wish = {"repo": "web", "title": "x", "state": "closed"}
        assert api.call("PATCH", f"{OWNER}/{own.number}", as_="guest", json=wish).status_code == 200


class TestThePages:
    def send(self, api: Client, issue: Issue, deed: str, form: dict[str, str], **options: Any) -> Any:
        path = f"/acme/web/issues/{issue.number}/{deed}"
        return api.post(f"{api.site}{path}", data=form, timeout=5, **options)

    def test_lead_from_the_repo_to_everything(self, api: Client, issue: Issue) -> None:
        issue.add_comment("等一等", by=issue.author)
        link = api.json(f"{ISSUES}/{issue.number}")["html_url"].removeprefix(api.site)
        assert 'href="/acme/web/issues"' in page(api, "/acme/web")
        assert f'href="{link}"' in page(api, "/acme/web/issues")
        shown = page(api, link)
        for expected in (f"#{issue.number} 构建失败", "从 #41 起", "bug", "等一等", "开启"):
            assert expected in shown

    @pytest.mark.parametrize("path", ["absent/issues", "absent/issues/I0", "web/issues/I0"])
    def test_of_what_is_not_there(self, api: Client, web: Repo, path: str) -> None:
        assert page(api, f"/acme/{path}") == "404"

    def test_let_nothing_become_markup(self, api: Client, web: Repo) -> None:
        issue = web.open_issue(EVIL, author="wu", body=EVIL, labels=["<b>bold</b>"])
        issue.add_comment(EVIL, by=issue.author)
        for path in ("/acme/web/issues", f"/acme/web/issues/{issue.number}"):
            shown = page(api, path)
            assert "&lt;script&gt;" in shown and "<script>" not in shown and "<b>bold" not in shown

    @pytest.mark.parametrize("state", list(State))
    def test_move_it_to_any_state(self, api: Client, issue: Issue, state: State) -> None:
        answer = self.send(api, issue, "state", {"state": state.value})
        assert (answer.status_code, issue.state) == (200, state)
        assert f'value="{state}"' not in answer.text  # there is no button for what it is already

    def test_label_comment_and_delete_it(self, api: Client, web: Repo, issue: Issue) -> None:
        self.send(api, issue, "labels", {"labels": "keep，性能, "})
        assert list(issue.labels) == ["keep", "性能"]
        answer = self.send(api, issue, "comments", {"as": "chen", "body": "看过了\r\n谢谢"})
        assert answer.url.endswith(f"#note_{issue.comments[0].id}") and "谢谢" in answer.text
        assert (issue.comments[0].user.login, issue.comments[0].body) == ("chen", "看过了\n谢谢")
        assert self.send(api, issue, "deletion", {}).url.endswith("/acme/web/issues")
        assert web.issues == {}

    @pytest.mark.parametrize(
        ("deed", "form"),
        [
            ("state", {"state": "merged"}),
            ("state", {}),
            ("labels", {"labels": "x"}),
            ("comments", {"as": "stranger", "body": "x"}),
            ("comments", {"as": "chen", "body": " "}),
        ],
    )
    def test_do_not_take_everything(self, api: Client, issue: Issue, deed: str, form: dict[str, str]) -> None:
        assert self.send(api, issue, deed, form).status_code == 400
        assert (issue.state, list(issue.labels), issue.comments) == (State.OPEN, ["bug"], [])

    @pytest.mark.parametrize("deed", ["state", "labels", "comments", "deletion"])
    def test_take_nothing_from_another_page(self, api: Client, web: Repo, issue: Issue, deed: str) -> None:
        form = {"state": "closed", "labels": "", "as": "chen", "body": "x"}
        answer = self.send(api, issue, deed, form, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert (issue.state, list(issue.labels), issue.comments) == (State.OPEN, ["bug"], [])
        assert issue.number in web.issues
