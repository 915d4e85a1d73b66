"""bot/pulls.py: what stands in the way of a merge, and how it is told."""

from dataclasses import replace

import pytest

from bot.language import speaking
from bot.pulls import (
    Blocker,
    Obstacle,
    check_blockers,
    link,
    mergeability,
    needs,
    short,
    stale_vote,
)
from bot.readiness import summary
from bot.reply import Link, plain
from integrations.model import Check, CheckState, PullRequest, Reviewer, State, Vote

READY = PullRequest(
    repo="acme/web",
    number=233,
    title="Fix the login",
    url="https://gitee.com/acme/web/pulls/233",
    author="lin",
    state=State.OPEN,
    draft=False,
    mergeable=True,
    labels=(),
    head_ref="fix",
    head_sha="a" * 40,
    base_ref="main",
    created_at=None,
    approvals_needed=1,
    approvers=(Reviewer("chen", True),),
    tests_needed=1,
    testers=(Reviewer("wu", True),),
)
HOLD = ("hold", "Do-Not-Merge")


def told(blockers: list[Blocker]) -> list[tuple[Obstacle, str]]:
    return [(blocker.obstacle, plain(blocker.line)) for blocker in blockers]


@pytest.mark.parametrize(
    ("change", "obstacle", "english", "chinese"),
    [
        ({"draft": True}, Obstacle.DRAFT, "draft", "草稿"),
        ({"title": "WIP: x"}, Obstacle.DRAFT, "draft", "草稿"),
        ({"mergeable": False}, Obstacle.CONFLICT, "conflicts with main", "与 main 有冲突"),
        ({"labels": ("Hold",)}, Obstacle.HOLD, "held by the label Hold", "被标签 Hold 暂停"),
        ({"approvers": ()}, Obstacle.APPROVALS, "needs 1 approval", "还差 1 人批准"),
        ({"approvals_needed": 3}, Obstacle.APPROVALS, "needs 2 approvals", "还差 2 人批准"),
        ({"testers": (Reviewer("wu", False),)}, Obstacle.TESTS, "needs 1 test", "还差 1 人测试"),
        ({"tests_needed": 9}, Obstacle.TESTS, "needs 8 tests", "还差 8 人测试"),
    ],
)
def test_one_need(change: dict[str, object], obstacle: Obstacle, english: str, chinese: str) -> None:
    for language, text in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert told(needs(replace(READY, **change), hold_labels=HOLD)) == [(obstacle, text)]  # type: ignore[arg-type]


def test_all_needs_at_once() -> None:
    pull = replace(
        READY, draft=True, mergeable=False, labels=("hold", "bug", "do-not-merge"), approvers=(), testers=()
    )
    assert [obstacle for obstacle, _ in told(needs(pull, hold_labels=HOLD))] == [
        Obstacle.DRAFT,
        Obstacle.CONFLICT,
        Obstacle.HOLD,
        Obstacle.HOLD,
        Obstacle.APPROVALS,
        Obstacle.TESTS,
    ]


@pytest.mark.parametrize("change", [{}, {"labels": ("bug",)}, {"mergeable": None}, {"approvals_needed": 0}])
def test_nothing_needed(change: dict[str, object]) -> None:
    assert needs(replace(READY, **change), hold_labels=HOLD) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "draft"),
    [
        ("WIP fix", True),
        ("wip", True),
        ("[WIP] fix", True),
        ("(draft) fix", True),
        ("【wip】修复", True),
        ("Draft: fix", True),
        ("草稿：修复", True),
        ("[草稿] 修复", True),
        ("Fix WIP badge", False),
        ("wipe the disk", False),
        ("drafting table", False),
        ("修复草稿箱", False),
        ("草稿箱：修复", False),
        pytest.param(
            "WIP修复登录",
            True,
        ),
    ],
)
def test_a_title_can_say_draft(title: str, draft: bool) -> None:
    assert bool(needs(replace(READY, title=title), hold_labels=())) is draft


GREEN = Check("lint", CheckState.GREEN)
RED = [Check("unit", CheckState.RED), Check("e2e", CheckState.RED)]
RUNNING = [Check("build", CheckState.RUNNING), Check("scan", CheckState.RUNNING)]


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([], []),
        ([GREEN], []),
        ([GREEN, *RED], [(Obstacle.RED, "checks failed: unit, e2e")]),
        (RUNNING, [(Obstacle.RUNNING, "checks still running: build, scan")]),
        (
            [*RUNNING[:1], *RED[:1]],
            [(Obstacle.RED, "checks failed: unit"), (Obstacle.RUNNING, "checks still running: build")],
        ),
    ],
)
def test_checks(checks: list[Check], expected: list[tuple[Obstacle, str]]) -> None:
    assert told(check_blockers(checks)) == expected


@pytest.mark.parametrize(
    ("vote", "english", "chinese"),
    [
        (
            Vote.APPROVE,
            "approved at bbbbbbbb, but the head is aaaaaaaa",
            "批准的是 bbbbbbbb，而最新提交是 aaaaaaaa",
        ),
        (
            Vote.TEST,
            "tested at bbbbbbbb, but the head is aaaaaaaa",
            "测试的是 bbbbbbbb，而最新提交是 aaaaaaaa",
        ),
    ],
)
def test_a_vote_is_for_one_commit(vote: Vote, english: str, chinese: str) -> None:
    for language, text in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert told([stale_vote(vote, "b" * 40, READY.head_sha)]) == [(Obstacle.MOVED, text)]


@pytest.mark.parametrize(("mergeable", "known"), [(True, True), (False, True), (None, False)])
def test_not_known_yet_is_no_yes(mergeable: bool | None, known: bool) -> None:
    unknown = (Obstacle.UNKNOWN, "the host does not know yet whether it merges; ask again shortly")
    assert told(mergeability(replace(READY, mergeable=mergeable))) == ([] if known else [unknown])


def test_how_a_list_tells_them() -> None:
    assert plain(summary([])) == "no obstacle seen"
    assert (
        plain(summary(needs(replace(READY, draft=True, testers=()), hold_labels=())))
        == "draft · needs 1 test"
    )


NOBODY, CHEN = frozenset[str](), frozenset({"chen"})


@pytest.mark.parametrize(
    ("vote", "change", "missing", "accepted"),
    [
        (Vote.APPROVE, {}, 0, CHEN),
        (Vote.APPROVE, {"approvals_needed": 3}, 2, CHEN),
        (Vote.APPROVE, {"approvals_needed": 0}, 0, CHEN),
        (Vote.APPROVE, {"approvers": (Reviewer("chen", False),)}, 1, NOBODY),
        (Vote.TEST, {"testers": ()}, 1, NOBODY),
        (Vote.TEST, {"testers": (Reviewer("chen", True), Reviewer("wu", False))}, 0, CHEN),
    ],
)
def test_votes_are_counted(
    vote: Vote, change: dict[str, object], missing: int, accepted: frozenset[str]
) -> None:
    pull = replace(READY, **change)  # type: ignore[arg-type]
    assert (pull.short(vote), pull.accepted(vote)) == (missing, accepted)


def test_short_forms() -> None:
    assert short(READY.head_sha) == "aaaaaaaa"
    assert link(READY) == Link("#233", "https://gitee.com/acme/web/pulls/233")
