"""The steps that every command line takes, in order; the list of them is at the end."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any

from bot import arguments, rights
from bot.ask import Ask
from bot.explain import explain, temporary
from bot.guidance import no_such_command
from bot.registry import Spec, registry
from bot.reply import Code, Line, Reply, UserError, line
from bot.settings import Repo
from integrations.errors import IntegrationError
from integrations.model import InboundMessage

log = logging.getLogger(__name__)


@unique
class Outcome(StrEnum):
    """What became of a line."""

    STARTED = "started"  # written before a writing command runs; alone it means: interrupted
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    BROKEN = "broken"


@dataclass
class Turn:
    """One command line on its way through the steps."""

    ask: Ask
    spec: Spec | None = None
    taken: int = 0  # words after the first that belong to the command's name
    bound: dict[str, Any] = field(default_factory=dict)
    started: bool = False  # a writing command has begun


def through(turn: Turn) -> tuple[Outcome, Reply]:
    """Take a line through the steps; an answer ends it."""
    outcome, reply = _answer(turn)
    if turn.spec and turn.spec.writes and turn.ask.settings.temporary_state:
        reply = Reply(reply.title, (*reply.lines, temporary()))
    return outcome, reply


def _answer(turn: Turn) -> tuple[Outcome, Reply]:
    try:
        for step in STEPS:
            reply = step(turn)
            if reply is not None:
                return Outcome.DONE, reply
        raise AssertionError("no step answered")
    except UserError as refusal:
        return Outcome.REFUSED, Reply.of(*refusal.lines)
    except IntegrationError as problem:
        log.warning("%s: %s", turn.ask.message.delivery_id, problem)
        return Outcome.FAILED, Reply.of(*explain(problem))
    except Exception:
        doubt = (
            [line("It may have been done all the same: look before you repeat it.")] if turn.started else []
        )
        return Outcome.BROKEN, apologize(turn.ask.message, *doubt)


def apologize(message: InboundMessage, *more: Line) -> Reply:
    """For what nobody foresaw, inside an except: the log has it, the room gets the reference."""
    reference = secrets.token_hex(4)
    log.exception("reference %s, delivery %s", reference, message.delivery_id)
    told = line("Something went wrong inside Sampan. Reference: {reference}", reference=Code(reference))
    return Reply.of(told, *more)


# Each may raise UserError, or answer and so end it.


def which_command(turn: Turn) -> Reply | None:
    command = turn.ask.command
    second = command.words[0].text if command.words else None
    turn.spec, turn.taken = registry.find(command.name, second)
    if turn.spec is None:
        raise no_such_command(turn.ask)
    return None


def may_they_at_all(turn: Turn) -> Reply | None:
    ask, room = turn.ask, turn.ask.message.conversation_id
    rights.require_somewhere(ask.settings, ask.staff_id, _spec(turn).role, conversation=room)
    return None


def which_arguments(turn: Turn) -> Reply | None:
    turn.bound = arguments.bind(turn.ask, _spec(turn), turn.ask.command.words[turn.taken :])
    return None


def may_they_here(turn: Turn) -> Reply | None:
    ask, repo = turn.ask, turn.bound.get("repo")
    rights.require(
        ask.settings,
        ask.staff_id,
        _spec(turn).role,
        conversation=ask.message.conversation_id,
        repo=repo.alias if isinstance(repo, Repo) else "",
        service=turn.bound.get("service") or "",
    )
    return None


def note_the_start(turn: Turn) -> Reply | None:
    spec, ask = _spec(turn), turn.ask
    if spec.writes:
        ask.store.record(
            ask.message, typed=ask.command.line, command=spec.name, outcome=Outcome.STARTED, detail=""
        )
        turn.started = True
    return None


def run(turn: Turn) -> Reply | None:
    return _spec(turn).run(turn.ask, **turn.bound)


def _spec(turn: Turn) -> Spec:
    assert turn.spec is not None
    return turn.spec


STEPS: tuple[Callable[[Turn], Reply | None], ...] = (
    which_command,
    may_they_at_all,
    which_arguments,
    may_they_here,
    note_the_start,
    run,
)
