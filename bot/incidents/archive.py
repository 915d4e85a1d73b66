"""What has been done for a while leaves the board: a sweep over the Done list, a few cards at a time."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from integrations.errors import SILENT, IntegrationError, NotFound
from integrations.model.cards import DoneCard
from integrations.transport import remaining

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.incidents.tracker import DoneList

KEEP = "keep"
AT_ONCE = 50
SPARE = 3.0  # seconds without which nothing is begun
EVERY = 3_600_000  # milliseconds

log = logging.getLogger(__name__)


def sweep_due(sampan: "Sampan") -> int:
    """Archive once an hour; returns how many cards that were."""
    done_list = sampan.done_list() if remaining() > SPARE else None
    if done_list is None or not sampan.store.chores.begin("archive", every=EVERY):
        return 0
    try:
        return len(archive(done_list, due(sampan, done_list)))
    except IntegrationError as problem:
        log.warning("the Done list could not be read: %s", problem)
        return 0


def due(sampan: "Sampan", done_list: "DoneList") -> Sequence[DoneCard]:
    """The cards that came to the Done list long enough ago, oldest first; raises IntegrationError."""
    before = sampan.now() - timedelta(days=sampan.settings.archive_after_days)
    cards = [card for card in done_list.done(before=before) if KEEP not in map(str.casefold, card.labels)]
    return cards[:AT_ONCE]


def archive(done_list: "DoneList", cards: Sequence[DoneCard]) -> list[DoneCard]:
    """Archive cards while time is left; those that were."""
    archived: list[DoneCard] = []
    for card in cards:
        if remaining() < SPARE:
            break
        try:
            done_list.close(card.id)
        except NotFound:
            continue  # somebody deleted it meanwhile
        except IntegrationError as problem:
            log.warning("%s stays in the Done list until the next hour: %s", card.id, problem)
            if isinstance(problem, SILENT):
                break
            continue
        log.info("archived: %s", card.id)
        archived.append(card)
    return archived
