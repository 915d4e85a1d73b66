"""A tracker that is down, or did something without our hearing: one card, one comment, one message."""

from collections.abc import Callable

import pytest

from bot.incidents.tending import tend_due
from sandbox.town import Town
from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import HOUR, MINUTE, Scene

FAILING, FIXED = "🔴 i1 **nightly** is failing", "🟢 i1 **nightly** is fixed"
LOST = {"kind": "lost", "seconds": 0.1, "times": 1}  # the work is done, and the answer is not
DOWN = ["500", "503", "502", "429", "401", "html", "empty"]


@pytest.fixture(params=["trello", "gitee"])
def scene(request: pytest.FixtureRequest, make_scene: MakeScene) -> Scene:
    return make_scene(request.param)


@pytest.mark.parametrize("kind", DOWN)
def test_while_the_tracker_is_down_the_room_is_told_and_its_card_follows(scene: Scene, kind: str) -> None:
    scene.known()
    scene.lost("FAILURE")
    scene.board.fault(kind=kind)
    heard = scene.tick_of(scene.bot.another(), after=0, seconds=8)
    heard += scene.tick_of(scene.bot.another(), after=5 * MINUTE, seconds=8)
    assert scene.heads(heard) == [FAILING] and "[card]" not in heard[0]
    scene.board.mend()
    assert scene.board.cards() == []
    assert scene.later() == scene.later() == []
    assert scene.card.title == "nightly is failing" and not scene.card.comments


def test_a_tracker_that_nobody_can_reach(make_scene: MakeScene, town: Town) -> None:
    scene = make_scene(TRELLO_URL="http://127.0.0.1:9/1")
    assert scene.heads(scene.builds("FAILURE")) == [FAILING]
    reached = scene.bot.another(TRELLO_URL=f"{town.trello_url}/1")
    assert scene.tick_of(reached) == [] and scene.card.title == "nightly is failing"


def test_a_tracker_that_is_configured_later(make_scene: MakeScene) -> None:
    scene = make_scene(TRACKER="none")
    scene.builds("FAILURE", "SUCCESS", "FAILURE")
    scene.tick_of(scene.bot.another(TRACKER="trello"), after=HOUR)
    assert scene.card.title == "nightly is failing"  # and none for what is over


def test_what_was_fixed_while_the_tracker_was_down_needs_no_card(scene: Scene) -> None:
    scene.board.fault(kind="503")
    assert scene.heads(scene.builds("FAILURE", "SUCCESS")) == [FAILING, FIXED]
    scene.board.mend()
    assert scene.later() == [] and scene.board.cards() == []
    assert idle(scene)


def test_what_happened_while_the_tracker_was_down_is_one_comment(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.board.fault(kind="503")
    assert scene.heads(scene.builds("FAILURE", "FAILURE", "SUCCESS")) == [FIXED]
    scene.board.mend()
    assert scene.later() == []
    [comment] = scene.card.comments
    assert [comment.count(word) for word in ("#2", "#3", "#4")] == [1, 1, 1] and scene.card.closed
    assert idle(scene)


def test_a_comment_on_very_much_is_short_enough_not_to_be_written_twice(scene: Scene) -> None:
    job = "/".join(["夜间构建"] * 5)
    scene.job(job)
    scene.build("FAILURE", job)
    scene.board.fault(kind="503")
    scene.tick()
    scene.lost(*["FAILURE"] * 40, job=job)
    scene.tick()
    scene.board.fault(match=scene.board.comment, **LOST)
    scene.later()
    scene.later()
    [comment] = scene.card.comments
    assert comment.endswith("`i1.41`") and "#2]" in comment and "#41]" in comment
    assert "35 events are left out" in comment and idle(scene)


# The tracker did it, and nobody heard.

DOUBTS: list[tuple[str, Callable[[Scene], str], list[str]]] = [
    ("create", lambda scene: scene.board.create, ["FAILURE"]),
    ("comment", lambda scene: scene.board.comment, ["FAILURE", "FAILURE"]),
    ("comment on the end", lambda scene: scene.board.comment, ["FAILURE", "SUCCESS"]),
    ("close", lambda scene: scene.board.change, ["FAILURE", "SUCCESS"]),
]


@pytest.mark.parametrize(("case", "request_of", "results"), DOUBTS, ids=[row[0] for row in DOUBTS])
def test_what_was_done_without_our_hearing_is_not_done_twice(
    scene: Scene, case: str, request_of: Callable[[Scene], str], results: list[str]
) -> None:
    heard = scene.builds(*results[:-1])
    scene.board.fault(match=request_of(scene), **LOST)
    heard += scene.builds(results[-1])
    heard += scene.later() + scene.later()
    assert scene.heads(heard) == [FAILING, FIXED][: 1 + ("SUCCESS" in results)]
    card = scene.card
    assert (len(card.comments), card.closed) == (len(results) - 1, "SUCCESS" in results)
    assert idle(scene)


def test_a_reopening_in_doubt(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.board.archive(scene.card.id)
    scene.board.fault(match=scene.board.change, **LOST)
    scene.builds("FAILURE")
    scene.later()
    card = scene.card
    assert not card.closed and len(card.comments) == 1


def test_a_card_in_doubt_that_was_never_made_is_made(scene: Scene) -> None:
    scene.board.fault(kind="504", match=scene.board.create, times=1)
    scene.builds("FAILURE")
    assert scene.board.cards() == []
    scene.later()
    assert not scene.card.comments


def test_fixed_while_its_card_is_in_doubt_the_card_is_closed(scene: Scene) -> None:
    scene.board.fault(match=scene.board.create, **LOST)
    scene.builds("FAILURE", "SUCCESS")
    scene.later()
    assert scene.card.closed and len(scene.card.comments) == 1


def idle(scene: Scene) -> bool:
    """Whether nothing is left to do for whatever is over, and its card tells of everything."""
    return all(event.carded_at for event in scene.incidents.events(1)) and tend_due(scene.bot.sampan) == 0
