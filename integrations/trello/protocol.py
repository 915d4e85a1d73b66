"""Trello's REST API without any I/O: what its answers mean.

The objects are those of developer.atlassian.com/cloud/trello/guides/rest-api/object-definitions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.model import Account
from integrations.model.cards import Card, DoneCard

VENDOR = "Trello"
MESSAGE_LENGTH = 100

# What can bring a card into a list. None of them are in the default filter but the moves.
ENTRIES = (
    "updateCard:idList",
    "updateCard:closed",
    "createCard",
    "copyCard",
    "convertToCardFromCheckItem",
    "emailCard",
    "moveCardToBoard",
)


class Unreadable(Exception):
    """An answer without what every answer of its kind has."""


@dataclass(frozen=True)
class BoardList:
    """A list of a board, for a diagnosis."""

    name: str
    board_id: str
    archived: bool


def read_card(data: object) -> Card:
    """Decode a card; its comments are the newest ones, newest first, where they were asked for."""
    card = _mapping(data)
    actions = (_mapping(one) for one in _list(card.get("actions")))
    texts = (_mapping(one.get("data")).get("text") for one in actions if one.get("type") == "commentCard")
    return Card(
        id=_text(card, "id"),
        url=str(card.get("shortUrl") or card.get("url") or ""),
        closed=_flag(card, "closed"),
        labels=_labels(card),
        comments=tuple(text for text in texts if isinstance(text, str)),
    )


def read_id(data: object) -> str:
    """The id of anything that was made."""
    return _text(_mapping(data), "id")


def read_list(data: object) -> BoardList:
    """Decode a list."""
    found = _mapping(data)
    return BoardList(str(found.get("name") or ""), _text(found, "idBoard"), _flag(found, "closed"))


def read_cards(data: object) -> list[Mapping[str, Any]]:
    """One page of cards, each of which has an id."""
    if not isinstance(data, list):
        raise Unreadable("cards")
    cards = [_mapping(one) for one in data]
    for card in cards:
        _text(card, "id")
    return cards


def id_of_marked(cards: Iterable[Mapping[str, Any]], marker: str) -> str | None:
    """The id of the card that has the marker on a line of its own: people may write below it."""
    for card in cards:
        if marker in (line.strip() for line in str(card.get("desc") or "").splitlines()):
            return str(card["id"])
    return None


def read_done(card: Mapping[str, Any], *, list_id: str) -> DoneCard:
    """Decode a card of a list with the actions in `ENTRIES`, and tell when it came there last.

    A move out and back starts anew, and so does taking it out of the archive: somebody wants to see it. A
    comment does not, though it moves `dateLastActivity`.
    """
    actions = (_mapping(one) for one in _list(card.get("actions")))
    entries = [_time(one.get("date")) for one in actions if _enters(one, list_id)]
    return DoneCard(
        id=_text(card, "id"),
        title=str(card.get("name") or ""),
        url=str(card.get("shortUrl") or card.get("url") or ""),
        entered_at=max(entries) if entries else _made_at(_text(card, "id")),
        labels=_labels(card),
    )


def _enters(action: Mapping[str, Any], list_id: str) -> bool:
    data = _mapping(action.get("data"))
    if action.get("type") != "updateCard":
        return _mapping(data.get("list")).get("id") == list_id
    if data.get("listAfter"):  # of all updates only a move has it
        return _mapping(data["listAfter"]).get("id") == list_id
    unarchived = _mapping(data.get("old")).get("closed") is True
    return unarchived and _mapping(data.get("list")).get("id") == list_id


def read_account(data: object, headers: Mapping[str, str]) -> Account:
    """Decode a member; Trello tells no version, and its time in the answer's head."""
    name = _text(_mapping(data), "username")
    return Account(name, "", _moment(parsedate_to_datetime, headers.get("Date", "")))


def message_of(data: object, text: str) -> str:
    """What a refusal says, short and on one line: a JSON object's message, or a plain text; never a page."""
    if isinstance(data, Mapping):
        text = str(data.get("message") or data.get("error") or "")
    said = " ".join(text.split())
    fit = said.isprintable() and len(said) <= MESSAGE_LENGTH and "<" not in said
    return said if fit else ""


def status_of(status: int, message: str) -> int:
    """A refusal's status as others would give it.

    A malformed id cannot be anybody's: 400 "invalid id". A board that the token's owner may not see is
    401 "unauthorized card permission requested", though the token is good.
    """
    if status == 400 and message == "invalid id":
        return 404
    if status == 401 and message.startswith("unauthorized") and "permission" in message:
        return 403
    return status


def _labels(card: Mapping[str, Any]) -> tuple[str, ...]:
    """The names; a label may be a colour alone."""
    names = (_mapping(one).get("name") for one in _list(card.get("labels")))
    return tuple(str(name) for name in names if name)


def _made_at(card_id: str) -> datetime:
    """When a thing was made: its id begins with that second, as those of MongoDB do."""
    try:
        return datetime.fromtimestamp(int(card_id[:8], 16), UTC)
    except ValueError:
        raise Unreadable("id") from None


def _time(value: object) -> datetime:
    moment = _moment(datetime.fromisoformat, str(value))
    if moment is None:
        raise Unreadable("date")
    return moment


def _moment(read: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        moment = read(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(thing: Mapping[str, Any], key: str) -> str:
    value = thing.get(key)
    if not isinstance(value, str) or not value:
        raise Unreadable(key)
    return value


def _flag(thing: Mapping[str, Any], key: str) -> bool:
    value = thing.get(key)
    if not isinstance(value, bool):
        raise Unreadable(key)
    return value


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
