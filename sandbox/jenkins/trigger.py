"""Start, cancel and stop.

Read from the source of Jenkins: ParameterizedJobMixIn.doBuild and doBuildWithParameters,
ParametersDefinitionProperty, BuildAuthorizationToken, Queue.doCancelItem.
"""

import json
import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.jenkins.access import may, require, visitor
from sandbox.jenkins.answers import call_of, moved, root_of
from sandbox.jenkins.builds import Build, Cause
from sandbox.jenkins.jobs import Illegal, Job, Submitted, as_text
from sandbox.jenkins.server import Server
from sandbox.jenkins.users import Permission

MERGE_IS_TOLD = (2, 308)
REFUSAL_IS_400 = (2, 524)


def build(request: Request, server: Server, job: Job) -> Response:
    """/build: a job without parameters, or with the form in a field named `json`."""
    _buildable(job)
    if job.parameters and request.method != "POST":
        require_post(request)
    _authorize(request, job)
    if not job.parameters:
        return _schedule(request, server, job, {}, merged=201)
    return _schedule(request, server, job, _form(request), merged=201)


def build_with_parameters(request: Request, server: Server, job: Job) -> Response:
    """/buildWithParameters: the values come from query and form alike."""
    _authorize(request, job)
    _buildable(job)
    if not job.parameters:
        status = 400 if server.version >= REFUSAL_IS_400 else 500
        raise HTTPException(status, f"{job.name} is not parameterized")
    merged = 303 if server.version >= MERGE_IS_TOLD else 201
    return _schedule(request, server, job, call_of(request).fields, merged=merged)


def cancel(request: Request, server: Server) -> Response:
    """/queue/cancelItem?id=N."""
    require_post(request)
    number = request.query_params.get("id", "")
    item = server.queue.find(int(number)) if number.isdecimal() else None
    if item is None or not may(request, Permission.READ):
        raise HTTPException(404)
    if not may(request, Permission.CANCEL):
        return Response(status_code=422)
    return Response(status_code=204 if server.queue.cancel(item) else 500)


def stop(request: Request, _: Server, build: Build) -> Response:
    """/job/X/N/stop, which goes back to where the click came from."""
    require_post(request)
    require(request, Permission.CANCEL)
    build.stop(by=visitor(request).id)
    return moved(302, request.headers.get("referer") or root_of(request) + build.path)


def require_post(request: Request) -> None:
    """Refuse anything but a POST with 405."""
    if request.method != "POST":
        raise HTTPException(405, "This URL requires POST", headers={"Allow": "POST"})


def _buildable(job: Job) -> None:
    if job.disabled:
        raise HTTPException(409, f"{job.name} is not buildable")


def _authorize(request: Request, job: Job) -> None:
    """The job's own token lets in anybody, by GET as well; without it, POST and the permission to build."""
    sent = call_of(request).fields.get("token")
    if job.trigger_token and sent:
        if sent[0] != job.trigger_token:
            raise HTTPException(403, "Invalid token provided.")
        return
    require(request, Permission.BUILD)
    require_post(request)


def _cause(request: Request, job: Job) -> Cause:
    fields = call_of(request).fields
    if job.trigger_token and "token" in fields:
        host = request.client.host if request.client else "unknown"
        note = fields.get("cause", [""])[0]
        return Cause(f"Started by remote host {host}" + (f" with note: {note}" if note else ""))
    user = visitor(request).id
    return Cause(f"Started by user {user}", user)


def _form(request: Request) -> Submitted:
    """The values in the form that the page of a job sends: {"parameter": [{"name", "value"}]}."""
    sent = call_of(request).fields.get("json")
    if not sent:
        raise HTTPException(400, "Nothing is submitted")
    try:
        given = json.loads(sent[0])["parameter"]
        pairs = [given] if isinstance(given, dict) else given
        return {one["name"]: [str(as_text(one["value"]))] for one in pairs}
    except (ValueError, KeyError, TypeError):
        raise HTTPException(400, "This page expects a form submission") from None


def _schedule(request: Request, server: Server, job: Job, submitted: Submitted, *, merged: int) -> Response:
    if job.refuses:
        return moved(302, root_of(request) + job.path)
    try:
        values, delay = job.values(submitted), _delay(request, server)
    except Illegal as error:
        raise HTTPException(500, str(error)) from None
    item, is_new = server.queue.schedule(job, values, _cause(request, job), delay=delay)
    return moved(201 if is_new else merged, root_of(request) + item.path)


def _delay(request: Request, server: Server) -> float:
    """The quiet period in seconds; `delay=0sec` overrides the server's."""
    sent = call_of(request).fields.get("delay")
    if not sent:
        return server.quiet_period
    found = re.fullmatch(r"(\d+)\s*(?:s|sec|secs)?", sent[0])
    if not found:
        raise Illegal(f"Illegal delay: {sent[0]}")
    return float(found[1])
