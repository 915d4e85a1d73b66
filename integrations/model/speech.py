"""What is said: messages that come in from a room, and what a room is shown."""

from dataclasses import dataclass, field
from enum import StrEnum, unique


@dataclass(frozen=True)
class Link:
    """A label that opens an address."""

    label: str
    url: str


@dataclass(frozen=True)
class Say:
    """A label that, when tapped, says a command in the room."""

    label: str
    command: str


@dataclass(frozen=True)
class Strong:
    """Text that stands out."""

    text: str


@dataclass(frozen=True)
class Code:
    """Text to be read letter by letter."""

    text: str


Span = str | Link | Say | Strong | Code
Line = tuple[Span, ...]


@dataclass(frozen=True)
class Post:
    """One message to a room; `mentions` are ids of that chat."""

    title: str
    lines: tuple[Line, ...]
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Room:
    """Where something is said, also later; without a conversation, wherever announcements go."""

    conversation_id: str = ""
    reply_url: str = field(default="", repr=False)  # good until `reply_until`, seconds since the epoch
    reply_until: float = 0.0


@unique
class Kind(StrEnum):
    TEXT = "text"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class InboundMessage:
    """What a person wrote in a room; times are seconds since the epoch."""

    delivery_id: str
    created_at: float
    kind: Kind
    text: str
    conversation_id: str
    conversation_title: str
    robot: str
    staff_id: str  # empty when the platform vouches for nobody
    chat_user_id: str  # good for a mention, never for rights
    name: str  # as the person likes to be called; never for rights
    reply_url: str = field(repr=False)
    reply_until: float
