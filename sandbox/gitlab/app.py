"""The stand-in over HTTP: API v4 below /api/v4, and the pages for people who click."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from sandbox.faults import Faults
from sandbox.gitlab import buttons, pages
from sandbox.gitlab.api import jobs, pipelines, repository
from sandbox.gitlab.call import Call, authenticated, token_of
from sandbox.gitlab.limits import Throttled
from sandbox.gitlab.params import Malformed, decoded
from sandbox.gitlab.recording import Recorder
from sandbox.gitlab.refusals import Refused
from sandbox.gitlab.world import World

Handler = Callable[[Call], Response]

API = "/api/v4"
PROJECT = f"{API}/projects/{{id}}"
PIPELINE = f"{PROJECT}/pipelines/{{pipeline:int}}"
JOB = f"{PROJECT}/jobs/{{job:int}}"
COMMITS = f"{PROJECT}/repository/commits"

ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", f"{API}/version", repository.version),
    ("GET", f"{API}/user", repository.user),
    ("GET", PROJECT, repository.project),
    ("GET", f"{PROJECT}/repository/compare", repository.compare),
    ("GET", COMMITS, repository.commits),
    ("GET", f"{COMMITS}/{{sha}}", repository.commit),
    ("POST", f"{PROJECT}/pipeline", pipelines.create),
    ("POST", f"{PROJECT}/trigger/pipeline", pipelines.trigger),
    ("GET", f"{PROJECT}/pipelines", pipelines.listed),
    ("GET", PIPELINE, pipelines.read),
    ("GET", f"{PIPELINE}/variables", pipelines.variables),
    ("GET", f"{PIPELINE}/jobs", jobs.of_pipeline),
    ("POST", f"{PIPELINE}/cancel", pipelines.cancel),
    ("POST", f"{PIPELINE}/retry", pipelines.retry),
    ("GET", JOB, jobs.read),
    ("GET", f"{JOB}/trace", jobs.trace),
    ("GET", f"{JOB}/artifacts", jobs.artifacts),
    ("POST", f"{JOB}/play", jobs.play),
    ("POST", f"{JOB}/retry", jobs.retry),
    ("POST", f"{JOB}/cancel", jobs.cancel),
]


def create_app(world: World) -> ASGIApp:
    """The world as an ASGI app that notes every API call and can be made to misbehave through /_fault."""
    routes: list[BaseRoute] = [
        Route(path, _serve(world, handler), methods=[method]) for method, path, handler in ROUTES
    ]
    routes += [Route("/api/{rest:path}", _nothing), *buttons.routes(world), *pages.routes(world)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _failed})
    return Recorder(Faults(app), world.requests)


def _serve(world: World, handler: Handler) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answer, world, handler, request, body)

    return endpoint


def _answer(world: World, handler: Handler, request: Request, body: bytes) -> Response:
    site = str(request.base_url).rstrip("/")
    try:
        params = decoded(request.url.query, body, request.headers.get("content-type", ""))
        with world.changed:
            token = token_of(request.headers, params)
            if world.limit:
                world.limit.count(token or "", now=world.now())
            user = authenticated(world, token, writes=request.method != "GET")
            return handler(Call(world, site, user, request.path_params, params))
    except Malformed:
        return JSONResponse({"error": "There was a problem in the JSON you submitted"}, status_code=400)
    except Refused as refusal:
        return JSONResponse(refusal.body, status_code=refusal.status)
    except Throttled as throttled:
        return PlainTextResponse(str(throttled), status_code=429, headers=throttled.headers)


async def _nothing(_: Request) -> Response:
    return JSONResponse({"error": "404 Not Found"}, status_code=404)


async def _failed(_: Request, error: Exception) -> Response:
    return pages.refused(error.status_code if isinstance(error, HTTPException) else 500)
