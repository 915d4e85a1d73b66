"""A card's life through the client: made, found again, commented, archived, brought back."""

import pytest

from integrations.errors import NotFound
from integrations.model import Strong
from integrations.model.cards import Card, CardRef, NewCard
from integrations.trello.client import COMMENTS, Trello
from sandbox.trello import things
from sandbox.trello.things import Board
from sandbox.trello.world import World

MARKER = "sampan: i7-ab12cd"
NEW = NewCard("shop-test 失败", ((Strong("shop-test"), " 连续失败 3 次"),), MARKER)
NOBODY = "5cdfb33499236c320e7d772c"


def on(board: Board, card: Card) -> things.Card:
    return board.cards[card.id]


def names(board: Board, list_: str) -> list[str]:
    return [card.name for card in board.list_named(list_).cards]


class TestCreate:
    def test_puts_it_on_top_of_the_to_do_list(self, trello: Trello, world: World, board: Board) -> None:
        world.add_card(board.lists[0], "old")
        made = on(board, trello.create(NEW))
        assert names(board, "待处理") == ["shop-test 失败", "old"]
        assert made.desc == f"**shop-test** 连续失败 3 次\n\n{MARKER}"

    def test_tells_where_it_is(self, trello: Trello, board: Board) -> None:
        card = trello.create(NEW)
        assert card == Card(card.id, f"{trello.url[:-2]}/c/{on(board, card).short_link}")

    def test_without_lines_it_has_its_marker(self, trello: Trello, board: Board) -> None:
        assert on(board, trello.create(NewCard("x", (), MARKER))).desc == MARKER

    def test_of_any_length_fits(self, trello: Trello, board: Board) -> None:
        lines = tuple((f"{number} " + "长" * 99,) for number in range(1000))
        made = on(board, trello.create(NewCard("题" * 20_000, lines, MARKER)))
        assert len(made.desc) <= 16_384 and made.desc.endswith(f"(…)\n\n{MARKER}")
        assert made.name.endswith("题…") and len(made.name) <= 512


class TestFind:
    def test_by_its_id_takes_one_request(self, trello: Trello, world: World) -> None:
        made = trello.create(NEW)
        world.requests.clear()
        assert trello.find(CardRef(id=made.id)) == made
        assert len(world.requests) == 1

    def test_sees_what_people_did(self, trello: Trello, world: World, board: Board) -> None:
        made = trello.create(NEW)
        card = on(board, made)
        world.comment(card, "先不管")
        world.label(card, "wontfix")
        world.label(card, "")
        world.move(card, board.lists[1])
        world.comment(card, "真的")
        world.archive(card)
        assert trello.find(CardRef(id=made.id)) == Card(
            made.id, made.url, closed=True, labels=("wontfix",), comments=("真的", "先不管")
        )

    def test_brings_the_newest_comments(self, trello: Trello, world: World, board: Board) -> None:
        made = trello.create(NEW)
        for number in range(COMMENTS + 5):
            world.comment(on(board, made), str(number))
        found = trello.find(CardRef(id=made.id))
        assert found and found.comments == tuple(str(number) for number in range(COMMENTS + 4, 4, -1))

    @pytest.mark.parametrize("card_id", [NOBODY, "nothing", "../boards"])
    def test_what_is_not_there_is_none(self, trello: Trello, card_id: str) -> None:
        assert trello.find(CardRef(id=card_id, marker=MARKER)) is None

    def test_deleted_is_none(self, trello: Trello, world: World, board: Board) -> None:
        made = trello.create(NEW)
        world.delete(on(board, made))
        assert trello.find(CardRef(id=made.id)) is None


class TestFindByMarker:
    REF = CardRef(marker=MARKER)

    def test_wherever_it_is_on_the_board(self, trello: Trello, world: World, board: Board) -> None:
        made = trello.create(NEW)
        world.move(on(board, made), board.lists[1])
        assert trello.find(self.REF) == made

    @pytest.mark.parametrize(
        ("desc", "found"),
        [
            (f"x\n\n{MARKER}", True),
            (f"x\r\n\r\n{MARKER}  \r\n\r\n我看过了", True),
            (MARKER, True),
            (f"{MARKER}0", False),
            (f"see {MARKER}", False),
            ("", False),
        ],
    )
    def test_it_is_a_line_of_its_own(
        self, trello: Trello, world: World, board: Board, desc: str, found: bool
    ) -> None:
        card = world.add_card(board.lists[2], "x", desc=desc)
        expected = card.id if found else None
        got = trello.find(self.REF)
        assert (got and got.id) == expected

    def test_archived_is_none(self, trello: Trello, world: World, board: Board) -> None:
        world.archive(on(board, trello.create(NEW)))
        assert trello.find(self.REF) is None

    def test_the_board_is_asked_for_once(self, trello: Trello, world: World) -> None:
        for _ in range(2):
            assert trello.find(self.REF) is None
        lines = [one.line.split("/")[2] for one in world.requests]
        assert lines == ["lists", "boards", "boards"]

    def test_among_more_cards_than_one_answer_has(self, trello: Trello, world: World, board: Board) -> None:
        made = trello.create(NEW)
        for number in range(650):
            world.add_card(board.lists[number % 3], "x")
        assert trello.find(self.REF) == made

    def test_nothing_is_asked_for_nothing(self, trello: Trello, world: World) -> None:
        assert trello.find(CardRef()) is None
        assert world.requests == []


class TestChange:
    def test_comment(self, trello: Trello, board: Board) -> None:
        made = trello.create(NEW)
        trello.comment(made.id, (("又失败了 #4 & more = 5%",), ("@lin",)))
        (comment,) = on(board, made).comments
        assert comment.data["text"] == "又失败了 #4 & more = 5%\n\n@\u200blin"
        assert comment.member.username == "sampan_bot"

    def test_a_long_comment_fits(self, trello: Trello, board: Board) -> None:
        made = trello.create(NEW)
        trello.comment(made.id, [("x" * 100,)] * 1000)
        (comment,) = on(board, made).comments
        assert len(comment.data["text"]) <= 16_384 and comment.data["text"].endswith("(…)")

    def test_close_and_reopen(self, trello: Trello, world: World, board: Board) -> None:
        made = trello.create(NEW)
        world.move(on(board, made), board.lists[2])
        trello.close(made.id)
        assert (on(board, made).closed, names(board, "已完成")) == (True, [])
        world.add_card(board.lists[0], "newer", pos="top")
        trello.reopen(made.id)
        assert (on(board, made).closed, names(board, "待处理")) == (False, ["shop-test 失败", "newer"])

    def test_twice_is_as_good_as_once(self, trello: Trello, board: Board) -> None:
        made = trello.create(NEW)
        for change in (trello.close, trello.close, trello.reopen, trello.reopen):
            change(made.id)
        assert names(board, "待处理") == ["shop-test 失败"]

    @pytest.mark.parametrize("card_id", [NOBODY, "nothing"])
    def test_what_is_no_more_is_not_found(self, trello: Trello, card_id: str) -> None:
        for change in (trello.close, trello.reopen, lambda one: trello.comment(one, [("x",)])):
            with pytest.raises(NotFound):
                change(card_id)


def test_a_diagnosis_sees_both_lists(trello: Trello, board: Board) -> None:
    board.lists[2].closed = True
    todo, done = trello.lists()
    assert todo and (todo.name, todo.board_id, todo.archived) == ("待处理", board.id, False)
    assert done and (done.name, done.board_id, done.archived) == ("已完成", board.id, True)


@pytest.mark.parametrize("list_id", [NOBODY, "已完成"])
def test_a_diagnosis_sees_which_list_is_not_there(trello: Trello, board: Board, list_id: str) -> None:
    other = Trello(trello.url, "the-key", ["the-token"], todo=board.lists[0].id, done=list_id)
    todo, done = other.lists()
    assert todo and done is None
