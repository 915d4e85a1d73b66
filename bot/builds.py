"""Starting builds: which job, which parameters, and one trigger that is never sent twice."""

from collections.abc import Mapping

from bot.ask import Ask
from bot.jobs import SAMPAN_ID, BuildServer, check, link
from bot.reply import Code, Line, Link, Reply, Span, UserError, line
from bot.settings import Repo
from bot.store import AskedBuild
from integrations.errors import Down, Garbled, IntegrationError, NotAllowed, NotFound, Unclear
from integrations.model import Job, Queued


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
    parameters = {name: value for name, value in ours.items() if job.parameter(name)} | dict(given or {})
    check(job, parameters)
    asked = ask.store.ask_build(ask.message, job=job.name)
    if job.parameter(SAMPAN_ID):
        parameters[SAMPAN_ID] = asked.sampan_id
    queued = _trigger(ask, server, job, parameters, asked)
    # A job without parameters answers 201 for a duplicate too; only the queue number tells.
    earlier = _who_asked_before(ask, asked, job, queued)
    merged = queued.merged or earlier is not None
    _settle(ask, asked, state="merged" if merged else "queued", queue_id=queued.queue_id)
    lines = _told(job, what, asked, queued, merged=merged, earlier=earlier)
    if "ENVIRONMENT" in ours and "ENVIRONMENT" not in parameters:
        name = Code("ENVIRONMENT")
        lines.append(line("The job defines no {name}: it decides by itself where to.", name=name))
    return Reply.of(*lines)


def _job(server: BuildServer, name: str) -> Job:
    try:
        job = server.job(name)
    except NotFound:
        raise UserError(
            line("Jenkins has no job {job}, or hides it from Sampan's account.", job=Code(name)),
            line("The job's name comes from the JENKINS_..._JOB variables."),
        ) from None
    if not job.buildable:
        raise UserError(line("The job {job} is disabled.", job=link(job)))
    return job


def _trigger(
    ask: Ask, server: BuildServer, job: Job, parameters: Mapping[str, str], asked: AskedBuild
) -> Queued:
    try:
        return server.trigger(job, parameters)
    except (Unclear, Garbled, Down):
        return _look(ask, server, job, asked)
    except NotAllowed:
        _settle(ask, asked, state="refused")
        raise UserError(
            line("Jenkins refused to start {job}: it cannot be built now.", job=link(job))
        ) from None
    except IntegrationError:
        _settle(ask, asked, state="refused")
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
    _settle(ask, asked, state="unclear")
    raise UserError(
        line(
            "Jenkins' answer was lost: I cannot tell whether {job} was started. I did not try again.",
            job=link(job),
        ),
        line("Look there before you repeat it."),
    )


def _settle(ask: Ask, asked: AskedBuild, *, state: str, queue_id: int | None = None) -> None:
    ask.note(lambda: ask.store.settle_build(asked, state=state, queue_id=queue_id))


def _who_asked_before(ask: Ask, asked: AskedBuild, job: Job, queued: Queued) -> str | None:
    found: list[str | None] = []
    ask.note(lambda: found.append(ask.store.who_asked_before(asked, job=job.name, queue_id=queued.queue_id)))
    return found[0] if found else None


def _told(
    job: Job, what: Line, asked: AskedBuild, queued: Queued, *, merged: bool, earlier: str | None
) -> list[Line]:
    facts: dict[str, Span | Line] = {"id": Code(f"b{asked.id}"), "what": what, "job": link(job)}
    if queued.number is not None:
        started = Link(f"{job.name} #{queued.number}", queued.url)
        return [line("{id} {what}: {job} has started", **{**facts, "job": started})]
    if not merged:
        return [line("{id} {what}: {job} is queued as {n}", n=queued.queue_id or 0, **facts)]
    joined = line("{id} {what}: joined a build of {job} that was waiting already", **facts)
    return [joined, line("{who} had asked for it.", who=earlier)] if earlier else [joined]
