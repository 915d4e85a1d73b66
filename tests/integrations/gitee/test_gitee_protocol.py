"""What Gitee's answers mean."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.gitee.protocol import Unreadable, message_of, read_checks, read_pull, total_of
from integrations.model import Check, CheckState, PullRequest, Reviewer, State, Vote
from tests.integrations.standin import sample

OPEN = PullRequest(
    repo="acme/web",
    number=233,
    title="修复登录页的跳转",
    url="https://gitee.com/acme/web/pulls/233",
    author="zhangsan",
    state=State.OPEN,
    draft=False,
    mergeable=True,
    labels=("bug", "do-not-merge"),
    head_ref="login",
    head_sha="3f2a9c1e5b7d4f60a1b2c3d4e5f60718293a4b5c",
    base_ref="master",
    created_at=datetime(2026, 8, 20, 2, 15, 30, tzinfo=UTC),
    approvals_needed=1,
    approvers=(Reviewer("lihua", True), Reviewer("hanmei", False)),
    tests_needed=1,
    testers=(Reviewer("wangwu", False),),
)


def read(**more: Any) -> PullRequest:
    return read_pull({**sample("gitee/pull/open.json"), **more}, repo="acme/web")


class TestPull:
    def test_open(self) -> None:
        assert read() == OPEN

    def test_not_known_yet(self) -> None:
        pull = read_pull(sample("gitee/pull/unknown.json"), repo="acme/web")
        assert pull == replace(
            OPEN,
            number=234,
            url="https://gitee.com/acme/web/pulls/234",
            draft=True,
            mergeable=None,
            labels=(),
            created_at=None,
            approvals_needed=0,
            approvers=(),
            tests_needed=0,
            testers=(),
        )

    def test_merged_is_a_state_of_its_own(self) -> None:
        assert read_pull(sample("gitee/pull/merged.json"), repo="acme/web").state is State.MERGED

    @pytest.mark.parametrize(
        ("field", "value", "name", "read_as"),
        [
            ("mergeable", False, "mergeable", False),
            ("mergeable", None, "mergeable", None),
            ("mergeable", "true", "mergeable", None),
            ("mergeable", 1, "mergeable", None),
            ("draft", None, "draft", False),
            ("draft", "true", "draft", False),
            ("title", None, "title", ""),
            ("html_url", None, "url", ""),
            ("user", None, "author", ""),
            ("labels", None, "labels", ()),
            ("assignees", None, "approvers", ()),
            ("assignees", [{"login": "a", "accept": "true"}], "approvers", (Reviewer("a", False),)),
            ("assignees_number", None, "approvals_needed", 0),
            ("testers_number", "2", "tests_needed", 2),
            ("base", "master", "base_ref", ""),
            ("created_at", "yesterday", "created_at", None),
            ("created_at", "2026-08-20T02:15:30", "created_at", OPEN.created_at),
            ("created_at", "2026-08-20T02:15:30Z", "created_at", OPEN.created_at),
        ],
    )
    def test_fields_are_taken_for_what_they_surely_are(
        self, field: str, value: Any, name: str, read_as: Any
    ) -> None:
        assert read(**{field: value}) == replace(OPEN, **{name: read_as})

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("number", None),
            ("number", "x"),
            ("state", None),
            ("state", "locked"),
            ("state", ["open"]),
            ("head", "login"),
            ("head", {}),
            ("labels", {}),
            ("labels", "hold"),
            ("assignees_number", {"a": 1}),
            ("testers_number", "many"),
        ],
    )
    def test_without_what_every_one_has_it_is_unreadable(self, field: str, value: Any) -> None:
        with pytest.raises(Unreadable):
            read(**{field: value})

    @pytest.mark.parametrize(
        ("field", "value"),
        [("head", {"ref": "login", "sha": None}), ("number", float("inf")), ("testers_number", float("inf"))],
    )
    def test_nor_with_what_is_no_value(self, field: str, value: Any) -> None:
        with pytest.raises(Unreadable):
            read(**{field: value})

    @pytest.mark.parametrize("data", [None, [], "x", 1, {}])
    def test_nothing_else_is_one(self, data: Any) -> None:
        with pytest.raises(Unreadable):
            read_pull(data, repo="acme/web")

    def test_votes_that_are_missing(self) -> None:
        assert (OPEN.short(Vote.APPROVE), OPEN.short(Vote.TEST)) == (0, 1)
        assert OPEN.accepted(Vote.APPROVE) == frozenset({"lihua"})
        assert OPEN.accepted(Vote.TEST) == frozenset()


class TestChecks:
    @pytest.mark.parametrize(
        ("status", "conclusion", "state"),
        [
            ("queued", None, CheckState.RUNNING),
            ("in_progress", None, CheckState.RUNNING),
            ("in_progress", "success", CheckState.RUNNING),
            (None, "success", CheckState.RUNNING),
            ("completed", "success", CheckState.GREEN),
            ("completed", "neutral", CheckState.GREEN),
            ("completed", "skipped", CheckState.GREEN),
            ("completed", "failure", CheckState.RED),
            ("completed", "cancelled", CheckState.RED),
            ("completed", "action_required", CheckState.RED),
            ("completed", "timed_out", CheckState.RED),
            ("completed", "something new", CheckState.RED),
            ("completed", None, CheckState.RED),
        ],
    )
    def test_only_a_known_good_end_is_green(
        self, status: str | None, conclusion: str | None, state: CheckState
    ) -> None:
        run = {"id": 1, "name": "unit", "status": status, "conclusion": conclusion}
        assert read_checks([run]) == (Check("unit", state),)

    @pytest.mark.parametrize("order", [1, -1])
    def test_the_newest_of_a_name_counts_in_any_order(self, order: int) -> None:
        assert len(read_checks(sample("gitee/checks/bare.json")[::order])) == 4
        assert Check("unit", CheckState.GREEN) in read_checks(sample("gitee/checks/bare.json")[::order])

    @pytest.mark.parametrize("run", [{}, None, "x", {"name": None, "status": "completed"}])
    def test_a_run_that_says_little_is_not_green(self, run: Any) -> None:
        (check,) = read_checks([run])
        assert (check.name, check.state is CheckState.GREEN) == ("?", False)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, ""),
        ([], ""),
        ("x", ""),
        ({}, ""),
        ({"message": None, "error": "invalid_request"}, "invalid_request"),
        ({"message": "a\n  b\tc"}, "a b c"),
        ({"message": "字" * 300}, "字" * 200),
        ({"message": {"base": ["a", "b"], "title": ["c"]}}, "a b c"),
        ({"error": {"base": "not a list"}}, ""),
    ],
)
def test_a_refusals_words_fit_one_line(data: Any, message: str) -> None:
    assert message_of(data) == message


@pytest.mark.parametrize(
    ("headers", "total"),
    [
        ({}, None),
        ({"total_count": "0"}, 0),
        ({"total_count": "12"}, 12),
        ({"total_count": "-1"}, None),
        ({"total_count": "１２"}, None),
        ({"total_count": "²"}, None),
        ({"total_count": "12.0"}, None),
    ],
)
def test_a_total_is_a_number_or_not_known(headers: dict[str, str], total: int | None) -> None:
    assert total_of(headers) == total
