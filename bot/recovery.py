"""What a crash interrupted: looked at outside and told to the room, never blindly repeated."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from bot import arguments
from bot.ask import Ask
from bot.builds import Build, State
from bot.dispatch import COMMAND_TIME, Sampan, carry_out
from bot.explain import explain
from bot.following import look_at
from bot.guidance import guide
from bot.language import mark, speaking
from bot.parsing import MAX_COMMANDS, Command, Fault, parse
from bot.pull_news import HINTS, taken_up, work
from bot.registry import Spec, registry
from bot.reply import Code, Line, Reply, Say, UserError, line
from bot.steps import apologize
from bot.store.audit import AGAIN, Entry, Outcome
from bot.telling import page, state_line, what
from integrations.errors import IntegrationError
from integrations.model import InboundMessage, Room
from integrations.transport import deadline, remaining

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
        if remaining() < 5:
            return number
        found = sampan.store.deliveries.take_over(older_than=DEAD_AFTER)
        if found is None:
            return number
        claim, message = found
        if message.conversation_id == HINTS:
            work(sampan, taken_up(claim, message))
            continue
        log.error("delivery %s was interrupted", message.delivery_id)
        with speaking(sampan.settings.language), deadline(COMMAND_TIME):
            post = _told(sampan, message).post(mentions=tuple(filter(None, [message.staff_id])))
        room = Room(message.conversation_id, message.reply_url, message.reply_until)
        with sampan.store.transaction():
            sampan.store.outbox.add(room, post, about=f"interrupted {message.delivery_id}")
            sampan.store.deliveries.finish(claim)
    return AT_ONCE


def _told(sampan: Sampan, message: InboundMessage) -> Reply:
    interrupted = line("I was interrupted while I worked on your message.")
    try:
        lines = _account(sampan, message)
    except Exception:
        lines = list(apologize(message).lines)
    return Reply.of(interrupted, *lines)


def _account(sampan: Sampan, message: InboundMessage) -> list[Line]:
    """Line by line: what ended, what the outside shows of what had begun, and what is answered only now."""
    parsed = parse(message.text)
    if not parsed.commands:
        return list(guide(Ask(sampan, message, Command("", "", ())), parsed.other).lines)
    entries = _newest(sampan.store.audit.of_delivery(message.delivery_id))
    lines: list[Line] = []
    for command in parsed.commands[:MAX_COMMANDS]:
        ran = entries[command.line]
        lines += _fate(sampan, message, command, ran.pop(0) if ran else None)
    return lines


def _newest(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """What the audit has of each line; of one that was typed twice, in order."""
    found = defaultdict[str, list[Entry]](list)
    for entry in entries:
        ran = found[entry.typed.partition(AGAIN)[0]]
        if ran and ran[-1].outcome == Outcome.STARTED and entry.outcome != Outcome.STARTED:
            ran.pop()
        ran.append(entry)
    return found


def _fate(
    sampan: Sampan, message: InboundMessage, command: Command | Fault, entry: Entry | None
) -> list[Line]:
    head = Code(command.line[:80])
    spec = _spec(command)
    if isinstance(command, Command) and spec and not spec.writes:
        return [(head,), *carry_out(sampan, message, command).lines]
    if entry and entry.outcome != Outcome.STARTED:
        # Nobody has seen the answer, so what it said is said now.
        return [(head, " — ", *line(_ENDED[Outcome(entry.outcome)])), (entry.detail,)]
    if entry:
        return [(head, " — ", *line("begun")), *_look(sampan, message, command, spec)]
    return [(head, " — ", *line("not begun")), _again(command)]


def _spec(command: Command | Fault) -> Spec | None:
    if isinstance(command, Fault):
        return None
    return registry.find(command.name, command.words[0].text if command.words else None)[0]


def _look(sampan: Sampan, message: InboundMessage, command: Command | Fault, spec: Spec | None) -> list[Line]:
    """What can be seen of a command that had begun to write."""
    builds = _looked_at(sampan, message)
    now = sampan.store.now()
    seen: list[Line] = []
    for one in builds:
        label = Say(one.label, f"/status {one.label}")
        state = (*state_line(one, now=now), " ", page(one))
        seen.append(line("{id} {what}: {state}", id=label, what=what(one), state=state))
    if any(one.open or one.number is not None for one in builds):
        return seen  # it goes on by itself, and its end is told
    if isinstance(command, Command) and spec and spec.look:
        seen += _asked_outside(Ask(sampan, message, command), spec)
    if not seen:
        seen = [line("I see nothing of it; look before you repeat it.")]
    return [*seen, _again(command)]


def _looked_at(sampan: Sampan, message: InboundMessage) -> list[Build]:
    """The builds that a message asked for, as the build server shows them now."""
    builds = sampan.store.builds
    for one in builds.of_delivery(message.delivery_id):
        # Whoever records a test, or waits for a turn, is the clock: it takes builds one process at a time.
        if one.open and one.state not in (State.WAITING, State.RECORDING):
            look_at(sampan, one)
    return builds.of_delivery(message.delivery_id)


def _asked_outside(ask: Ask, spec: Spec) -> list[Line]:
    assert spec.look is not None
    second = ask.command.words[0].text if ask.command.words else None
    _, taken = registry.find(ask.command.name, second)
    try:
        bound = arguments.bind(ask, spec, ask.command.words[taken:])
        bound.pop("dry-run", None)
        return list(spec.look(replace(ask, dry_run=True), **bound))
    except UserError as refusal:
        return list(refusal.lines)
    except IntegrationError as problem:
        return explain(problem)


def _again(command: Command | Fault) -> Line:
    return line("Go on: {command}", command=Say(command.line[:80], command.line))
