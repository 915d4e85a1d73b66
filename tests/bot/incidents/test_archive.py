"""The Done list: what has been there for two weeks is archived, once an hour, a few at a time."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.incidents.archive import AT_ONCE
from sandbox.town import Town
from sandbox.trello.seed import DOING, DONE
from sandbox.trello.things import Card, Column
from sandbox.trello.world import World
from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import HOUR, MINUTE, Scene

LIMIT = 14


class Desk:
    """The board, and people whose deeds lie some days back."""

    def __init__(self, world: World) -> None:
        self.world = world

    def column(self, name: str = DONE) -> Column:
        return self.world.boards[0].list_named(name)

    def days_ago(self, days: float, deed: Callable[[], object]) -> None:
        """Have something done so many days ago."""
        self.world.clock.pass_time(timedelta(days=-days))
        deed()
        self.world.clock.pass_time(timedelta(days=days))

    def card(self, *, made: float, where: str = DOING, how: str = "createCard") -> Card:
        """A card that was made so many days ago."""
        found: list[Card] = []
        self.days_ago(made, lambda: found.append(self.world.add_card(self.column(where), "card", how=how)))
        return found[0]

    def moved(self, card: Card, days: float, to: str = DONE) -> None:
        """It was moved so many days ago."""
        self.days_ago(days, lambda: self.world.move(card, self.column(to)))

    def done(self, days: float) -> Card:
        """A card that is done for so many days."""
        card = self.card(made=90)
        self.moved(card, days)
        return card


@pytest.fixture
def desk(town: Town) -> Desk:
    """An empty board."""
    for card in [*town.trello.boards[0].cards.values()]:
        town.trello.delete(card)
    return Desk(town.trello)


@pytest.fixture
def scene(desk: Desk, make_scene: MakeScene) -> Scene:
    return make_scene()


def commented(desk: Desk) -> Card:
    card = desk.done(LIMIT + 1)
    desk.days_ago(1, lambda: desk.world.comment(card, "still good"))
    return card


def out_and_back(desk: Desk) -> Card:
    card = desk.done(30)
    desk.moved(card, 10, DOING)
    desk.moved(card, 9)
    return card


def labelled(desk: Desk, name: str) -> Card:
    card = desk.done(30)
    desk.world.label(card, name)
    return card


def taken_out_of_the_archive(desk: Desk) -> Card:
    card = desk.done(30)
    desk.days_ago(20, lambda: desk.world.archive(card))
    desk.days_ago(2, lambda: desk.world.archive(card, closed=False))
    return card


CASES: list[tuple[str, Callable[[Desk], Card], bool]] = [
    ("long ago", lambda desk: desk.done(LIMIT + 0.1), True),
    ("not long enough", lambda desk: desk.done(LIMIT - 0.1), False),
    ("an old card, done today", lambda desk: desk.done(0), False),
    ("made there", lambda desk: desk.card(made=30, where=DONE), True),
    ("copied there", lambda desk: desk.card(made=3, where=DONE, how="copyCard"), False),
    ("in another list", lambda desk: desk.card(made=30), False),
    ("commented on lately", commented, True),
    ("moved out and back", out_and_back, False),
    ("to be kept", lambda desk: labelled(desk, "keep"), False),
    ("to be kept, in other letters", lambda desk: labelled(desk, "Keep"), False),
    ("with another label", lambda desk: labelled(desk, "支付"), True),
    ("taken out of the archive", taken_out_of_the_archive, False),
]


@pytest.mark.parametrize(("case", "made", "archived"), CASES, ids=[row[0] for row in CASES])
def test_what_is_archived(
    scene: Scene, desk: Desk, case: str, made: Callable[[Desk], Card], archived: bool
) -> None:
    card = made(desk)
    scene.tick()
    assert card.closed is archived


def test_how_long_is_configured(desk: Desk, make_scene: MakeScene) -> None:
    card = desk.done(3)
    make_scene(ARCHIVE_AFTER_DAYS="2").tick()
    assert card.closed


def test_so_many_at_a_time_those_first_that_are_there_longest(scene: Scene, desk: Desk) -> None:
    cards = [desk.done(LIMIT + 1 + number / 100) for number in range(AT_ONCE + 5)]
    scene.tick()
    assert [card.closed for card in cards] == [False] * 5 + [True] * AT_ONCE
    scene.tick(after=30 * MINUTE)
    assert sum(card.closed for card in cards) == AT_ONCE  # once an hour
    scene.tick(after=31 * MINUTE)
    assert all(card.closed for card in cards)


def test_of_two_processes_one_does_it(scene: Scene, desk: Desk) -> None:
    card = desk.done(30)
    scene.spent()
    for _ in range(3):
        scene.tick_of(scene.bot.another(), after=MINUTE)
    assert card.closed
    assert len([call for call in scene.spent() if call.startswith("GET /1/lists/")]) == 1


def test_what_is_deleted_meanwhile_keeps_nothing_from_being_archived(scene: Scene, desk: Desk) -> None:
    cards = [desk.done(30 - number) for number in range(3)]
    scene.board.fault(kind="404", match=f"PUT .*/{cards[0].id}", times=1)
    scene.tick()
    assert [card.closed for card in cards] == [False, True, True]


@pytest.mark.parametrize("what", ["GET /1/lists", "PUT /1/cards"])
def test_a_tracker_that_is_down_is_left_for_the_next_hour(scene: Scene, desk: Desk, what: str) -> None:
    card = desk.done(30)
    scene.board.fault(kind="500", match=what)
    scene.tick()
    scene.board.mend()
    scene.spent()
    scene.tick()
    assert not card.closed and scene.spent() == []
    scene.tick(after=HOUR)
    assert card.closed


@pytest.mark.parametrize("env", [{"TRACKER": "none"}, {"TRELLO_DONE_LIST": ""}], ids=str)
def test_without_a_done_list_nothing_is_archived(
    desk: Desk, make_scene: MakeScene, env: dict[str, str]
) -> None:
    card, scene = desk.done(30), make_scene(**env)
    scene.tick()
    assert not card.closed and scene.spent() == []
