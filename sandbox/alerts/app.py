"""The monitoring system over HTTP: its page and its buttons."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.alerts import page
from sandbox.alerts.monitor import Monitor
from sandbox.faults import Faults

PATIENCE = 0.5  # seconds until the page comes without the answer
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def create_app(monitor: Monitor) -> ASGIApp:
    """The monitor as an ASGI app that can be made to misbehave through /_fault."""
    deeds: Mapping[str, Callable[[str], None]] = {
        "fire": monitor.fire,
        "resolve": monitor.resolve,
        "repeat": monitor.repeat,
    }

    async def front(_: Request) -> Response:
        return HTMLResponse(page.drawn(monitor), headers=HEADERS)

    async def press(request: Request) -> Response:
        if not _own(request):
            return Response(status_code=403)
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        do, name = deeds.get(form.get("do", "")), form.get("name", "")
        if do is None or name not in monitor.alerts:
            return Response("wanted: do=fire|resolve|repeat and the name of a rule", 400)
        do(name)
        await run_in_threadpool(monitor.settle, timeout=PATIENCE)
        return RedirectResponse(monitor.page_of(name), 303)

    async def style(_: Request) -> Response:
        return Response(page.CSS, media_type="text/css", headers=HEADERS)

    routes = [Route("/", front), Route("/alerts", press, methods=["POST"]), Route("/style.css", style)]
    return Faults(Starlette(routes=routes))


def _own(request: Request) -> bool:
    """Whether our own page asks: any other may post a form to a developer's machine as well."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
