"""The one way of every message: admitted once, carried out line by line, recorded, answered.

fresh? -> first delivery? -> who is it? -> which command? -> may they? -> run -> record -> reply
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.ask import Ask, Tools
from bot.explain import no_time_left
from bot.guidance import guide, show_fault, too_many, unsupported
from bot.language import speaking
from bot.parsing import MAX_COMMANDS, Command, Fault, Parsed, parse
from bot.reply import Line, Reply, Strong, line, plain
from bot.steps import Outcome, Turn, apologize, through
from bot.store import Claim
from integrations.errors import IntegrationError, NotSent
from integrations.model import InboundMessage, Kind, Post
from integrations.transport import deadline, remaining

FRESH = 3600.0  # seconds; an older message is somebody's replay
COMMAND_TIME = 25.0
REPLY_TIME = 8.0
WORKING_TIME = 3.0
REPLY_SHARE = 4.0  # kept of a delivery's time for the answer

log = logging.getLogger(__name__)


class Chat(Protocol):
    """Where messages come from and answers go."""

    def may_answer(self, message: InboundMessage) -> bool: ...
    def reply(self, message: InboundMessage, post: Post, *, cut: str) -> None: ...


class Sampan(Tools, Protocol):
    """Everything a message needs on its way."""

    @property
    def chat(self) -> Chat: ...


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
        return sampan.store.claim(message)
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
            reply = _answer(sampan, message, bounded=total is not None)
        except Exception:
            reply = apologize(message)
        _send(sampan, message, reply)
        try:
            sampan.store.finish(claim)
        except Exception:
            log.exception("delivery %s: could not be marked as finished", message.delivery_id)


def tell_working(sampan: Sampan, message: InboundMessage, *, over: Callable[[], bool]) -> None:
    """Say once that an answer takes a little longer, unless it is `over` meanwhile."""
    if not over():
        with speaking(sampan.settings.language):
            _send(sampan, message, Reply.of(line("Working on it …")), patient=False)


def tell_not_taken(sampan: Sampan, message: InboundMessage) -> None:
    """Say that a message could not be taken on, so that nothing of it was done."""
    with speaking(sampan.settings.language):
        _send(
            sampan, message, Reply.of(line("I could not take your message on, and did nothing. Try again."))
        )


def tell(sampan: Sampan, message: InboundMessage, reply: Reply) -> None:
    """Answer a message later than usual, while its room can be reached."""
    if sampan.now().timestamp() < message.reply_until and sampan.chat.may_answer(message):
        _send(sampan, message, reply)
    else:
        log.error("delivery %s: its room can no longer be answered", message.delivery_id)


def _send(sampan: Sampan, message: InboundMessage, reply: Reply, *, patient: bool = True) -> None:
    who = message.staff_id or message.chat_user_id
    cut = plain(line("(cut: too long for one message)"))
    try:
        with deadline(REPLY_TIME if patient else WORKING_TIME):
            _deliver(sampan.chat, message, reply.post(mentions=(who,) if who else ()), cut, patient=patient)
    except IntegrationError as problem:
        log.error("delivery %s: the answer was not delivered: %s", message.delivery_id, problem)
    except Exception:
        log.exception("delivery %s: the answer was not delivered", message.delivery_id)


def _deliver(chat: Chat, message: InboundMessage, post: Post, cut: str, *, patient: bool) -> None:
    """Send; a patient one is tried again while nothing reached the room and time is left."""
    while True:
        try:
            return chat.reply(message, post, cut=cut)
        except NotSent:
            if not patient or remaining() < 1:
                raise
        time.sleep(0.3)


def _answer(sampan: Sampan, message: InboundMessage, *, bounded: bool) -> Reply:
    if message.kind is Kind.UNSUPPORTED:
        return unsupported()
    parsed = parse(message.text)
    if not parsed.commands:
        return _hint(sampan, message, parsed)
    replies, unreached = [], []
    for command in parsed.commands[:MAX_COMMANDS]:
        left = remaining() - REPLY_SHARE
        if bounded and left < 1:
            unreached.append(command.line)
            continue
        with deadline(min(COMMAND_TIME, left)):
            replies.append(_turn(sampan, message, command))
    lines = _joined(parsed.commands, replies)
    lines += no_time_left(unreached) if unreached else []
    lines += too_many(parsed.commands[MAX_COMMANDS:]) if len(parsed.commands) > MAX_COMMANDS else []
    return Reply(replies[0].title if replies else plain(lines[0]), tuple(lines))


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


def _turn(sampan: Sampan, message: InboundMessage, command: Command | Fault) -> Reply:
    if isinstance(command, Fault):
        _record(sampan, message, command.line, "", Outcome.REFUSED, str(command.kind))
        return show_fault(command)
    began = time.monotonic()
    turn = Turn(Ask(sampan, message, command))
    outcome, reply = through(turn)
    name = turn.spec.name if turn.spec else ""
    _record(sampan, message, command.line, name, outcome, plain(reply.lines[0]))
    ms = (time.monotonic() - began) * 1000
    log.info("%s by %s: /%s %s %.0f ms", message.delivery_id, message.staff_id or "-", name, outcome, ms)
    return reply


def _record(
    sampan: Sampan, message: InboundMessage, typed: str, command: str, outcome: Outcome, detail: str
) -> None:
    """Write the audit's line about what is over; a full disk must not cost the room its answer."""
    try:
        sampan.store.record(message, typed=typed, command=command, outcome=str(outcome), detail=detail)
    except Exception:
        log.exception("delivery %s: no audit line for %r: %s", message.delivery_id, typed, outcome)
