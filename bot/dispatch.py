"""The one way of every message: admitted once, carried out line by line, recorded, answered.

fresh? -> first delivery? -> who is it? -> which command? -> may they? -> run -> record -> reply
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from bot.answering import send
from bot.ask import Ask, Tools
from bot.comments import Comments
from bot.explain import no_time_left
from bot.guidance import guide, show_fault, too_many, unsupported
from bot.language import speaking
from bot.parsing import MAX_COMMANDS, Command, Fault, Parsed, parse
from bot.reply import Line, Reply, Strong, line, plain
from bot.steps import Turn, apologize, through
from bot.store import Claim
from bot.store.audit import FLOODED, Outcome
from integrations.model import InboundMessage, Kind, Post, Room
from integrations.transport import deadline, remaining

if TYPE_CHECKING:
    from bot.incidents.jobs import JobHistory
    from bot.incidents.tracker import DoneList, Tracker

FRESH = 3600.0  # seconds; an older message is somebody's replay
COMMAND_TIME = 25.0
REPLY_SHARE = 4.0  # kept of a delivery's time for the answer
# Milliseconds after which nothing of a delivery is begun: it is about to be taken for interrupted, and told.
BEGIN_WITHIN = COMMAND_TIME * MAX_COMMANDS * 1000
DETAIL = 1000  # characters of an answer that the audit keeps
CALLS = 30

log = logging.getLogger(__name__)


class TooLate(Exception):
    """A delivery is so old that another process is about to take it for interrupted."""


class Chat(Protocol):
    """Where messages come from and answers go."""

    def may_answer(self, message: InboundMessage) -> bool: ...
    def reply(self, message: InboundMessage, post: Post, *, cut: str) -> None: ...
    def carrier(self, room: Room) -> str: ...
    def post(self, room: Room, post: Post, *, cut: str) -> None: ...


class Sampan(Tools, Protocol):
    """Everything a message needs on its way."""

    @property
    def chat(self) -> Chat: ...
    @property
    def comments(self) -> Comments: ...
    def job_history(self) -> "JobHistory": ...
    def tracker(self) -> "Tracker | None": ...
    def done_list(self) -> "DoneList | None": ...


def admit(sampan: Sampan, message: InboundMessage) -> Claim | None:
    """Take a delivery on: if it is fresh, ours, answerable, and has not been taken on before."""
    settings = sampan.settings
    if sampan.now().timestamp() - message.created_at > FRESH:
        log.warning("delivery %s is too old, not obeyed", message.delivery_id)
    elif settings.robot_code and message.robot not in ("", settings.robot_code):
        log.warning("delivery %s is for another robot, not obeyed", message.delivery_id)
    elif not sampan.chat.may_answer(message):
        log.warning("delivery %s wants its answer sent to an unknown host, not obeyed", message.delivery_id)
    else:
        return sampan.store.deliveries.claim(message)
    return None


def take_on(sampan: Sampan, message: InboundMessage) -> Claim | None:
    """Admit a delivery; when that fails, tell the room that nothing was done."""
    try:
        return admit(sampan, message)
    except Exception:
        log.exception("delivery %s was not taken on", message.delivery_id)
        tell_not_taken(sampan, message)
        return None


def see_through(sampan: Sampan, message: InboundMessage) -> None:
    """Take a delivery on and carry it out at once, where the platform waits for it."""
    claim = take_on(sampan, message)
    if claim:
        attend(sampan, message, claim, total=COMMAND_TIME)


def attend(sampan: Sampan, message: InboundMessage, claim: Claim, *, total: float | None = None) -> None:
    """Carry out an admitted message and answer it; `total` bounds it all where the platform waits."""
    with speaking(sampan.settings.language), deadline(total or COMMAND_TIME * (MAX_COMMANDS + 1)):
        try:
            reply = _answer(sampan, message, claim, bounded=total is not None)
        except TooLate:
            log.error("delivery %s waited too long, and is left to the clock", message.delivery_id)
            return
        except Exception:
            reply = apologize(message)
        if reply:
            send(sampan, message, reply)
        try:
            sampan.store.deliveries.finish(claim)
        except Exception:
            log.exception("delivery %s: could not be marked as finished", message.delivery_id)


def tell_working(sampan: Sampan, message: InboundMessage, *, over: Callable[[], bool]) -> None:
    """Say once that an answer takes a little longer, unless it is `over` meanwhile."""
    if not over():
        with speaking(sampan.settings.language):
            send(sampan, message, Reply.of(line("Working on it …")), patient=False)


def tell_not_taken(sampan: Sampan, message: InboundMessage) -> None:
    """Say that a message could not be taken on, so that nothing of it was done."""
    with speaking(sampan.settings.language):
        told = line("I could not take your message on, and did nothing. Try again.")
        send(sampan, message, Reply.of(told))


def _answer(sampan: Sampan, message: InboundMessage, claim: Claim, *, bounded: bool) -> Reply | None:
    most = sampan.settings.cooldown
    if claim.lately > most:
        log.warning("delivery %s: one person sends too many, not obeyed", message.delivery_id)
        return _slower(sampan, message, most)
    if message.kind is Kind.UNSUPPORTED:
        return unsupported()
    parsed = parse(message.text)
    if not parsed.commands:
        return _hint(sampan, message, parsed)
    replies, unreached = [], []
    for command in parsed.commands[:MAX_COMMANDS]:
        if sampan.store.now() - claim.at > BEGIN_WITHIN:
            raise TooLate
        left = remaining() - REPLY_SHARE
        if bounded and left < 1:
            unreached.append(command.line)
            continue
        with deadline(min(COMMAND_TIME, left)):
            replies.append(carry_out(sampan, message, command))
    lines = _joined(parsed.commands, replies)
    lines += no_time_left(unreached) if unreached else []
    lines += too_many(parsed.commands[MAX_COMMANDS:]) if len(parsed.commands) > MAX_COMMANDS else []
    return Reply(replies[0].title if replies else plain(lines[0]), tuple(lines))


def _slower(sampan: Sampan, message: InboundMessage, most: int) -> Reply | None:
    """Told once as long as it lasts: answers to a flood would be one too."""
    _record(sampan, message, message.text.strip()[:DETAIL], "", Outcome.REFUSED, FLOODED)
    if sampan.store.audit.first_flooded(message.chat_user_id, seconds=60) != message.delivery_id:
        return None
    told = line("You write faster than I may answer: {n} messages a minute.", n=most)
    return Reply.of(told, line("I obeyed none of the last ones. Wait a minute."))


def _joined(commands: Sequence[Command | Fault], replies: Sequence[Reply]) -> list[Line]:
    """The answers under each other, each below its command when there are several."""
    if len(commands) == 1:
        return list(replies[0].lines)
    lines: list[Line] = []
    for command, reply in zip(commands, replies, strict=False):
        lines += [(Strong(command.line[:80]),), *reply.lines]
    return lines


def _hint(sampan: Sampan, message: InboundMessage, parsed: Parsed) -> Reply:
    reply = guide(Ask(sampan, message, Command("", "", ())), parsed.other)
    _record(sampan, message, "\n".join(parsed.other), "", Outcome.DONE, "guided")
    return reply


def carry_out(sampan: Sampan, message: InboundMessage, command: Command | Fault) -> Reply:
    """One line through the steps, and into the audit."""
    if isinstance(command, Fault):
        _record(sampan, message, command.line, "", Outcome.REFUSED, str(command.kind))
        return show_fault(command)
    began = time.monotonic()
    turn = Turn(Ask(sampan, message, command), command.line)
    outcome, reply = through(turn)
    name = turn.spec.name if turn.spec else ""
    _record(sampan, message, turn.typed, name, outcome, _said(reply), turn=turn)
    ms = (time.monotonic() - began) * 1000
    log.info("%s by %s: /%s %s %.0f ms", message.delivery_id, message.staff_id or "-", name, outcome, ms)
    return reply


def _said(reply: Reply) -> str:
    """What was decided and why, as the room was told."""
    return " | ".join(plain(text) for text in reply.lines)[:DETAIL]


def _record(
    sampan: Sampan,
    message: InboundMessage,
    typed: str,
    command: str,
    outcome: Outcome,
    detail: str,
    *,
    turn: Turn | None = None,
) -> None:
    """Write the audit's line about what is over; a full disk must not cost the room its answer."""
    try:
        sampan.store.audit.record(
            message,
            typed=typed,
            command=command,
            outcome=str(outcome),
            detail=detail,
            service=turn.about[1] if turn else "",
            calls=turn.calls[:CALLS] if turn else (),
        )
    except Exception:
        shown = typed.partition("=")[0]  # a value may be a password
        log.exception("delivery %s: no audit line for %r: %s", message.delivery_id, shown, outcome)
