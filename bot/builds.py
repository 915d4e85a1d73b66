"""Starting builds: which job, which parameters, and one trigger that is never sent twice."""

import difflib
from collections.abc import Mapping
from typing import Protocol

from bot.ask import Ask
from bot.reply import Code, Line, Link, Reply, Span, UserError, join, line
from bot.settings import Repo
from bot.store import AskedBuild
from integrations.errors import IntegrationError, NotAllowed, NotFound, Unclear
from integrations.model import Job, Queued

SAMPAN_ID = "SAMPAN_ID"
OURS = frozenset({"ENVIRONMENT", "VERSION", "PR_NUMBER", "PR_SHA", "REPO", SAMPAN_ID})


class BuildServer(Protocol):
    """Where jobs run; calls raise IntegrationError."""

    def job(self, name: str) -> Job: ...
    def trigger(self, job: Job, parameters: Mapping[str, str]) -> Queued: ...
    def find(self, job: Job, *, parameter: str, value: str) -> Queued | None: ...


def pr_job(ask: Ask, repo: Repo) -> str:
    """The job that tests a repo's pull requests; empty when there is none."""
    own = ask.settings.repo_configs.get(repo.alias)
    pattern = (own.pr_job if own else "") or ask.settings.pr_job
    return pattern.format(repo=repo.alias)


def start(
    ask: Ask, job_name: str, *, what: Line, ours: Mapping[str, str], given: Mapping[str, str] | None = None
) -> Reply:
    """Start a job once and say where it is.

    `ours` are sent if the job defines them; `given` came from a person, so the job has to take each of them.
    """
    server = ask.tools.build_server()
    job = _job(server, job_name)
    given = given or {}
    _check(job, given)
    asked = ask.store.ask_build(ask.message, job=job.name)
    own = {**ours, SAMPAN_ID: asked.sampan_id}
    parameters = {name: value for name, value in own.items() if job.parameter(name)} | dict(given)
    _check(job, parameters)
    queued = _trigger(ask, server, job, parameters, asked)
    merged = queued.merged or _joined(ask, job, asked, queued)
    ask.store.settle_build(asked, state="merged" if merged else "queued", queue_id=queued.queue_id)
    reply = _told(ask, job, what, asked, queued, merged=merged)
    if "ENVIRONMENT" in ours and "ENVIRONMENT" not in parameters:
        note = line("The job defines no {name}: it decides by itself where to.", name=Code("ENVIRONMENT"))
        return Reply(reply.title, (*reply.lines, note))
    return reply


def _job(server: BuildServer, name: str) -> Job:
    try:
        job = server.job(name)
    except NotFound:
        raise UserError(
            line("Jenkins has no job {job}, or hides it from Sampan's account.", job=Code(name)),
            line("The job's name comes from the JENKINS_..._JOB variables."),
        ) from None
    if not job.buildable:
        raise UserError(line("The job {job} is disabled.", job=_link(job)))
    return job


def _check(job: Job, values: Mapping[str, str]) -> None:
    """Refuse, before anything starts, what the job would drop in silence or choke on."""
    lines = [problem for name, value in values.items() if (problem := _problem(job, name, value))]
    if lines:
        raise UserError(line("Nothing was started: {job} does not take this.", job=_link(job)), *lines)


def _problem(job: Job, name: str, value: str) -> Line | None:
    parameter = job.parameter(name)
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
    if parameter.choices and value not in parameter.choices:
        known = join([Code(one) for one in parameter.choices[:10]])
        return line(
            "{name}={value}: not offered. It offers: {known}", name=Code(name), value=Code(value), known=known
        )
    return None


def _trigger(
    ask: Ask, server: BuildServer, job: Job, parameters: Mapping[str, str], asked: AskedBuild
) -> Queued:
    try:
        return server.trigger(job, parameters)
    except Unclear:
        return _look(ask, server, job, asked)
    except NotAllowed:
        ask.store.settle_build(asked, state="refused")
        raise UserError(
            line("Jenkins refused to start {job}: it cannot be built now.", job=_link(job))
        ) from None
    except IntegrationError:
        ask.store.settle_build(asked, state="refused")
        raise


def _look(ask: Ask, server: BuildServer, job: Job, asked: AskedBuild) -> Queued:
    """The answer was lost: look for our own id, and never trigger twice."""
    found = None
    if job.parameter(SAMPAN_ID):
        try:
            found = server.find(job, parameter=SAMPAN_ID, value=asked.sampan_id)
        except IntegrationError:
            found = None
    if found:
        return found
    ask.store.settle_build(asked, state="unclear")
    raise UserError(
        line(
            "Jenkins' answer was lost: I cannot tell whether {job} was started. I did not try again.",
            job=_link(job),
        ),
        line("Look there before you repeat it."),
    )


def _joined(ask: Ask, job: Job, asked: AskedBuild, queued: Queued) -> bool:
    # A job without parameters answers 201 for a duplicate too; only the queue number tells.
    return queued.queue_id is not None and bool(
        ask.store.same_queue_item(asked, job=job.name, queue_id=queued.queue_id)
    )


def _told(ask: Ask, job: Job, what: Line, asked: AskedBuild, queued: Queued, *, merged: bool) -> Reply:
    facts: dict[str, Span | Line] = {"id": Code(f"b{asked.id}"), "what": what, "job": _link(job)}
    if queued.number is not None:
        started = Link(f"{job.name} #{queued.number}", queued.url)
        return Reply.of(line("{id} {what}: {job} has started", **{**facts, "job": started}))
    if not merged:
        return Reply.of(line("{id} {what}: {job} is queued as {n}", n=queued.queue_id or 0, **facts))
    lines = [line("{id} {what}: joined a build of {job} that was waiting already", **facts)]
    earlier = ask.store.same_queue_item(asked, job=job.name, queue_id=queued.queue_id or 0)
    return Reply.of(*lines, line("{who} had asked for it.", who=earlier)) if earlier else Reply.of(*lines)


def _link(job: Job) -> Link:
    return Link(job.name, job.url)
