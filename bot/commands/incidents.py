"""/incidents, /ack, /mute and /unmute: what is broken, and who looks after it."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.arguments import Mismatch, known, reason, span_of_time
from bot.ask import Ask
from bot.language import mark
from bot.locking import facts, told
from bot.parsing import normal
from bot.registry import Argument, Group, command
from bot.reply import Code, Line, Link, Reply, Say, Span, Strong, UserError, counted, join, line, plain
from bot.rights import Role
from bot.store.locks import Locked, Target

if TYPE_CHECKING:
    from bot.store.incidents import Incident

SHOWN = 20
EVENTS = 31


def incident_id(ask: Ask, word: str) -> "Incident":
    """i7, or 7."""
    found = re.fullmatch(r"[iI]?(\d{1,12})", word, re.ASCII)
    if not found:
        raise Mismatch(
            line("{word} is not an incident such as {example}.", word=Code(word), example=Code("i7"))
        )
    incident = ask.store.incidents.get(int(found[1]))
    if incident is None:
        raise Mismatch(line("I know no incident {word}.", word=Code(word)))
    return incident


def _thing(ask: Ask, word: str) -> Target:
    """A job, an alert, or what an incident is of."""
    if re.fullmatch(r"[iI]\d{1,12}", word, re.ASCII):
        incident = incident_id(ask, word)
        return Target(Locked(incident.kind), incident.title)
    things = [Target(Locked(kind), title) for kind, title in ask.store.incidents.titles()]
    for found in (
        [thing for thing in things if thing.name == word],
        [thing for thing in things if normal(thing.name).lower() == word.lower()],
    ):
        if found:
            return found[0]
    names = [thing.name for thing in things]
    nearest = [known(mark("Known names: {names}"), word, names, "JENKINS_HOOK_TOKEN")] if names else []
    raise Mismatch(line("I watch no job or alert {word}.", word=Code(word)), *nearest)


@command(
    "incidents",
    aliases=("incident", "故障"),
    summary=mark("List what is broken, or show one incident's history"),
    group=Group.INCIDENTS,
    arguments=(Argument("id", incident_id, required=False),),
    examples=("/incidents", "/incidents i7"),
)
def incidents(ask: Ask, id: "Incident | None") -> Reply:
    """What is open, oldest first; or one, from its first failure on."""
    return _history(ask, id) if id else _open(ask)


def _open(ask: Ask) -> Reply:
    found = ask.store.incidents.open(at_most=SHOWN)
    if not found:
        return Reply.of(line("Nothing is broken, as far as I know."))
    count = ask.store.incidents.open_count() if len(found) == SHOWN else len(found)
    lines = [counted("{n} thing is broken", "{n} things are broken", n=count)]
    for incident in found:
        lines += [_row(ask, incident), _facts(ask, incident)]
    if count > len(found):
        lines.append(counted("and {n} newer one", "and {n} newer ones", n=count - len(found)))
    return Reply.of(*lines)


def _row(ask: Ask, incident: "Incident") -> Line:
    label = Say(incident.label, f"/incidents {incident.label}")
    muted = ask.store.locks.on(Locked(incident.kind), incident.title)
    return ("🔇 " if muted else "🔴 ", label, " ", Strong(incident.title))


def _facts(ask: Ask, incident: "Incident") -> Line:
    from bot.incidents.wording import keeper, lasted, often

    parts: list[Span | Line] = [
        line("broken for {length}", length=lasted(incident, now=ask.store.now())),
        often(incident),
    ]
    if incident.closed_at is None or incident.ack_by:
        parts.append(keeper(incident))
    return join([*parts, *_links(incident)])


def _links(incident: "Incident") -> list[Span]:
    pages = ((line("card"), incident.card_url), (line("page"), incident.url))
    return [Link(plain(label), url) for label, url in pages if url]


def _history(ask: Ask, incident: "Incident") -> Reply:
    from bot.incidents.wording import Details, View, history

    view = View(incident, Details, ask.settings.timezone, ask.store.now())
    events = ask.store.incidents.shown(incident.id, newest=EVENTS)
    head = line("{id} {what}", id=Code(incident.label), what=Strong(incident.title))
    lines = [head, _facts(ask, incident), *history(view, events, at_most=EVENTS)]
    if incident.closed_at is None and not incident.ack_by:
        lines.append((Say(plain(line("I look after it")), f"/ack {incident.label}"),))
    return Reply.of(*lines)


@command(
    "ack",
    aliases=("认领",),
    summary=mark("Say that you look after an incident"),
    group=Group.INCIDENTS,
    role=Role.DEVELOPER,
    arguments=(Argument("id", incident_id),),
    examples=("/ack i7",),
    own=True,
    always=True,
)
def ack(ask: Ask, id: "Incident") -> Reply:
    """The last who says so does; its card tells it too."""
    if not ask.store.incidents.acknowledge(id.id, who=ask.who):
        raise UserError(line("{id} is over already.", id=Code(id.label)))
    told = line("{who} looks after {id} {what}.", who=ask.who, id=Code(id.label), what=Strong(id.title))
    return Reply.of(told, *([line("Its card will say so, too.")] if ask.settings.tracker != "none" else []))


@command(
    "close",
    aliases=("关闭",),
    summary=mark("End an incident of which nobody will tell the end"),
    group=Group.INCIDENTS,
    role=Role.DEVELOPER,
    arguments=(Argument("id", incident_id),),
    examples=("/close i7",),
    own=True,
    always=True,
)
def close(ask: Ask, id: "Incident") -> Reply:
    """For a job that is gone, or an alert whose end was lost; what still fails opens a new one."""
    if not ask.store.incidents.close(id, who=ask.who):
        raise UserError(line("{id} is over already.", id=Code(id.label)))
    told = line("{id} {what} is closed.", id=Code(id.label), what=Strong(id.title))
    return Reply.of(told, line("If it still fails, you hear of it again."))


@command(
    "mute",
    aliases=("静音",),
    summary=mark("Tell the room nothing of a job or an alert for a while"),
    group=Group.INCIDENTS,
    role=Role.DEVELOPER,
    arguments=(
        Argument("name", _thing, shown="job|alert"),
        Argument("duration", span_of_time),
        Argument("reason", reason, rest=True),
    ),
    examples=("/mute nightly 2h 数据库维护",),
    own=True,
    always=True,
)
def mute(ask: Ask, name: Target, duration: float, reason: str) -> Reply:
    """Its incidents and its card go on; whoever mutes once more says anew for how long."""
    from bot.incidents.life import Kind

    locks = ask.store.locks
    with ask.store.transaction():
        locks.open(*name)
        locks.close(*name, reason=reason, staff_id=ask.staff_id, who=ask.who, seconds=duration)
        ask.store.incidents.soon(Kind(name.kind), name.name)  # it may have waited for a later end
    found = locks.on(*name)
    if found is None:  # its time was over at once
        raise UserError(line("Nothing is locked."))
    card = [line("Its card is kept all the same.")] if ask.settings.tracker != "none" else []
    to_open = line("To hear of it again: {command}", command=_unmute(name))
    return Reply.of(*told(found, now=ask.tools.now()), *card, to_open)


def _unmute(name: Target) -> Say:
    word = _quoted(name.name)
    return Say(f"/unmute {word}", f"/unmute {word}")


def _quoted(name: str) -> str:
    """A name as one word of a command."""
    if not any(sign.isspace() for sign in name) and name[0] not in "\"'":
        return name
    quote = "'" if '"' in name else '"'
    return f"{quote}{name}{quote}"


@command(
    "unmute",
    aliases=("取消静音",),
    summary=mark("Tell the room of a job or an alert again"),
    group=Group.INCIDENTS,
    role=Role.DEVELOPER,
    arguments=(Argument("name", _thing, shown="job|alert"),),
    examples=("/unmute nightly",),
    own=True,
    always=True,
)
def unmute(ask: Ask, name: Target) -> Reply:
    """The opposite of /mute; what is broken then is told."""
    from bot.incidents.life import Kind

    found = ask.store.locks.on(*name)
    if found is None or not ask.store.locks.open(*name):
        raise UserError(line("It was not muted."))
    ask.store.incidents.soon(Kind(name.kind), name.name)
    told = line("You hear of {name} again.", name=Strong(name.name))
    was = replace(found, until=None)  # nothing is left of it
    return Reply.of(told, facts(was, now=ask.tools.now()))
