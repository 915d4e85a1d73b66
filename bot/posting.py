"""What waits in the outbox goes out: by the best way, not too fast, and what piled up in one message."""

import logging
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.language import speaking
from bot.reply import Line, line, plain
from bot.store.outbox import Letter
from integrations.errors import Garbled, IntegrationError, NotSent, TooMany, Unclear
from integrations.model import Code, Link, Post, Room, Say, Span, Strong
from integrations.transport import deadline, remaining

if TYPE_CHECKING:
    from bot.dispatch import Sampan

SHARE = 12  # messages a minute by ourselves, so that there is room for replies
PAUSE = 600_000  # milliseconds that the platform's penalty lasts
GIVE_UP_AFTER = 24 * 3_600_000  # milliseconds
REFUSED_FOR = 600_000  # milliseconds that something is tried which the platform refuses
DOUBTS = 5  # times that something is said which may have been read before
AT_ONCE = 10  # messages merged into one
LARGEST = 4_000  # characters of a merged one; the rest follows
ROOMS = 50
SEND_TIME = 8.0

log = logging.getLogger(__name__)


def post_due(sampan: "Sampan") -> int:
    """Send what is due, room by room, while time is left; returns how many messages of ours went out."""
    sent = 0
    with speaking(sampan.settings.language):
        for conversation in sampan.store.outbox.rooms_due(at_most=ROOMS):
            if remaining() < 2:
                break
            try:
                sent += _post_room(sampan, conversation)
            except Exception:  # what one room cannot be told must not keep the others waiting
                log.exception("a room was not told; tried again in a minute")
    return sent


def _post_room(sampan: "Sampan", conversation: str) -> int:
    outbox, owner = sampan.store.outbox, secrets.token_hex(8)
    taken = outbox.take(conversation, owner=owner, at_most=AT_ONCE)
    letters, rest = _fitting(taken)
    outbox.later(rest, owner=owner, due_at=sampan.store.now(), began=False)
    if not letters:
        return 0
    room = max((letter.room for letter in letters), key=lambda room: room.reply_until)
    robot = sampan.chat.carrier(room)
    wait = _wait(sampan, robot)
    if wait:
        _put_off(sampan, letters, owner, due_at=wait)
        return 0
    return _send(sampan, room, letters, owner=owner, robot=robot)


def _fitting(letters: Sequence[Letter]) -> tuple[list[Letter], list[Letter]]:
    """As many as one message holds, the first in any case."""
    size, kept = 0, 0
    for letter in letters:
        size += sum(len(_whole(text)) for text in letter.post.lines)
        if kept and size > LARGEST:
            break
        kept += 1
    return list(letters[:kept]), list(letters[kept:])


def _whole(text: Line) -> str:
    return "".join(_written(span) for span in text)


def _written(span: Span) -> str:
    match span:
        case Link(label, address) | Say(label, address):
            return label + address
        case Strong(text) | Code(text):
            return text
    return span


def _wait(sampan: "Sampan", robot: str) -> int:
    """Until when a robot has to wait; 0 when it may speak."""
    store = sampan.store
    now = store.now()
    if not robot:
        return now + 60_000
    paused = store.outbox.paused_until(robot)
    if paused > now:
        return paused
    said = store.outbox.said_lately(robot, seconds=60)
    return now + 5_000 if said >= SHARE or room_left(sampan, robot) <= 0 else 0


def room_left(sampan: "Sampan", robot: str) -> int:
    """How many messages a robot may say yet in this minute: one too many, and the platform mutes it."""
    most = sampan.settings.messages_a_minute
    if not most:
        return SHARE
    # Whoever floods is told once, so no more than that counts of one person.
    answered = sampan.store.deliveries.lately(seconds=60, of_one=sampan.settings.cooldown + 1)
    return most - 1 - answered - sampan.store.outbox.said_lately(robot, seconds=60)


def _put_off(sampan: "Sampan", letters: Sequence[Letter], owner: str, *, due_at: int) -> None:
    """Try again later, or give up what nobody would want to read any more."""
    now = sampan.store.now()
    old = [letter for letter in letters if now - letter.at > GIVE_UP_AFTER]
    if old:
        log.error("given up, its room cannot be reached: %s", ", ".join(letter.about for letter in old))
        sampan.store.outbox.give_up(old, owner=owner)
    fresh = [letter for letter in letters if letter not in old]
    sampan.store.outbox.later(fresh, owner=owner, due_at=due_at, began=False)


def _send(sampan: "Sampan", room: Room, letters: list[Letter], *, owner: str, robot: str) -> int:
    outbox, now = sampan.store.outbox, sampan.store.now()
    about = ", ".join(letter.about for letter in letters)
    try:
        with deadline(SEND_TIME):
            sampan.chat.post(room, _merged(letters), cut=plain(line("(cut: too long for one message)")))
    except TooMany:
        log.warning("robot %s rests for ten minutes: the platform says it speaks too fast", robot)
        outbox.pause(robot, until=now + PAUSE)
        outbox.later(letters, owner=owner, due_at=now + PAUSE, began=False)
    except NotSent as problem:
        log.warning("not sent, tried again: %s: %s", about, problem)
        _put_off(sampan, letters, owner, due_at=now + 10_000)
    except (Unclear, Garbled) as problem:
        log.warning("perhaps sent, tried again: %s: %s", about, problem)
        _doubt(sampan, letters, owner)
    except Exception as problem:
        if len(letters) > 1:  # one that cannot be sent must not take the others with it
            outbox.later(letters[1:], owner=owner, due_at=now, began=False)
            return _send(sampan, room, letters[:1], owner=owner, robot=robot)
        if isinstance(problem, IntegrationError):
            _refused(sampan, letters, owner, problem)
        else:
            log.exception("not sent by a fault of ours, tried again: %s", about)
            _doubt(sampan, letters, owner)
    else:
        with sampan.store.transaction():
            outbox.sent(letters, owner=owner, robot=robot)
        log.info("said: %s", about)
        return len(letters)
    return 0


def _doubt(sampan: "Sampan", letters: Sequence[Letter], owner: str) -> None:
    """Try again, later each time, what may have been read; but not for ever."""
    outbox, now = sampan.store.outbox, sampan.store.now()
    for letter in letters:
        if letter.tries < DOUBTS:
            pause = 10_000 * 6 ** (letter.tries - 1)
            outbox.later([letter], owner=owner, due_at=now + pause, began=True)
        else:
            log.error("given up, perhaps sent: %s", letter.about)
            outbox.give_up([letter], owner=owner)


def _refused(sampan: "Sampan", letters: list[Letter], owner: str, problem: IntegrationError) -> None:
    outbox, now = sampan.store.outbox, sampan.store.now()
    hopeless = [letter for letter in letters if now - letter.at > REFUSED_FOR]
    outbox.give_up(hopeless, owner=owner)
    again = [letter for letter in letters if letter not in hopeless]
    outbox.later(again, owner=owner, due_at=now + 60_000, began=False)
    log.error(
        "refused: %s (%d given up): %s",
        ", ".join(letter.about for letter in letters),
        len(hopeless),
        problem,
    )


def _merged(letters: Sequence[Letter]) -> Post:
    """One post of them all; what somebody began to send before may be there twice, and says so."""
    lines: list[Line] = []
    for letter in letters:
        if letter.tries > 1:
            lines.append(line("(perhaps you have read this already)"))
        lines += letter.post.lines
    mentions = tuple(dict.fromkeys(who for letter in letters for who in letter.post.mentions))
    return Post(letters[0].post.title, tuple(lines), mentions)
