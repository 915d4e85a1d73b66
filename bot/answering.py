"""Answering a message: at once where that is possible, else by way of the outbox."""

import logging
import time
from typing import TYPE_CHECKING

from bot.posting import PAUSE, room_left
from bot.reply import Reply, line, plain
from integrations.errors import Garbled, IntegrationError, NotSent, TooMany, Unclear
from integrations.model import InboundMessage, Post, Room
from integrations.transport import deadline, remaining

if TYPE_CHECKING:
    from bot.dispatch import Chat, Sampan

REPLY_TIME = 8.0
WORKING_TIME = 3.0
SPARE = 5  # messages a minute that are kept for answers, when only "working on it" is to be said

log = logging.getLogger(__name__)


def send(sampan: "Sampan", message: InboundMessage, reply: Reply, *, patient: bool = True) -> None:
    """Answer now; a patient answer that cannot go out waits in the outbox."""
    who = message.staff_id or message.chat_user_id
    post = reply.post(mentions=(who,) if who else ())
    if not _may_speak(sampan, message, spare=0 if patient else SPARE):
        log.info("delivery %s: the answer waits, the robot has said as much as it may", message.delivery_id)
        if patient:
            _keep(sampan, message, post)
        return
    try:
        with deadline(REPLY_TIME if patient else WORKING_TIME):
            _deliver(sampan.chat, message, post, patient=patient)
    except IntegrationError as problem:
        log.error("delivery %s: the answer was not delivered: %s", message.delivery_id, problem)
        if patient:
            _keep(sampan, message, post, problem)
    except Exception:
        log.exception("delivery %s: the answer was not delivered", message.delivery_id)


def _may_speak(sampan: "Sampan", message: InboundMessage, *, spare: int) -> bool:
    """Whether one message more does not get the robot muted, nor makes that last longer."""
    try:
        robot = sampan.chat.carrier(_room(message))
        if sampan.store.outbox.rests(robot):
            return False
        # This message is among those that count as answered already.
        return not message.reply_url or room_left(sampan, robot) >= spare
    except Exception:  # a store that is down must not cost the room its answer
        log.exception("delivery %s: cannot tell whether the robot rests", message.delivery_id)
        return True


def _room(message: InboundMessage) -> Room:
    return Room(message.conversation_id, message.reply_url, message.reply_until)


def _keep(
    sampan: "Sampan", message: InboundMessage, post: Post, problem: IntegrationError | None = None
) -> None:
    outbox, room = sampan.store.outbox, _room(message)
    try:
        if isinstance(problem, TooMany):
            outbox.pause(sampan.chat.carrier(room), until=sampan.store.now() + PAUSE)
        begun = isinstance(problem, Unclear | Garbled)
        outbox.add(room, post, about=f"reply {message.delivery_id}", begun=begun)
    except Exception:
        log.exception("delivery %s: the answer was not kept either", message.delivery_id)


def _deliver(chat: "Chat", message: InboundMessage, post: Post, *, patient: bool) -> None:
    """Send; a patient one is tried again while nothing reached the room and time is left."""
    cut = plain(line("(cut: too long for one message)"))
    while True:
        try:
            return chat.reply(message, post, cut=cut)
        except NotSent:
            if not patient or remaining() < 1:
                raise
        time.sleep(0.3)
