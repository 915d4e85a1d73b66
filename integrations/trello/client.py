"""Trello over one seam, with the credentials in a header and never in an address."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from integrations.errors import Garbled, IntegrationError, NotFound, TooMany, from_status
from integrations.model import Account, Line
from integrations.model.cards import Card, CardRef, DoneCard, NewCard
from integrations.transport import Session, remaining
from integrations.trello import markdown, protocol
from integrations.trello.protocol import VENDOR, BoardList
from integrations.trello.rate import Window

COMMENTS = 30  # the newest ones: what a person wrote lately
ACTIONS = 1_000  # as many as one answer brings
# More cards with their actions in one answer are refused: 403 API_TOO_MANY_CARDS_REQUESTED,
# trello.com/c/8MJOLSCs/10-limit-actions-for-cards-requests
CARDS = 300
PAGES = 20  # a board holds 5000 open cards
SPARE = 3.0  # seconds that are to be left for the request itself after a wait for its turn
CUT = "(…)"  # what a text ends with that was too long

T = TypeVar("T")


class Trello:
    """The tracker of one Trello account; every call raises IntegrationError.

    `todo` and `done` are ids of lists.
    """

    def __init__(
        self,
        url: str,
        key: str,
        tokens: Sequence[str],
        *,
        todo: str,
        done: str,
        window: Callable[[], Window] = Window,
    ) -> None:
        self.url = url.rstrip("/")
        self._session = Session(VENDOR)
        self._credentials = [(_OAuth(key, token), window()) for token in tokens]  # two while one is rotated
        self._todo, self._done = todo, done
        self._board_id = ""

    def create(self, card: NewCard) -> Card:
        """Make a card at the top of the to-do list; Trello has no key to make it only once by."""
        text = markdown.description(card.lines, marker=card.marker, cut=CUT)
        form = {"idList": self._todo, "name": markdown.name(card.title), "desc": text, "pos": "top"}
        return _read(protocol.read_card, self._request("POST", "/cards", data=form))

    def find(self, ref: CardRef) -> Card | None:
        """A card as it is now, by its id; without one by its marker, among the open cards of the board."""
        card_id = ref.id or self._marked(ref.marker)
        if not card_id:
            return None
        query = {
            "fields": "closed,labels,shortUrl",
            "actions": "commentCard",
            "actions_limit": COMMENTS,
            "action_fields": "data,type",
            "action_memberCreator": "false",
        }
        try:
            return _read(protocol.read_card, self._request("GET", _card(card_id), params=query))
        except NotFound:
            return None

    def _marked(self, marker: str) -> str | None:
        if not marker:
            return None
        for page in self._pages(f"/boards/{self._board()}/cards/open", {"fields": "desc"}):
            if found := protocol.id_of_marked(page, marker):
                return found
        return None

    def comment(self, card_id: str, lines: Sequence[Line]) -> None:
        """Write a comment."""
        text = markdown.comment(lines, cut=CUT)
        _read(
            protocol.read_id, self._request("POST", f"{_card(card_id)}/actions/comments", data={"text": text})
        )

    def close(self, card_id: str) -> None:
        """Put a card into the archive."""
        self._change(card_id, closed=True)

    def reopen(self, card_id: str) -> None:
        """Take a card out of the archive, to where people look: the top of the to-do list."""
        self._change(card_id, closed=False, idList=self._todo, pos="top")

    def done(self, *, before: datetime) -> tuple[DoneCard, ...]:
        """The open cards that came into the Done list before that moment, those there longest first."""
        query = {
            "filter": "open",
            "fields": "name,labels,shortUrl",
            "actions": ",".join(protocol.ENTRIES),
            "actions_limit": ACTIONS,
            "action_fields": "data,date,type",
            "action_memberCreator": "false",
        }
        cards = [card for page in self._pages(f"{_list(self._done)}/cards", query) for card in page]
        found = [_read(lambda one: protocol.read_done(one, list_id=self._done), card) for card in cards]
        return tuple(
            sorted((one for one in found if one.entered_at < before), key=lambda one: one.entered_at)
        )

    def account(self) -> Account:
        """Whose token this is, and what time it is there; no more than 100 times in 15 minutes."""
        response = self._send("GET", "/members/me", params={"fields": "username"})
        return _read(lambda data: protocol.read_account(data, response.headers), _json(response))

    def lists(self) -> tuple[BoardList | None, BoardList | None]:
        """The to-do list and the Done list as they are; None for one that is not there."""
        return self._find_list(self._todo), self._find_list(self._done)

    def _find_list(self, list_id: str) -> BoardList | None:
        try:
            return self._list_as_it_is(list_id)
        except NotFound:
            return None

    def _list_as_it_is(self, list_id: str) -> BoardList:
        query = {"fields": "name,closed,idBoard"}
        return _read(protocol.read_list, self._request("GET", _list(list_id), params=query))

    def _board(self) -> str:
        """The board of the to-do list, which is asked for once."""
        if not self._board_id:
            self._board_id = quote(self._list_as_it_is(self._todo).board_id, safe="")
        return self._board_id

    def _change(self, card_id: str, *, closed: bool, **form: str) -> None:
        data = {"closed": str(closed).lower(), **form}
        card = _read(protocol.read_card, self._request("PUT", _card(card_id), data=data))
        if card.closed is not closed:
            raise Garbled(VENDOR, "not changed")

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
        """Cards, the newest first, each page being of those made before the page ahead of it."""
        paging: dict[str, Any] = {"limit": CARDS}
        for _ in range(PAGES):
            page = _read(protocol.read_cards, self._request("GET", path, params={**query, **paging}))
            yield page
            if len(page) < CARDS:
                return
            paging["before"] = min(str(card["id"]) for card in page)
        raise Garbled(VENDOR, "more cards than can be read")

    def _request(self, method: str, path: str, **options: Any) -> object:
        return _json(self._send(method, path, **options))

    def _send(self, method: str, path: str, **options: Any) -> Any:
        for credential, window in self._credentials:
            response = self._in_turn(window, method, path, auth=credential, **options)
            if 200 <= response.status_code < 300:
                return response
            if response.status_code != 401:
                break
        raise _error(response)

    def _in_turn(self, window: Window, method: str, path: str, **options: Any) -> Any:
        """Send when there is a place; after a 429 nothing was done, so that even a write goes once more."""
        for _ in range(2):
            if not window.enter(patience=remaining() - SPARE):
                raise TooMany(VENDOR, status=429, message="Rate limit exceeded")
            response = self._session.request(method, self.url + path, **options)
            if response.status_code != 429:
                break
            window.refused()
        return response


class _OAuth:
    """Puts key and token into a request's header; requests calls it.

    developer.atlassian.com/cloud/trello/guides/rest-api/authorization
    """

    def __init__(self, key: str, token: str) -> None:
        self._header = (
            f'OAuth oauth_consumer_key="{quote(key, safe="")}", oauth_token="{quote(token, safe="")}"'
        )

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = self._header
        request.headers["Accept"] = "application/json"
        request.headers["User-Agent"] = "Sampan"
        return request


def _card(card_id: str) -> str:
    return f"/cards/{quote(card_id, safe='')}"


def _list(list_id: str) -> str:
    return f"/lists/{quote(list_id, safe='')}"


def _read(read: Callable[[Any], T], data: object) -> T:
    try:
        return read(data)
    except protocol.Unreadable as problem:
        raise Garbled(VENDOR, str(problem)) from None


def _error(response: Any) -> IntegrationError:
    text = response.content.decode("utf-8", "replace")  # most refusals are no JSON
    message = protocol.message_of(_try_json(response), text)
    return from_status(VENDOR, protocol.status_of(response.status_code, message), message)


def _json(response: Any) -> object:
    data = _try_json(response)
    if data is None:
        raise Garbled(VENDOR, "not JSON")
    return data


def _try_json(response: Any) -> object:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None
