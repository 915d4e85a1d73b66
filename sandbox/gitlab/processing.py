"""Which jobs of a pipeline come next.

Read from process_build_service.rb, retry_pipeline_service.rb, retry_job_service.rb and
cancel_pipeline_service.rb in app/services/ci of gitlabhq/gitlabhq.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sandbox.gitlab.definition import When
from sandbox.gitlab.people import User
from sandbox.gitlab.pipelines import Job, Pipeline, added_up
from sandbox.gitlab.statuses import CANCELABLE, OVER, RETRYABLE, Status

# What the stages before may add up to for a job to start; else it is skipped.
WANTED: Mapping[When, frozenset[Status]] = {
    When.ON_SUCCESS: frozenset({Status.SUCCESS, Status.SKIPPED}),
    When.ON_FAILURE: frozenset({Status.FAILED}),
    When.ALWAYS: frozenset({Status.SUCCESS, Status.FAILED, Status.SKIPPED}),
    When.MANUAL: frozenset({Status.SUCCESS, Status.SKIPPED}),
}


def advance(pipeline: Pipeline, *, at: datetime) -> None:
    """Let every job go that waits for nothing any more, stage after stage."""
    for number, stage in enumerate(pipeline.stages):
        earlier = pipeline.stages[:number]
        before = added_up(job for job in pipeline.latest if job.definition.stage in earlier)
        for job in pipeline.latest:
            if job.definition.stage == stage and job.status == Status.CREATED:
                _let_go(job, before or Status.SUCCESS, at=at)


def cancel(pipeline: Pipeline, *, at: datetime) -> None:
    """Stop what runs and what would; nothing happens if it is over already."""
    for job in pipeline.latest:
        cancel_job(job, at=at)


def cancel_job(job: Job, *, at: datetime) -> None:
    """Stop a job; nothing happens if it is over already."""
    if job.status in CANCELABLE:
        job.turn(Status.CANCELED, at=at)
        job.shell.stop()


def retry(pipeline: Pipeline, *, by: User, new_id: Callable[[], int], at: datetime) -> None:
    """Run again what failed or was canceled, and then what was skipped for it."""
    for job in pipeline.latest:
        if job.status in RETRYABLE:
            _again(job, by=by, new_id=new_id, at=at)


def retry_job(job: Job, *, by: User, new_id: Callable[[], int], at: datetime) -> Job:
    """Run one job again; who retries a manual job has started it, too."""
    again = _again(job, by=by, new_id=new_id, at=at)
    if job.definition.when is When.MANUAL:
        again.turn(Status.PENDING, at=at)
    return again


def _again(job: Job, *, by: User, new_id: Callable[[], int], at: datetime) -> Job:
    """Put a new job in the place of one that is over, and have those wait for it that were skipped."""
    job.retried = True
    again = Job(new_id(), job.pipeline, job.definition, by, at)
    job.pipeline.jobs.append(again)
    for other in job.pipeline.latest:
        if other.status == Status.SKIPPED:
            other.status = Status.CREATED
    return again


def _let_go(job: Job, before: Status, *, at: datetime) -> None:
    if before not in OVER:
        return
    if before not in WANTED[job.definition.when]:
        job.turn(Status.SKIPPED, at=at)
    elif job.definition.when is When.MANUAL:
        job.turn(Status.MANUAL, at=at)
    else:
        job.turn(Status.PENDING, at=at)
