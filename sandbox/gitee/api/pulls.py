"""Pull requests: list, read, change, merge."""

from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.gitee.call import Call
from sandbox.gitee.commons import Permission
from sandbox.gitee.merging import Method, Order
from sandbox.gitee.merging import merge as merge_pull
from sandbox.gitee.pulls import Action, Pull, State
from sandbox.gitee.refusals import MERGED, NO_PULL, Refused, forbidden, invalid

MERGED_MESSAGE = "Pull Request 已成功合并"


def listed(call: Call) -> Response:
    """The pull requests of a repo that fit the filters."""
    repo = call.repo()
    found = [pull for pull in repo.pulls.values() if _fits(call, pull)]
    direction = call.text("direction", "desc")
    if direction not in ("asc", "desc"):
        raise invalid("direction")
    sort = call.text("sort", "created")
    found.sort(key=lambda pull: (_rank(pull, sort), pull.number), reverse=direction == "desc")
    return call.paged([call.views.pull(repo, pull) for pull in call.cut(found)], len(found))


def read(call: Call) -> Response:
    """One pull request."""
    return JSONResponse(call.views.pull(*call.pull()))


def change(call: Call) -> Response:
    """Change what may be changed: by its author, or with write permission."""
    repo, pull = call.pull()
    someone = call.someone()
    if someone != pull.author and repo.permission(someone) < Permission.WRITE:
        raise forbidden(Permission.WRITE)
    if "state" in call.fields:
        _change_state(call, pull)
    pull.title, pull.body = call.text("title", pull.title), call.text("body", pull.body)
    pull.review.needed = call.number("assignees_number", pull.review.needed)
    pull.test.needed = call.number("testers_number", pull.test.needed)
    if "draft" in call.fields:
        pull.draft = call.flag("draft")
    if "labels" in call.fields:
        pull.set_labels(call.words("labels"), by=someone)
    pull.note(someone, Action.UPDATE, "更新了 Pull Request")
    return JSONResponse(call.views.pull(repo, pull))


def commits(call: Call) -> Response:
    """What the head has and the base has not; Gitee answers at most 250 and has no pages here."""
    repo, pull = call.pull()
    log = repo.git.log(f"{pull.base_sha}..{pull.head_sha}")
    return JSONResponse([call.views.commit(repo, one) for one in log])


def operate_logs(call: Call) -> Response:
    """Who did what to it, newest first unless asked otherwise."""
    entries = list(call.pull()[1].entries)
    if call.text("sort", "desc") == "desc":
        entries.reverse()
    return JSONResponse([call.views.entry(entry) for entry in entries])


def is_merged(call: Call) -> Response:
    """204 if it is merged, 404 if it is not."""
    _, pull = call.pull()
    if pull.state is not State.MERGED:
        raise Refused(404, NO_PULL)
    return Response(status_code=204)


def merge(call: Call) -> Response:
    """Merge; there is no sha to guard it with."""
    repo, pull = call.pull(Permission.WRITE)
    try:
        method = Method(call.text("merge_method", Method.MERGE))
    except ValueError:
        raise invalid("merge_method") from None
    order = Order(method, call.text("title"), call.text("description"), call.flag("prune_source_branch"))
    sha = merge_pull(repo, pull, order, by=call.someone())
    return JSONResponse({"sha": sha, "merged": True, "message": MERGED_MESSAGE})


def _fits(call: Call, pull: Pull) -> bool:
    state, since = call.text("state", State.OPEN), call.time("since")
    if state not in (*State, "all"):
        raise invalid("state")
    wanted = {
        "author": pull.author.login,
        "head": pull.head_ref,
        "base": pull.base_ref,
    }
    asked = {"assignee": pull.review.people, "tester": pull.test.people}
    return (
        state in (pull.state, "all")
        and all(call.text(name).rpartition(":")[2] in ("", value) for name, value in wanted.items())
        and all(not call.text(name) or call.text(name) in people for name, people in asked.items())
        and set(call.words("labels")) <= set(pull.labels)
        and (since is None or pull.updated_at >= since)
    )


def _rank(pull: Pull, sort: str) -> Any:
    ranks = {
        "created": pull.created_at,
        "updated": pull.updated_at,
        "popularity": len(pull.comments),
        "long-running": pull.updated_at - pull.created_at,
    }
    if sort not in ranks:
        raise invalid("sort")
    return ranks[sort]


def _change_state(call: Call, pull: Pull) -> None:
    wanted = call.text("state")
    if wanted not in (State.OPEN, State.CLOSED):
        raise invalid("state")
    if pull.state is State.MERGED:
        raise Refused(400, MERGED)
    if wanted != pull.state:
        (pull.close if wanted == State.CLOSED else pull.reopen)(by=call.someone())
