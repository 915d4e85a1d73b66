"""Cards: what a tracker keeps of something that is broken.

Apart from the other values, which a cold start pays for: only who works on cards imports them.
"""

from dataclasses import dataclass, field
from datetime import datetime

from integrations.model.speech import Line


@dataclass(frozen=True)
class NewCard:
    """A card to be made; its marker goes into its text, for it to be found again by."""

    title: str
    lines: tuple[Line, ...]
    marker: str


@dataclass(frozen=True)
class CardRef:
    """What a card is found by: its id, or as long as nobody knows that, its marker."""

    id: str = ""
    marker: str = ""


@dataclass(frozen=True)
class Card:
    """A card as it is now; `comments` are the texts of the newest ones."""

    id: str
    url: str
    closed: bool = False
    labels: tuple[str, ...] = ()
    comments: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class DoneCard:
    """A card in the list of what is done, and when it came there last."""

    id: str
    title: str
    url: str
    entered_at: datetime
    labels: tuple[str, ...] = ()
