"""When a card came into the Done list, whatever happened to it before and after."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.errors import Garbled, NotFound
from integrations.model.cards import DoneCard
from integrations.trello.client import Trello
from integrations.trello.protocol import read_done
from sandbox.trello.things import Board, Card
from sandbox.trello.world import World
from tests.integrations.standin import StandIn, sample

DAY = timedelta(days=1)
MOVED_TO, MOVED_FROM = "5cdfb33181899386ced12d14", "5cdfb3302e078d53fd5c01f8"
MADE = "5cdfb33499236c320e7d772c"
AGES = {"made": 20, "moved": 10, "later": 5}

Deed = Callable[[World, Board, Card], None]
# What happens to a card five days after it was moved to Done, and which day counts then.
LATER: list[tuple[str, Deed, str]] = [
    ("nothing", lambda world, board, card: None, "moved"),
    ("a comment", lambda world, board, card: void(world.comment(card, "好")), "moved"),
    ("another name", lambda world, board, card: world.edit(card, name="y"), "moved"),
    ("a label", lambda world, board, card: void(world.label(card, "bug")), "moved"),
    ("another place in it", lambda world, board, card: world.move(card, board.lists[2], pos="top"), "moved"),
    ("out and back", lambda world, board, card: out_and_back(world, board, card), "later"),
    ("archived and back", lambda world, board, card: archived_and_back(world, card), "later"),
]


def void(_: object) -> None:
    """Deeds give nothing back."""


def out_and_back(world: World, board: Board, card: Card) -> None:
    world.move(card, board.lists[1])
    world.move(card, board.lists[2])


def archived_and_back(world: World, card: Card) -> None:
    world.archive(card)
    world.archive(card, closed=False)


def age(world: World, card: DoneCard) -> int:
    return (world.clock.now() - card.entered_at).days


@pytest.mark.parametrize(("deed", "counts"), [row[1:] for row in LATER], ids=[row[0] for row in LATER])
def test_what_starts_the_time_anew(
    trello: Trello, world: World, board: Board, deed: Deed, counts: str
) -> None:
    card = world.add_card(board.lists[0], "x")
    world.clock.pass_time(10 * DAY)
    world.move(card, board.lists[2])
    world.clock.pass_time(5 * DAY)
    deed(world, board, card)
    world.clock.pass_time(5 * DAY)
    (found,) = trello.done(before=world.clock.now())
    assert age(world, found) == AGES[counts]


@pytest.mark.parametrize("how", ["createCard", "copyCard", "convertToCardFromCheckItem", "emailCard"])
def test_made_there_counts(trello: Trello, world: World, board: Board, how: str) -> None:
    world.add_card(board.lists[2], "x", how=how)
    world.clock.pass_time(3 * DAY)
    (found,) = trello.done(before=world.clock.now())
    assert age(world, found) == 3


def test_moved_from_another_board_counts(trello: Trello, world: World, board: Board) -> None:
    elsewhere = world.add_board("别处", lists=("已完成",))
    card = world.add_card(elsewhere.lists[0], "x")
    world.clock.pass_time(3 * DAY)
    world.move(card, board.lists[2])
    world.clock.pass_time(4 * DAY)
    (found,) = trello.done(before=world.clock.now())
    assert age(world, found) == 4


def test_without_a_story_its_id_tells_when_it_was_made(trello: Trello, world: World, board: Board) -> None:
    world.add_card(board.lists[2], "x")
    board.actions.clear()
    world.clock.pass_time(8 * DAY)
    (found,) = trello.done(before=world.clock.now())
    assert age(world, found) == 8


class TestWhichCards:
    def test_those_there_long_enough_the_longest_first(
        self, trello: Trello, world: World, board: Board
    ) -> None:
        cards = [world.add_card(board.lists[0], name) for name in ("c", "a", "b")]
        for card in sorted(cards, key=lambda one: one.name):
            world.move(card, board.lists[2], pos="top")
            world.clock.pass_time(DAY)
        found = trello.done(before=world.clock.now() - 1.5 * DAY)
        assert [card.title for card in found] == ["a", "b"]

    def test_the_very_moment_is_not_before(self, trello: Trello, world: World, board: Board) -> None:
        world.add_card(board.lists[2], "x")
        now = world.clock.now()
        assert trello.done(before=now) == ()
        assert len(trello.done(before=now + timedelta(milliseconds=1))) == 1

    def test_neither_archived_ones_nor_those_elsewhere(
        self, trello: Trello, world: World, board: Board
    ) -> None:
        world.archive(world.add_card(board.lists[2], "archived"))
        world.add_card(board.lists[1], "elsewhere")
        world.clock.pass_time(DAY)
        assert trello.done(before=world.clock.now()) == ()

    def test_come_with_what_a_person_sees(self, trello: Trello, world: World, board: Board) -> None:
        card = world.add_card(board.lists[2], "大促值班手册")
        world.label(card, "keep")
        made, link = world.clock.now(), f"{trello.url[:-2]}/c/{card.short_link}"
        world.clock.pass_time(DAY)
        found = trello.done(before=world.clock.now())
        assert found == (DoneCard(card.id, "大促值班手册", link, made, ("keep",)),)

    def test_take_one_request(self, trello: Trello, world: World) -> None:
        trello.done(before=world.clock.now())
        (request,) = world.requests
        assert request.query["actions_limit"] == "1000"

    @pytest.mark.parametrize(("count", "requests"), [(299, 1), (300, 2), (650, 3)])
    def test_are_all_there_however_many(
        self, trello: Trello, world: World, board: Board, count: int, requests: int
    ) -> None:
        for number in range(count):
            world.add_card(board.lists[2], str(number))
        world.clock.pass_time(DAY)
        found = trello.done(before=world.clock.now())
        assert {card.title for card in found} == {str(number) for number in range(count)}
        assert len(found) == count and len(world.requests) == requests

    def test_a_list_that_is_not_there_is_not_found(self, trello: Trello, board: Board) -> None:
        board.lists.pop()
        with pytest.raises(NotFound):
            trello.done(before=datetime.now(UTC))


class TestRecorded:
    """Answers as Trello gives them."""

    def card(self, *actions: Any) -> dict[str, Any]:
        return {
            "id": MADE,
            "name": "prima",
            "shortUrl": "https://trello.com/c/jV1haDyb",
            "actions": [*actions],
        }

    def entered(self, list_id: str, *actions: Any) -> str:
        return read_done(self.card(*actions), list_id=list_id).entered_at.isoformat(timespec="seconds")

    def test_a_move_into_the_list(self) -> None:
        assert self.entered(MOVED_TO, sample("trello/action/move.json")) == "2019-05-24T09:14:46+00:00"

    def test_a_move_out_of_the_list_is_none(self) -> None:
        assert self.entered(MOVED_FROM, sample("trello/action/move.json")) == "2019-05-18T07:24:36+00:00"

    def test_another_update_in_the_list_is_none(self) -> None:
        update = sample("trello/action/update.json")
        assert self.entered(update["data"]["list"]["id"], update) == "2019-05-18T07:24:36+00:00"

    def test_the_order_does_not_matter(self) -> None:
        move = sample("trello/action/move.json")
        older = {**move, "date": "2019-05-20T00:00:00.000Z"}
        assert self.entered(MOVED_TO, older, move) == self.entered(MOVED_TO, move, older)

    @pytest.mark.parametrize("change", [{"date": "soon"}, {"date": None}])
    def test_a_strange_date_is_garbled(self, standin: StandIn, change: dict[str, Any]) -> None:
        self.garbled(standin, self.card({**sample("trello/action/move.json"), **change}))

    @pytest.mark.parametrize("card", [{}, {"id": ""}, {"id": "xyz"}, {"id": 5}, 1, None])
    def test_a_strange_card_is_garbled(self, standin: StandIn, card: Any) -> None:
        self.garbled(standin, card)

    def garbled(self, standin: StandIn, card: Any) -> None:
        standin.on(f"GET /1/lists/{MOVED_TO}/cards", [card])
        client = Trello(f"{standin.url}/1", "k", ["t"], todo=MOVED_FROM, done=MOVED_TO)
        with pytest.raises(Garbled):
            client.done(before=datetime.now(UTC))

    def test_pages_without_an_end_are_garbled(self, standin: StandIn) -> None:
        standin.on(f"GET /1/lists/{MOVED_TO}/cards", [self.card()] * 300)
        client = Trello(f"{standin.url}/1", "k", ["t"], todo=MOVED_FROM, done=MOVED_TO)
        with pytest.raises(Garbled):
            client.done(before=datetime.now(UTC))
        assert standin.last.query["before"] == MADE
