"""What the buttons of the pages do; nobody signs in, as whoever clicks is on this very machine."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.gitlab.pages import refused
from sandbox.gitlab.pipelines import Pipeline
from sandbox.gitlab.projects import Project
from sandbox.gitlab.statuses import Status
from sandbox.gitlab.world import World

PATIENCE = 0.5  # seconds until the page comes without the answer
Form = Mapping[str, str]
Path = Mapping[str, Any]
Deed = Callable[[World, Project, Path, Form], str]


class Impossible(Exception):
    """Something that is not there, or cannot be done to it."""


def routes(world: World) -> list[Route]:
    """One address for each button."""
    deeds: Mapping[str, Deed] = {
        "pipelines": _run,
        "pipelines/{number:int}/retry": _retry,
        "pipelines/{number:int}/cancel": _cancel,
        "jobs/{number:int}/play": _play,
        "turns/{turn}": _take,
        "hooks/{number:int}/resend": _resend,
    }
    return [
        Route(f"/{{project:path}}/-/{path}", _pressed(world, deed), methods=["POST"])
        for path, deed in deeds.items()
    ]


def _pressed(world: World, deed: Deed) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if not _own(request):
            return refused(403)
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        project = world.projects.get(request.path_params["project"])
        if project is None:
            return refused(404)
        try:
            went = await run_in_threadpool(deed, world, project, request.path_params, form)
        except (Impossible, LookupError):
            return refused(400)
        return RedirectResponse(went, 303)

    return endpoint


def _own(request: Request) -> bool:
    """Whether our own page asks: any other may post a form to a developer's machine as well."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _run(world: World, project: Project, _: Path, form: Form) -> str:
    pairs = [line.partition("=") for line in form.get("variables", "").splitlines() if line.strip()]
    given = {name.strip(): value.strip() for name, _, value in pairs}
    return world.run(project, form.get("ref", ""), by=_member(project, form), variables=given).path


def _retry(world: World, project: Project, path: Path, form: Form) -> str:
    pipeline = _pipeline(project, path)
    world.retry(pipeline, by=_member(project, form))
    return pipeline.path


def _cancel(world: World, project: Project, path: Path, _: Form) -> str:
    pipeline = _pipeline(project, path)
    world.cancel(pipeline)
    return pipeline.path


def _play(world: World, project: Project, path: Path, form: Form) -> str:
    jobs = (job for pipeline in project.pipelines.values() for job in pipeline.jobs)
    job = next((job for job in jobs if job.id == path["number"] and job.status == Status.MANUAL), None)
    if job is None:
        raise Impossible
    world.play(job, by=_member(project, form))
    return job.pipeline.path


def _take(world: World, project: Project, path: Path, _: Form) -> str:
    return world.take(project, project.turns[path["turn"]]).path


def _resend(world: World, project: Project, path: Path, form: Form) -> str:
    hook = next((hook for hook in project.hooks if hook.id == path["number"]), None)
    number = form.get("delivery", "")
    if hook is None or not number.isdecimal():
        raise Impossible
    world.hooks.resend(hook.deliveries[int(number)])
    world.hooks.settle(timeout=PATIENCE)
    return f"/{project.path}/-/hooks"


def _pipeline(project: Project, path: Path) -> Pipeline:
    return project.pipelines[path["number"]]


def _member(project: Project, form: Form) -> str:
    """In whose name; the first member where nobody is chosen."""
    name = form.get("by") or next(iter(project.members))
    if name not in project.members:
        raise Impossible
    return name
