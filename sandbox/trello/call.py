"""One API request as its handler sees it: who calls, what about, and which fields came along."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.trello.refusals import BAD_ID, NOT_FOUND, Refused, invalid, unauthorized
from sandbox.trello.things import Action, Board, Card, Column, Member, newest_first
from sandbox.trello.views import Views, cut
from sandbox.trello.world import World

T = TypeVar("T")
MOST_ACTIONS = 1_000
# Of all actions only these are shown unless others are asked for.
DEFAULT_ACTIONS = "commentCard,updateCard:idList"

_ID = re.compile(r"[0-9a-fA-F]{24}")
_SHORT = re.compile(r"[0-9a-zA-Z]{8}")


@dataclass(frozen=True)
class Call:
    """A request whose key and token are checked; `member` is None without a token."""

    world: World
    views: Views
    member: Member | None
    path: Mapping[str, Any]
    fields: Mapping[str, str]

    def board(self) -> Board:
        """The board of the address."""
        found = _known(
            {key: one for one in self.world.boards for key in (one.id, one.short_link)}, self._id()
        )
        return self._visible(found, found, "")

    def column(self) -> Column:
        """The list of the address."""
        return self.column_of(self._id())

    def column_of(self, id_: str) -> Column:
        """A list by its id."""
        found = _known({one.id: one for board in self.world.boards for one in board.lists}, id_, short=False)
        return self._visible(found, found.board, "list")

    def card(self) -> Card:
        """The card of the address, archived or not."""
        cards = (one for board in self.world.boards for one in board.cards.values())
        found = _known({key: one for one in cards for key in (one.id, one.short_link)}, self._id())
        return self._visible(found, found.board, "card")

    def text(self, name: str, default: str = "") -> str:
        """A field."""
        return self.fields.get(name, default)

    def number(self, name: str, default: int, *, most: int = MOST_ACTIONS) -> int:
        """A field as a number that is not too large."""
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or int(value) > most:
            raise invalid(name)
        return int(value)

    def actions(self, actions: Iterable[Action], *, nested: bool = False) -> list[dict[str, Any]]:
        """Those actions that are asked for, newest first; nested in something the fields have other names."""
        names = ("actions", "actions_limit", "action_fields") if nested else ("filter", "limit", "fields")
        wanted = self.text(names[0], DEFAULT_ACTIONS).split(",")
        chosen = [one for one in newest_first(actions) if any(_fits(one, name) for name in wanted)]
        limit, fields = self.number(names[1], 50), self.text(names[2])
        return [cut(self.views.action(one), fields) for one in chosen[:limit]]

    def shown(self, card: Card) -> dict[str, Any]:
        """A card with the fields, and with the actions if any, that are asked for."""
        whole = cut(self.views.card(card), self.text("fields"))
        return (
            {**whole, "actions": self.actions(card.actions, nested=True)} if self.text("actions") else whole
        )

    def _id(self) -> str:
        return str(self.path["id"])

    def _visible(self, found: T, board: Board, kind: str) -> T:
        if self.member not in board.members:
            raise unauthorized(kind)
        return found


def _known(things: Mapping[str, T], id_: str, *, short: bool = True) -> T:
    if not _ID.fullmatch(id_) and not (short and _SHORT.fullmatch(id_)):
        raise Refused(400, BAD_ID)
    if id_ not in things:
        raise Refused(404, NOT_FOUND)
    return things[id_]


def _fits(action: Action, wanted: str) -> bool:
    """updateCard:idList is an update of that field; all is all."""
    type_, _, field = wanted.partition(":")
    return wanted == "all" or (type_ == action.type and (not field or field in action.data.get("old", {})))
