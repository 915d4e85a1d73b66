"""The instance, its projects and their commits over the API."""

from itertools import takewhile
from urllib.parse import unquote

from starlette.responses import JSONResponse, Response

from sandbox.gitlab.call import Call
from sandbox.gitlab.commits import Commit, between
from sandbox.gitlab.projects import Project
from sandbox.gitlab.refusals import not_found


def version(call: Call) -> Response:
    """GET /version"""
    call.someone()
    return JSONResponse({"version": call.world.version, "revision": "5a4d3c2b1a0"})


def user(call: Call) -> Response:
    """GET /user"""
    return JSONResponse(call.views.user(call.someone()))


def project(call: Call) -> Response:
    """GET /projects/:id"""
    project = call.project()
    return JSONResponse(call.views.project(project, role=project.role(call.user)))


def commits(call: Call) -> Response:
    """GET .../repository/commits: from a ref back, as far as `since`."""
    project = call.project()
    tip, since = _found(project, call.text("ref_name") or project.default_branch, "Ref"), call.time("since")
    found = takewhile(lambda commit: since is None or commit.at >= since, tip.line())
    return call.paged(list(found), lambda commit: call.views.commit(commit, project=project))


def commit(call: Call) -> Response:
    """GET .../repository/commits/:sha, which may be a branch or a tag as well."""
    project = call.project()
    return JSONResponse(
        call.views.commit(_found(project, unquote(call.path["sha"]), "Commit"), project=project)
    )


def compare(call: Call) -> Response:
    """GET .../repository/compare: what `to` has and `from` has not, the oldest first."""
    project = call.project()
    base = _found(project, call.required("from"), "Ref")
    head = _found(project, call.required("to"), "Ref")
    shown = [call.views.commit(one, project=project) for one in between(base, head)]
    return JSONResponse(
        {
            "commit": shown[-1] if shown else None,
            "commits": shown,
            "diffs": [],
            "compare_timeout": False,
            "compare_same_ref": base.sha == head.sha,
            "web_url": f"{call.site}/{project.path}/-/compare/{base.sha}...{head.sha}",
        }
    )


def _found(project: Project, ref: str, what: str) -> Commit:
    commit = project.find(ref)
    if commit is None:
        raise not_found(what)
    return commit
