"""Incidents that are due: each is one worker's at a time; its card is kept, and the room told."""

import logging
import secrets
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from bot.announcing import announce
from bot.incidents.cards import keep_card
from bot.incidents.details import details
from bot.incidents.life import CHANGES, Health, News, Told, flaps_until, news, summary_due
from bot.incidents.wording import Details, View, announcement
from bot.language import speaking
from bot.store.locks import Locked
from integrations.errors import SILENT, IntegrationError, TooMany
from integrations.transport import deadline, remaining

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.incidents.tracker import Tracker
    from bot.store.incidents import Event, Incident

TEND_TIME = 20.0  # seconds
AGAIN = 60_000  # milliseconds after which a tracker is tried again
LATER = 600_000  # the same when it refused this one card
SOON = 15_000  # the same when it was asked too often

Known = Callable[[], Details]

log = logging.getLogger(__name__)


def tend_due(sampan: "Sampan") -> int:
    """Work on every incident that is due, while time is left; returns how many that were."""
    rounds = _Round(sampan)
    tended = 0
    while remaining() > 3:
        batch = sampan.store.incidents.take_due(owner=rounds.owner, at_most=1)
        if not batch:
            break
        rounds.tend(batch[0])
        tended += 1
    return tended


class _Round:
    """One worker's turn; a tracker that failed once is left alone for the rest of it."""

    def __init__(self, sampan: "Sampan") -> None:
        self.sampan, self.store = sampan, sampan.store
        self.owner = secrets.token_hex(8)
        self.tracker_rests = False

    def tend(self, incident: "Incident") -> None:
        """Work on an incident, and give it back."""
        try:
            with speaking(self.sampan.settings.language), deadline(TEND_TIME):
                look_at = self._work_on(incident.id)
        except Exception:
            log.exception("%s could not be worked on", incident.label)
            look_at = self.store.now() + AGAIN
        self.store.incidents.tended(incident, look_at=look_at)

    def _work_on(self, number: int) -> int | None:
        """Its card first, so that the room gets the link to it; when to work on it again."""
        # In this order: what ended it is among the events before it is over.
        tracker = self.sampan.tracker()
        pending = self.store.incidents.pending(number) if tracker else []
        incident = self._sure(number)
        known = cache(lambda: details(self.sampan, incident))
        again = self._card(tracker, incident, pending, known) if tracker and pending else None
        then = self._tell(self._sure(number), known)
        return min((at for at in (again, then) if at is not None), default=None)

    def _sure(self, number: int) -> "Incident":
        incident = self.store.incidents.get(number)
        assert incident is not None
        return incident

    def _view(self, incident: "Incident", known: Known) -> View:
        return View(incident, known, self.sampan.settings.timezone, self.store.now())

    def _card(
        self, tracker: "Tracker", incident: "Incident", pending: Sequence["Event"], known: Known
    ) -> int | None:
        now = self.store.now()
        if self.tracker_rests:
            return now + AGAIN
        try:
            view = self._view(incident, known)
            keep_card(self.store, tracker, incident, pending, view, owner=self.owner)
        except IntegrationError as problem:
            log.warning("%s: its card is left for later: %s", incident.label, problem)
            self.tracker_rests = isinstance(problem, SILENT)
            return now + (SOON if isinstance(problem, TooMany) else AGAIN if self.tracker_rests else LATER)
        return None

    def _tell(self, incident: "Incident", known: Known) -> int | None:
        """Tell the room what it does not know; when there may be more to tell."""
        store, now = self.store, self.store.now()
        muted = store.locks.on(Locked(incident.kind), incident.title)
        if muted and incident.closed_at is not None and incident.told is Told.NOTHING:
            store.incidents.told(
                incident.id, Told.FIXED
            )  # who never heard of it need not hear that it is over
            return None
        if muted:
            return None if incident.told is Told.FIXED else muted.until
        flaps_to = flaps_until(store.incidents.changes(incident.kind, incident.name, at_most=CHANGES + 1))
        if flaps_to > now and not self._is_last(incident):
            return None  # the one after it tells of it
        lasts = summary_due(incident.opened_at, after=incident.told_at) <= now
        what = news(incident.health, incident.told, flaps=flaps_to > now, lasts=lasts)
        if what:
            self._announce(what, self._view(incident, known))
        if flaps_to > now:
            return flaps_to
        return summary_due(incident.opened_at, after=now) if incident.health is Health.FAILING else None

    def _announce(self, what: News, view: View) -> None:
        incident = view.incident
        reply, about = announcement(what, view), f"{incident.label} {what} after {incident.told_at}"
        with self.store.transaction():
            if self.store.incidents.keeps(incident.id, owner=self.owner):
                announce(self.sampan, None, reply, about=about)
                self.store.incidents.told(incident.id, what.told)

    def _is_last(self, incident: "Incident") -> bool:
        watched = self.store.incidents.watched(incident.kind, incident.name)
        return watched is not None and watched.incident == incident.id
