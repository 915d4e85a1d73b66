"""The buttons of a job to play with: each is a commit of somebody's, and a build that has it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.jenkins.access import button
from sandbox.jenkins.answers import moved, root_of
from sandbox.jenkins.builds import COMMIT
from sandbox.jenkins.jobs import Job
from sandbox.jenkins.server import Server
from sandbox.jenkins.trigger import require_post


def take(request: Request, server: Server, job: Job) -> Response:
    """/job/X/turns/break: open to all with a crumb, as nobody can sign in on the pages here."""
    require_post(request)
    turn = job.turns.get(request.path_params["turn"])
    if turn is None:
        raise HTTPException(404)
    job.script, job.changes = turn.script, (*job.changes, turn.commit())
    server.queue.schedule(job, job.values({}), COMMIT, delay=0)
    return moved(302, root_of(request) + job.path)


def buttons(job: Job, *, crumb: str) -> str:
    """One button for each turn, for the job's page."""
    forms = (button(f"turns/{name}", turn.label, crumb=crumb) for name, turn in job.turns.items())
    return f"<p class=answers>{''.join(forms)}"
