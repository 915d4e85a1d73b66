"""Jobs: what Sampan needs of a build server, and whether a job takes the parameters it is to get. Pure."""

import difflib
from collections.abc import Mapping
from typing import Protocol

from bot.builds import GITLAB
from bot.reply import Code, Line, Link, UserError, join, line
from integrations.model import BuildRef, Job, Queued, Sighting

SAMPAN_ID = "SAMPAN_ID"
# What a build is told of the version it makes, and a deploy of the one it takes.
VERSION_ID, VERSION_PATH = "VERSION_ID", "VERSION_PATH"
MAKES = (VERSION_ID, "SERVICE_ID", "SERVICE_NAME", "USERNAME")
OURS = frozenset({"ENVIRONMENT", "VERSION", "PR_NUMBER", "PR_SHA", "REPO", SAMPAN_ID, VERSION_PATH, *MAKES})


class BuildServer(Protocol):
    """Where jobs run; calls raise IntegrationError."""

    def find(self, name: str) -> Job: ...
    def trigger(self, job: Job, parameters: Mapping[str, str]) -> Queued: ...
    def read(self, build: BuildRef) -> Sighting: ...
    def log(self, build: BuildRef, *, lines: int) -> tuple[str, ...]: ...
    def cancel(self, build: BuildRef) -> None: ...


def takes(job: Job, name: str) -> bool:
    """Whether a job takes a parameter of this name."""
    return job.open or job.parameter(name) is not None


def link(job: Job) -> Link:
    return Link(job.name.removeprefix(GITLAB), job.url)


def check(job: Job, values: Mapping[str, str]) -> None:
    """Refuse, before anything starts, what the job would drop in silence or choke on."""
    lines = [problem for name, value in values.items() if (problem := _problem(job, name, value))]
    if lines:
        raise UserError(line("Nothing was started: {job} does not take this.", job=link(job)), *lines)


def _problem(job: Job, name: str, value: str) -> Line | None:
    parameter = job.parameter(name)
    if parameter is None and job.open:
        return None
    if parameter is None:
        names = [
            one.name
            for one in job.parameters
            if one.name not in OURS or one.name in ("ENVIRONMENT", "VERSION")
        ]
        nearest = sorted(
            names, key=lambda one: -difflib.SequenceMatcher(None, one.lower(), name.lower()).ratio()
        )
        if not nearest:
            return line("{name}: the job defines no such parameter, and no other.", name=Code(name))
        known = join([Code(one) for one in nearest[:10]])
        return line(
            "{name}: the job defines no such parameter. It has: {known}", name=Code(name), known=known
        )
    if parameter.secret and name not in OURS:
        return line(
            "{name}: a password is not typed where others read; keep it on the build server.", name=Code(name)
        )
    if parameter.choices and value not in parameter.choices:
        known = join([Code(one) for one in parameter.choices[:10]])
        return line(
            "{name}={value}: not offered. It offers: {known}", name=Code(name), value=Code(value), known=known
        )
    return None
