"""What there is on Trello: boards, their lists, labels and cards, and the actions that tell their story."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Member:
    """An account."""

    id: str
    username: str
    full_name: str


@dataclass(frozen=True)
class Label:
    """A label of a board; its name may be empty, as a colour says something too."""

    id: str
    name: str
    color: str


@dataclass
class Column:
    """A list of a board; cards stand in it by `pos`, the least on top."""

    id: str
    board: "Board"
    name: str
    pos: float
    closed: bool = False

    @property
    def cards(self) -> list["Card"]:
        """The cards that are not in the archive, from top to bottom."""
        return [card for card in self.board.standing() if card.column is self and not card.closed]


@dataclass
class Card:
    """A card; `number` is short and good in its board, `short_link` in the whole world."""

    id: str
    short_link: str
    number: int
    column: Column
    name: str
    desc: str
    pos: float
    closed: bool = False
    labels: list[Label] = field(default_factory=list)

    @property
    def board(self) -> "Board":
        return self.column.board

    @property
    def actions(self) -> list["Action"]:
        """What happened to it, newest first."""
        own = (one for one in self.board.actions if one.data["card"]["id"] == self.id)
        return newest_first(own)

    @property
    def comments(self) -> list["Action"]:
        """What people wrote below it, newest first."""
        return [one for one in self.actions if one.type == "commentCard"]


@dataclass(frozen=True)
class Action:
    """One thing that happened; `data` names the card, the list or lists, and what was before."""

    id: str
    type: str
    date: datetime
    member: Member
    data: dict[str, Any]


@dataclass
class Board:
    """A board; `actions` are those of all of its cards."""

    id: str
    short_link: str
    name: str
    members: list[Member] = field(default_factory=list)
    lists: list[Column] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    cards: dict[str, Card] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)

    def standing(self) -> list[Card]:
        """Every card, archived ones too, as they stand: list by list, from top to bottom."""
        return sorted(self.cards.values(), key=lambda card: (card.column.pos, card.pos))

    def list_named(self, name: str) -> Column:
        """The list of that name."""
        return next(one for one in self.lists if one.name == name)


def newest_first(actions: Iterable[Action]) -> list[Action]:
    """Actions in the order in which the API lists them."""
    return sorted(actions, key=lambda one: (one.date, one.id), reverse=True)
