"""Pipelines that wait for a person: what they ask, and the buttons that answer.

Read from RunAPI in jenkinsci/pipeline-stage-view-plugin, whose answer is in its rest-api/README.md, and from
InputStepExecution in jenkinsci/pipeline-input-step-plugin.
"""

from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jenkins.access import button, may, visitor
from sandbox.jenkins.answers import moved, root_of
from sandbox.jenkins.builds import Build
from sandbox.jenkins.question import Question
from sandbox.jenkins.server import Server
from sandbox.jenkins.trigger import require_post
from sandbox.jenkins.users import Permission


def pending(request: Request, server: Server, build: Build) -> Response:
    """.../wfapi/pendingInputActions: a plugin's, and only of pipelines."""
    if not (server.stage_view and build.job.pipeline):
        raise HTTPException(404)
    question = build.question
    if question is None:
        return JSONResponse([])
    at = f"{request.scope.get('root_path', '')}/{build.path}"
    about = {"id": question.id, "proceedText": "Proceed", "message": question.message, "inputs": []}
    urls = {
        "proceedUrl": f"{at}wfapi/inputSubmit?inputId={question.id}",
        "abortUrl": f"{at}input/{question.id}/abort",
        "redirectApprovalUrl": f"{at}input/",
    }
    return JSONResponse([about | urls])


def submit(request: Request, server: Server, build: Build) -> Response:
    """.../wfapi/inputSubmit?inputId=X: go on."""
    _check(request, server, build, request.query_params.get("inputId", ""))
    build.proceed(by=visitor(request).id)
    return Response()


def proceed(request: Request, server: Server, build: Build) -> Response:
    """.../input/X/proceedEmpty: go on, and back to where the click came from."""
    _check(request, server, build, request.path_params["input"])
    build.proceed(by=visitor(request).id)
    return _back(request, build)


def abort(request: Request, server: Server, build: Build) -> Response:
    """.../input/X/abort: end, and back to where the click came from."""
    _check(request, server, build, request.path_params["input"])
    build.reject(by=visitor(request).id)
    return _back(request, build)


def buttons(question: Question, *, crumb: str) -> str:
    """A question and the two buttons that answer it, for the build's page."""
    forms = "".join(
        button(f"input/{question.id}/{verb}", label, crumb=crumb)
        for verb, label in (("proceedEmpty", "Proceed"), ("abort", "Abort"))
    )
    return f"<h2>{escape(question.message)}</h2><p class=answers>{forms}"


def _check(request: Request, server: Server, build: Build, question: str) -> None:
    require_post(request)
    if build.question is None or build.question.id != question:
        raise HTTPException(404)
    # Nobody can sign in on the pages here, so whoever clicks on them, with their crumb, counts as a user.
    by_click = visitor(request) is server.users.anonymous
    if not (by_click or may(request, Permission.BUILD)):
        raise HTTPException(400, "You need to have Job/Build permissions to submit this.")


def _back(request: Request, build: Build) -> Response:
    return moved(302, request.headers.get("referer") or root_of(request) + build.path)
