"""The stand-in over HTTP: the REST API below /1, and the pages a person looks at."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from sandbox.faults import Faults
from sandbox.trello import pages
from sandbox.trello.access import caller
from sandbox.trello.api import boards, cards
from sandbox.trello.call import Call
from sandbox.trello.recording import Recorder
from sandbox.trello.refusals import NOT_FOUND, Refused
from sandbox.trello.views import Views
from sandbox.trello.world import World

Handler = Callable[[Call], Response]
BOARD, LIST, CARD = "/1/boards/{id}", "/1/lists/{id}", "/1/cards/{id}"

ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/1/members/me", boards.me),
    ("GET", BOARD, boards.board),
    ("GET", f"{BOARD}/lists", boards.board_lists),
    ("GET", f"{BOARD}/labels", boards.board_labels),
    ("GET", f"{BOARD}/actions", boards.board_actions),
    ("GET", f"{BOARD}/cards", boards.board_cards),
    ("GET", f"{BOARD}/cards/{{filter}}", boards.board_cards),
    ("GET", LIST, boards.read_list),
    ("GET", f"{LIST}/cards", boards.list_cards),
    ("POST", "/1/cards", cards.create),
    ("GET", CARD, cards.read),
    ("PUT", CARD, cards.change),
    ("DELETE", CARD, cards.delete),
    ("GET", f"{CARD}/actions", cards.actions),
    ("POST", f"{CARD}/actions/comments", cards.comment),
    ("POST", f"{CARD}/labels", cards.add_label),
]


def create_app(world: World) -> ASGIApp:
    """The world as an ASGI app that notes every API call and can be made to misbehave through /_fault."""
    routes: list[BaseRoute] = [
        Route(path, _serve(world, handler), methods=[method]) for method, path, handler in ROUTES
    ]
    app = Starlette(routes=[*routes, *pages.routes(world)], exception_handlers={HTTPException: _failed})
    return Recorder(Faults(app), world.requests)


def _serve(world: World, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answer, world, handler, request, body)

    return endpoint


def _answer(world: World, handler: Handler, request: Request, body: bytes) -> Response:
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    query = dict(request.query_params)
    views = Views(str(request.base_url).rstrip("/"))
    with world.lock:
        try:
            member = caller(world, request.headers, query)
            return handler(Call(world, views, member, request.path_params, {**query, **form}))
        except Refused as refusal:
            return refusal.answer


async def _failed(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return PlainTextResponse(NOT_FOUND if status == 404 else str(error), status_code=status)
