"""What a room is told of a build: what it is, how far it is, how it ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.ask import named
from bot.builds import GITLAB, TROUBLE, Build, Kind, Plan, State
from bot.language import mark
from bot.reply import Code, Line, Link, Reply, Say, Span, Strong, join, line, plain
from bot.times import length

if TYPE_CHECKING:
    from bot.store import Store

_ENDED = {
    State.SUCCEEDED: mark("✅ {id} {what}: succeeded"),
    State.UNSTABLE: mark("⚠️ {id} {what}: unstable"),
    State.FAILED: mark("❌ {id} {what}: failed"),
    State.ABORTED: mark("⏹ {id} {what}: stopped"),
    State.NOT_BUILT: mark("⏹ {id} {what}: ended without a result"),
    State.CANCELLED: mark("⏹ {id} {what}: cancelled before it began"),
    State.DROPPED: mark("⏹ {id} {what}: not started"),
    State.LOST: mark("❓ {id} {what}: {server} shows it no longer, so I cannot tell how it ended"),
}
_NEVER = mark("❓ {id} {what}: {server} shows no build of it. It was sent once at most")

STATES = {
    State.WAITING: mark("waits for its turn"),
    State.ASKED: mark("on its way to {server}"),
    State.QUEUED: mark("queued"),
    State.RUNNING: mark("running"),
    State.INPUT: mark("waits for an input"),
    State.RECORDING: mark("green, being recorded"),
    State.SUCCEEDED: mark("succeeded"),
    State.UNSTABLE: mark("unstable"),
    State.FAILED: mark("failed"),
    State.ABORTED: mark("stopped"),
    State.NOT_BUILT: mark("ended without a result"),
    State.CANCELLED: mark("cancelled"),
    State.REFUSED: mark("refused"),
    State.JOINED: mark("joined another"),
    State.DROPPED: mark("not started"),
    State.LOST: mark("lost from sight"),
}


def what(plan: Plan | Build) -> Line:
    """What is built, in a few words."""
    service = Strong(plan.service or plan.job)  # of the first Sampan's builds only the job is known
    match plan.kind:
        case Kind.TEST:
            return line("test of {service}", service=service)
        case Kind.BUILD:
            return line("build of {service}", service=service)
        case Kind.PULL:
            pull = Strong(f"{plan.repo}#{plan.pull}")
            return line("test of {pr} at {sha}", pr=pull, sha=Code(plan.sha[:8]))
    service = Strong(f"{plan.service} {plan.version}".strip())
    if plan.environment:
        return line("{service} to {environment}", service=service, environment=Strong(plan.environment))
    return line("deploy of {service}", service=service)


def asker(build: Build) -> str:
    """Who asked for it, for people to read."""
    return named(build.name, build.staff_id)


def page(build: Build) -> Span:
    """Where it can be seen."""
    job = build.job.removeprefix(GITLAB)
    label = f"{job} #{build.number}" if build.number is not None else job
    return Link(label, build.url) if build.url else label


def state_line(build: Build, *, now: int) -> Line:
    """How far it is, and since when or for how long."""
    told: list[Span | Line] = [line(STATES[build.state], server=build.server)]
    if build.began_at and build.open:
        told.append(length(now - build.began_at))
        told += [line("usually {length}", length=length(build.usual))] if build.usual else []
    elif build.took is not None:
        told.append(length(build.took))
    if build.why and build.open:
        told.append(build.why)
    if build.joined is not None:
        told.append(f"b{build.joined}")
    return join(told)


def ended(build: Build, state: State, *, log: Sequence[str] = (), more: Sequence[Line] = ()) -> Reply:
    """The end of a build, once: what, who, how long against the usual, where; the log's end for a failure."""
    never = state is State.LOST and build.queue_id is None and build.number is None
    told = _NEVER if never else _ENDED[state]
    lines = [
        line(told, server=build.server, id=Code(build.label), what=what(build)),
        join(_facts(build)),
        *more,
    ]
    if log:
        lines.append(line("The end of its log:"))
        lines += [(Code(text),) for text in log]
    if state in TROUBLE or state in (State.CANCELLED, State.DROPPED):
        clicks = [Say(plain(line("try again")), f"/retry {build.label}")]
        if build.number is not None:
            clicks.append(Say(plain(line("more of the log")), f"/logs {build.label} --tail 60"))
        lines.append(join(clicks))
    return Reply.of(*lines)


def _facts(build: Build) -> list[Span | Line]:
    facts: list[Span | Line] = [line("asked by {who}", who=asker(build))]
    if build.took is not None:
        took = length(build.took)
        facts.append(
            line("took {length}, usually {usual}", length=took, usual=length(build.usual))
            if build.usual
            else line("took {length}", length=took)
        )
    return [*facts, page(build)]


def late(build: Build, *, now: int) -> Reply:
    """It still waits in the queue."""
    head = line("⏳ {id} {what}: still queued", id=Code(build.label), what=what(build))
    lines = [head, join([line("for {length}", length=length(now - build.since)), page(build)])]
    if build.why:
        lines.append(line("{server} says: {why}", server=build.server, why=build.why))
    return Reply.of(*lines, join([Say(plain(line("cancel")), f"/cancel {build.label}")]))


def wants_input(build: Build) -> Reply:
    """It waits for a person."""
    head = line("✋ {id} {what}: waits for an input", id=Code(build.label), what=what(build))
    lines = [head]
    if build.why:
        lines.append(line("{server} asks: {why}", server=build.server, why=build.why))
    return Reply.of(*lines, line("Answer it at {page}.", page=page(build)))


def silent(build: Build, *, zone_time: datetime) -> Reply:
    """The build server has not answered for a while."""
    head = line(
        "❓ {id} {what}: {server} does not answer",
        server=build.server,
        id=Code(build.label),
        what=what(build),
    )
    since = line("Since {time}; I keep looking, and tell when I know.", time=f"{zone_time:%H:%M}")
    return Reply.of(head, since)


def say(store: "Store", build: Build, reply: Reply, *, about: str) -> None:
    """Put a message in the outbox, for the room and whoever asked for the build."""
    mentions = (build.staff_id,) if build.staff_id else ()
    store.outbox.add(build.room, reply.post(mentions=mentions), about=about)


def end(store: "Store", build: Build, state: State, why: Sequence[Line]) -> None:
    """End a build and tell it, unless somebody else did before."""
    with store.transaction():
        if store.builds.change(build, state, look_at=None):
            say(store, build, ended(build, state, more=why), about=f"{build.label} end")
