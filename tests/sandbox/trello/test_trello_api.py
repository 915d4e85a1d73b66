"""The REST API as the vendor's pages have it: cards, their places, their actions, their order."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.trello.things import Board
from sandbox.trello.world import World
from tests.sandbox.trello.client import Client


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


def types(found: list[dict[str, Any]]) -> list[str]:
    return [":".join([one["type"], *one["data"].get("old", {})]) for one in found]


class TestCards:
    def test_a_new_one_is_whole(self, api: Client, board: Board) -> None:
        todo = board.lists[0]
        card = api.make(idList=todo.id, name="shop-test 失败", desc="x\n\nsampan: i7")
        assert (card["name"], card["desc"], card["closed"]) == ("shop-test 失败", "x\n\nsampan: i7", False)
        assert (card["idList"], card["idBoard"], card["idShort"]) == (todo.id, board.id, 1)
        assert card["shortUrl"] == f"{api.site}/c/{card['shortLink']}"
        assert api.json(f"/cards/{card['id']}") == api.json(f"/cards/{card['shortLink']}") == card

    def test_ids_tell_when_things_were_made(self, api: Client, world: World, board: Board) -> None:
        world.clock.pass_time(timedelta(days=3))
        card = api.make(idList=board.lists[0].id, name="x")
        assert int(card["id"][:8], 16) == int(world.clock.now().timestamp())
        assert len(card["id"]) == 24

    @pytest.mark.parametrize(
        ("pos", "order"),
        [("top", ["x", "a", "b"]), ("bottom", ["a", "b", "x"]), ("20000", ["a", "x", "b"]), ("", None)],
    )
    def test_stand_where_they_were_put(
        self, api: Client, world: World, board: Board, pos: str, order: list[str] | None
    ) -> None:
        for name in "ab":
            world.add_card(board.lists[0], name)
        answer = api.call("POST", "/cards", data={"idList": board.lists[0].id, "name": "x", "pos": pos})
        if order is None:
            assert (answer.status_code, answer.text) == (400, "invalid value for pos")
        else:
            assert names(api.json(f"/lists/{board.lists[0].id}/cards")) == order

    def test_change_by_what_is_sent(self, api: Client, world: World, board: Board) -> None:
        card = world.add_card(board.lists[0], "x", desc="y")
        form = {"closed": "true", "idList": board.lists[2].id, "pos": "top", "name": "z"}
        changed = api.call("PUT", f"/cards/{card.id}", data=form).json()
        assert (changed["closed"], changed["idList"], changed["name"]) == (True, board.lists[2].id, "z")
        assert changed["desc"] == "y"
        everything = api.json(f"/cards/{card.id}/actions", filter="all")
        assert types(everything) == [
            "updateCard:name",
            "updateCard:idList",
            "updateCard:closed",
            "createCard",
        ]

    def test_what_changes_nothing_leaves_no_action(self, api: Client, world: World, board: Board) -> None:
        card = world.add_card(board.lists[0], "x")
        api.call(
            "PUT", f"/cards/{card.id}", data={"closed": "false", "idList": board.lists[0].id, "name": "x"}
        )
        assert types(api.json(f"/cards/{card.id}/actions", filter="all")) == ["createCard"]

    def test_are_deleted_for_good(self, api: Client, world: World, board: Board) -> None:
        card = world.add_card(board.lists[0], "x")
        assert api.call("DELETE", f"/cards/{card.id}").status_code == 200
        assert api.call("GET", f"/cards/{card.id}").status_code == 404

    def test_have_labels(self, api: Client, world: World, board: Board) -> None:
        card = world.add_card(board.lists[0], "x")
        made = api.call("POST", f"/cards/{card.id}/labels", data={"name": "keep", "color": "sky"}).json()
        assert (made["name"], made["color"]) == ("keep", "sky")
        assert api.json(f"/cards/{card.id}", fields="labels") == {"id": card.id, "labels": [made]}
        assert api.json(f"/boards/{board.id}/labels") == [made]


class TestLists:
    @pytest.mark.parametrize(
        ("which", "shown"), [("open", ["a"]), ("closed", ["b"]), ("all", ["a", "b"]), ("visible", ["a"])]
    )
    def test_of_cards_are_filtered(
        self, api: Client, world: World, board: Board, which: str, shown: list[str]
    ) -> None:
        world.add_card(board.lists[0], "a")
        world.archive(world.add_card(board.lists[0], "b"))
        assert names(api.json(f"/boards/{board.id}/cards/{which}")) == shown
        assert names(api.json(f"/lists/{board.lists[0].id}/cards", filter=which)) == shown

    def test_have_pages_of_the_newest(self, api: Client, world: World, board: Board) -> None:
        cards = [world.add_card(board.lists[0], name, pos="top") for name in "abcde"]
        path = f"/lists/{board.lists[0].id}/cards"
        assert names(api.json(path, limit=2)) == ["e", "d"]
        assert names(api.json(path, limit=2, before=cards[3].id)) == ["c", "b"]

    def test_of_many_cards_come_without_their_actions(self, api: Client, world: World, board: Board) -> None:
        for _ in range(301):
            world.add_card(board.lists[0], "x")
        path = f"/boards/{board.id}/cards"
        assert len(api.json(path)) == 301
        refused = api.call("GET", path, params={"actions": "all"})
        assert (refused.status_code, refused.json()["error"]) == (403, "API_TOO_MANY_CARDS_REQUESTED")
        assert len(api.json(path, actions="all", limit=300)) == 300

    def test_are_on_a_board(self, api: Client, board: Board) -> None:
        assert names(api.json(f"/boards/{board.short_link}/lists")) == ["待处理", "处理中", "已完成"]
        assert api.json(f"/lists/{board.lists[0].id}", fields="idBoard,closed") == {
            "id": board.lists[0].id,
            "idBoard": board.id,
            "closed": False,
        }
        assert api.json(f"/boards/{board.id}")["shortUrl"] == f"{api.site}/b/{board.short_link}"


class TestActions:
    @pytest.fixture
    def path(self, world: World, board: Board) -> str:
        """A card with a story."""
        card = world.add_card(board.lists[0], "x")
        world.comment(card, "one")
        world.move(card, board.lists[2])
        world.archive(card)
        world.archive(card, closed=False)
        world.comment(card, "two")
        return f"/cards/{card.id}"

    @pytest.mark.parametrize(
        ("wanted", "shown"),
        [
            (None, ["commentCard", "updateCard:idList", "commentCard"]),
            ("updateCard:closed", ["updateCard:closed"] * 2),
            ("updateCard", ["updateCard:closed"] * 2 + ["updateCard:idList"]),
            ("createCard,updateCard:idList", ["updateCard:idList", "createCard"]),
            ("copyCard", []),
        ],
    )
    def test_are_filtered_newest_first(
        self, api: Client, path: str, wanted: str | None, shown: list[str]
    ) -> None:
        query = {"filter": wanted} if wanted else {}
        assert types(api.json(f"{path}/actions", **query)) == shown
        if wanted:
            assert types(api.json(path, actions=wanted)["actions"]) == shown

    def test_are_fifty_unless_more_are_asked_for(self, api: Client, world: World, board: Board) -> None:
        card = world.add_card(board.lists[0], "x")
        for number in range(60):
            world.comment(card, str(number))
        path = f"/cards/{card.id}"
        assert len(api.json(f"{path}/actions")) == 50
        assert len(api.json(f"{path}/actions", limit=1000)) == 60
        nested = api.json(path, actions="commentCard", actions_limit=3, action_fields="data")["actions"]
        assert [one["data"]["text"] for one in nested] == ["59", "58", "57"]
        assert all(set(one) == {"id", "data"} for one in nested)

    def test_of_a_move_say_where_from_and_where_to(self, api: Client, path: str, board: Board) -> None:
        (move,) = api.json(f"{path}/actions", filter="updateCard:idList")
        todo, _, done = board.lists
        assert move["data"]["old"] == {"idList": todo.id}
        assert (move["data"]["listBefore"]["id"], move["data"]["listAfter"]["id"]) == (todo.id, done.id)
        assert move["date"] == "2026-03-01T12:00:00.000Z" and move["memberCreator"]["username"] == "lin"

    def test_of_a_board_are_those_of_its_cards(self, api: Client, path: str, board: Board) -> None:
        assert len(api.json(f"/boards/{board.id}/actions", filter="all")) == 6

    def test_comments_are_whose_token_it_is(self, api: Client, path: str) -> None:
        said = api.call("POST", f"{path}/actions/comments", data={"text": "好 & 快"}).json()
        assert (said["type"], said["data"]["text"]) == ("commentCard", "好 & 快")
        assert said["memberCreator"]["username"] == "chen"

    def test_a_comment_moves_the_last_activity(self, api: Client, world: World, path: str) -> None:
        before = api.json(path)["dateLastActivity"]
        world.clock.pass_time(timedelta(days=1))
        api.call("POST", f"{path}/actions/comments", data={"text": "x"})
        assert api.json(path)["dateLastActivity"] > before


def test_what_was_asked_is_kept_without_its_secrets(api: Client, world: World, board: Board) -> None:
    api.bare("PUT", f"/cards/{'0' * 24}?key=the-key&token=chen-token", data={"closed": "true"})
    (kept,) = world.requests
    assert (kept.line, kept.form) == (f"PUT /1/cards/{'0' * 24}", {"closed": "true"})
    assert kept.query == {"key": "***", "token": "***"}
