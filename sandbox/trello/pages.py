"""Pages for a person: the boards, one board with its lists, and a card with its text and its story."""

from collections.abc import Awaitable, Callable
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.trello import deeds
from sandbox.trello.markdown import html
from sandbox.trello.style import CSS
from sandbox.trello.things import Action, Board, Card, Column, Label
from sandbox.trello.world import World

# Names and texts are anybody's: should an escape ever be missing, the page still runs nothing.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
LABELS = ("wontfix", "keep")  # those with a button
REFRESH = '<meta http-equiv="refresh" content="5">'


def routes(world: World) -> list[Route]:
    """The pages, and what their forms are sent to."""
    return [
        Route("/", _served(world, lambda _: _front(world))),
        Route("/style.css", lambda _: Response(CSS, media_type="text/css", headers=HEADERS)),
        Route("/b/{id}", _served(world, lambda id_: _board(_board_called(world, id_)))),
        Route("/c/{id}", _served(world, lambda id_: _card(_card_called(world, id_)))),
        Route("/c/{id}/{number:int}", _served(world, lambda id_: _card(_card_called(world, id_)))),
        Route("/c/{id}/{deed}", _done(world), methods=["POST"]),
    ]


def _served(world: World, page: Callable[[str], str]) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        with world.lock:
            shown = page(request.path_params.get("id", ""))
        return HTMLResponse(shown, headers=HEADERS) if shown else _refused(404)

    return endpoint


def _done(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        # Whoever sits here may do anything, but no page from elsewhere may in their name.
        site = str(request.base_url).rstrip("/")
        if request.headers.get("origin", site) != site:
            return _refused(403)
        form = deeds.form(await request.body())
        return await run_in_threadpool(_do, world, request.path_params, form)

    return endpoint


def _do(world: World, path: dict[str, str], form: dict[str, str]) -> Response:
    with world.lock:
        card, deed = _card_called(world, path["id"]), deeds.DEEDS.get(path["deed"])
        if card is None or deed is None:
            return _refused(404)
        if not deed(world, card, form):
            return _refused(400)
        there = f"/c/{card.short_link}" if card.id in card.board.cards else f"/b/{card.board.short_link}"
    return RedirectResponse(there, status_code=303)


def _refused(status: int) -> Response:
    return HTMLResponse(_framed(f"{status}", f"<h1>{status}</h1>"), status_code=status, headers=HEADERS)


def _board_called(world: World, id_: str) -> Board | None:
    return next((one for one in world.boards if id_ in (one.id, one.short_link)), None)


def _card_called(world: World, id_: str) -> Card | None:
    cards = (card for board in world.boards for card in board.cards.values())
    return next((one for one in cards if id_ in (one.id, one.short_link)), None)


def _front(world: World) -> str:
    if len(world.boards) == 1:
        return _board(world.boards[0])
    links = "".join(f'<p><a href="/b/{one.short_link}">{escape(one.name)}</a></p>' for one in world.boards)
    return _framed("Trello", f"<main><h1>看板</h1>{links}</main>")


def _board(board: Board | None) -> str:
    if board is None:
        return ""
    lists = "".join(_column(one) for one in board.lists if not one.closed)
    return _framed(board.name, f'<h1>{escape(board.name)}</h1><div class="board">{lists}</div>', head=REFRESH)


def _column(one: Column) -> str:
    cards = "".join(_tile(card) for card in one.cards) or '<p class="empty">还没有卡片</p>'
    return f"<section><h2>{escape(one.name)} <small>{len(one.cards)}</small></h2>{cards}</section>"


def _tile(card: Card) -> str:
    said = f"<br><small>评论 {len(card.comments)}</small>" if card.comments else ""
    labels = _labels(card.labels)
    return f'<a class="card" href="/c/{card.short_link}">{labels}{escape(card.name)}{said}</a>'


def _labels(labels: list[Label]) -> str:
    marks = (f'<span class="label {escape(one.color)}">{escape(one.name)}</span>' for one in labels)
    return f"<span>{''.join(marks)}</span><br>" if labels else ""


def _card(card: Card | None) -> str:
    if card is None:
        return ""
    home = f'<a href="/b/{card.board.short_link}">{escape(card.board.name)}</a>'
    state = "已归档" if card.closed else escape(card.column.name)
    parts = [
        f"<main><h1>{escape(card.name)}</h1>",
        f"<p>{_labels(card.labels)}<small>{state} · #{card.number}</small></p>",
        html(card.desc),
        f"<h2>动作</h2>{_buttons(card)}",
        f"<h2>评论</h2>{deeds.comment_form(card)}",
        *(_said(one) for one in card.comments),
        f"<h2>历史</h2><p class='quiet'>{'<br>'.join(_event(one) for one in card.actions)}</p></main>",
    ]
    return _framed(card.name, "".join(parts), trail=f" › {home}")


def _buttons(card: Card) -> str:
    names = {label.name for label in card.labels}
    labels = (deeds.label_button(card, name, on=name in names) for name in LABELS)
    return "".join([deeds.move_form(card), *labels, deeds.archive_button(card), deeds.delete_button(card)])


def _said(action: Action) -> str:
    who = f"<b>{escape(action.member.full_name)}</b> <small>{action.date:%Y-%m-%d %H:%M} UTC</small>"
    return f'<div class="said">{who}{html(action.data["text"])}</div>'


def _event(action: Action) -> str:
    return f"{action.date:%m-%d %H:%M} {escape(action.member.full_name)} {escape(deeds.told(action))}"


def _framed(title: str, body: str, *, trail: str = "", head: str = "") -> str:
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css">'
        f'<body><nav><a href="/">Trello</a>{trail}</nav>{body}</body></html>'
    )
