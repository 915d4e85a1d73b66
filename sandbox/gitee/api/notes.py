"""Labels and comments of a pull request."""

from starlette.responses import JSONResponse, Response

from sandbox.gitee.call import Call
from sandbox.gitee.commons import Permission
from sandbox.gitee.refusals import forbidden, invalid
from sandbox.gitee.views import comment_type


def labels(call: Call) -> Response:
    """The labels it has."""
    return _labels(call)


def add_labels(call: Call) -> Response:
    """Add the labels of a JSON array."""
    _, pull = call.pull(Permission.WRITE)
    for name in _names(call):
        pull.add_label(name, by=call.someone())
    return _labels(call, status=201)


def replace_labels(call: Call) -> Response:
    """Have exactly the labels of a JSON array."""
    _, pull = call.pull(Permission.WRITE)
    pull.set_labels(_names(call), by=call.someone())
    return _labels(call)


def remove_labels(call: Call) -> Response:
    """Remove a label, or several with commas between them."""
    _, pull = call.pull(Permission.WRITE)
    for name in call.path["name"].split(","):
        pull.remove_label(name, by=call.someone())
    return Response(status_code=204)


def comments(call: Call) -> Response:
    """What people wrote, oldest first unless asked otherwise."""
    repo, pull = call.pull()
    kind = call.text("comment_type")
    found = [comment for comment in pull.comments if kind in ("", comment_type(comment))]
    if call.text("direction") == "desc":
        found.reverse()
    shown = [call.views.comment(repo, pull, comment) for comment in call.cut(found)]
    return call.paged(shown, len(found))


def add_comment(call: Call) -> Response:
    """Write a comment; anybody who can read the pull request may."""
    repo, pull = call.pull()
    comment = pull.add_comment(
        call.required("body"),
        by=call.someone(),
        path=call.text("path") or None,
        position=call.number("position", 0) or None,
        commit_id=call.text("commit_id") or None,
    )
    return JSONResponse(call.views.comment(repo, pull, comment), status_code=201)


def read_comment(call: Call) -> Response:
    """One comment, wherever in the repo it is."""
    repo = call.repo()
    return JSONResponse(call.views.comment(repo, *repo.comment(call.path["comment"])))


def edit_comment(call: Call) -> Response:
    """Have one's own comment say something else; who else may on Gitee is unproven."""
    repo = call.repo()
    pull, comment = repo.comment(call.path["comment"])
    if comment.user != call.someone():
        raise forbidden(Permission.ADMIN)
    return JSONResponse(call.views.comment(repo, pull, pull.edit_comment(comment, call.required("body"))))


def _labels(call: Call, *, status: int = 200) -> Response:
    repo, pull = call.pull()
    shown = [call.views.label(repo, label) for label in pull.labels.values()]
    return JSONResponse(shown, status_code=status)


def _names(call: Call) -> list[str]:
    if not isinstance(call.body, list):
        raise invalid("body")
    return [str(name) for name in call.body]
