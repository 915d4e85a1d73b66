"""/approve and /test over a code host on real git and a build server that really runs jobs."""

from typing import Any

import pytest

from integrations.model import Vote
from tests.support.town import Place, place


@pytest.mark.parametrize(
    ("command", "told", "comment", "vote"),
    [
        ("approve", "approved at", "Approved at {sha} by 陈默 (chen) through Sampan", Vote.APPROVE),
        ("test", "marked as tested at", "Tested at {sha} by 陈默 (chen) through Sampan", Vote.TEST),
    ],
)
def test_a_vote_counts_and_says_who(here: Place, command: str, told: str, comment: str, vote: Vote) -> None:
    pull = here.new_pull(assignees_number=1, testers_number=1)
    here.gitee_calls()
    answer = here.ask(f"/{command} {pull.number}", as_="chen")
    assert f"{told} {pull.head_sha[:8]}" in answer
    assert len(here.gitee_calls()) == 4
    assert [one.body for one in pull.comments] == [comment.format(sha=pull.head_sha[:12])]
    kept = here.store.votes.standing("acme/web", pull.number, vote)
    assert [(one.sha, one.staff_id) for one in kept] == [(pull.head_sha, "chen")]


def test_nobody_approves_their_own(here: Place) -> None:
    pull = here.new_pull(author="chen", assignees_number=1)
    here.gitee_calls()
    assert "is your own; somebody else has to approve it." in here.ask(f"/approve {pull.number}", as_="chen")
    assert len(here.gitee_calls()) == 1
    assert "approved at" in here.ask(f"/approve {pull.number}", as_="lin")


@pytest.mark.parametrize("users", ["boss=chen", "chen=somebody"])
def test_the_same_person_by_pair_or_by_name(users: str) -> None:
    with place(GITEE_USERS=users, MAINTAINERS="chen,boss") as here:
        pull = here.new_pull(author="chen")
        assert "is your own" in here.ask(f"/approve {pull.number}", as_="chen")


def test_an_asker_without_a_pair_is_told_that_nobody_could_check() -> None:
    with place(GITEE_USERS="lin=lin") as here:
        pull, note = here.new_pull(), "Whether it is your own could not be checked: GITEE_USERS lacks "
        assert f"{note}chen=login." in here.ask(f"/approve {pull.number}", as_="chen")
        assert note not in here.ask(f"/approve {pull.number}", as_="lin")
        assert note not in here.ask(f"/test {pull.number}", as_="chen")


def test_one_token_is_one_reviewer(here: Place) -> None:
    pull = here.new_pull(assignees_number=2)
    answer = here.ask(f"/approve {pull.number}")
    assert "Gitee wants 1 more; one account counts once, so they vote on [#" in answer


def test_the_next_step_is_a_click(here: Place) -> None:
    pull = here.new_pull(assignees_number=1)
    clicked = (
        f"[/merge {pull.number}](dtmd://dingtalkclient/sendMessage?content=%2Fmerge%20{pull.number}%20web)"
    )
    assert clicked in here.ask(f"/approve {pull.number}")


def test_a_lost_answer_is_looked_up(here: Place) -> None:
    pull = here.new_pull(assignees_number=1)
    here.gitee_fault(kind="lost", match="POST .*/review", seconds=0.1, times=1)
    here.gitee_calls()
    assert "approved at" in here.ask(f"/approve {pull.number}")
    assert [call for call in here.gitee_calls() if call.endswith("/review")] != []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("502", "Gitee's answer was lost, and [#"),
        ("500", "Gitee's answer was lost, and [#"),
        ("html", "Gitee's answer was lost, and [#"),
        ("redirect", "Gitee's answer was lost, and [#"),
        ("empty", "and does not show it: is Sampan's account asked to vote there?"),
    ],
)
@pytest.mark.parametrize(("command", "gate"), [("approve", "review"), ("test", "test")])
def test_a_vote_without_a_trace_is_told_and_not_counted(
    here: Place, command: str, gate: str, kind: str, told: str
) -> None:
    pull = here.new_pull(assignees_number=1, testers_number=1)
    here.gitee_fault(kind=kind, match=f"POST .*/{gate}", times=1)
    answer = here.ask(f"/{command} {pull.number}")
    assert told in answer and " at " not in answer
    assert pull.comments == [] and "cannot be merged" in here.ask(f"/merge {pull.number}")


@pytest.mark.parametrize(
    "fault", [{"kind": "lost", "seconds": 0.1}, {"kind": "504"}, {"kind": "html"}, {"kind": "500"}]
)
def test_doubt_about_a_vote_for_the_new_head_never_frees_a_merge(here: Place, fault: dict[str, Any]) -> None:
    pull = here.new_pull(assignees_number=1)
    here.ask(f"/approve {pull.number}")
    old = pull.head_sha
    here.web.push(pull.head_ref, {"again.txt": "again\n"})
    here.gitee_fault(match="POST .*/review", times=1, **fault)
    assert "answer was lost, and [#" in here.ask(f"/approve {pull.number}")
    stale = f"approved at {old[:8]}, but the head is {pull.head_sha[:8]}"
    assert stale in here.ask(f"/merge {pull.number}")
    assert "approved at" in here.ask(f"/approve {pull.number}")
    assert "merged into main" in here.ask(f"/merge {pull.number}")


def test_doubt_about_a_vote_for_the_old_head_binds(here: Place) -> None:
    pull = here.new_pull()
    here.gitee_fault(kind="504", match="POST .*/test", times=1)
    here.ask(f"/test {pull.number}")
    old = pull.head_sha
    here.web.push(pull.head_ref, {"again.txt": "again\n"})
    assert f"tested at {old[:8]}, but the head is" in here.ask(f"/merge {pull.number}")


def test_a_refusal_is_passed_on_and_does_not_count(here: Place) -> None:
    pull = here.new_pull(assignees_number=1)
    here.gitee_fault(kind="405", match="POST .*/review", times=1)
    answer = here.ask(f"/approve {pull.number}")
    assert "Gitee refused it for" in answer and "It says: fault" in answer
    assert here.store.votes.standing("acme/web", pull.number, Vote.APPROVE) == []


def test_a_second_vote_that_gitee_refuses_still_moves_the_record(here: Place) -> None:
    pull = here.new_pull(assignees_number=1)
    here.ask(f"/approve {pull.number}")
    here.web.push(pull.head_ref, {"again.txt": "again\n"})
    here.gitee_fault(kind="405", match="POST .*/review", times=1)
    assert f"approved at {pull.head_sha[:8]}" in here.ask(f"/approve {pull.number}")
    kept = here.store.votes.standing("acme/web", pull.number, Vote.APPROVE)
    assert [one.sha for one in kept] == [pull.head_sha]


@pytest.mark.parametrize("kind", ["500", "502", "html", "empty"])
def test_a_comment_that_fails_is_told_and_the_vote_stays(here: Place, kind: str) -> None:
    pull = here.new_pull(assignees_number=1)
    here.gitee_fault(kind=kind, match="POST .*/comments", times=1)
    answer = here.ask(f"/approve {pull.number}")
    assert "approved at" in answer and "The comment that says who asked could not be written" in answer


@pytest.mark.parametrize(("state", "told"), [("merged", "is merged already."), ("closed", "is closed.")])
def test_what_is_over_takes_no_votes(here: Place, state: str, told: str) -> None:
    pull = here.new_pull()
    if state == "merged":
        here.ask(f"/merge {pull.number}")
    else:
        pull.close(by=here.town.gitee.add_user("wu"))
    assert told in here.ask(f"/test {pull.number}")


def test_with_a_job_test_starts_it_and_records_it_when_it_is_green() -> None:
    with place(JENKINS_PR_JOB="{repo}-pr") as here:
        pull = here.new_pull(testers_number=1)
        answer = here.ask(f"/test {pull.number}")
        assert f"b1 test of **web#{pull.number}** at {pull.head_sha[:8]}: [web-pr](" in answer
        assert "is queued" in answer
        assert here.store.votes.standing("acme/web", pull.number, Vote.TEST) == []
        sent = next(one.form for one in here.town.jenkins.requests if one.method == "POST")
        assert sent["PR_NUMBER"] == [str(pull.number)] and sent["PR_SHA"] == [pull.head_sha]
        assert sent["REPO"] == ["acme/web"] and sent["SAMPAN_ID"][0].startswith("b1-")
        told = here.told()
        assert told.startswith(f"✅ b1 test of **web#{pull.number}**") and "marked as tested at" in told
        (kept,) = here.store.votes.standing("acme/web", pull.number, Vote.TEST)
        assert (kept.sha, kept.staff_id) == (pull.head_sha, "lin")


RIGHTS = [
    ("wu", "/test {n}", "marked as tested"),
    ("wu", "/approve {n}", "This needs the role maintainer"),
    ("wu", "/merge {n}", "Ask for your staff id wu to be added to MAINTAINERS."),
    ("guest", "/test {n}", "The chat does not vouch for who you are"),
]


@pytest.mark.parametrize(("who", "command", "told"), RIGHTS)
def test_rights(here: Place, who: str, command: str, told: str) -> None:
    pull = here.new_pull(author="chen")
    assert told in here.ask(command.format(n=pull.number), as_=who)
