"""The card of an incident: made once, told what happened, archived when it is over; people may interfere."""

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.incidents.life import Step
from bot.incidents.tracker import Tracker
from bot.incidents.wording import View, card_comment, card_text, card_title
from integrations.model.cards import Card, CardRef, NewCard

if TYPE_CHECKING:
    from bot.store import Store
    from bot.store.incidents import Event, Incident

WONTFIX = "wontfix"

log = logging.getLogger(__name__)


def keep_card(
    store: "Store",
    tracker: Tracker,
    incident: "Incident",
    pending: Sequence["Event"],
    view: View,
    *,
    owner: str,
) -> None:
    """Have its card tell of what is pending; raises IntegrationError, and what is left is done the next time.

    Nothing is written to it twice: what it is to have is looked for first.
    """
    card, upto = _found(tracker, incident), pending[-1].number
    if card:
        store.incidents.has_card(incident.id, card=card.id, url=card.url)
        _bring_up_to_date(tracker, incident, card, pending, view)
    elif incident.closed_at is None and not _make(store, tracker, incident, view, upto=upto, owner=owner):
        return
    # What is over already, and has no card, needs none.
    store.incidents.carded(incident.id, upto=upto)


def _found(tracker: Tracker, incident: "Incident") -> Card | None:
    """Its card as it is now: None when it was never made, or somebody deleted it."""
    if incident.card:
        return tracker.find(CardRef(id=incident.card))
    return tracker.find(CardRef(marker=incident.marker)) if incident.card_begun else None


def _make(
    store: "Store", tracker: Tracker, incident: "Incident", view: View, *, upto: int, owner: str
) -> bool:
    """Whoever dies, or is left in doubt, in here leaves a card that is found by its marker.

    False when its turn was over before: to write the text takes long where its log is slow to come.
    """
    new = NewCard(card_title(incident), tuple(card_text(view)), incident.marker)
    if not store.incidents.begin_card(incident.id, upto=upto, owner=owner):
        return False
    card = tracker.create(new)
    store.incidents.has_card(incident.id, card=card.id, url=card.url)
    return True


def _bring_up_to_date(
    tracker: Tracker, incident: "Incident", card: Card, pending: Sequence["Event"], view: View
) -> None:
    over = incident.closed_at is not None
    if card.closed and WONTFIX in (label.casefold() for label in card.labels):
        log.info("%s: its card was archived as %s, and is left alone", incident.label, WONTFIX)
        return
    if card.closed and not over and _has_failed(pending):
        tracker.reopen(card.id)
    said = _said(incident, card, upto=pending[-1].number)
    news = [event for event in pending if event.number > said]
    if news:
        tracker.comment(card.id, card_comment(view, news))
    if over and not card.closed:
        tracker.close(card.id)


def _has_failed(events: Sequence["Event"]) -> bool:
    return any(event.what in (Step.OPENED, Step.AGAIN) for event in events)


def _said(incident: "Incident", card: Card, *, upto: int) -> int:
    """Up to which event its text and its comments tell: one may have been written without our hearing so.

    A stranger's comment may say so, too: what it says of events that have not happened is nothing.
    """
    pattern = re.compile(rf"\b{incident.label}\.(\d{{1,9}})\b")
    found = [int(number) for text in card.comments for number in pattern.findall(text)]
    return max((number for number in found if number <= upto), default=incident.card_begun)
