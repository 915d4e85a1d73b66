"""Jenkins over HTTP: every address that a client or a person with a browser uses here."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import Faults
from sandbox.jenkins import access, inputs, logs, pages, reads, trigger, turns
from sandbox.jenkins.answers import error_page
from sandbox.jenkins.builds import Build
from sandbox.jenkins.exports import PERMALINKS, permalink
from sandbox.jenkins.jobs import Job
from sandbox.jenkins.queue import Item
from sandbox.jenkins.recorder import Recorder
from sandbox.jenkins.server import Server
from sandbox.jenkins.users import Permission

T = TypeVar("T")
ITEM, JOB, BUILD = "/queue/item/{item:int}/", "/job/{job:job}/", "/job/{job:job}/{build:build}/"

AT_ROOT: Mapping[str, Callable[[Request, Server], Response]] = {
    "/": pages.front,
    "/login": pages.login,
    "/style.css": pages.style,
    "/api/json": reads.front,
    "/me/api/json": reads.me,
    "/crumbIssuer/api/json": access.crumb,
    "/queue/api/json": reads.queue,
    "/queue/cancelItem": trigger.cancel,
    JOB: pages.job_or_folder,
    f"{JOB}api/json": reads.job_or_folder,
}
AT_ITEM: Mapping[str, Callable[[Request, Server, Item], Response]] = {
    ITEM: reads.item_page,
    f"{ITEM}api/json": reads.item,
}
AT_JOB: Mapping[str, Callable[[Request, Server, Job], Response]] = {
    f"{JOB}build": trigger.build,
    f"{JOB}buildWithParameters": trigger.build_with_parameters,
    f"{JOB}turns/{{turn}}": turns.take,
}
AT_BUILD: Mapping[str, Callable[[Request, Server, Build], Response]] = {
    BUILD: pages.build,
    f"{BUILD}console": pages.console,
    f"{BUILD}api/json": reads.build,
    f"{BUILD}consoleText": logs.console_text,
    f"{BUILD}logText/progressiveText": logs.progressive_text,
    f"{BUILD}stop": trigger.stop,
    f"{BUILD}wfapi/pendingInputActions": inputs.pending,
    f"{BUILD}wfapi/inputSubmit": inputs.submit,
    f"{BUILD}input/{{input}}/proceedEmpty": inputs.proceed,
    f"{BUILD}input/{{input}}/abort": inputs.abort,
}


class JobName(Convertor[str]):
    """hello, or team/job/hello for a job in a folder."""

    regex = "[^/]+(?:/job/[^/]+)*"

    def convert(self, value: str) -> str:
        return value.replace("/job/", "/")

    def to_string(self, value: str) -> str:
        return value.replace("/", "/job/")


class BuildName(Convertor[str]):
    """A build's number, or lastBuild and its like."""

    regex = "[0-9]+|" + "|".join(PERMALINKS)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class Signed:
    """ASGI middleware: every answer, also a refusal, says which Jenkins it comes from."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self._app, self._server = app, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        version = ".".join(map(str, self._server.version)).encode()

        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-jenkins", version)]
            await send(message)

        await self._app(scope, receive, signed)


register_url_convertor("job", JobName())
register_url_convertor("build", BuildName())


def create_app(server: Server, *, prefix: str = "") -> ASGIApp:
    """The server as an ASGI app, below a path such as /jenkins if one is given."""
    routes = [
        *(_route(server, path, answer) for path, answer in AT_ROOT.items()),
        *(_route(server, path, _with(_item, answer)) for path, answer in AT_ITEM.items()),
        *(_route(server, path, _with(_build, answer)) for path, answer in AT_BUILD.items()),
        *(_route(server, path, _with(_job, answer)) for path, answer in AT_JOB.items()),
    ]
    app = Starlette(
        routes=[Mount(prefix, routes=routes)] if prefix else routes,
        middleware=[Middleware(Signed, server=server), Middleware(access.Access, server=server)],
        exception_handlers={HTTPException: _failed},
    )
    return Recorder(Faults(app), server.requests.append)


def _route(server: Server, path: str, answer: Callable[[Request, Server], Response]) -> Route:
    async def endpoint(request: Request) -> Response:
        return answer(request, server)

    return Route(path, endpoint, methods=["GET", "POST"])


def _with(
    find: Callable[[Request, Server], T], answer: Callable[[Request, Server, T], Response]
) -> Callable[[Request, Server], Response]:
    """An answer about one thing, which is looked up first."""
    return lambda request, server: answer(request, server, find(request, server))


def _item(request: Request, server: Server) -> Item:
    return _readable(request, server.queue.find(request.path_params["item"]))


def _job(request: Request, server: Server) -> Job:
    return _readable(request, server.jobs.get(request.path_params["job"]))


def _build(request: Request, server: Server) -> Build:
    job, name = _job(request, server), request.path_params["build"]
    return _readable(request, job.builds.get(int(name)) if name.isdecimal() else permalink(job, name))


def _readable(request: Request, found: T | None) -> T:
    if found is None or not access.may(request, Permission.READ):
        raise HTTPException(404)
    return found


def _failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return error_page(error.status_code, error.detail, headers=error.headers)
