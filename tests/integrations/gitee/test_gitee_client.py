"""Gitee through its client: what each call asks, and what its answers come to."""

from collections.abc import Callable
from typing import Any

import pytest

from integrations.errors import Garbled, NotAllowed, Refused
from integrations.gitee.client import PER_PAGE, Gitee
from integrations.model import Check, CheckState, Method, State, Vote
from tests.integrations.standin import HTML, StandIn, sample

REPO, SHA, TOKEN = "acme/web", "3f2a9c1e5b7d4f60a1b2c3d4e5f60718293a4b5c", "gitee-s3cret"
PULLS = "/api/v5/repos/acme/web/pulls"
LIST, PULL, MERGE = f"GET {PULLS}", f"GET {PULLS}/233", f"PUT {PULLS}/233/merge"
REVIEW, TEST, COMMENT = f"POST {PULLS}/233/review", f"POST {PULLS}/233/test", f"POST {PULLS}/233/comments"
CHECKS = f"GET /api/v5/repos/acme/web/commits/{SHA}/check-runs"

WRITES: dict[str, Callable[[Gitee], None]] = {
    REVIEW: lambda gitee: gitee.vote(REPO, 233, Vote.APPROVE),
    TEST: lambda gitee: gitee.vote(REPO, 233, Vote.TEST),
    COMMENT: lambda gitee: gitee.comment(REPO, 233, "x"),
    MERGE: lambda gitee: gitee.merge(REPO, 233, Method.MERGE),
}


@pytest.fixture
def gitee(standin: StandIn) -> Gitee:
    return Gitee(standin.url + "/api/v5/", [TOKEN])


class TestPulls:
    @pytest.fixture(autouse=True)
    def answer(self, standin: StandIn) -> None:
        standin.on(LIST, sample("gitee/pull/list.json"), headers={"total_count": "12"})

    def test_are_asked_for_by_page_newest_first(self, gitee: Gitee, standin: StandIn) -> None:
        gitee.pulls(REPO, page=2, author="zhangsan")
        assert standin.last.query == {
            "state": "open",
            "sort": "created",
            "direction": "desc",
            "page": "2",
            "per_page": str(PER_PAGE),
            "author": "zhangsan",
        }

    def test_of_everybody_name_no_author(self, gitee: Gitee, standin: StandIn) -> None:
        gitee.pulls(REPO)
        assert "author" not in standin.last.query

    def test_come_as_a_page(self, gitee: Gitee) -> None:
        page = gitee.pulls(REPO)
        assert [pull.number for pull in page.pulls] == [233, 236]
        assert (page.page, page.more, page.total) == (1, True, 12)

    @pytest.mark.parametrize(
        ("count", "total", "more"),
        [
            (0, "0", False),
            (10, "10", False),
            (10, "11", True),
            (0, None, False),
            (9, None, False),
            (10, None, True),
            (2, "-1", False),
            (10, "many", True),
        ],
    )
    def test_tell_whether_there_are_more(
        self, gitee: Gitee, standin: StandIn, count: int, total: str | None, more: bool
    ) -> None:
        headers = {} if total is None else {"total_count": total}
        standin.on(LIST, [sample("gitee/pull/open.json")] * count, headers=headers)
        page = gitee.pulls(REPO)
        assert (len(page.pulls), page.more) == (count, more)

    @pytest.mark.parametrize("body", [{}, {"message": "x"}, "x", 1, [1], [{}], [None]])
    def test_that_are_none_are_garbled(self, gitee: Gitee, standin: StandIn, body: Any) -> None:
        standin.on(LIST, body)
        with pytest.raises(Garbled):
            gitee.pulls(REPO)


class TestPull:
    def test_is_read_as_it_is_now(self, gitee: Gitee, standin: StandIn) -> None:
        standin.on(PULL, sample("gitee/pull/open.json"))
        pull = gitee.pull(REPO, 233)
        assert (pull.number, pull.state, pull.head_sha) == (233, State.OPEN, SHA)
        assert standin.lines == [PULL]

    @pytest.mark.parametrize("body", [[], [1], "x", 1, {}, {"number": 233}, {"message": "x"}])
    def test_that_is_none_is_garbled(self, gitee: Gitee, standin: StandIn, body: Any) -> None:
        standin.on(PULL, body)
        with pytest.raises(Garbled):
            gitee.pull(REPO, 233)

    def test_that_is_another_is_garbled(self, gitee: Gitee, standin: StandIn) -> None:
        standin.on(PULL, {**sample("gitee/pull/open.json"), "number": 234})
        with pytest.raises(Garbled):
            gitee.pull(REPO, 233)


class TestChecks:
    @pytest.mark.parametrize("case", ["bare", "wrapped"])
    def test_the_newest_of_each_name_counts(self, gitee: Gitee, standin: StandIn, case: str) -> None:
        standin.on(CHECKS, sample(f"gitee/checks/{case}.json"))
        assert set(gitee.checks(REPO, SHA) or ()) == {
            Check("unit", CheckState.GREEN),
            Check("lint", CheckState.RUNNING),
            Check("e2e", CheckState.RED),
            Check("docs", CheckState.GREEN),
        }
        assert standin.last.query == {"page": "1", "per_page": "100"}

    @pytest.mark.parametrize("body", [[], {"total_count": 0, "check_runs": []}])
    def test_may_be_none(self, gitee: Gitee, standin: StandIn, body: Any) -> None:
        standin.on(CHECKS, body)
        assert gitee.checks(REPO, SHA) == ()

    def test_are_not_known_on_a_host_without_them(self, gitee: Gitee, standin: StandIn) -> None:
        standin.on(CHECKS, sample("gitee/refused/not_found.json"), status=404)
        assert gitee.checks(REPO, SHA) is None

    def test_that_never_end_are_garbled(self, gitee: Gitee, standin: StandIn) -> None:
        run = {"id": 1, "name": "unit", "status": "completed", "conclusion": "success"}
        standin.on(CHECKS, [run] * 100)
        with pytest.raises(Garbled):
            gitee.checks(REPO, SHA)
        assert [request.query["page"] for request in standin.requests] == [str(n) for n in range(1, 11)]

    def test_a_strange_sha_stays_in_its_place(self, gitee: Gitee, standin: StandIn) -> None:
        with pytest.raises(Refused):
            gitee.checks(REPO, "a/../b?c#d")
        assert standin.lines == ["GET /api/v5/repos/acme/web/commits/a%2F..%2Fb%3Fc%23d/check-runs"]

    @pytest.mark.parametrize("body", [{}, {"message": "x"}, {"check_runs": {}}, "x", 1])
    def test_that_are_no_list_are_garbled(self, gitee: Gitee, standin: StandIn, body: Any) -> None:
        standin.on(CHECKS, body)
        with pytest.raises(Garbled):
            gitee.checks(REPO, SHA)

    @pytest.mark.parametrize("number", ["x", {}, [1]])
    def test_a_run_with_a_strange_id_is_garbled(self, gitee: Gitee, standin: StandIn, number: Any) -> None:
        standin.on(CHECKS, [{"id": number, "name": "unit", "status": "completed", "conclusion": "success"}])
        with pytest.raises(Garbled):
            gitee.checks(REPO, SHA)


class TestWrites:
    @pytest.mark.parametrize(("vote", "line"), [(Vote.APPROVE, REVIEW), (Vote.TEST, TEST)])
    @pytest.mark.parametrize("status", [200, 201, 204])
    def test_a_vote_is_answered_with_nothing(
        self, gitee: Gitee, standin: StandIn, vote: Vote, line: str, status: int
    ) -> None:
        standin.on(line, status=status)
        gitee.vote(REPO, 233, vote)
        assert standin.lines == [line]
        assert (standin.last.body, standin.last.query) == (b"", {})

    @pytest.mark.parametrize("body", ["hello", "多行\n文本 & a=b + 100%"])
    def test_a_comment_travels_in_the_form(self, gitee: Gitee, standin: StandIn, body: str) -> None:
        standin.on(COMMENT, sample("gitee/comment/created.json"), status=201)
        gitee.comment(REPO, 233, body)
        assert (standin.last.form, standin.last.query) == ({"body": body}, {})

    @pytest.mark.parametrize("method", list(Method))
    def test_a_merge_says_how_and_touches_nothing_else(
        self, gitee: Gitee, standin: StandIn, method: Method
    ) -> None:
        standin.on(MERGE, sample("gitee/merge/merged.json"))
        gitee.merge(REPO, 233, method)
        assert standin.lines == [MERGE]
        assert standin.last.form == {
            "merge_method": method.value,
            "prune_source_branch": "false",
            "close_related_issue": "false",
        }

    @pytest.mark.parametrize("status", [200, 204])
    def test_a_merge_may_be_answered_with_nothing(self, gitee: Gitee, standin: StandIn, status: int) -> None:
        standin.on(MERGE, status=status)
        gitee.merge(REPO, 233, Method.MERGE)

    def test_a_merge_that_says_it_did_not_is_a_refusal(self, gitee: Gitee, standin: StandIn) -> None:
        standin.on(MERGE, sample("gitee/merge/not_merged.json"))
        with pytest.raises(NotAllowed) as caught:
            gitee.merge(REPO, 233, Method.MERGE)
        assert caught.value.message == "合并失败"

    @pytest.mark.parametrize(
        ("case", "message"),
        [("review", "此 Pull Request 未通过设置的审查"), ("test", "此 Pull Request 未通过设置的测试")],
    )
    def test_gitees_own_gate_speaks_chinese(
        self, gitee: Gitee, standin: StandIn, case: str, message: str
    ) -> None:
        standin.on(MERGE, sample(f"gitee/refused/{case}.json"), status=405)
        with pytest.raises(NotAllowed) as caught:
            gitee.merge(REPO, 233, Method.MERGE)
        assert (caught.value.status, caught.value.message) == (405, message)

    @pytest.mark.parametrize("line", WRITES)
    @pytest.mark.parametrize("status", [200, 201])
    def test_a_page_after_a_write_is_garbled(
        self, gitee: Gitee, standin: StandIn, line: str, status: int
    ) -> None:
        standin.on(line, HTML, status=status)
        with pytest.raises(Garbled):
            WRITES[line](gitee)
        assert standin.lines == [line]
