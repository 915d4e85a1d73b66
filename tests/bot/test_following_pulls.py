"""`/test` with a job: the pull request is recorded as tested if what was built is still its head."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.builds import State
from bot.store.votes import Vouched
from integrations.model import Vote
from sandbox.gitee.pulls import Pull
from sandbox.jenkins.seed import PULL_REQUEST
from sandbox.town import Town
from tests.bot.clockwork import Watch, bot_in


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot_in(town, tmp_path, JENKINS_PR_JOB="{repo}-pr") as here:
        here.job("web-pr", parameters=PULL_REQUEST)
        yield here


def built(here: Watch) -> Pull:
    """A pull request whose job has run, and of which nobody knows yet."""
    pull = here.new_pull()
    assert f"b1 test of **web#{pull.number}** at" in here.ask(f"/test {pull.number}", as_="chen")
    here.jenkins.wait_for("web-pr")
    return pull


def votes(here: Watch) -> int:
    """How often somebody voted on Gitee."""
    return sum(one.method == "POST" and one.path.endswith("/test") for one in here.town.gitee.requests)


def test_a_green_build_is_recorded_and_told_at_once(here: Watch) -> None:
    pull = built(here)
    assert pull.test.accepted == 0
    (said,) = here.tick()
    assert said.startswith(f"✅ b1 test of **web#{pull.number}** at {pull.head_sha[:8]}: succeeded")
    assert "marked as tested at" in said and "Next: [/merge" in said and "(chen)" in said
    assert (pull.test.accepted, votes(here)) == (1, 1)
    assert here.store.votes.standing("acme/web", pull.number, Vote.TEST) == [
        Vouched(pull.head_sha, "chen", here.town.room.members["chen"].name)
    ]
    assert here.tick(after=600) == []


def the_head_moves(here: Watch, pull: Pull) -> None:
    here.web.push(pull.head_ref, {"more.txt": "more\n"}, message="More")


def it_is_closed(here: Watch, pull: Pull) -> None:
    pull.close(by=pull.author)


def it_is_merged(here: Watch, pull: Pull) -> None:
    assert "merged into main" in here.ask(f"/merge {pull.number}")


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (the_head_moves, "The test was not recorded: the head of"),
        (it_is_closed, "is no longer open."),
        (it_is_merged, "is no longer open."),
    ],
)
def test_what_was_built_has_to_be_what_is_there(
    here: Watch, happens: Callable[[Watch, Pull], None], told: str
) -> None:
    pull = built(here)
    happens(here, pull)
    (said,) = here.tick()
    assert said.startswith("✅ b1") and told in said
    assert (pull.test.accepted, votes(here)) == (0, 0)
    assert (f"content=%2Ftest%20{pull.number}" in said) is (happens is the_head_moves)


def test_a_red_build_is_not_recorded(here: Watch) -> None:
    here.job("web-pr", parameters=PULL_REQUEST, script="exit 1")
    pull = built(here)
    (said,) = here.tick()
    assert said.startswith("❌ b1") and (pull.test.accepted, votes(here)) == (0, 0)


def test_a_gitee_that_is_down_is_tried_again(here: Watch) -> None:
    pull = built(here)
    here.gitee_fault(kind="503")
    assert here.tick() == [] == here.tick(after=61)
    here.mend()
    (said,) = here.tick(after=61)
    assert "marked as tested at" in said and pull.test.accepted == 1


def test_a_gitee_that_stays_down_is_told(here: Watch) -> None:
    pull = built(here)
    here.gitee_fault(kind="500")
    assert here.tick() == []
    (said,) = here.tick(after=301)
    assert said.startswith("✅ b1") and "The test was not recorded." in said
    here.mend()
    assert here.tick(after=600) == []
    assert pull.test.accepted == 0


def test_a_vote_whose_answer_was_lost_is_looked_for(here: Watch) -> None:
    pull = built(here)
    here.gitee_fault(kind="lost", match="POST .*/test$", seconds=0.1, times=1)
    (said,) = here.tick()
    assert "marked as tested at" in said
    assert (pull.test.accepted, votes(here)) == (1, 1)


def test_a_process_that_died_after_its_vote_does_not_count_twice(here: Watch) -> None:
    pull = built(here)
    build = here.store.builds.get(1)
    assert build
    here.store.builds.change(build, State.RECORDING, look_at=here.store.now() + 60_000)
    here.store.votes.ask(
        repo="acme/web",
        pull=pull.number,
        vote=Vote.TEST,
        sha=pull.head_sha,
        staff_id="chen",
        name="Chen",
        delivery=build.delivery,
    )
    here.sampan.code_host(here.sampan.settings.repos[0]).vote("acme/web", pull.number, Vote.TEST)
    assert here.tick(after=30) == []
    (said,) = here.tick(after=31)
    assert said.startswith("✅ b1") and "marked as tested at" in said
    assert pull.test.accepted == 1
    assert len({one.sha for one in here.store.votes.standing("acme/web", pull.number, Vote.TEST)}) == 1
    assert "merged into main" in here.ask(f"/merge {pull.number}")
