"""Cards as issues on Gitee: what each call asks, and what the answers come to."""

import json
from typing import Any

import pytest
from markdown_it import MarkdownIt

from integrations.errors import Garbled, NotFound, Refused
from integrations.gitee.issues import BODY_LENGTH, COMMENT_LENGTH, TITLE_LENGTH, GiteeIssues
from integrations.model import Line, Link, Strong
from integrations.model.cards import Card, CardRef, NewCard
from tests.integrations.standin import StandIn, sample

ISSUES = "/api/v5/repos/acme/web/issues"
CREATE, CHANGE = "POST /api/v5/repos/acme/issues", "PATCH /api/v5/repos/acme/issues/I4ABCD"
LIST, READ = f"GET {ISSUES}", f"GET {ISSUES}/I4ABCD"
COMMENTS, COMMENT = f"GET {ISSUES}/I4ABCD/comments", f"POST {ISSUES}/I4ABCD/comments"

ISSUE = sample("gitee/issue/open.json")
URL, TEXTS = ISSUE["html_url"], ("又失败了：#42", "我来看看")
CARD = NewCard("web-build #41 失败", (("web-build 从 #41 起失败。",),), "sampan:i7")


@pytest.fixture
def issues(standin: StandIn) -> GiteeIssues:
    return GiteeIssues(standin.url + "/api/v5/", ["gitee-s3cret"], repo="acme/web")


class TestCreate:
    @pytest.fixture(autouse=True)
    def answer(self, standin: StandIn) -> None:
        standin.on(CREATE, {**ISSUE, "comments": 0}, status=201)

    def test_names_the_repo_in_the_form(self, issues: GiteeIssues, standin: StandIn) -> None:
        card = issues.create(CARD)
        assert card == Card("I4ABCD", URL, closed=False, labels=("keep", "性能"))
        assert standin.lines == [CREATE]
        body = "web-build 从 #41 起失败。\n\nsampan:i7"
        assert standin.last.form == {"repo": "web", "title": "web-build #41 失败", "body": body}

    def test_shows_our_links_and_nobody_elses(self, issues: GiteeIssues, standin: StandIn) -> None:
        lines: tuple[Line, ...] = (
            (Strong("web"), " ", Link("#41", "https://ci.example.com/41")),
            ("by @chen: [x](https://evil.example)",),
        )
        issues.create(NewCard("x", lines, "sampan:i7"))
        html = MarkdownIt().render(standin.last.form["body"])
        assert '<strong>web</strong> <a href="https://ci.example.com/41">#41</a>' in html
        assert html.count("<a ") == 1 and "@chen" not in html

    @pytest.mark.parametrize(
        ("title", "sent"),
        [
            ("two\nlines  here ", "two lines here"),
            ("长" * TITLE_LENGTH, "长" * TITLE_LENGTH),
            ("长" * (TITLE_LENGTH + 1), "长" * (TITLE_LENGTH - 1) + "…"),
        ],
        ids=["lines", "just fits", "too long"],
    )
    def test_takes_a_title_that_fits(
        self, issues: GiteeIssues, standin: StandIn, title: str, sent: str
    ) -> None:
        issues.create(NewCard(title, CARD.lines, CARD.marker))
        assert standin.last.form["title"] == sent

    @pytest.mark.parametrize(
        ("lines", "start", "end"),
        [
            ((), "sampan:i7", "sampan:i7"),
            ((("x" * 900,),) * 20, "xxx", "xxx\n\n(…)\n\nsampan:i7"),
        ],
        ids=["nothing", "too much"],
    )
    def test_ends_in_the_marker_whatever_is_cut(
        self, issues: GiteeIssues, standin: StandIn, lines: tuple[Line, ...], start: str, end: str
    ) -> None:
        issues.create(NewCard("x", lines, "sampan:i7"))
        body = standin.last.form["body"]
        assert body.startswith(start) and body.endswith(end)
        assert len(body) <= BODY_LENGTH

    @pytest.mark.parametrize("body", [{}, [], "x", 1, {"number": 7, "title": "x", "state": "open"}])
    def test_answered_with_no_issue_is_garbled(
        self, issues: GiteeIssues, standin: StandIn, body: Any
    ) -> None:
        standin.on(CREATE, body, status=201)
        with pytest.raises(Garbled):
            issues.create(CARD)


class TestFindByNumber:
    @pytest.fixture(autouse=True)
    def answer(self, standin: StandIn) -> None:
        standin.on(READ, ISSUE)
        standin.on(COMMENTS, sample("gitee/issue/comments.json"))

    def test_reads_the_issue_and_its_newest_comments(self, issues: GiteeIssues, standin: StandIn) -> None:
        card = issues.find(CardRef("I4ABCD", "sampan:i7"))
        assert card == Card("I4ABCD", URL, closed=False, labels=("keep", "性能"), comments=TEXTS)
        assert standin.lines == [READ, COMMENTS]
        assert standin.last.query == {"order": "desc", "per_page": "30"}

    @pytest.mark.parametrize(
        ("state", "closed"),
        [
            ("open", False),
            ("progressing", False),
            ("closed", True),
            ("rejected", True),
            ("an enterprise's own", False),
        ],
    )
    def test_tells_what_is_closed(
        self, issues: GiteeIssues, standin: StandIn, state: str, closed: bool
    ) -> None:
        standin.on(READ, {**ISSUE, "state": state})
        card = issues.find(CardRef("I4ABCD"))
        assert card and card.closed is closed

    @pytest.mark.parametrize(("count", "asked"), [(0, 1), (1, 2), (None, 2)])
    def test_asks_for_comments_where_there_may_be_some(
        self, issues: GiteeIssues, standin: StandIn, count: int | None, asked: int
    ) -> None:
        standin.on(READ, {**ISSUE, "comments": count})
        card = issues.find(CardRef("I4ABCD"))
        assert card and card.comments == (TEXTS if asked == 2 else ())
        assert len(standin.requests) == asked

    def test_has_no_comments_where_there_are_no_data(self, issues: GiteeIssues, standin: StandIn) -> None:
        standin.on(COMMENTS, sample("gitee/refused/not_found.json"), status=404)
        card = issues.find(CardRef("I4ABCD"))
        assert card and card.comments == ()

    def test_that_is_not_there_is_none(self, issues: GiteeIssues, standin: StandIn) -> None:
        standin.on(READ, sample("gitee/refused/not_found.json"), status=404)
        assert issues.find(CardRef("I4ABCD", "sampan:i7")) is None
        assert standin.lines == [READ]

    @pytest.mark.parametrize("body", [{}, [], {**ISSUE, "number": "i4abcd"}, {**ISSUE, "labels": {}}])
    def test_answered_with_something_else_is_garbled(
        self, issues: GiteeIssues, standin: StandIn, body: Any
    ) -> None:
        standin.on(READ, body)
        with pytest.raises(Garbled):
            issues.find(CardRef("I4ABCD"))

    def test_a_strange_id_stays_in_its_place(self, issues: GiteeIssues, standin: StandIn) -> None:
        with pytest.raises(Refused):
            issues.find(CardRef("a/../b?c#d"))
        assert standin.lines == [f"GET {ISSUES}/a%2F..%2Fb%3Fc%23d"]


class TestFindByMarker:
    @pytest.fixture(autouse=True)
    def answer(self, standin: StandIn) -> None:
        standin.on(LIST, sample("gitee/issue/list.json"))
        standin.on(COMMENTS, sample("gitee/issue/comments.json"))

    def test_takes_the_one_with_that_line(self, issues: GiteeIssues, standin: StandIn) -> None:
        card = issues.find(CardRef(marker="sampan:i7"))
        assert card == Card("I4ABCD", URL, closed=False, labels=("keep", "性能"), comments=TEXTS)
        assert standin.lines == [LIST, COMMENTS]
        newest = {"sort": "created", "direction": "desc", "per_page": "100"}
        assert standin.requests[0].query == {"state": "open", **newest}

    @pytest.mark.parametrize("marker", ["sampan:i", "sampan:i77", "SAMPAN:I7"])
    def test_takes_no_other_and_looks_among_those_in_progress(
        self, issues: GiteeIssues, standin: StandIn, marker: str
    ) -> None:
        assert issues.find(CardRef(marker=marker)) is None
        assert [request.query["state"] for request in standin.requests] == ["open", "progressing"]

    def test_without_a_marker_finds_nothing(self, issues: GiteeIssues, standin: StandIn) -> None:
        assert issues.find(CardRef()) is None
        assert standin.lines == []

    @pytest.mark.parametrize("body", [{}, "x", [1], [{"number": "I1"}]])
    def test_in_no_list_is_garbled(self, issues: GiteeIssues, standin: StandIn, body: Any) -> None:
        standin.on(LIST, body)
        with pytest.raises(Garbled):
            issues.find(CardRef(marker="sampan:i7"))


class TestChanges:
    @pytest.mark.parametrize(
        ("wish", "before", "sent"),
        [
            ("close", "open", "closed"),
            ("close", "progressing", "closed"),
            ("close", "closed", None),
            ("close", "rejected", None),
            ("reopen", "closed", "open"),
            ("reopen", "rejected", "open"),
            ("reopen", "open", None),
            ("reopen", "progressing", None),
        ],
    )
    def test_a_state_is_written_where_it_is_another(
        self, issues: GiteeIssues, standin: StandIn, wish: str, before: str, sent: str | None
    ) -> None:
        standin.on(READ, {**ISSUE, "state": before})
        standin.on(CHANGE, {**ISSUE, "state": sent})
        getattr(issues, wish)("I4ABCD")
        assert standin.lines == ([READ, CHANGE] if sent else [READ])
        if sent:
            assert json.loads(standin.last.body) == {"repo": "web", "title": ISSUE["title"], "state": sent}

    @pytest.mark.parametrize("wish", ["close", "reopen"])
    def test_of_a_card_that_is_no_more(self, issues: GiteeIssues, standin: StandIn, wish: str) -> None:
        standin.on(READ, sample("gitee/refused/not_found.json"), status=404)
        with pytest.raises(NotFound):
            getattr(issues, wish)("I4ABCD")

    def test_a_comment_travels_in_the_form(self, issues: GiteeIssues, standin: StandIn) -> None:
        standin.on(COMMENT, sample("gitee/issue/comments.json")[0], status=201)
        issues.comment("I4ABCD", (("又失败了：", Link("#42", "https://ci.example.com/42")), ("多行 & 100%",)))
        text = "又失败了：[#42](https://ci.example.com/42)\n\n多行 & 100%"
        assert (standin.lines, standin.last.form) == ([COMMENT], {"body": text})

    def test_a_long_comment_is_cut(self, issues: GiteeIssues, standin: StandIn) -> None:
        standin.on(COMMENT, sample("gitee/issue/comments.json")[0], status=201)
        issues.comment("I4ABCD", (("x" * 900,),) * 3)
        assert len(standin.last.form["body"]) <= COMMENT_LENGTH
        assert standin.last.form["body"].endswith("(…)")
