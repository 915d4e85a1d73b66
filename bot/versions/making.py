"""What makes versions: pipelines that were asked for here or elsewhere, and Jenkins' build jobs."""

import logging
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bot.builds import GITLAB, Build
from bot.jobs import SAMPAN_ID, VERSION_ID
from bot.reply import UserError
from bot.store.versions import Seen
from bot.versions.names import number_of
from bot.versions.states import ENDED, TEMPLATE, State, after, path
from integrations.errors import IntegrationError
from integrations.model import Result
from integrations.model.pipelines import Pipeline, PipelineStatus
from integrations.model.runs import Run
from integrations.transport import deadline

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.settings import Settings
    from bot.store.versions import Version

READ_TIME = 8.0
BARE = ("push",)  # sources of pipelines that take no variables, so none is ours
# Sources of pipelines that release nothing, whatever their ref: a part of another, which makes the version,
# and what nobody has merged. A webhook tells the latter's source branch, and in a fork that may be called
# main: source_ref in lib/gitlab/data_builder/pipeline.rb.
UNRELEASED = ("external", "parent_pipeline", "merge_request_event", "external_pull_request_event")
NAMED = ("SERVICE_NAME", "SERVICE_ID")  # variables by which a pipeline says what it makes a version of

_STATES = {
    PipelineStatus.PENDING: State.PENDING,
    PipelineStatus.BLOCKED: State.PENDING,
    PipelineStatus.RUNNING: State.RUNNING,
    PipelineStatus.SUCCESS: State.SUCCESS,
    PipelineStatus.FAILED: State.FAILED,
    PipelineStatus.CANCELED: State.CANCELED,
    PipelineStatus.SKIPPED: State.CANCELED,
}

log = logging.getLogger(__name__)


def place_of(project: str) -> str:
    """Where the pipelines of a project make versions."""
    return GITLAB + project


def services_of(settings: "Settings", pipeline: Pipeline) -> list[str]:
    """The services that a pipeline makes a version of: by its variables, else by its ref."""
    here = [name for name, one in settings.gitlab_projects.items() if one.path == pipeline.project]
    named = {pipeline.variables.get(name, "") for name in NAMED}
    if told := [service for service in here if service in named]:
        return told
    if pipeline.source in UNRELEASED:
        return []
    return [service for service in here if _releases(settings, service, pipeline.ref)]


def _releases(settings: "Settings", service: str, ref: str) -> bool:
    own = settings.service_configs.get(service)
    patterns = (settings.gitlab_projects[service].ref, *(own.release_refs if own else ()))
    return any(fnmatchcase(ref, pattern) for pattern in patterns)


def saw_pipeline(sampan: "Sampan", pipeline: Pipeline, *, read: bool) -> list["Version"]:
    """Take in how far a pipeline is; `read` says that it was asked for just now. The versions it makes."""
    found = []
    for service in _known(sampan, pipeline) or services_of(sampan.settings, pipeline):
        if version := _saw(sampan, service, _seen(sampan.settings, service, pipeline), pipeline, read=read):
            found.append(version)
    return found


def _known(sampan: "Sampan", pipeline: Pipeline) -> list[str]:
    """The services that it is known to make versions of: read by its number it comes without variables."""
    versions = sampan.store.versions.of_pipeline(place_of(pipeline.project), pipeline.id)
    return [one.service for one in versions if one.service in sampan.settings.gitlab_projects]


def state_of(pipeline: Pipeline) -> str:
    """How far the version of a pipeline is; a word that we do not know is its own."""
    return str(_STATES.get(pipeline.status) or pipeline.word)


def _seen(settings: "Settings", service: str, pipeline: Pipeline) -> Seen:
    created, finished = pipeline.created_at, pipeline.finished_at
    return Seen(
        place=place_of(pipeline.project),
        number=pipeline.id,
        state=state_of(pipeline),
        ref=pipeline.ref,
        sha=pipeline.sha,
        who=pipeline.who,
        url=pipeline.url,
        path=where(settings, service, number=pipeline.id, ref=pipeline.ref, sha=pipeline.sha),
        at=None if created is None else round(created.timestamp() * 1000),
        ended_at=None if finished is None else round(finished.timestamp() * 1000),
    )


def where(settings: "Settings", service: str, *, number: int, ref: str, sha: str) -> str:
    """Where a version lies, by the template of its service."""
    own = settings.service_configs.get(service)
    template = (own.artifact if own else "") or TEMPLATE
    return path(template, service=service, number=number, ref=ref, sha=sha)


def _saw(sampan: "Sampan", service: str, seen: Seen, pipeline: Pipeline, *, read: bool) -> "Version | None":
    versions = sampan.store.versions
    with sampan.store.transaction():
        asked_as = _asked_as(sampan, pipeline)
        maybe_ours = bool(pipeline.variables) or pipeline.source not in BARE
        version = versions.meet(service, seen, asked_as=asked_as, maybe_ours=maybe_ours)
        if version is None:
            return None
        state = after(version.state, seen.state, read=read)
        if state == State.SUCCESS and not version.path:
            versions.lies_at(version.id, path=seen.path)
        if state != version.state or not version.sha:
            _keep(sampan, version, state, seen)
    return versions.get(version.id)


def _keep(sampan: "Sampan", version: "Version", state: str, seen: Seen) -> None:
    ended_at = (seen.ended_at or version.ended_at or sampan.store.now()) if state in ENDED else None
    if sampan.store.versions.change(version, state, seen, ended_at=ended_at) and state != version.state:
        log.info("%s of %s: %s", version.label, version.service, state)


def _asked_as(sampan: "Sampan", pipeline: Pipeline) -> int | None:
    """The version that a pipeline was asked for here: its name anybody may write, our marker only we."""
    number = number_of(pipeline.variables.get(VERSION_ID, ""))
    version = sampan.store.versions.get(number) if number else None
    build = sampan.store.builds.get(version.build) if version and version.build else None
    ours = build is not None and pipeline.variables.get(SAMPAN_ID) == build.marker
    return version.id if version and ours else None


def built(sampan: "Sampan", build: Build) -> None:
    """A build of ours has made a version: keep where it lies, or that there is one."""
    if not build.job.startswith(GITLAB):
        return _built_by_jenkins(sampan, build)
    version = sampan.store.versions.of_build(build.id)
    if version is None or version.number is None:
        return None
    if not version.sha:
        version = _read(sampan, version, version.number)
    lies = where(
        sampan.settings, version.service, number=version.number or 0, ref=version.ref, sha=version.sha
    )
    return sampan.store.versions.lies_at(version.id, path=lies)


def _read(sampan: "Sampan", version: "Version", number: int) -> "Version":
    """The version with its commit, which no webhook told."""
    try:
        with deadline(READ_TIME):
            pipeline = sampan.pipelines().pipeline(version.place.removeprefix(GITLAB), number)
    except (IntegrationError, UserError) as problem:  # the next look at the project finds it
        log.warning("%s: its pipeline could not be read: %s", version.label, problem)
        return version
    saw_pipeline(sampan, pipeline, read=True)
    return sampan.store.versions.get(version.id) or version


def _built_by_jenkins(sampan: "Sampan", build: Build) -> None:
    if build.number is not None:
        saw_runs(sampan, build.job, [_run(sampan, build, build.number)], who=build.name)


def _run(sampan: "Sampan", build: Build, number: int) -> Run:
    """What became of a build that worked; without what it archived if Jenkins cannot be asked just now."""
    runs: Sequence[Run] = ()
    try:
        with deadline(READ_TIME):
            runs = sampan.job_history().runs(build.job, after=number - 1)
    except (IntegrationError, UserError) as problem:  # nobody may look at the job ever again
        log.warning("%s: what it made could not be read: %s", build.label, problem)
    known = Run(number, Result.SUCCESS, build.url, began_at=None, ended_at=None)
    return next((run for run in runs if run.number == number), known)


def saw_runs(sampan: "Sampan", job: str, runs: Sequence[Run], *, who: str = "") -> None:
    """Builds of a job have ended, whoever started them: those that worked made versions of its service."""
    settings = sampan.settings
    services = [service for service in settings.services if settings.build_job_of(service) == job]
    for service in services:
        for run in runs:
            if run.result is Result.SUCCESS:
                _register(sampan, service, job, run, who=who)


def _register(sampan: "Sampan", service: str, job: str, run: Run, *, who: str) -> None:
    lies = where(sampan.settings, service, number=run.number, ref="", sha="")
    ended_at = sampan.store.now() if run.ended_at is None else round(run.ended_at * 1000)
    seen = Seen(job, run.number, State.SUCCESS, who=who, url=run.url, at=ended_at, ended_at=ended_at)
    with sampan.store.transaction():
        version = sampan.store.versions.meet(service, seen)
        if version:
            sampan.store.versions.lies_at(version.id, path=lies, artifacts=run.artifacts)
