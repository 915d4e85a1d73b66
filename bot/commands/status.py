"""/status, /logs and /cancel: what was started, and what becomes of it."""

import re
from dataclasses import replace

from bot.arguments import Mismatch, service
from bot.ask import Ask
from bot.builds import Build, Kind, State
from bot.language import mark
from bot.registry import Argument, Group, Option, command
from bot.rehearsal import only_own, rehearsed
from bot.reply import Code, Line, Reply, Say, Span, Strong, UserError, counted, join, line, plain
from bot.rights import Role, require
from bot.telling import asker, ended, page, say, state_line, what
from bot.times import ago

SHOWN = 10
TAIL = 15
LONGEST_TAIL = 100
_NEEDED = {Kind.DEPLOY: Role.MAINTAINER}


def build_id(ask: Ask, word: str) -> Build:
    """b12, or 12."""
    found = re.fullmatch(r"[bB]?(\d{1,12})", word, re.ASCII)
    if not found:
        raise Mismatch(line("{word} is not the name of a build.", word=Code(word)))
    build = ask.store.builds.get(int(found[1]))
    if build is None:
        raise Mismatch(line("I know no build {word}.", word=Code(word)))
    return build


def _build_or_service(ask: Ask, word: str) -> Build | str:
    try:
        return service(ask, word)
    except Mismatch:
        if not re.fullmatch(r"[bB]?\d+", word):
            raise
    return build_id(ask, word)


def _count(_: Ask, word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 3 and 0 < int(word) <= LONGEST_TAIL):
        raise Mismatch(line("{word} is not a number of lines up to {n}.", word=Code(word), n=LONGEST_TAIL))
    return int(word)


@command(
    "status",
    aliases=("状态",),
    summary=mark("Show what runs, what waits, and what was deployed where"),
    group=Group.BUILDS,
    arguments=(Argument("what", _build_or_service, required=False, shown="service|id"),),
    examples=("/status", "/status myservice", "/status b12"),
)
def status(ask: Ask, what: Build | str | None) -> Reply:
    """Everything, one service's history, or one build."""
    if isinstance(what, Build):
        return Reply.of(*_in_full(ask, what))
    return _history(ask, what) if what else _everything(ask)


def _everything(ask: Ask) -> Reply:
    builds = ask.store.builds.open(at_most=SHOWN)
    count = ask.store.builds.open_count() if len(builds) == SHOWN else len(builds)
    lines = [counted("{n} build is under way", "{n} builds are under way", n=count)]
    if not builds:
        lines = [line("Nothing is under way.")]
    lines += [_row(ask, build) for build in builds]
    deployed = ask.store.builds.deployed()
    lines += [line("Last deployed:")] if deployed else []
    for one in deployed:
        facts: list[Span | Line] = [one.name, ago(one.at, now=ask.tools.now())]
        name = Strong(f"{one.service} {one.version}".strip())
        place = line("{service} on {environment}", service=name, environment=Strong(one.environment or "—"))
        lines.append((*place, "  ", *join([*facts, Say(f"b{one.build}", f"/status b{one.build}")])))
    return Reply.of(*lines)


def _row(ask: Ask, build: Build) -> Line:
    facts: list[Span | Line] = [state_line(build, now=ask.store.now()), asker(build)]
    label = Say(build.label, f"/status {build.label}")
    return line("{id} {what}: {state}", id=label, what=what(build), state=join(facts))


def _history(ask: Ask, name: str) -> Reply:
    builds = ask.store.builds.of_service(name, at_most=SHOWN)
    if not builds:
        return Reply.of(line("I have started nothing of {service} yet.", service=Strong(name)))
    lines = [line("The last of {service}:", service=Strong(name))]
    for build in builds:
        lines.append((*_row(ask, build), " · ", *ago(build.at, now=ask.tools.now())))
    return Reply.of(*lines)


def _in_full(ask: Ask, build: Build) -> list[Line]:
    now = ask.store.now()
    lines: list[Line] = [
        line(
            "{id} {what}: {state}", id=Code(build.label), what=what(build), state=state_line(build, now=now)
        ),
        join([line("asked by {who}", who=asker(build)), ago(build.at, now=ask.tools.now()), page(build)]),
    ]
    lines += [(Code(f"{name}={value}"),) for name, value in sorted(build.parameters.items())]
    clicks = [Say(plain(line("log")), f"/logs {build.label}")] if build.number is not None else []
    verb, label = ("cancel", line("cancel")) if build.open else ("retry", line("try again"))
    return [*lines, join([*clicks, Say(plain(label), f"/{verb} {build.label}")])]


@command(
    "logs",
    aliases=("log", "日志"),
    summary=mark("Show the end of a build's log"),
    group=Group.BUILDS,
    arguments=(Argument("id", build_id),),
    options=(Option("tail", _count),),
    examples=("/logs b12", "/logs b12 --tail 50"),
)
def logs(ask: Ask, id: Build, tail: int | None) -> Reply:
    """The last lines, read from the build server, which may know more of it than we do yet."""
    found: tuple[str, ...] = ()
    if id.number is not None or (id.open and id.queue_id is not None):
        found = ask.tools.build_server(id.job).log(id.ref, lines=tail or TAIL)
    if id.number is None and not found:
        raise UserError(
            line("{id} has no log yet: {state}", id=Code(id.label), state=state_line(id, now=ask.store.now()))
        )
    head = line("{id} {what}, the end of its log:", id=Code(id.label), what=what(id))
    return Reply.of(head, *((Code(text),) for text in found or ["…"]), (page(id),))


@command(
    "cancel",
    aliases=("取消",),
    summary=mark("Stop a build that waits or runs"),
    group=Group.BUILDS,
    role=Role.DEVELOPER,
    arguments=(Argument("id", build_id),),
    examples=("/cancel b12",),
    always=True,
)
def cancel(ask: Ask, id: Build) -> Reply:
    """Whoever may start it may stop it; how it ended is told when it has."""
    require_right(ask, id)
    if not id.open or id.state is State.RECORDING:
        raise UserError(
            line("{id} is over: {state}", id=Code(id.label), state=state_line(id, now=ask.store.now()))
        )
    if id.state is State.WAITING:
        return _will_not_start(ask, id)
    if id.queue_id is None and id.number is None:
        raise UserError(line("I do not know yet where {id} is; try again in a minute.", id=Code(id.label)))
    server = ask.tools.build_server(id.job)
    # What was queued when we last looked may run by now, and is stopped in another way.
    ref = id.ref if id.number is not None else replace(id.ref, number=server.read(id.ref).number)
    if ask.dry_run:
        return rehearsed(lambda: server.cancel(ref))
    server.cancel(ref)
    ask.store.builds.soon(id)
    told = [line("I asked {server} to stop {id} {what}.", server=id.server, id=Code(id.label), what=what(id))]
    if id.conversation == ask.message.conversation_id:
        told.append(line("I tell how it ended."))
    return Reply.of(*told)


def _will_not_start(ask: Ask, build: Build) -> Reply:
    """Take back what nobody but us knows of; its end is told as every build's is, to who asked for it."""
    if ask.dry_run:
        return Reply.of(only_own())
    store, label = ask.store, build.label
    with store.transaction():
        if not store.builds.change(build, State.CANCELLED, look_at=None):
            raise UserError(line("I do not know yet where {id} is; try again in a minute.", id=Code(label)))
        say(store, build, ended(build, State.CANCELLED), about=f"{label} end")
    return Reply.of(line("{id} {what} will not start.", id=Code(build.label), what=what(build)))


def require_right(ask: Ask, build: Build) -> None:
    """Refuse who might not have started it."""
    require(
        ask.settings,
        ask.staff_id,
        _NEEDED.get(build.kind, Role.DEVELOPER),
        conversation=ask.message.conversation_id,
        repo=build.repo,
        service=build.service,
    )
