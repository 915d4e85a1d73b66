"""What Sampan needs of the system that keeps the cards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from integrations.model.cards import Card, CardRef, DoneCard, NewCard
from integrations.model.speech import Line


class Tracker(Protocol):
    """Where cards live; calls raise IntegrationError, NotFound for a card that is no more."""

    def create(self, card: NewCard) -> Card: ...
    def find(self, ref: CardRef) -> Card | None: ...
    def comment(self, card_id: str, lines: Sequence[Line]) -> None: ...
    def close(self, card_id: str) -> None: ...
    def reopen(self, card_id: str) -> None: ...


class DoneList(Protocol):
    """A list of what is done, which fills up; calls raise IntegrationError."""

    def done(self, *, before: datetime) -> Sequence[DoneCard]: ...
    def close(self, card_id: str) -> None: ...
