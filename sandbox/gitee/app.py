"""The stand-in over HTTP: API v5 below /api/v5, and a few pages for people who click a link.

The calls and their fields are those of https://gitee.com/api/v5/swagger, the answers those of live hosts.
"""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from sandbox.faults import Faults
from sandbox.gitee import issue_pages, pages
from sandbox.gitee.api import checks, gates, issues, notes, pulls, repos
from sandbox.gitee.call import Call, token_of
from sandbox.gitee.commons import User
from sandbox.gitee.recording import Recorder, decoded
from sandbox.gitee.refusals import BAD_TOKEN, NO_ROUTE, Refused
from sandbox.gitee.world import World

Handler = Callable[[Call], Response]

REPO = "/api/v5/repos/{owner}/{repo}"
PULLS = f"{REPO}/pulls"
PULL = f"{PULLS}/{{number:int}}"
ISSUES = f"{REPO}/issues"
WRITTEN_ISSUES = "/api/v5/repos/{owner}/issues"  # where the repo is a field

ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/api/v5/user", repos.user),
    ("GET", REPO, repos.repo),
    ("GET", f"{REPO}/branches", repos.branches),
    ("GET", f"{REPO}/branches/{{branch:path}}", repos.branch),
    ("GET", f"{REPO}/commits", repos.commits),
    ("GET", f"{REPO}/commits/{{ref:path}}/check-runs", checks.of_commit),
    ("POST", f"{REPO}/check-runs", checks.create),
    ("GET", f"{REPO}/check-runs/{{run:int}}", checks.read),
    ("PATCH", f"{REPO}/check-runs/{{run:int}}", checks.update),
    ("GET", PULLS, pulls.listed),
    ("GET", PULL, pulls.read),
    ("PATCH", PULL, pulls.change),
    ("GET", f"{PULL}/commits", pulls.commits),
    ("GET", f"{PULL}/operate_logs", pulls.operate_logs),
    ("GET", f"{PULL}/merge", pulls.is_merged),
    ("PUT", f"{PULL}/merge", pulls.merge),
    ("POST", f"{PULL}/review", gates.REVIEW.accept),
    ("POST", f"{PULL}/test", gates.TEST.accept),
    ("POST", f"{PULL}/assignees", gates.REVIEW.ask),
    ("DELETE", f"{PULL}/assignees", gates.REVIEW.dismiss),
    ("PATCH", f"{PULL}/assignees", gates.REVIEW.reset),
    ("POST", f"{PULL}/testers", gates.TEST.ask),
    ("DELETE", f"{PULL}/testers", gates.TEST.dismiss),
    ("PATCH", f"{PULL}/testers", gates.TEST.reset),
    ("GET", f"{PULL}/comments", notes.comments),
    ("POST", f"{PULL}/comments", notes.add_comment),
    ("GET", f"{PULLS}/comments/{{comment:int}}", notes.read_comment),
    ("PATCH", f"{PULLS}/comments/{{comment:int}}", notes.edit_comment),
    ("GET", f"{PULL}/labels", notes.labels),
    ("POST", f"{PULL}/labels", notes.add_labels),
    ("PUT", f"{PULL}/labels", notes.replace_labels),
    ("DELETE", f"{PULL}/labels/{{name:path}}", notes.remove_labels),
    ("POST", WRITTEN_ISSUES, issues.create),
    ("PATCH", f"{WRITTEN_ISSUES}/{{number}}", issues.change),
    ("GET", ISSUES, issues.listed),
    ("GET", f"{ISSUES}/{{number}}", issues.read),
    ("GET", f"{ISSUES}/{{number}}/comments", issues.comments),
    ("POST", f"{ISSUES}/{{number}}/comments", issues.add_comment),
]


def create_app(world: World) -> ASGIApp:
    """The world as an ASGI app that notes every API call and can be made to misbehave through /_fault."""
    routes: list[BaseRoute] = [
        Route(path, _serve(world, handler), methods=[method]) for method, path, handler in ROUTES
    ]
    routes += [*pages.routes(world), *issue_pages.routes(world)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_route})
    return Recorder(Faults(app), world.requests)


def _serve(world: World, handler: Handler) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answer, world, handler, request, body)

    return endpoint


def _answer(world: World, handler: Handler, request: Request, raw: bytes) -> Response:
    query = dict(request.query_params)
    body = decoded(raw, request.headers.get("content-type", ""))
    site = str(request.base_url).rstrip("/")
    with world.commons.lock:
        try:
            user = _authenticated(world, token_of(request.headers, query, body))
            return handler(Call(world, site, user, request.path_params, query, body))
        except Refused as refusal:
            return JSONResponse({"message": refusal.message}, status_code=refusal.status)


def _authenticated(world: World, token: str | None) -> User | None:
    if token is None:
        return None
    if token not in world.commons.tokens:
        raise Refused(401, BAD_TOKEN)
    return world.commons.tokens[token]


async def _no_route(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"message": NO_ROUTE if status == 404 else str(error)}, status_code=status)
