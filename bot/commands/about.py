"""/help, /ping, /version and /whoami."""

import logging
import os
from pathlib import Path

from bot.arguments import Mismatch
from bot.ask import Ask
from bot.explain import temporary
from bot.language import mark
from bot.registry import DRY_RUN, Argument, Group, Spec, command, registry
from bot.reply import Code, Line, Reply, Say, Strong, counted, join, line
from bot.rights import NAMES, only_reads
from bot.store.health import OVERDUE
from bot.times import length
from bot.version import VERSION

MIGRATE = "python -m bot migrate"

log = logging.getLogger(__name__)

GROUPS = {
    Group.PULLS: mark("Pull requests"),
    Group.BUILDS: mark("Builds and deploys"),
    Group.INCIDENTS: mark("Incidents"),
    Group.CONTROL: mark("Control and records"),
    Group.ABOUT: mark("About"),
}


def _command(_: Ask, word: str) -> Spec:
    first, _space, second = word.lstrip("/").lower().partition(" ")
    spec, _taken = registry.find(first, second or None)
    if spec is None:
        raise Mismatch(line("There is no command {name}.", name=Code(f"/{word.lstrip('/')}")))
    return spec


@command(
    "help",
    aliases=("帮助", "?", "？"),
    summary=mark("List the commands you may use, or explain one"),
    group=Group.ABOUT,
    arguments=(Argument("command", _command, required=False, rest=True),),
    examples=("/help", "/help merge"),
)
def help_(ask: Ask, command: Spec | None) -> Reply:
    """Everything the asker may run, or one command in full."""
    return overview(ask) if command is None else _explained(command)


def overview(ask: Ask) -> Reply:
    """The commands that this person may run, grouped."""
    lines = [line("Sampan can do this for you")]
    for group, title in GROUPS.items():
        declared = sorted(registry.specs.values(), key=lambda spec: (spec.role, spec.name))
        mine = [spec for spec in declared if spec.group is group and spec.role <= ask.role]
        if mine:
            lines.append((Strong("".join(map(str, line(title)))),))
            lines += [(Code(spec.usage), " — ", *line(spec.summary)) for spec in mine]
    return Reply.of(*lines, line("More on one: {example}", example=Say("/help pr", "/help pr")))


def _explained(spec: Spec) -> Reply:
    lines: list[Line] = [(Code(spec.usage),), line(spec.summary)]
    lines.append(line("Who may: {role}", role=line(NAMES[spec.role])))
    if spec.aliases:
        lines.append(line("Also: {names}", names=join([Code(f"/{name}") for name in spec.aliases])))
    if DRY_RUN in spec.options:
        lines.append(line("With {option} it only shows what it would do.", option=Code("--dry-run")))
    if spec.examples:
        lines.append(line("Examples: {examples}", examples=join([Code(one) for one in spec.examples])))
    return Reply.of(*lines)


@command("ping", summary=mark("See whether Sampan is there"), group=Group.ABOUT, examples=("/ping",))
def ping(ask: Ask) -> Reply:
    """A sign of life that has been through the store."""
    zone = ask.settings.timezone
    time = f"{ask.tools.now().astimezone(zone):%H:%M} {zone}"
    lines = [line("pong — Sampan {version}, {time}", version=VERSION, time=time), *_health(ask)]
    if ask.settings.temporary_state:
        lines.append(temporary())
    return Reply.of(*lines)


def _health(ask: Ask) -> list[Line]:
    """What is unfinished, by one query; the whole diagnosis is `python -m bot doctor`."""
    try:
        figures = ask.store.health.figures()
    except Exception:
        log.exception("the store does not tell how it is")
        return [line("The records cannot be read in full; run {command}.", command=Code(MIGRATE))]
    builds = counted("{n} build open", "{n} builds open", n=figures.open)
    messages = counted("{n} message waiting", "{n} messages waiting", n=figures.waiting)
    lines = [join([builds, messages])]
    if ask.store.health.is_behind(figures):
        lines.append(line("The records lack a migration; run {command}.", command=Code(MIGRATE)))
    late = ask.store.now() - (figures.due_since or ask.store.now())
    if late > OVERDUE:
        lines.append(line("Something has been due for {age}: nobody ticks.", age=length(late)))
    return lines


@command(
    "version",
    aliases=("版本",),
    summary=mark("Say which version this is"),
    group=Group.ABOUT,
    examples=("/version",),
)
def version(_: Ask) -> Reply:
    """The version, and the commit where it is known."""
    commit = _commit()
    told = line("Sampan {version}", version=Strong(VERSION))
    return Reply.of((*told, " ", Code(commit[:8])) if commit else told)


def _commit() -> str:
    # https://vercel.com/docs/environment-variables/system-environment-variables
    known = os.environ.get("SAMPAN_COMMIT") or os.environ.get("VERCEL_GIT_COMMIT_SHA")
    if known:
        return known
    head = Path(__file__).parents[2] / ".git" / "HEAD"
    try:
        text = head.read_text().strip()
        return (head.parent / text[5:]).read_text().strip() if text.startswith("ref: ") else text
    except OSError:
        return ""


@command(
    "whoami",
    aliases=("我是谁",),
    summary=mark("Show your ids and your role"),
    group=Group.ABOUT,
    examples=("/whoami",),
)
def whoami(ask: Ask) -> Reply:
    """What an administrator has to know to give somebody rights."""
    if not ask.staff_id:
        return Reply.of(
            line("The chat does not vouch for who you are, so you can only read here."),
            line("This conversation: {id}", id=Code(ask.message.conversation_id)),
        )
    lines = [
        line("You are {name}, staff id {id}", name=Strong(ask.message.name or "?"), id=Code(ask.staff_id)),
        line("Role: {role}", role=line(NAMES[ask.role])),
        line("Login on Gitee: {login}", login=Code(ask.login or "—")),
        line("This conversation: {id}", id=Code(ask.message.conversation_id)),
    ]
    if only_reads(ask.settings, ask.message.conversation_id):
        lines.append(line("This group can only read."))
    return Reply.of(*lines)
