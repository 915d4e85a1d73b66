"""A conversation in a terminal: the same way through the house, without any chat platform."""

import secrets
import time
from collections.abc import Callable

from bot.commands import load as load_commands
from bot.dispatch import attend, take_on
from bot.settings import Settings
from bot.tick import keep_time
from bot.wiring import Wired
from integrations.model import Code, InboundMessage, Kind, Line, Link, Post, Room, Say, Strong

CONVERSATION = "terminal"


class Terminal:
    """A chat whose room is the screen, by way of `show`."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show

    def may_answer(self, message: InboundMessage) -> bool:
        return bool(message)

    def reply(self, message: InboundMessage, post: Post, *, cut: str) -> None:
        del message, cut
        self._show("\n".join(f"  {_shown(line)}" for line in post.lines if line))

    def carrier(self, room: Room) -> str:
        return "terminal" if room.conversation_id == CONVERSATION else ""

    def post(self, room: Room, post: Post, *, cut: str) -> None:
        del room, cut
        self._show("\n".join(f"  {_shown(line)}" for line in post.lines if line))


def talk(settings: Settings, *, staff_id: str, show: Callable[[str], None]) -> None:
    """Read lines and answer them until there are none."""
    load_commands()
    sampan = Wired(settings, chat=Terminal(show))
    keep_time(sampan)
    while True:
        try:
            text = input("> ")
        except EOFError:
            return
        message = _message(text, staff_id)
        claim = take_on(sampan, message)
        if claim:
            attend(sampan, message, claim)


def _message(text: str, staff_id: str) -> InboundMessage:
    now = time.time()
    return InboundMessage(
        delivery_id=f"terminal-{secrets.token_hex(8)}",
        created_at=now,
        kind=Kind.TEXT,
        text=text,
        conversation_id=CONVERSATION,
        conversation_title="terminal",
        robot="",
        staff_id=staff_id,
        chat_user_id=staff_id,
        name=staff_id,
        reply_url="",
        reply_until=now,
    )


def _shown(line: Line) -> str:
    """A link shows where it leads; a click is its label, or its command where that says more."""
    text = ""
    for span in line:
        match span:
            case Link(label, url):
                text += f"{label} <{url}>"
            case Say(label, command):
                text += label if label == command else f"{label}: {command}"
            case Strong(inner) | Code(inner):
                text += inner
            case _:
                text += span
    return text
