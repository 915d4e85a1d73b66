"""Cards: one for each incident, wherever they live, and whatever people do to it meanwhile."""

import re
from collections.abc import Callable

import pytest

from sandbox.jenkins.builds import Cause
from sandbox.jenkins.changes import Change
from sandbox.trello.seed import DOING, DONE
from tests.bot.incidents.boards import OnTrello, Seen
from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import HOUR, Scene, alert, lines

LIN = Cause("Started by user Lin", user="Lin", kind="hudson.model.Cause$UserIdCause")


@pytest.fixture(params=["trello", "gitee"])
def scene(request: pytest.FixtureRequest, make_scene: MakeScene) -> Scene:
    return make_scene(request.param)


def told(card: Seen) -> list[list[str]]:
    """What its comments say, each without its last line, which is for machines."""
    assert all(lines(text)[-1].startswith("`i1.") for text in card.comments)
    return [lines(text)[:-1] for text in card.comments]


def test_the_life_of_a_job_on_its_card(scene: Scene) -> None:
    fix, log = Change("Use the new library", "chen", id="f" * 40), "make: *** [test] Error 2"
    scene.builds("SUCCESS")
    assert scene.board.cards() == []
    scene.build("FAILURE", changes=[fix], causes=[LIN], log=log)
    card = scene.card
    assert card.title == "nightly is failing" and not card.comments and not card.closed
    text = lines(card.text)
    assert text[:2] == ["Job **nightly**", "since TIME · [#2]"]
    assert text[-1] == "i1-TOKEN"
    assert r"`make: *** [test] Error 2`" in text
    assert "started by Lin" in text and "`fffffff` · Use the new library · chen" in text
    scene.builds("UNSTABLE", "FAILURE")
    assert told(scene.card) == [[again("#3")], [again("#4")]]
    scene.bot.clock.ahead += 600
    scene.build("SUCCESS")
    assert told(scene.card)[2:] == [[fixed("#5"), "broken for 10 min"]]
    assert scene.card.closed
    scene.builds("SUCCESS")
    scene.tick()
    assert len(scene.card.comments) == 3


def test_the_life_of_an_alert_on_its_card(scene: Scene) -> None:
    scene.alerts(alert())
    card = scene.card
    assert card.title == "HighCPU is failing"
    text = lines(card.text)
    assert text == [
        "Alert **HighCPU**",
        "since TIME · [the monitor]",
        "CPU is at 95%",
        "service=pay",
        "i1-TOKEN",
    ]
    scene.alerts(alert())
    assert scene.card == card
    scene.alerts(alert(began="2026-01-02T04:04:05Z"))
    assert told(scene.card) == [["TIME · 🔴 fired again · [the monitor]"]]
    scene.alerts(alert(firing=False))
    assert scene.card.closed and told(scene.card)[1][0] == fixed("the monitor")


def test_what_broke_once_more_gets_a_card_of_its_own(scene: Scene) -> None:
    scene.builds("FAILURE", "SUCCESS", "FAILURE")
    assert [card.closed for card in scene.board.cards()] == [True, False]


def test_the_card_is_read_tomorrow_as_well(scene: Scene) -> None:
    scene.builds("FAILURE")
    assert re.search(r"since \d\d\\?-\d\d \d\d:\d\d ", scene.card.text)


def test_who_looks_after_it_is_on_the_card(scene: Scene) -> None:
    scene.builds("FAILURE")
    assert "looks after i1" in scene.bot.ask("/ack i1", as_="wu")
    assert scene.tick(after=3) == []
    [[line]] = told(scene.card)
    assert "looks after it" in line and "吴越 (wu)" in line


def test_closed_by_hand_the_card_is_archived_and_the_room_has_heard(scene: Scene) -> None:
    scene.builds("FAILURE")
    assert "is closed" in scene.bot.ask("/close i1", as_="wu")
    assert scene.tick(after=3) == []
    [[line, *_]] = told(scene.card)
    assert scene.card.closed and "closed by 吴越 (wu)" in line


def test_what_was_acknowledged_before_there_was_a_card_is_in_its_text(scene: Scene) -> None:
    scene.board.fault(kind="503")
    scene.builds("FAILURE")
    scene.bot.ask("/ack i1", as_="wu")
    scene.board.mend()
    scene.tick()
    assert "吴越 (wu) looks after it" in scene.card.text and not scene.card.comments


def test_a_card_that_is_late_tells_of_the_first_build_and_of_the_last(scene: Scene) -> None:
    scene.board.fault(kind="503")
    scene.builds("FAILURE", "FAILURE", "FAILURE")
    scene.board.mend()
    scene.tick()
    text = scene.card.text
    assert lines(text)[1] == "since TIME · #1" and "3 failures · [#3]" in lines(text)
    assert "[#3](" in text and "/job/nightly/3/)" in text


# People do things to a card.


def test_archived_it_comes_back_with_the_next_failure(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.board.archive(scene.card.id)
    scene.tick()
    assert scene.card.closed
    assert scene.builds("FAILURE") == []
    card = scene.card
    assert not card.closed and told(card) == [[again("#2")]]


@pytest.mark.parametrize("label", ["wontfix", "WontFix"])
def test_archived_as_wontfix_it_is_left_alone(scene: Scene, label: str) -> None:
    scene.builds("FAILURE")
    scene.board.label(scene.card.id, label)
    scene.board.archive(scene.card.id)
    scene.builds("FAILURE", "FAILURE")
    assert scene.card.closed and not scene.card.comments
    assert scene.heads(scene.builds("SUCCESS")) == ["🟢 i1 **nightly** is fixed"]
    assert scene.card.closed


def test_wontfix_on_an_open_card_is_only_a_label(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.board.label(scene.card.id, "wontfix")
    scene.builds("FAILURE")
    assert told(scene.card) == [[again("#2")]]


def test_archived_and_then_fixed_it_is_told_so_and_stays_archived(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.board.archive(scene.card.id)
    scene.board.calls()
    scene.builds("SUCCESS")
    assert scene.card.closed and told(scene.card)[0][0] == fixed("#2")
    assert not [call for call in scene.board.calls() if call.startswith(("PUT", "PATCH"))]


def test_a_stranger_s_comment_on_what_has_not_happened_silences_nothing(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.board.write(scene.card.id, "see i1.99\n\n`i1.999999999`")
    scene.builds("FAILURE", "SUCCESS")
    assert [text[0] for text in told(scene.card)[1:]] == [again("#2"), fixed("#3")]


def test_deleted_there_is_a_new_one_that_tells_it_all(scene: Scene) -> None:
    scene.build("FAILURE", ago=HOUR)
    first = scene.card
    scene.board.delete(first.id)
    scene.builds("FAILURE")
    card = scene.card
    assert card.id != first.id and "2 failures" in card.text and not card.comments
    scene.builds("FAILURE", "SUCCESS")
    assert scene.card.closed and len(scene.card.comments) == 2


def test_deleted_and_then_fixed_there_is_none(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.board.delete(scene.card.id)
    assert scene.heads(scene.builds("SUCCESS")) == ["🟢 i1 **nightly** is fixed"]
    scene.tick()
    assert scene.board.cards() == []


MOVES: list[tuple[str, Callable[[OnTrello, str], None]]] = [
    ("into another list", lambda board, card: board.move(card, DOING)),
    ("into Done", lambda board, card: board.move(card, DONE)),
]


@pytest.mark.parametrize(("case", "move"), MOVES, ids=[row[0] for row in MOVES])
def test_moved_it_stays_where_it_is(
    make_scene: MakeScene, case: str, move: Callable[[OnTrello, str], None]
) -> None:
    scene, board = on_trello(make_scene)
    scene.builds("FAILURE")
    move(board, scene.card.id)
    there = board.where(scene.card.id)
    scene.builds("FAILURE", "SUCCESS")
    card = scene.card
    assert board.where(card.id) == there and card.closed and len(card.comments) == 2


def test_new_ones_and_those_that_come_back_are_on_top(make_scene: MakeScene) -> None:
    scene, board = on_trello(make_scene)
    for job in ("one", "two"):
        scene.job(job)
        scene.builds("FAILURE", job=job)
    assert board.to_do()[:2] == ["two is failing", "one is failing"]
    one = board.cards()[0]
    board.move(one.id, DOING)
    board.archive(one.id)
    scene.builds("FAILURE", job="one")
    assert board.to_do()[:2] == ["one is failing", "two is failing"]


def on_trello(make_scene: MakeScene) -> tuple[Scene, OnTrello]:
    scene = make_scene()
    assert isinstance(scene.board, OnTrello)
    return scene, scene.board


def again(what: str) -> str:
    return f"TIME · 🔴 failed again · [{what}]"


def fixed(what: str) -> str:
    return f"TIME · 🟢 fixed · [{what}]"
