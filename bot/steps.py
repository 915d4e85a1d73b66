"""The steps that every command line takes, in order; the list of them is at the end."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from bot import arguments, rights
from bot.ask import Ask
from bot.builds import Build
from bot.explain import explain, temporary
from bot.guidance import no_such_command
from bot.locking import require_running
from bot.parsing import Command, parse
from bot.registry import DRY_RUN, Spec, registry
from bot.rehearsal import only_own, shown
from bot.reply import Code, Line, Reply, UserError, line
from bot.settings import Repo
from bot.store.audit import AGAIN, LATELY, Outcome
from bot.store.confirmations import Confirmation
from bot.store.locks import Locked, Target
from integrations.errors import IntegrationError
from integrations.model import InboundMessage
from integrations.transport import Rehearsed, rehearsing, witnessing

log = logging.getLogger(__name__)


@dataclass
class Turn:
    """One command line on its way through the steps."""

    ask: Ask
    typed: str
    spec: Spec | None = None
    taken: int = 0  # words after the first that belong to the command's name
    bound: dict[str, Any] = field(default_factory=dict)
    started: bool = False  # a writing command has begun
    calls: list[str] = field(default_factory=list)  # what was called outside, and what came of it

    @property
    def about(self) -> tuple[str, str]:
        """The alias of the repo, and the service, that the line is about; empty where it is about none."""
        for value in self.bound.values():
            match value:
                case Repo(alias=alias):
                    return alias, ""
                case Build() | Confirmation():
                    return value.plan.repo, value.plan.service
                case Target(kind=Locked.SERVICE, name=name):
                    return "", name
        version = self.bound.get("id")  # of /pin: not looked at by its type, which would have to be imported
        return "", str(self.bound.get("service") or getattr(version, "service", ""))


def through(turn: Turn) -> tuple[Outcome, Reply]:
    """Take a line through the steps; an answer ends it."""
    outcome, reply = _answer(turn)
    if AGAIN in turn.typed:
        again = line("Again: {command}", command=Code(turn.ask.command.line[:80]))
        reply = Reply(reply.title, (again, *reply.lines))
    writes = turn.spec is not None and turn.spec.writes and not turn.ask.dry_run
    if writes and turn.ask.settings.temporary_state:
        reply = Reply(reply.title, (*reply.lines, temporary()))
    return outcome, reply


def _answer(turn: Turn) -> tuple[Outcome, Reply]:
    try:
        with witnessing() as turn.calls:
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


def what_failed(turn: Turn) -> Reply | None:
    """`/retry` alone, after a command that failed, is that command."""
    ask = turn.ask
    spec, _ = registry.find(ask.command.name, None)
    others = [word for word in ask.command.words if not arguments.is_option(word, DRY_RUN)]
    if spec is None or spec.name != "retry" or others:
        return None
    typed = _failed(ask)
    parsed = parse(typed).commands
    if parsed and isinstance(parsed[0], Command):
        turn.ask = replace(ask, command=parsed[0], dry_run=bool(ask.command.words))
        turn.typed = f"{turn.typed}{AGAIN}{typed}"
    return None


def _failed(ask: Ask) -> str:
    """The asker's newest line here, if it failed and no build of theirs is newer."""
    room = ask.message.conversation_id
    if not ask.staff_id:  # it could be anybody's
        return ""
    entry = ask.store.audit.newest_of(ask.staff_id, conversation=room, seconds=LATELY)
    if entry is None or entry.outcome not in (Outcome.FAILED, Outcome.BROKEN):
        return ""
    build = ask.store.builds.last_of(ask.staff_id, conversation=room)
    return "" if build and build.at > entry.at else entry.typed.rpartition(AGAIN)[2]


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
    dry_run = turn.bound.pop(DRY_RUN.name, False) or turn.ask.dry_run
    turn.ask = replace(turn.ask, dry_run=dry_run)
    return None


def may_they_here(turn: Turn) -> Reply | None:
    ask, (repo, service) = turn.ask, turn.about
    rights.require(
        ask.settings,
        ask.staff_id,
        _spec(turn).role,
        conversation=ask.message.conversation_id,
        repo=repo,
        service=service,
    )
    return None


def stopped(turn: Turn) -> Reply | None:
    spec, ask = _spec(turn), turn.ask
    if spec.writes and not spec.always:
        require_running(ask.store, now=ask.tools.now())
    return None


def note_the_start(turn: Turn) -> Reply | None:
    spec, ask = _spec(turn), turn.ask
    if spec.writes and not ask.dry_run:
        ask.store.audit.record(
            ask.message,
            typed=turn.typed,
            command=spec.name,
            outcome=Outcome.STARTED,
            detail="",
            service=turn.about[1],
        )
        turn.started = True
    return None


def run(turn: Turn) -> Reply | None:
    spec = _spec(turn)
    if not turn.ask.dry_run:
        return spec.run(turn.ask, **turn.bound)
    if spec.own:
        return Reply.of(only_own())
    try:
        with rehearsing():
            return spec.run(turn.ask, **turn.bound)
    except Rehearsed as call:
        return Reply.of(line("Nothing was done. I would call:"), shown(call))


def _spec(turn: Turn) -> Spec:
    assert turn.spec is not None
    return turn.spec


STEPS: tuple[Callable[[Turn], Reply | None], ...] = (
    what_failed,
    which_command,
    may_they_at_all,
    which_arguments,
    may_they_here,
    stopped,
    note_the_start,
    run,
)
