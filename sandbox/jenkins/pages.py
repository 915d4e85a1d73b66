"""Small pages for people who click: the jobs, a job, a build, its console."""

import time
from collections.abc import Iterable
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.jenkins import inputs, turns
from sandbox.jenkins.access import SESSION, crumb_of
from sandbox.jenkins.answers import root_of
from sandbox.jenkins.builds import Build
from sandbox.jenkins.exports import color
from sandbox.jenkins.jobs import Job, path_of
from sandbox.jenkins.reads import visible
from sandbox.jenkins.server import Server
from sandbox.jenkins.style import CSS

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
SHOWN_BUILDS = 30
SHOWN_BYTES = 150_000  # as much as Jenkins shows of a log before it says "Skipping"


def front(request: Request, server: Server) -> Response:
    """Every job and the newest build of each."""
    return _page(request, "Jenkins", _jobs(request, visible(request, server)))


def job_or_folder(request: Request, server: Server) -> Response:
    """A job's newest builds and its parameters, or what lies in a folder."""
    name, jobs = request.path_params["job"], visible(request, server)
    found = server.jobs.get(name)
    if found in jobs:
        return _job(request, server, found)
    inside = [one for one in jobs if one.full_name.startswith(f"{name}/")]
    if not inside:
        raise HTTPException(404)
    return _page(request, name, _jobs(request, inside), trail=_trail(request, name))


def build(request: Request, server: Server, build: Build) -> Response:
    """How a build went, who asked for it, with what, how long it took, and what it asks."""
    who = [("Why", cause.description) for cause in build.causes]
    who += [("Changed by", f"{one.author}: {one.title}") for one in build.changes]
    state = f"<p>{_badge(build)} after {_took(build)} · <a href='console'>Console output</a></p>"
    tables = _table([*who, ("Started", _when(build)), ("Queue item", str(build.queue_id))])
    parameters = f"<h2>Parameters</h2>{_table(build.shown.items())}" if build.shown else ""
    asks, session = _question(request, server, build)
    body = state + asks + tables + parameters
    trail = _trail(request, build.job.full_name)
    return _page(request, build.title, body, trail=trail, refresh=build.in_progress, session=session)


def console(request: Request, _: Server, build: Build) -> Response:
    """The log, which loads itself again while the build runs."""
    log = build.log.read_bytes()
    skipped = f"Skipping {len(log) - SHOWN_BYTES} bytes\n" if len(log) > SHOWN_BYTES else ""
    text = skipped + log[-SHOWN_BYTES:].decode("utf-8", "replace")
    trail = [*_trail(request, build.job.full_name), (root_of(request) + build.path, f"#{build.number}")]
    body = f"<p>{_badge(build)} · <a href='consoleText'>as plain text</a></p><pre>{escape(text)}</pre>"
    return _page(request, build.title, body, trail=trail, refresh=build.in_progress)


def login(request: Request, _: Server) -> Response:
    """Where a real Jenkins asks who you are; nobody can sign in here."""
    return _page(request, "Sign in to Jenkins", "<p>Programs sign in with a name and an API token.</p>")


def style(_: Request, __: Server) -> Response:
    """The one style sheet."""
    return Response(CSS, media_type="text/css", headers=SECURITY)


def _job(request: Request, server: Server, job: Job) -> Response:
    rows = "".join(
        f"<tr><td class=number><a href='{one.number}/'>#{one.number}</a><td>{_badge(one)}"
        f"<td>{escape(_about(one))} <span class=quiet>{_when(one)}</span>"
        for one in job.newest[:SHOWN_BUILDS]
    )
    defined = [(one.name, ", ".join(one.choices) or one.type.lower()) for one in job.parameters]
    parameters = f"<h2>Parameters</h2>{_table(defined)}" if defined else ""
    about = f"<p>{escape(job.description)}</p>" if job.description else ""
    body = (f"<table>{rows}</table>" if rows else "<p>Not built yet.</p>") + parameters
    queued = any(one.job is job for one in server.queue.waiting)
    busy = queued or any(one.in_progress for one in job.newest)
    trail = _trail(request, job.full_name.rpartition("/")[0])
    play, session = _turns(request, server, job)
    title = job.full_name.replace("/", " » ")
    return _page(request, title, about + play + body, trail=trail, refresh=busy, session=session)


def _question(request: Request, server: Server, build: Build) -> tuple[str, str]:
    """What a build asks with the buttons to answer it, and the session these need."""
    question = build.question
    if question is None:
        return "", ""
    crumb, session = crumb_of(request, server)
    return inputs.buttons(question, crumb=crumb), session


def _turns(request: Request, server: Server, job: Job) -> tuple[str, str]:
    """The buttons of a job to play with, and the session these need."""
    if not job.turns:
        return "", ""
    crumb, session = crumb_of(request, server)
    return turns.buttons(job, crumb=crumb), session


def _jobs(request: Request, jobs: Iterable[Job]) -> str:
    rows = (
        f"<tr><td><span class='ball {color(one)}'></span><a href='{escape(root_of(request) + one.path)}'>"
        f"{escape(one.full_name)}</a><td>{_badge(one.newest[0]) if one.newest else ''}"
        for one in jobs
    )
    return f"<table>{''.join(rows)}</table>"


def _about(build: Build) -> str:
    given = [f"{name}={value}" for name, value in build.shown.items() if value]
    return " ".join([*given, *(f"{one.author}: {one.title}" for one in build.changes)])


def _badge(build: Build) -> str:
    state = build.result or ("waiting" if build.question else "running")
    return f"<span class='badge {state.lower()}'>{state}</span>"


def _took(build: Build) -> str:
    return f"{time.time() - build.started if build.building else build.duration:.1f} s"


def _when(build: Build) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(build.started))


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return f"<table>{''.join(f'<tr><th>{escape(key)}<td>{escape(value)}' for key, value in rows)}</table>"


def _trail(request: Request, full_name: str) -> list[tuple[str, str]]:
    """The folders and the job on the way here, each with its address."""
    parts = full_name.split("/") if full_name else []
    return [(root_of(request) + path_of("/".join(parts[: end + 1])), part) for end, part in enumerate(parts)]


def _page(
    request: Request,
    title: str,
    body: str,
    *,
    trail: Iterable[tuple[str, str]] = (),
    refresh: bool = False,
    session: str = "",
) -> Response:
    root = escape(root_of(request))
    links = " » ".join(
        f"<a href='{escape(url)}'>{escape(text)}</a>" for url, text in [(root, "Jenkins"), *trail]
    )
    again = "<meta http-equiv=refresh content=1>" if refresh else ""
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>{again}"
        f"<meta name=viewport content='width=device-width'><link rel=stylesheet href='{root}style.css'>"
        f"<nav>{links}</nav><main><h1>{escape(title)}</h1>{body}</main></html>"
    )
    answer = HTMLResponse(page, headers=SECURITY)
    if session:
        answer.set_cookie(SESSION, session, httponly=True)
    return answer
