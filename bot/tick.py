"""Whatever is due: telling of what was interrupted, forgetting what can no longer come again."""

import logging

from bot.dispatch import Sampan
from bot.recovery import recover

# DingTalk's signatures live an hour; a week leaves room for whoever reads the table.
KEEP_DELIVERIES = 7 * 24 * 3600.0

log = logging.getLogger(__name__)


def tick(sampan: Sampan) -> dict[str, int]:
    """Do what is due and say how much it was; safe when called twice at once or not for a day."""
    done = {
        "interrupted_told": recover(sampan),
        "deliveries_forgotten": sampan.store.forget_deliveries(older_than=KEEP_DELIVERIES),
    }
    log.info("tick: %s", done)
    return done
