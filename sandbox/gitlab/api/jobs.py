"""Jobs over the API: lib/api/ci/jobs.rb of gitlabhq/gitlabhq."""

from starlette.responses import FileResponse, JSONResponse, Response

from sandbox.gitlab.call import Call
from sandbox.gitlab.people import Role
from sandbox.gitlab.refusals import bad_request, forbidden, invalid, not_found
from sandbox.gitlab.statuses import OVER, Status


def of_pipeline(call: Call) -> Response:
    """GET .../pipelines/:id/jobs, the newest first, retried ones only on request."""
    pipeline, scope = call.pipeline(), call.words("scope")
    if set(scope) - set(Status):
        raise invalid("scope", "does not have a valid value")
    jobs = pipeline.jobs if call.text("include_retried") in ("true", "True", "1") else pipeline.latest
    found = [job for job in jobs if not scope or job.status in scope]
    return call.paged(sorted(found, key=lambda job: job.id, reverse=True), call.views.job)


def read(call: Call) -> Response:
    """GET .../jobs/:id"""
    return JSONResponse(call.views.job(call.job()))


def trace(call: Call) -> Response:
    """GET .../jobs/:id/trace: always all of it, as the real one does not know Range; empty before it ran."""
    job = call.job()
    text = job.trace.read_bytes() if job.trace.exists() else b""
    headers = {"Content-Disposition": f'infile; filename="{job.id}.log"'}
    return Response(text, media_type="text/plain", headers=headers)


def artifacts(call: Call) -> Response:
    """GET .../jobs/:id/artifacts: the zip."""
    archive = call.job().archive
    if archive is None:
        raise not_found()
    return FileResponse(archive, media_type="application/zip", filename=archive.name)


def play(call: Call) -> Response:
    """POST .../jobs/:id/play"""
    user, job = call.someone(), call.job(Role.DEVELOPER)
    if job.status != Status.MANUAL:
        raise bad_request("Unplayable Job")
    call.world.play(job, by=user.username)
    return JSONResponse(call.views.job(job))


def retry(call: Call) -> Response:
    """POST .../jobs/:id/retry"""
    user, job = call.someone(), call.job(Role.DEVELOPER)
    if job.retried or job.status not in OVER - {Status.SKIPPED}:
        raise forbidden("Job is not retryable")
    return JSONResponse(call.views.job(call.world.retry_job(job, by=user.username)), status_code=201)


def cancel(call: Call) -> Response:
    """POST .../jobs/:id/cancel"""
    call.someone()
    job = call.job(Role.DEVELOPER)
    call.world.cancel_job(job)
    return JSONResponse(call.views.job(job), status_code=201)
