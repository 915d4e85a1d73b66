"""Pipelines and their jobs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.gitlab.commits import Commit
from sandbox.gitlab.definition import JobDefinition
from sandbox.gitlab.people import User
from sandbox.gitlab.statuses import FINISHED, RETRYABLE, Status, composite
from sandbox.shell import Shell

if TYPE_CHECKING:
    from sandbox.gitlab.projects import Project


class Source(StrEnum):
    """Why a pipeline runs."""

    API = "api"
    PUSH = "push"
    SCHEDULE = "schedule"
    TRIGGER = "trigger"
    WEB = "web"


class Kind(StrEnum):
    """What becomes of a variable's value: itself, or a file that has it."""

    ENV_VAR = "env_var"
    FILE = "file"


@dataclass(frozen=True)
class Variable:
    """A variable that somebody gave to one pipeline."""

    key: str
    value: str
    kind: Kind = Kind.ENV_VAR


@dataclass(eq=False)
class Job:
    """One run of a job; a retry makes a new one and marks the old."""

    id: int
    pipeline: "Pipeline"
    definition: JobDefinition
    user: User
    created_at: datetime
    status: str = Status.CREATED
    queued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure_reason: str | None = None
    retried: bool = False
    archive: Path | None = None
    shell: Shell = field(default_factory=Shell)

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def trace(self) -> Path:
        """The file its output goes to."""
        return self.pipeline.project.folder / "jobs" / str(self.id) / "job.log"

    @property
    def duration(self) -> float | None:
        """How many seconds it ran."""
        return _seconds(self.started_at, self.finished_at)

    @property
    def ran(self) -> tuple[datetime, datetime] | None:
        """From when to when."""
        return (self.started_at, self.finished_at) if self.started_at and self.finished_at else None

    @property
    def queued_duration(self) -> float | None:
        """How many seconds it waited for a runner."""
        return _seconds(self.queued_at, self.started_at)

    def turn(self, status: Status, *, at: datetime) -> None:
        """Give it another status and keep when that was."""
        self.status = status
        if status is Status.PENDING:
            self.queued_at = at
        elif status is Status.RUNNING:
            self.started_at = at
        elif status in FINISHED:
            self.finished_at = at


@dataclass(eq=False)
class Pipeline:
    """One run of a project's jobs on a commit; `id` is unique in the instance, `iid` in the project."""

    id: int
    iid: int
    project: "Project"
    ref: str
    commit: Commit
    source: Source
    user: User
    variables: tuple[Variable, ...]
    created_at: datetime
    updated_at: datetime
    tag: bool = False
    before_sha: str = ""
    status: str = Status.CREATED
    started_at: datetime | None = None
    finished_at: datetime | None = None
    jobs: list[Job] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/{self.project.path}/-/pipelines/{self.id}"

    @property
    def latest(self) -> list[Job]:
        """Its jobs without those that were retried."""
        return [job for job in self.jobs if not job.retried]

    @property
    def stages(self) -> list[str]:
        """The names of its stages, in their order."""
        return list(dict.fromkeys(job.definition.stage for job in self.jobs))

    @property
    def duration(self) -> int | None:
        """How many seconds any of its jobs ran (lib/gitlab/ci/pipeline/duration.rb), once it ended."""
        if self.finished_at is None:
            return None
        total, until = timedelta(0), self.created_at
        for start, end in sorted(job.ran for job in self.latest if job.ran):
            total += max(end - max(start, until), timedelta(0))
            until = max(until, end)
        return round(total.total_seconds())

    @property
    def queued_duration(self) -> int | None:
        """How many seconds it waited; None rather than 0."""
        return round(_seconds(self.created_at, self.started_at) or 0) or None

    @property
    def warned(self) -> bool:
        """Whether a job failed that may."""
        return any(job.definition.may_fail and job.status in RETRYABLE for job in self.latest)

    @property
    def total(self) -> Status:
        """The status that its jobs add up to."""
        return added_up(self.latest) or Status.SKIPPED

    def turn(self, status: str, *, at: datetime) -> bool:
        """Give it another status; whether it is one. What ended keeps `finished_at` when it runs again."""
        if status == self.status:
            return False
        self.status, self.updated_at = status, at
        if status == Status.RUNNING:
            self.started_at = self.started_at or at
        elif status in FINISHED:
            self.finished_at = at
        return True


def added_up(jobs: Iterable[Job]) -> Status | None:
    """The status of many jobs."""
    return composite((job.status, job.definition.may_fail) for job in jobs)


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None
