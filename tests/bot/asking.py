"""Who asks what, and how an answer reads: the words that the tests of the core share."""

from dataclasses import replace
from typing import Any

from bot import commands
from bot.arguments import bind
from bot.ask import Ask
from bot.language import speaking
from bot.parsing import Command, Fault, parse
from bot.registry import DRY_RUN, Spec, registry
from bot.reply import Line, Reply, Say, UserError, plain
from bot.settings import load
from bot.wiring import Wired
from integrations.model import InboundMessage, Kind

commands.load()

NOW = 1_700_000_000.0

TEAM = {
    "REPOS": "web=acme/web,api=acme/api",
    "SERVICES": "hello,billing",
    "ENVIRONMENTS": "staging,production",
    "PROTECTED_ENVIRONMENTS": "production",
    "DEVELOPERS": "dev",
    "MAINTAINERS": "lead",
    "ADMINS": "boss",
    "GITEE_USERS": "dev=dev-on-gitee",
    "LANGUAGE": "en",
}

MESSAGE = InboundMessage(
    delivery_id="d1",
    created_at=NOW,
    kind=Kind.TEXT,
    text="",
    conversation_id="room",
    conversation_title="Team",
    robot="robot",
    staff_id="lead",
    chat_user_id="u1",
    name="Lin",
    reply_url="",
    reply_until=NOW + 5400,
)


def asked(text: str = "", *, by: str = "lead", room: str = "room", **env: str) -> Ask:
    """The question that a line of this team's room makes; `env` changes how the team is configured."""
    found = parse(text).commands[0] if text else Command("", "", ())
    assert not isinstance(found, Fault)
    settings = load({**TEAM, **env})
    if "DATABASE_URL" not in env:
        settings = replace(settings, database_url="sqlite:///:memory:")
    wired = Wired(settings, clock=lambda: NOW)
    return Ask(wired, replace(MESSAGE, text=text, staff_id=by, conversation_id=room), found)


def declared(ask: Ask) -> tuple[Spec, int]:
    """The command that a question names, and how many words its name took."""
    words = ask.command.words
    spec, taken = registry.find(ask.command.name, words[0].text if words else None)
    assert spec is not None
    return spec, taken


def bound(text: str, **changes: str) -> dict[str, Any]:
    """The arguments that a line's handler gets."""
    return understood(asked(text, **changes))[1]


def understood(ask: Ask) -> tuple[Spec, dict[str, Any]]:
    """The command that a question names, and the arguments that its handler gets."""
    spec, taken = declared(ask)
    bound = bind(ask, spec, ask.command.words[taken:])
    bound.pop(DRY_RUN.name, None)  # no handler's argument: it is told by the question
    return spec, bound


def answered(text: str, *, language: str = "en", **changes: str) -> Reply:
    """What the handler of a line answers, or refuses with, in a language."""
    ask = asked(text, **changes)
    with speaking(language):
        try:
            spec, bound = understood(ask)
            return spec.run(ask, **bound)
        except UserError as refusal:
            return Reply.of(*refusal.lines)


def texts(lines: Reply | UserError | tuple[Line, ...] | list[Line]) -> list[str]:
    """Lines as they read."""
    return [plain(line) for line in (lines.lines if isinstance(lines, (Reply, UserError)) else lines)]


def clicks(answer: Reply | UserError) -> list[str]:
    """The commands that an answer offers to say."""
    return [span.command for line in answer.lines for span in line if isinstance(span, Say)]
