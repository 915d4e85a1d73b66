"""What a project's pipelines do: the part of .gitlab-ci.yml that matters here."""

from dataclasses import dataclass
from enum import StrEnum


class When(StrEnum):
    """When a job starts, seen from the stages before its own."""

    ON_SUCCESS = "on_success"
    ON_FAILURE = "on_failure"
    ALWAYS = "always"
    MANUAL = "manual"


@dataclass(frozen=True)
class JobDefinition:
    """One job: shell commands that run one after the other until one fails."""

    name: str
    stage: str
    script: tuple[str, ...] = ("true",)
    when: When = When.ON_SUCCESS
    allow_failure: bool | None = None
    artifacts: tuple[str, ...] = ()  # glob patterns below the workspace

    @property
    def may_fail(self) -> bool:
        """Whether the pipeline goes on without it; for a manual job that is what nobody has to say."""
        return self.when is When.MANUAL if self.allow_failure is None else self.allow_failure


@dataclass(frozen=True)
class Definition:
    """The jobs of a pipeline, and the order of their stages."""

    jobs: tuple[JobDefinition, ...]

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages in the order in which the jobs name them first."""
        return tuple(dict.fromkeys(job.stage for job in self.jobs))


def one_job(*script: str) -> Definition:
    """A pipeline of one job named `build`."""
    return Definition((JobDefinition("build", "build", script),))
