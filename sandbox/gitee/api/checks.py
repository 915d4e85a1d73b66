"""Check runs: a CI reports them, a bot reads them."""

from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.gitee.call import Call
from sandbox.gitee.checks import CheckRun, Conclusion, Status, latest
from sandbox.gitee.commons import Permission
from sandbox.gitee.refusals import NO_ROUTE, Refused, invalid
from sandbox.gitee.repo import Repo


def create(call: Call) -> Response:
    """Report a check run for a commit."""
    repo = call.repo(Permission.WRITE)
    sha = repo.git.resolve(call.required("head_sha"))
    if sha is None:
        raise invalid("head_sha")
    run = repo.add_check(call.required("name"), sha=sha, pull=_pull(call, repo))
    run.status = Status.QUEUED
    _change(call, run)
    return JSONResponse(call.views.check(repo, run), status_code=201)


def update(call: Call) -> Response:
    """Say how far it is, or how it ended."""
    repo = call.repo(Permission.WRITE)
    run = _run(call, repo)
    _change(call, run)
    return JSONResponse(call.views.check(repo, run))


def read(call: Call) -> Response:
    """One check run."""
    repo = call.repo()
    return JSONResponse(call.views.check(repo, _run(call, repo)))


def of_commit(call: Call) -> Response:
    """The check runs of a commit: of each name the newest, unless all are asked for."""
    repo = call.repo()
    sha = repo.git.resolve(call.path["ref"])
    if sha is None:
        raise Refused(404, NO_ROUTE)
    found = [run for run in repo.checks.values() if run.head_sha == sha and _fits(call, repo, run)]
    if call.text("filter", "latest") == "latest":
        found = latest(found)
    shown = [call.views.check(repo, run) for run in call.cut(found)]
    return call.paged({"total_count": len(found), "check_runs": shown}, len(found))


def _run(call: Call, repo: Repo) -> CheckRun:
    run = repo.checks.get(call.path["run"])
    if run is None:
        raise Refused(404, NO_ROUTE)
    return run


def _fits(call: Call, repo: Repo, run: CheckRun) -> bool:
    pull = _pull(call, repo)
    wanted = {"check_name": run.name, "status": str(run.status)}
    return (pull is None or run.pull in (None, pull)) and all(
        call.text(name) in ("", value) for name, value in wanted.items()
    )


def _pull(call: Call, repo: Repo) -> int | None:
    # Whether pull_request_id means the id or the number is unproven: both are taken.
    wanted = call.number("pull_request_id", 0)
    return next((pull.number for pull in repo.pulls.values() if wanted in (pull.id, pull.number)), None)


def _change(call: Call, run: CheckRun) -> None:
    try:
        status = Status(call.text("status", run.status))
        conclusion = Conclusion(call.text("conclusion")) if call.text("conclusion") else run.conclusion
    except ValueError:
        raise invalid("status or conclusion") from None
    run.status, run.details_url = status, call.text("details_url", run.details_url)
    run.output = _output(call.fields) or run.output
    if conclusion:
        run.conclude(conclusion, at=call.world.commons.now())


def _output(fields: dict[str, Any]) -> dict[str, Any]:
    """A form names the parts output[title] and so on; JSON nests them."""
    nested = fields.get("output")
    if isinstance(nested, dict):
        return nested
    return {name[7:-1]: value for name, value in fields.items() if name.startswith("output[")}
