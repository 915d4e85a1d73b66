"""The tracker against a Gitee that remembers: a card's whole life, and answers that are lost on their way."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from integrations.errors import NotFound, Refused, Unclear
from integrations.gitee.issues import GiteeIssues
from integrations.model.cards import CardRef, NewCard
from integrations.transport import deadline
from sandbox.gitee.app import create_app
from sandbox.gitee.commons import Permission
from sandbox.gitee.issues import State
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World
from tests.integrations.conftest import Stage

CARD = NewCard("web-build #41 失败" + "长" * 300, (("从 #41 起失败。",),), "sampan:i7")
MARKED = CardRef(marker="sampan:i7")


@pytest.fixture
def web(stage: Stage, tmp_path: Path) -> Iterator[Repo]:
    world = World(tmp_path)
    world.add_user("sampan", token="t0ken")
    web = world.add_repo("acme/web", members={"sampan": Permission.READ})
    stage.app = create_app(world)
    yield web
    world.close()


@pytest.fixture
def issues(stage: Stage, web: Repo) -> GiteeIssues:
    return GiteeIssues(f"{stage.url}/api/v5", ["t0ken"], repo="acme/web")


def test_the_life_of_a_card(issues: GiteeIssues, web: Repo) -> None:
    made = issues.create(CARD)
    assert issues.find(CardRef(made.id)) == issues.find(MARKED) == made
    issues.comment(made.id, (("又失败了",),))
    issue = web.issue(made.id)
    issue.add_comment("我来看看", by=web.commons.user("chen"))
    issue.add_label("keep")
    found = issues.find(CardRef(made.id))
    assert found and (found.labels, found.comments) == (("keep",), ("我来看看", "又失败了"))
    title = issue.title
    issues.close(made.id)
    assert (issue.state, issue.title) == (State.CLOSED, title)
    assert issues.find(MARKED) is None
    issues.reopen(made.id)
    assert (issue.state, issue.title) == (State.OPEN, title)


def test_thirty_comments_are_enough(issues: GiteeIssues, web: Repo) -> None:
    issue = web.open_issue("x", author="sampan")
    for number in range(40):
        issue.add_comment(f"{number}", by=issue.author)
    card = issues.find(CardRef(issue.number))
    assert card and card.comments == tuple(f"{number}" for number in range(39, 9, -1))


def test_the_newest_open_one_with_the_marker_counts(issues: GiteeIssues, web: Repo) -> None:
    def opened(state: State, days: int) -> str:
        issue = web.open_issue("x", author="sampan", body="x\n\nsampan:i7", age=timedelta(days=days))
        issue.move(state)
        return issue.number

    begun = opened(State.PROGRESSING, 5)
    assert (card := issues.find(MARKED)) and card.id == begun
    newest, _ = opened(State.OPEN, 3), opened(State.OPEN, 4)
    opened(State.CLOSED, 1), opened(State.REJECTED, 2)
    assert (card := issues.find(MARKED)) and card.id == newest


def test_a_deleted_one_is_no_more(issues: GiteeIssues, web: Repo) -> None:
    made = issues.create(CARD)
    web.delete_issue(made.id)
    assert issues.find(CardRef(made.id)) is None
    for call in (issues.close, issues.reopen, lambda card_id: issues.comment(card_id, (("x",),))):
        with pytest.raises(NotFound):
            call(made.id)


def test_a_repo_that_is_not_there_is_refused(stage: Stage, web: Repo) -> None:
    issues = GiteeIssues(f"{stage.url}/api/v5", ["t0ken"], repo="acme/absent")
    for call in (lambda: issues.create(CARD), lambda: issues.find(MARKED)):
        with pytest.raises(Refused) as caught:
            call()
        assert type(caught.value) is Refused and caught.value.status == 404


LOST: dict[str, tuple[Callable[[GiteeIssues, str], object], Callable[[Repo], bool]]] = {
    "POST .*/acme/issues": (
        lambda issues, _: issues.create(NewCard("y", (), "sampan:i8")),
        lambda web: len(web.issues) == 2,
    ),
    "POST .*/comments": (
        lambda issues, number: issues.comment(number, (("x",),)),
        lambda web: [len(issue.comments) for issue in web.issues.values()] == [1],
    ),
    "PATCH .*": (
        lambda issues, number: issues.close(number),
        lambda web: all(issue.closed for issue in web.issues.values()),
    ),
}


@pytest.mark.parametrize("match", LOST)
def test_a_lost_answer_leaves_the_work_done_once(
    stage: Stage, issues: GiteeIssues, web: Repo, match: str
) -> None:
    number = web.open_issue("x", author="sampan").number
    fault = {"kind": "lost", "match": match, "seconds": 1}
    requests.put(f"{stage.url}/_fault", data=json.dumps(fault), timeout=5).raise_for_status()
    write, done = LOST[match]
    with pytest.raises(Unclear), deadline(0.5):
        write(issues, number)
    assert done(web)
