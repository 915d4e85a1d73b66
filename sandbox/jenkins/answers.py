"""The few shapes Jenkins answers in: JSON cut by a tree, an error page, a redirect it wrote out in full."""

from collections.abc import Mapping
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.jenkins import tree
from sandbox.jenkins.recorder import Call
from sandbox.jenkins.tree import Bean

DEEPEST = 5


def call_of(request: Request) -> Call:
    """The request's query and form, read already."""
    call: Call = request.scope["call"]
    return call


def root_of(request: Request) -> str:
    """The address of this Jenkins as the sender knows it: scheme, host and prefix."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}/"


def json_answer(request: Request, bean: Bean) -> JSONResponse:
    """A bean, cut to the request's `tree` or `depth`."""
    wanted = request.query_params.get("tree")
    if not wanted:
        depth = request.query_params.get("depth", "0")
        return JSONResponse(tree.by_depth(bean, min(int(depth), DEEPEST) if depth.isdecimal() else 0))
    try:
        return JSONResponse(tree.prune(bean, tree.parse(wanted)))
    except ValueError as error:
        raise HTTPException(500, str(error)) from None


def plain(text: str) -> Response:
    """A log or a line of text."""
    return Response(text, media_type="text/plain;charset=UTF-8")


def moved(status: int, location: str) -> Response:
    """An empty answer with a Location."""
    return Response(status_code=status, headers={"Location": location})


def error_page(status: int, text: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """An error as the servlet container shows it."""
    title = escape(f"Error {status} {text}")
    page = f"<html><head><title>{title}</title></head><body><h2>{title}</h2></body></html>"
    return HTMLResponse(page, status, headers=headers)
