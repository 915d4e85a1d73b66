"""Issues: open, list, read, change, comment. Writing one takes the repo as a field, not from the address."""

from starlette.responses import JSONResponse, Response

from sandbox.gitee.call import Call
from sandbox.gitee.commons import Permission
from sandbox.gitee.issue_views import issue_view, note_view
from sandbox.gitee.issues import Issue, State
from sandbox.gitee.refusals import forbidden, invalid

RANKS = {"created": "created_at", "updated": "updated_at"}


def create(call: Call) -> Response:
    """Open an issue; anybody who can read the repo may."""
    author, repo = call.someone(), call.repo()
    issue = repo.open_issue(
        call.required("title"), author=author.login, body=call.text("body"), labels=call.words("labels")
    )
    return JSONResponse(issue_view(call.views, repo, issue), status_code=201)


def listed(call: Call) -> Response:
    """The issues of a repo that fit the filters."""
    repo, sort, direction = call.repo(), call.text("sort", "created"), call.text("direction", "desc")
    if sort not in RANKS:
        raise invalid("sort")
    if direction not in ("asc", "desc"):
        raise invalid("direction")
    found = [issue for issue in repo.issues.values() if _fits(call, issue)]
    found.sort(key=lambda issue: (getattr(issue, RANKS[sort]), issue.id), reverse=direction == "desc")
    return call.paged([issue_view(call.views, repo, issue) for issue in call.cut(found)], len(found))


def read(call: Call) -> Response:
    """One issue."""
    return JSONResponse(issue_view(call.views, *call.issue()))


def change(call: Call) -> Response:
    """Change an issue: its author may, and who can write to the repo."""
    someone, (repo, issue) = call.someone(), call.issue()
    if someone != issue.author and repo.permission(someone) < Permission.WRITE:
        raise forbidden(Permission.WRITE)
    state = _writable(call.text("state")) if "state" in call.fields else issue.state
    # A title that is not sent is blanked: kipyin/gitee-cli, src/api/issues.rs.
    issue.rename(call.text("title"))
    issue.move(state)
    issue.body = call.text("body", issue.body)
    if "labels" in call.fields:
        issue.set_labels(call.words("labels"))
    return JSONResponse(issue_view(call.views, repo, issue))


def comments(call: Call) -> Response:
    """What people wrote, oldest first unless asked otherwise."""
    _, issue = call.issue()
    since = call.time("since")
    found = [one for one in issue.comments if since is None or one.created_at >= since]
    if call.text("order") == "desc":
        found.reverse()
    return call.paged([note_view(call.views, one) for one in call.cut(found)], len(found))


def add_comment(call: Call) -> Response:
    """Write a comment; anybody who can read the issue may."""
    _, issue = call.issue()
    comment = issue.add_comment(call.required("body"), by=call.someone())
    return JSONResponse(note_view(call.views, comment), status_code=201)


def _fits(call: Call, issue: Issue) -> bool:
    """Each state is a list of its own: `open` does not have those in progress."""
    state, creator, since = call.text("state", State.OPEN), call.text("creator"), call.time("since")
    if state not in (*State, "all"):
        raise invalid("state")
    return (
        state in (issue.state, "all")
        and creator in (issue.author.login, "")
        and set(call.words("labels")) <= set(issue.labels)
        and (since is None or issue.updated_at >= since)
    )


def _writable(state: str) -> State:
    if state not in (State.OPEN, State.PROGRESSING, State.CLOSED):
        raise invalid("state")
    return State(state)
