"""Cards: developer.atlassian.com/cloud/trello/rest/api-group-cards."""

from starlette.responses import JSONResponse, Response

from sandbox.trello.call import Call
from sandbox.trello.refusals import Refused, invalid
from sandbox.trello.things import Column
from sandbox.trello.world import Place

LONGEST = 16_384  # characters of a name, a description or a comment


def create(call: Call) -> Response:
    """POST /cards."""
    card = call.world.add_card(
        _column(call), _text(call, "name"), desc=_text(call, "desc"), pos=_pos(call), by=call.member
    )
    return JSONResponse(call.shown(card))


def read(call: Call) -> Response:
    """GET /cards/{id}."""
    return JSONResponse(call.shown(call.card()))


def change(call: Call) -> Response:
    """PUT /cards/{id}: only what is sent changes, and each change is an action of its own."""
    card, world, by = call.card(), call.world, call.member
    where = _column(call) if "idList" in call.fields else card.column
    name, desc = (_text(call, field) if field in call.fields else None for field in ("name", "desc"))
    closed = _flag(call, "closed", card.closed)
    world.archive(card, closed=closed, by=by)
    if "idList" in call.fields or "pos" in call.fields:
        world.move(card, where, pos=_pos(call), by=by)
    world.edit(card, name=name, desc=desc, by=by)
    return JSONResponse(call.shown(card))


def delete(call: Call) -> Response:
    """DELETE /cards/{id}."""
    call.world.delete(call.card())
    return JSONResponse({"limits": {}})


def actions(call: Call) -> Response:
    """GET /cards/{id}/actions."""
    return JSONResponse(call.actions(call.card().actions))


def comment(call: Call) -> Response:
    """POST /cards/{id}/actions/comments."""
    card, text = call.card(), _text(call, "text")
    if not text.strip():
        raise invalid("text")
    return JSONResponse(call.views.action(call.world.comment(card, text, by=call.member)))


def add_label(call: Call) -> Response:
    """POST /cards/{id}/labels: a label by its name, which is made if it is new."""
    card = call.card()
    label = call.world.label(card, _text(call, "name"), color=call.text("color"))
    return JSONResponse(call.views.label(label, card.board))


def _column(call: Call) -> Column:
    try:
        return call.column_of(call.text("idList"))
    except Refused as refusal:
        raise invalid("idList") if refusal.status in (400, 404) else refusal from None


def _text(call: Call, field: str) -> str:
    value = call.text(field)
    if len(value) > LONGEST:
        raise invalid(field)
    return value


def _flag(call: Call, field: str, default: bool) -> bool:
    value = call.text(field, str(default).lower())
    if value not in ("true", "false"):
        raise invalid(field)
    return value == "true"


def _pos(call: Call) -> Place:
    value = call.text("pos", "bottom")
    if value == "top" or value == "bottom":
        return "top" if value == "top" else "bottom"
    try:
        return float(value)
    except ValueError:
        raise invalid("pos") from None
