"""What a crash interrupted is told to the room, and never blindly repeated."""

import logging

from bot.dispatch import COMMAND_TIME, Sampan, tell
from bot.language import mark, speaking
from bot.parsing import MAX_COMMANDS, parse
from bot.reply import Code, Line, Reply, line
from bot.steps import Outcome
from integrations.model import InboundMessage

# Nothing that is still alive takes longer: ten commands, and the answer.
DEAD_AFTER = COMMAND_TIME * (MAX_COMMANDS + 2)
AT_ONCE = 20

log = logging.getLogger(__name__)

_ENDED = {
    Outcome.DONE: mark("done"),
    Outcome.REFUSED: mark("refused"),
    Outcome.FAILED: mark("failed"),
    Outcome.BROKEN: mark("failed, perhaps half done"),
}


def recover(sampan: Sampan) -> int:
    """Tell the rooms of deliveries that nobody finished; returns how many there were."""
    for number in range(AT_ONCE):
        found = sampan.store.take_over(older_than=DEAD_AFTER)
        if found is None:
            return number
        claim, message = found
        log.error("delivery %s was interrupted", message.delivery_id)
        with speaking(sampan.settings.language):
            tell(sampan, message, _account(sampan, message))
        sampan.store.finish(claim)
    return AT_ONCE


def _account(sampan: Sampan, message: InboundMessage) -> Reply:
    """Which commands ended, which may have done something, and which were never begun."""
    outcomes = {typed: outcome for _, typed, _, outcome, _ in sampan.store.audit_of(message.delivery_id)}
    lines: list[Line] = [line("I was interrupted while I worked on your message.")]
    for command in parse(message.text).commands[:MAX_COMMANDS]:
        lines.append((Code(command.line[:80]), " — ", *_fate(outcomes.get(command.line))))
    return Reply.of(*lines)


def _fate(outcome: str | None) -> Line:
    if outcome is None:
        return line("not begun")
    if outcome == Outcome.STARTED:
        return line("begun: it may have been done, so look before you repeat it")
    return line(_ENDED[Outcome(outcome)])
