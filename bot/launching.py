"""Starting builds: the plan, what stands in its way, and one trigger that is never sent twice."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from bot.ask import Ask, Tools
from bot.builds import GITLAB, Build, Kind, Plan, State, server_of
from bot.confirming import ask_for, needs
from bot.jobs import MAKES, SAMPAN_ID, VERSION_ID, BuildServer, check, link, takes
from bot.language import mark
from bot.locking import require_unlocked
from bot.rehearsal import rehearsed
from bot.reply import Code, Line, Link, Reply, Say, Span, UserError, join, line, plain
from bot.telling import asker, page, state_line, what
from bot.times import length
from integrations.errors import Down, Garbled, IntegrationError, NotAllowed, NotFound, Unclear
from integrations.model import Job, Queued, Sighting, Stage

log = logging.getLogger(__name__)

T = TypeVar("T")

_COMES_FROM = {
    "Jenkins": mark("The job's name comes from the JENKINS_..._JOB variables."),
    "GitLab": mark("The project and its ref come from GITLAB_PROJECTS."),
}


def planned(
    ask: Ask, plan: Plan, *, ours: Mapping[str, str], given: Mapping[str, str] | None = None
) -> tuple[Plan, Job]:
    """Fit a plan to its job.

    `ours` are sent if the job defines them; `given` came from a person, so the job has to take each of them.
    """
    job = find_job(ask.tools, plan.job)
    parameters = {name: value for name, value in ours.items() if takes(job, name)} | dict(given or {})
    check(job, parameters)
    return replace(plan, parameters=parameters), job


def find_job(tools: Tools, name: str) -> Job:
    """The job, if it can be built."""
    server = server_of(name)
    try:
        job = tools.build_server(name).find(name)
    except NotFound:
        told = line(
            "{server} has no job {job}, or hides it from Sampan's account.",
            server=server,
            job=Code(name.removeprefix(GITLAB)),
        )
        raise UserError(told, line(_COMES_FROM[server])) from None
    if not job.buildable:
        raise UserError(line("The job {job} is disabled.", job=link(job)))
    return job


def launch(ask: Ask, plan: Plan, job: Job, *, confirmed: bool = False) -> Reply:
    """Start what is planned, once: unless it is locked, wants a yes first, or has to wait for its turn."""
    require_unlocked(ask.store, plan, now=ask.tools.now())
    need = None if confirmed else needs(ask.settings, plan)
    if ask.dry_run:
        return _rehearse(ask, plan, job, asks=need is not None)
    if need:
        return ask_for(ask, plan, job, need)
    build = _kept(ask, plan, job)
    if build.state is State.WAITING:
        return _waits(ask, build)
    return Reply.of(*trigger(ask.tools, build, job))


def _kept(ask: Ask, plan: Plan, job: Job) -> Build:
    """The build, and the version that it is to make, before anything is sent."""
    with ask.store.transaction():
        build = ask.store.builds.ask(ask.message, plan, marked=takes(job, SAMPAN_ID))
        if makes_version(plan):
            place, _, ref = plan.job.partition("@")
            ask.store.versions.request(build, place=place, ref=ref, who=ask.who)
    return build


def makes_version(plan: Plan | Build) -> bool:
    """Whether a build asks for a version by its number; Jenkins' are known by those of its builds."""
    return plan.kind is Kind.BUILD and plan.job.startswith(GITLAB)


def _told(tools: Tools, build: Build) -> dict[str, str]:
    """What a pipeline is told of the version that it is to make."""
    version = tools.store.versions.of_build(build.id) if makes_version(build) else None
    if version is None:
        return {}
    return _of_version(version.label, build.service, build.name)


def _of_version(label: str, service: str, name: str) -> dict[str, str]:
    return dict(zip(MAKES, (label, service, service, name), strict=True))


def _rehearse(ask: Ask, plan: Plan, job: Job, *, asks: bool) -> Reply:
    marker = {SAMPAN_ID: "b…"} if takes(job, SAMPAN_ID) else {}
    version = _of_version("v…", plan.service, ask.message.name) if makes_version(plan) else {}
    server = ask.tools.build_server(job.name)
    reply = rehearsed(lambda: server.trigger(job, {**plan.parameters, **marker, **version}))
    if not asks:
        return reply
    return Reply(reply.title, (*reply.lines, line("It would ask for a confirmation first.")))


def _waits(ask: Ask, build: Build) -> Reply:
    first = ask.store.builds.ahead_of(build)
    lines = [line("{id} {what} waits for its turn.", id=Code(build.label), what=what(build))]
    if first:
        state = state_line(first, now=ask.store.now())
        who = line("{id}, asked by {who}, comes first: ", id=Code(first.label), who=asker(first))
        lines.append((*who, *state, " ", page(first)))
    lines.append(line("It starts by itself when that has ended."))
    return Reply.of(*lines, (Say(plain(line("cancel")), f"/cancel {build.label}"),))


def trigger(tools: Tools, build: Build, job: Job) -> list[Line]:
    """Send the trigger of a build that was asked for, and say what came of it."""
    server = tools.build_server(job.name)
    marker = {SAMPAN_ID: build.marker} if build.marked else {}
    parameters = {**build.parameters, **marker, **_told(tools, build)}
    try:
        queued = server.trigger(job, parameters)
    except (Unclear, Garbled, Down):
        return _look(tools, server, build, job)
    except NotAllowed as problem:
        _settle(tools, build, State.REFUSED)
        told = line(
            "{server} refused to start {job}: it cannot be built now.", server=build.server, job=link(job)
        )
        says = [line("It says: {message}", message=problem.message)] if problem.message else []
        raise UserError(told, *says) from None
    except IntegrationError:
        _settle(tools, build, State.REFUSED)
        raise
    return _queued(tools, build, job, queued)


def _queued(tools: Tools, build: Build, job: Job, queued: Queued) -> list[Line]:
    usual = None if job.usual is None else round(job.usual * 1000)
    earlier = noted(lambda: _settle_queued(tools, build, job, queued, usual=usual))
    if earlier and earlier.conversation == build.conversation:
        joined = line("{id} {what}: joined {other}, which was waiting already", **_names(build, earlier))
        return [joined, line("{who} had asked for it.", who=asker(earlier))]
    names: dict[str, Span | Line] = {**_names(build), "job": link(job)}
    head = line("{id} {what}: {job} is queued as {n}", n=queued.queue_id or queued.number or 0, **names)
    if queued.merged or earlier:
        head = line("{id} {what}: joined a build of {job} that was waiting already", **names)
    return [head, _outlook(build, usual), *_makes(tools, build), *_decides_itself(build)]


def _settle_queued(
    tools: Tools, build: Build, job: Job, queued: Queued, *, usual: int | None
) -> Build | None:
    """Note the queue item, and give the build of ours that had it before."""
    with tools.store.transaction():
        # A job without parameters answers 201 for a duplicate too; only the queue number tells.
        earlier = tools.store.builds.asked_before(build, queue_id=queued.queue_id)
        if earlier and earlier.conversation == build.conversation:
            _settle(tools, build, State.JOINED, queue_id=queued.queue_id, joined=earlier.id)
        else:
            _settle(
                tools,
                build,
                State.QUEUED,
                queue_id=queued.queue_id,
                number=queued.number,
                url=queued.url if queued.number else job.url,
                usual=usual,
            )
    return earlier


def _names(build: Build, other: Build | None = None) -> dict[str, Span | Line]:
    names: dict[str, Span | Line] = {"id": Code(build.label), "what": what(build)}
    return {**names, "other": Code(other.label)} if other else names


def _outlook(build: Build, usual: int | None) -> Line:
    """How long it will take, and the way back."""
    expected = (
        line("usually takes {length}", length=length(usual))
        if usual
        else line("no telling how long it takes")
    )
    told = line("I tell how it ended")
    return join([expected, told, Say(plain(line("cancel")), f"/cancel {build.label}")])


def _makes(tools: Tools, build: Build) -> list[Line]:
    version = _told(tools, build).get(VERSION_ID)
    return [line("It makes {version}.", version=Code(version))] if version else []


def _decides_itself(build: Build) -> list[Line]:
    if not build.environment or "ENVIRONMENT" in build.parameters:
        return []
    name = Code("ENVIRONMENT")
    return [line("The job defines no {name}: it decides by itself where to.", name=name)]


def _look(tools: Tools, server: BuildServer, build: Build, job: Job) -> list[Line]:
    """The answer was lost: look for our own marker, and never trigger twice."""
    found = _sight(server, build)
    if found:
        usual = None if job.usual is None else round(job.usual * 1000)
        # Only the queue is noted: how far it is and how it ends is told by who follows it.
        _settle(
            tools, build, State.QUEUED, queue_id=found.queue_id, number=found.number, url=job.url, usual=usual
        )
        name = job.name.removeprefix(GITLAB)
        shown = Link(f"{name} #{found.number}", found.url) if found.number else link(job)
        return [line("{id} {what}: {job} has started", job=shown, **_names(build)), _outlook(build, usual)]
    if build.marked:
        lost = line(
            "The answer of {server} about {id} was lost, and I do not see its build yet.",
            server=build.server,
            id=Code(build.label),
        )
        return [lost, line("I did not send it again. I keep looking for it, and tell what became of it.")]
    _settle(tools, build, State.LOST)
    told = line(
        "The answer of {server} was lost: I cannot tell whether {job} was started. I did not try again.",
        server=build.server,
        job=link(job),
    )
    raise UserError(told, line("Look there before you repeat it."))


def _sight(server: BuildServer, build: Build) -> Sighting | None:
    if not build.marked:
        return None
    try:
        seen = server.read(build.ref)
    except IntegrationError:
        return None
    return None if seen.stage is Stage.GONE else seen


def _settle(
    tools: Tools,
    build: Build,
    state: State,
    *,
    queue_id: int | None = None,
    number: int | None = None,
    url: str = "",
    usual: int | None = None,
    joined: int | None = None,
) -> None:
    """Note what came of the trigger; a notification may have moved the build on before."""
    store = tools.store
    noted(
        lambda: store.builds.change(
            build,
            state,
            look_at=store.now() + 2_000,
            queue_id=queue_id,
            number=number,
            url=url,
            usual=usual,
            joined=joined,
        )
    )


def noted(write: Callable[[], T]) -> T | None:
    """Write down what has happened outside; a store that is busy must not hide it from the room."""
    try:
        return write()
    except Exception:
        log.exception("what has happened outside was not written down")
        return None
