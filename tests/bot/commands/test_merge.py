"""/merge over a code host on real git."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from sandbox.gitee.checks import Conclusion
from sandbox.gitee.pulls import Pull, State
from tests.support.town import Place

PUT = "PUT .*/merge"


def writes(calls: list[str]) -> list[str]:
    return [call for call in calls if not call.startswith("GET")]


@pytest.mark.parametrize(
    ("options", "method", "parents"),
    [("", "merge", 2), (" --squash", "squash", 1), (" --rebase", "rebase", 1)],
)
def test_a_ready_one_is_merged_once_by_five_calls(
    here: Place, options: str, method: str, parents: int
) -> None:
    pull = here.new_pull()
    here.gitee_calls()
    answer = here.ask(f"/merge {pull.number}{options}")
    calls = here.gitee_calls()
    assert (
        answer.startswith(f"[#{pull.number}](")
        and f"merged into main ({method}, head {pull.head_sha[:8]})" in answer
    )
    assert (len(calls), len(writes(calls))) == (5, 1)
    assert pull.state is State.MERGED and pull.merge_sha
    row = here.web.git.run("rev-list", "--parents", "-n", "1", pull.merge_sha).split()
    assert len(row) - 1 == parents


def draft(here: Place) -> Pull:
    return here.new_pull(draft=True)


def wip(here: Place) -> Pull:
    pull = here.new_pull()
    pull.title = "[WIP] not yet"
    return pull


def conflict(here: Place) -> Pull:
    pull = here.new_pull(files={"clash.txt": "theirs\n"})
    here.web.push("main", {"clash.txt": f"ours {pull.number}\n"})
    return pull


def held(here: Place) -> Pull:
    return here.new_pull(labels=["Do-Not-Merge"])


def unapproved(here: Place) -> Pull:
    return here.new_pull(assignees_number=2)


def untested(here: Place) -> Pull:
    return here.new_pull(testers_number=1)


def red(here: Place) -> Pull:
    pull = here.new_pull()
    here.web.add_check("lint", sha=pull.head_sha, conclusion=Conclusion.FAILURE, pull=pull.number)
    return pull


def red_on_the_second_page(here: Place) -> Pull:
    pull = here.new_pull()
    here.web.add_check("lint", sha=pull.head_sha, conclusion=Conclusion.FAILURE, pull=pull.number)
    for number in range(100):
        here.web.add_check(f"unit {number}", sha=pull.head_sha, conclusion=Conclusion.SUCCESS)
    return pull


def running(here: Place) -> Pull:
    pull = here.new_pull()
    here.web.add_check("e2e", sha=pull.head_sha, pull=pull.number)
    return pull


def unknown(here: Place) -> Pull:
    pull = here.new_pull()
    pull.hide_mergeable(9)
    return pull


def closed(here: Place) -> Pull:
    pull = here.new_pull()
    pull.close(by=here.town.gitee.add_user("wu"))
    return pull


REFUSALS: list[tuple[Callable[[Place], Pull], str]] = [
    (draft, "draft"),
    (wip, "draft"),
    (conflict, "conflicts with main"),
    (held, "held by the label Do-Not-Merge"),
    (unapproved, "needs 2 approvals"),
    (untested, "needs 1 test"),
    (red, "checks failed: lint"),
    (red_on_the_second_page, "checks failed: lint"),
    (running, "checks still running: e2e"),
    (unknown, "the host does not know yet whether it merges; ask again shortly"),
    (closed, "it is closed"),
]


@pytest.mark.parametrize(("make", "reason"), REFUSALS, ids=[make.__name__ for make, _ in REFUSALS])
def test_refusals_name_the_reason_and_write_nothing(
    here: Place, make: Callable[[Place], Pull], reason: str
) -> None:
    pull = make(here)
    here.gitee_calls()
    answer = here.ask(f"/merge {pull.number}")
    assert "cannot be merged:" in answer and f"· {reason}" in answer
    assert writes(here.gitee_calls()) == []
    assert pull.state is not State.MERGED


def test_all_reasons_come_at_once(here: Place) -> None:
    pull = here.new_pull(draft=True, labels=["hold"], assignees_number=1, testers_number=1)
    here.web.add_check("lint", sha=pull.head_sha, conclusion=Conclusion.FAILURE, pull=pull.number)
    answer = here.ask(f"/merge {pull.number}")
    for reason in ("draft", "label hold", "needs 1 approval", "needs 1 test", "checks failed: lint"):
        assert reason in answer


def test_mergeability_that_becomes_known_is_enough(here: Place) -> None:
    pull = here.new_pull()
    pull.hide_mergeable(1)
    assert "merged into main" in here.ask(f"/merge {pull.number}")


def test_what_is_merged_already_is_success(here: Place) -> None:
    pull = here.new_pull()
    here.ask(f"/merge {pull.number}")
    here.gitee_calls()
    assert "is merged already." in here.ask(f"/merge {pull.number}")
    assert len(here.gitee_calls()) == 1


@pytest.mark.parametrize(("vote", "word"), [("approve", "approved"), ("test", "tested")])
def test_a_vote_through_sampan_binds_to_its_commit(here: Place, vote: str, word: str) -> None:
    pull = here.new_pull()
    old = pull.head_sha
    here.ask(f"/{vote} {pull.number}")
    here.web.push(pull.head_ref, {"more.txt": "more\n"})
    answer = here.ask(f"/merge {pull.number}")
    assert f"{word} at {old[:8]}, but the head is {pull.head_sha[:8]}" in answer
    here.ask(f"/{vote} {pull.number}")
    assert "merged into main" in here.ask(f"/merge {pull.number}")


def push(here: Place, pull: Pull) -> None:
    here.web.push(pull.head_ref, {"late.txt": "late\n"})


def hold(_: Place, pull: Pull) -> None:
    pull.add_label("hold")


@pytest.mark.parametrize("meanwhile", [push, hold])
def test_what_changes_before_the_write_stops_it(
    here: Place, meanwhile: Callable[[Place, Pull], None]
) -> None:
    pull = here.new_pull()
    here.gitee_fault(kind="slow", match="GET .*check-runs", seconds=0.6, times=1)
    here.gitee_calls()
    timer = threading.Timer(0.3, meanwhile, (here, pull))
    timer.start()
    answer = here.ask(f"/merge {pull.number}")
    timer.join()
    assert "cannot be merged:" in answer
    assert writes(here.gitee_calls()) == [] and pull.state is State.OPEN


def test_a_lost_answer_is_looked_up_and_not_repeated(here: Place) -> None:
    pull = here.new_pull()
    here.gitee_fault(kind="lost", match=PUT, seconds=0.1, times=1)
    here.gitee_calls()
    assert "merged into main" in here.ask(f"/merge {pull.number}")
    assert len(writes(here.gitee_calls())) == 1


@pytest.mark.parametrize("kind", ["500", "502", "html", "empty", "redirect"])
def test_a_failure_that_did_nothing_is_told_and_not_repeated(here: Place, kind: str) -> None:
    pull = here.new_pull()
    here.gitee_fault(kind=kind, match=PUT, times=1)
    answer = here.ask(f"/merge {pull.number}")
    assert "I sent the merge of" in answer and "Look there before you repeat it." in answer
    assert pull.state is State.OPEN


def test_a_host_without_check_runs_is_told(here: Place) -> None:
    pull = here.new_pull()
    here.gitee_fault(kind="404", match="GET .*check-runs", times=1)
    answer = here.ask(f"/merge {pull.number}")
    assert "merged into main" in answer and "Gitee showed no check runs, so none were looked at." in answer


def test_what_gitee_says_is_passed_on(here: Place) -> None:
    pull = here.new_pull()
    here.gitee_fault(kind="405", match=PUT, times=1)
    answer = here.ask(f"/merge {pull.number}")
    assert "Gitee refused to merge" in answer and "It says: fault" in answer


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("401", "Gitee refused Sampan's credential. Check GITEE_TOKEN."),
        ("403", "Gitee does not let Sampan's account do that."),
        ("404", "Gitee does not know it, or hides it from Sampan's account."),
        ("429", "Gitee says we ask too often."),
        ("500", "Gitee is having trouble (500)."),
        ("503", "Gitee is having trouble (503)."),
        ("502", "Gitee did not answer in time."),
        ("html", "Gitee answered with something else than its API does"),
        ("empty", "Gitee answered with something else than its API does"),
        ("redirect", "Gitee answered with something else than its API does"),
    ],
)
def test_a_host_that_fails_is_named(here: Place, kind: str, told: str) -> None:
    here.gitee_fault(kind=kind)
    assert told in here.ask("/merge 1")
    assert told in here.ask("/pr 1")


def test_age_is_told(here: Place) -> None:
    pull = here.new_pull(age=timedelta(hours=5))
    assert "5 h ago" in here.ask(f"/pr {pull.number}")
