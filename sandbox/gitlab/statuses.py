"""The statuses of jobs and pipelines, and how the many make the one.

Read from lib/gitlab/ci/status/composite.rb and app/models/concerns/ci/has_status.rb of gitlabhq/gitlabhq.
"""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """How a job or a pipeline stands; `manual` and `scheduled` wait for somebody, and are not over."""

    CREATED = "created"
    WAITING_FOR_RESOURCE = "waiting_for_resource"
    PREPARING = "preparing"
    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"
    MANUAL = "manual"
    SCHEDULED = "scheduled"


FINISHED = frozenset({Status.SUCCESS, Status.FAILED, Status.CANCELED})
OVER = FINISHED | {Status.SKIPPED}
CANCELABLE = frozenset({Status.CREATED, Status.PENDING, Status.RUNNING})
RETRYABLE = frozenset({Status.FAILED, Status.CANCELED})

WARNED, IGNORED = "success_with_warnings", "ignored"
HARMLESS = frozenset({WARNED, IGNORED})
# The first whose members are all there is, in GitLab's own order.
ONLY: tuple[tuple[frozenset[str], Status], ...] = (
    (frozenset({Status.SKIPPED, IGNORED}), Status.SKIPPED),
    (HARMLESS | {Status.SUCCESS, Status.SKIPPED}, Status.SUCCESS),
    (HARMLESS | {Status.CREATED}, Status.CREATED),
    (HARMLESS | {Status.CANCELED, Status.SUCCESS, Status.SKIPPED}, Status.CANCELED),
    (HARMLESS | {Status.PENDING, Status.CREATED, Status.SKIPPED}, Status.PENDING),
)
ANY: tuple[tuple[frozenset[str], Status], ...] = (
    (frozenset({Status.RUNNING, Status.PENDING}), Status.RUNNING),
    (frozenset({Status.MANUAL}), Status.MANUAL),
    (frozenset({Status.CREATED}), Status.RUNNING),
)


def composite(jobs: Iterable[tuple[str, bool]]) -> Status | None:
    """The status that (status, may fail) of many jobs add up to; None if there is no job."""
    found = {_counted(status, may_fail=may_fail) for status, may_fail in jobs}
    if not found:
        return None
    alone = (status for members, status in ONLY if found <= members)
    among = (status for members, status in ANY if found & members)
    return next(alone, None) or next(among, None) or Status.FAILED


def label(status: str, *, warned: bool = False) -> str:
    """The word people read for a pipeline's status; lib/gitlab/ci/status has one file for each."""
    if status == Status.SUCCESS:
        return "passed with warnings" if warned else "passed"
    return "waiting for manual action" if status == Status.MANUAL else status


def _counted(status: str, *, may_fail: bool) -> str:
    if may_fail and status in RETRYABLE:
        return WARNED
    return IGNORED if may_fail and status == Status.MANUAL else status
