"""Small pages for people who click: the projects, their pipelines, a pipeline, a trace, the hooks."""

from collections.abc import Callable
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.gitlab.frame import SECURITY, badge, button, colored, listed, page, table, took, when
from sandbox.gitlab.hooks import Alert, Delivery, Hook
from sandbox.gitlab.pipelines import Job, Pipeline
from sandbox.gitlab.projects import Project
from sandbox.gitlab.statuses import CANCELABLE, RETRYABLE, Status
from sandbox.gitlab.style import CSS
from sandbox.gitlab.world import World

SHOWN = 30
SHOWN_BYTES = 150_000
BUSY = CANCELABLE  # what may be canceled goes on by itself


def routes(world: World) -> list[Route]:
    """The pages; all is shown to all, as whoever clicks is on this very machine."""

    def at(path: str, show: Callable[[Project, int], Response | None]) -> Route:
        return Route(path, _served(world, show), methods=["GET"])

    return [
        Route("/", lambda _: _front(world), methods=["GET"]),
        Route("/style.css", lambda _: Response(CSS, media_type="text/css", headers=SECURITY)),
        at("/{project:path}/-/pipelines/{number:int}", _pipeline),
        at("/{project:path}/-/pipelines", lambda project, _: _project(project)),
        at("/{project:path}/-/jobs/{number:int}", _job),
        at("/{project:path}/-/hooks", lambda project, _: _hooks(project, world)),
        at("/{project:path}", lambda project, _: _project(project)),
    ]


def refused(status: int) -> Response:
    """Nothing there, or not to be done."""
    return page(str(status), "", status=status)


def _served(world: World, show: Callable[[Project, int], Response | None]) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        with world.changed:
            project = world.projects.get(request.path_params["project"])
            shown = show(project, request.path_params.get("number", 0)) if project else None
        return shown or refused(404)

    return endpoint


def _front(world: World) -> Response:
    with world.changed:
        rows = [_project_row(project) for project in world.projects.values()]
        return page("Projects", listed(rows, empty="No projects yet."))


def _project_row(project: Project) -> str:
    newest = project.newest[:1]
    name, about = escape(project.path), escape(project.description)
    state = "".join(badge(one.status) for one in newest)
    return f"{state}<span><a href='/{name}/-/pipelines'>{name}</a><small>{about}</small></span>"


def _project(project: Project) -> Response:
    newest = project.newest[:SHOWN]
    at = f"/{project.path}/-"
    turns = "".join(button(f"{at}/turns/{name}", turn.label) for name, turn in project.turns.items())
    hooks = f"<p><a href='{escape(at)}/hooks'>Webhooks</a> · {escape(project.description)}</p>"
    body = f"{hooks}<p>{turns}</p>{_run_form(project)}<h2>Pipelines</h2>"
    body += listed(map(_pipeline_row, newest), empty="No pipelines yet.")
    return page(project.path, body, refresh=any(one.status in BUSY for one in newest))


def _run_form(project: Project) -> str:
    refs = "".join(f"<option>{escape(ref)}" for ref in (*project.branches, *project.tags))
    people = "".join(f"<option>{escape(member)}" for member in project.members)
    return (
        "<details><summary>Run a pipeline</summary>"
        f"<form method=post action='/{escape(project.path)}/-/pipelines'>"
        f"<label>Branch or tag<select name=ref>{refs}</select></label>"
        f"<label>As<select name=by>{people}</select></label>"
        "<label>Variables, one NAME=value a line<textarea name=variables></textarea></label>"
        "<button>Run</button></form></details>"
    )


def _pipeline_row(pipeline: Pipeline) -> str:
    commit = pipeline.commit
    facts = (pipeline.ref, commit.short, pipeline.source, pipeline.user.name, when(pipeline.created_at))
    given = " ".join(f"{one.key}={one.value}" for one in pipeline.variables)[:200]
    more = f"<small>{escape(given)}</small>" if given else ""
    return (
        f"{badge(pipeline.status)}<span><a href='{escape(pipeline.path)}'>#{pipeline.id}</a> "
        f"{escape(commit.title)}<small>{escape(' · '.join(facts))}</small>{more}</span>"
        f"<span class=quiet>{took(pipeline.duration)}</span>"
    )


def _pipeline(project: Project, number: int) -> Response | None:
    pipeline = project.pipelines.get(number)
    if pipeline is None:
        return None
    state = f"<p>{badge(pipeline.status)} {took(pipeline.duration)}</p>{_deeds(pipeline)}"
    stages = "".join(_stage(pipeline, stage) for stage in pipeline.stages)
    commit = pipeline.commit
    facts = [
        ("Branch or tag", pipeline.ref),
        ("Commit", f"{commit.short} {commit.title}"),
        ("Started by", f"{pipeline.user.name} ({pipeline.source})"),
        ("Created", when(pipeline.created_at)),
        ("Finished", when(pipeline.finished_at)),
    ]
    given = [(one.key, one.value[:1000]) for one in pipeline.variables]
    variables = f"<h2>Variables</h2>{table(given)}" if given else ""
    body = f"{state}{stages}{variables}<h2>Details</h2>{table(facts)}"
    return page(f"Pipeline #{number}", body, trail=_trail(project), refresh=pipeline.status in BUSY)


def _deeds(pipeline: Pipeline) -> str:
    again = any(job.status in RETRYABLE for job in pipeline.latest)
    stop = any(job.status in CANCELABLE for job in pipeline.latest)
    retry = button(f"{pipeline.path}/retry", "Retry") if again else ""
    return retry + (button(f"{pipeline.path}/cancel", "Cancel") if stop else "")


def _stage(pipeline: Pipeline, stage: str) -> str:
    rows = (_job_row(job) for job in pipeline.jobs if job.definition.stage == stage)
    return f"<h2>{escape(stage)}</h2>{listed(rows, empty='')}"


def _job_row(job: Job) -> str:
    at = f"/{job.pipeline.project.path}/-/jobs/{job.id}"
    told = (("retried", job.retried), ("allowed to fail", job.definition.may_fail))
    notes = " · ".join(note for note, holds in told if holds)
    play = button(f"{at}/play", "Play") if job.status == Status.MANUAL else ""
    return (
        f"{badge(job.status)}<span><a href='{escape(at)}'>{escape(job.name)}</a>"
        f"<small>{notes}</small></span><span class=quiet>{took(job.duration)}</span>{play}"
    )


def _job(project: Project, number: int) -> Response | None:
    jobs = (job for pipeline in project.pipelines.values() for job in pipeline.jobs)
    job = next((job for job in jobs if job.id == number), None)
    if job is None:
        return None
    log = job.trace.read_bytes() if job.trace.exists() else b""
    text = colored(log[-SHOWN_BYTES:].decode("utf-8", "replace"))
    trail = [*_trail(project), (job.pipeline.path, f"#{job.pipeline.id}")]
    shown = f"<pre>{text}</pre>" if text else "<p class=quiet>It has said nothing yet.</p>"
    body = f"<p>{badge(job.status)} {took(job.duration)}</p>{shown}"
    return page(job.name, body, trail=trail, refresh=job.status in BUSY)


def _hooks(project: Project, world: World) -> Response:
    body = "".join(_hook(project, hook, hook.alert(world.now())) for hook in project.hooks)
    empty = "<p class=quiet>Nobody is told."
    return page("Webhooks", body or empty, trail=_trail(project), refresh=world.hooks.busy)


def _hook(project: Project, hook: Hook, alert: Alert) -> str:
    until = f" until {when(hook.disabled_until)}" if alert is Alert.TEMPORARILY_DISABLED else ""
    missed = f", {hook.missed} not sent" if hook.missed else ""
    state = f"<p>{badge(alert)}{until} <small>{hook.failures} failures in a row{missed}</small></p>"
    newest = list(enumerate(hook.deliveries))[: -SHOWN - 1 : -1]
    at = f"/{project.path}/-/hooks/{hook.id}/resend"
    rows = (_delivery(one, button(at, "Resend", delivery=str(number))) for number, one in newest)
    return f"<h2>{escape(hook.url)}</h2>{state}{listed(rows, empty='Nothing was sent yet.')}"


def _delivery(delivery: Delivery, resend: str) -> str:
    answer = str(delivery.status) if delivery.status else delivery.error or "on its way"
    kind = "success" if delivery.accepted else "failed" if delivery.status or delivery.error else "running"
    facts = f"{when(delivery.at)} · {delivery.seconds:.2f} s · {delivery.key}"
    return (
        f"<span class='badge {kind}'>{escape(answer)}</span>"
        f"<span>Pipeline {escape(delivery.about)}<small>{escape(facts)}</small></span>{resend}"
    )


def _trail(project: Project) -> list[tuple[str, str]]:
    return [(f"/{project.path}/-/pipelines", project.path)]
