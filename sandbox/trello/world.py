"""The stand-in's world, and what people and programs do in it: each deed leaves its action, as on Trello."""

import string
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from sandbox.trello.clock import Clock
from sandbox.trello.limits import Limits
from sandbox.trello.recording import Recorded
from sandbox.trello.things import Action, Board, Card, Column, Label, Member

STEP = 16_384.0  # what Trello leaves between two cards, for others to be put there
COLORS = ("green", "yellow", "orange", "red", "purple", "blue")
Place = Literal["top", "bottom"] | float


class World:
    """Everything there is; `lock` is held around whatever a request or a test does to it."""

    def __init__(self, *, clock: Callable[[], datetime] | None = None) -> None:
        self.clock = Clock(clock)
        self.limits = Limits(self.clock.now)
        self.lock = threading.RLock()
        self.requests: list[Recorded] = []
        self.keys: set[str] = set()
        self.tokens: dict[str, Member] = {}
        self.members: dict[str, Member] = {}
        self.boards: list[Board] = []

    def add_member(self, username: str, *, name: str = "", token: str = "") -> Member:
        """Make an account, with a token that speaks for it if given."""
        member = Member(self.clock.next_id(), username, name or username)
        self.members[username] = member
        if token:
            self.tokens[token] = member
        return member

    def add_board(self, name: str, *, lists: tuple[str, ...] = ()) -> Board:
        """Make a board that everybody so far is a member of."""
        id_ = self.clock.next_id()
        board = Board(id_, _short(id_), name, members=list(self.members.values()))
        for number, one in enumerate(lists, start=1):
            board.lists.append(Column(self.clock.next_id(), board, one, pos=number * STEP))
        self.boards.append(board)
        return board

    def add_card(
        self,
        where: Column,
        name: str,
        *,
        desc: str = "",
        pos: Place = "bottom",
        by: Member | None = None,
        how: str = "createCard",
    ) -> Card:
        """Make a card; `how` may be another kind of action that makes one, such as copyCard."""
        with self.lock:
            board, id_ = where.board, self.clock.next_id()
            number = 1 + max((card.number for card in board.cards.values()), default=0)
            card = Card(id_, _short(id_), number, where, name, desc, pos=_pos(where, pos))
            board.cards[id_] = card
            self._tell(card, how, by, list=_named(where))
            return card

    def move(self, card: Card, to: Column, *, pos: Place = "bottom", by: Member | None = None) -> None:
        """Put a card into another list, also of another board; within its own only its place changes."""
        with self.lock:
            before, story = card.column, card.actions
            card.column, card.pos = to, _pos(to, pos, but=card)
            if before.board is not to.board:
                to.board.cards[card.id] = before.board.cards.pop(card.id)
                to.board.actions += story
                self._tell(card, "moveCardToBoard", by, list=_named(to))
            elif before is not to:
                ends = {"listBefore": _named(before), "listAfter": _named(to)}
                self._tell(card, "updateCard", by, old={"idList": before.id}, **ends)

    def archive(self, card: Card, *, closed: bool = True, by: Member | None = None) -> None:
        """Put a card into the archive, or take it out again."""
        with self.lock:
            if card.closed is not closed:
                card.closed = closed
                self._tell(card, "updateCard", by, old={"closed": not closed}, list=_named(card.column))

    def edit(
        self, card: Card, *, name: str | None = None, desc: str | None = None, by: Member | None = None
    ) -> None:
        """Write another name or another text on a card."""
        with self.lock:
            for field, value in (("name", name), ("desc", desc)):
                before = getattr(card, field)
                if value is not None and value != before:
                    setattr(card, field, value)
                    self._tell(card, "updateCard", by, old={field: before}, list=_named(card.column))

    def comment(self, card: Card, text: str, *, by: Member | None = None) -> Action:
        """Write below a card."""
        with self.lock:
            return self._tell(card, "commentCard", by, text=text, list=_named(card.column))

    def label(self, card: Card, name: str, *, color: str = "") -> Label:
        """Put a label on a card, which the board gets if it is new there."""
        with self.lock:
            board = card.board
            found = next((one for one in board.labels if one.name == name), None)
            if found is None:
                color = color or COLORS[len(board.labels) % len(COLORS)]
                found = Label(self.clock.next_id(), name, color)
                board.labels.append(found)
            if found not in card.labels:
                card.labels.append(found)
            return found

    def unlabel(self, card: Card, name: str) -> None:
        """Take a label off."""
        with self.lock:
            card.labels = [one for one in card.labels if one.name != name]

    def delete(self, card: Card) -> None:
        """Do away with a card and its story."""
        with self.lock:
            del card.board.cards[card.id]

    def _tell(self, card: Card, type_: str, by: Member | None, **data: Any) -> Action:
        shown = {"id": card.id, "name": card.name, "idShort": card.number, "shortLink": card.short_link}
        if type_ == "updateCard":
            shown |= {"idList": card.column.id, "closed": card.closed}
        board = {"id": card.board.id, "name": card.board.name, "shortLink": card.board.short_link}
        member = by or card.board.members[0]
        whole = {"card": shown, "board": board, **data}
        action = Action(self.clock.next_id(), type_, self.clock.now(), member, whole)
        card.board.actions.append(action)
        return action


def _pos(where: Column, place: Place, *, but: Card | None = None) -> float:
    taken = [card.pos for card in where.cards if card is not but]
    match place:
        case "top":
            return min(taken, default=2 * STEP) / 2
        case "bottom":
            return max(taken, default=0.0) + STEP
    return float(place)


def _named(where: Column) -> dict[str, str]:
    return {"id": where.id, "name": where.name}


def _short(id_: str) -> str:
    """Eight letters and digits, made from the id."""
    number, letters = int(id_[:8] + id_[-6:], 16), string.digits + string.ascii_letters
    return "".join(letters[number // 62**place % 62] for place in range(8))
