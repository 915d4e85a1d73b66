"""What the group has seen so far, for a page that waits and a test that waits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum


class By(StrEnum):
    """Who put a message there."""

    MEMBER = "member"
    ROBOT = "robot"
    NOTICE = "notice"  # the stand-in itself: DingTalk would stay silent


class Channel(StrEnum):
    """The way a robot's message came."""

    ANSWER = "answer"  # in the body of the answer to a delivery
    SESSION = "session"
    GROUP = "group"  # the group robot's own address
    API = "api"


@dataclass(frozen=True)
class Button:
    """A link below a card."""

    title: str
    url: str


@dataclass(frozen=True)
class Message:
    """One message as the room shows it, with ids already turned into names."""

    by: By
    sender: str
    name: str
    kind: str
    text: str
    title: str = ""
    buttons: tuple[Button, ...] = ()
    mentions: tuple[str, ...] = ()
    channel: Channel | None = None  # of a robot's message
    sent_ms: int = 0
    number: int = 0


class Transcript:
    """A list that only grows, numbered from one, and can be waited for from any thread."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._changed = threading.Condition()
        self._listeners: list[Callable[[], object]] = []

    def add(self, message: Message) -> Message:
        """Number a message, keep it, and wake whoever waits."""
        with self._changed:
            numbered = replace(message, number=len(self._messages) + 1)
            self._messages.append(numbered)
            self._changed.notify_all()
            for wake in self._listeners:
                wake()
        return numbered

    def after(self, number: int = 0) -> list[Message]:
        """The messages that came after this one."""
        with self._changed:
            return self._messages[number:]

    def by(self, who: By) -> list[Message]:
        """The messages of members, of robots, or of the stand-in."""
        return [message for message in self.after() if message.by is who]

    def wait_for(self, number: int, who: By, *, timeout: float) -> list[Message]:
        """Wait until `who` has said at least so much; TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.by(who)) >= number, timeout):
                raise TimeoutError(f"{number} wanted, but the {who} said {self.by(who)}")
            return self.by(who)

    @contextmanager
    def listening(self, wake: Callable[[], object]) -> Iterator[None]:
        """Have `wake` called, from whatever thread, at every new message."""
        with self._changed:
            self._listeners.append(wake)
        try:
            yield
        finally:
            with self._changed:
                self._listeners.remove(wake)
