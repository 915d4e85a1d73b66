"""Boards, lists and the caller: developer.atlassian.com/cloud/trello/rest/api-group-boards and -lists."""

from collections.abc import Iterable

from starlette.responses import JSONResponse, Response

from sandbox.trello.call import Call
from sandbox.trello.refusals import BAD_TOKEN, TOO_MANY_CARDS, Refused, invalid
from sandbox.trello.things import Card
from sandbox.trello.views import cut

MOST_CARDS = 1_000
# trello.com/c/8MJOLSCs/10-limit-actions-for-cards-requests
MOST_WITH_ACTIONS = 300


def me(call: Call) -> Response:
    """GET /members/me."""
    if call.member is None:
        raise Refused(401, BAD_TOKEN)
    return JSONResponse(cut(call.views.member(call.member), call.text("fields")))


def board(call: Call) -> Response:
    """GET /boards/{id}."""
    return JSONResponse(cut(call.views.board(call.board()), call.text("fields")))


def board_lists(call: Call) -> Response:
    """GET /boards/{id}/lists."""
    lists = (call.views.column(one) for one in call.board().lists if not one.closed)
    return JSONResponse([cut(one, call.text("fields")) for one in lists])


def board_labels(call: Call) -> Response:
    """GET /boards/{id}/labels."""
    found = call.board()
    return JSONResponse([call.views.label(one, found) for one in found.labels])


def board_actions(call: Call) -> Response:
    """GET /boards/{id}/actions."""
    return JSONResponse(call.actions(call.board().actions))


def board_cards(call: Call) -> Response:
    """GET /boards/{id}/cards and /boards/{id}/cards/{filter}."""
    return _cards(call, call.board().standing(), str(call.path.get("filter", "visible")))


def read_list(call: Call) -> Response:
    """GET /lists/{id}."""
    return JSONResponse(cut(call.views.column(call.column()), call.text("fields")))


def list_cards(call: Call) -> Response:
    """GET /lists/{id}/cards."""
    where = call.column()
    cards = (card for card in where.board.standing() if card.column is where)
    return _cards(call, cards, call.text("filter", "open"))


def _cards(call: Call, cards: Iterable[Card], which: str) -> Response:
    """As they stand; with a limit those made last, and `before` goes on from there."""
    if which not in ("all", "visible", "open", "closed"):
        raise invalid("filter")
    found = [one for one in cards if which == "all" or one.closed is (which == "closed")]
    if before := call.text("before"):
        found = [one for one in found if one.id < before]
    limit = call.number("limit", MOST_CARDS, most=MOST_CARDS)
    newest = {one.id for one in sorted(found, key=lambda one: one.id)[-limit:]} if limit else set[str]()
    found = [one for one in found if one.id in newest]
    if call.text("actions") and len(found) > MOST_WITH_ACTIONS:
        raise Refused(403, "Too many cards requested with actions", error=TOO_MANY_CARDS)
    return JSONResponse([call.shown(one) for one in found])
