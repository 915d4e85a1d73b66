"""GET of accounts, repos, branches and commits."""

from starlette.responses import JSONResponse, Response

from sandbox.gitee.call import Call
from sandbox.gitee.refusals import NO_ROUTE, Refused
from sandbox.gitee.repo import DEFAULT_BRANCH


def user(call: Call) -> Response:
    """Who the token belongs to."""
    return JSONResponse(call.views.user(call.someone()))


def repo(call: Call) -> Response:
    """One repo."""
    return JSONResponse(call.views.repo(call.repo(), caller=call.user))


def branches(call: Call) -> Response:
    """Every branch, by name."""
    found = call.repo()
    heads = sorted(found.git.heads().items())
    shown = [call.views.branch(found, name, sha) for name, sha in call.cut(heads)]
    return call.paged(shown, len(heads))


def branch(call: Call) -> Response:
    """One branch; its name may have slashes."""
    found, name = call.repo(), call.path["branch"]
    sha = found.git.heads().get(name)
    if sha is None:
        raise Refused(404, NO_ROUTE)
    return JSONResponse(call.views.branch(found, name, sha))


def commits(call: Call) -> Response:
    """The history of a branch, tag or commit, newest first."""
    found, (page, size) = call.repo(), call.page()
    sha = found.git.resolve(call.text("sha", DEFAULT_BRANCH))
    if sha is None:
        raise Refused(404, NO_ROUTE)
    log = found.git.log(sha, limit=size, skip=(page - 1) * size, path=call.text("path"))
    return call.paged([call.views.commit(found, one) for one in log], found.git.count(sha))
