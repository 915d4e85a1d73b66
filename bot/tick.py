"""Whatever is due: so far, forgetting deliveries that can no longer come again."""

import logging

from bot.store import Store

# DingTalk's signatures live an hour; a week leaves room for whoever reads the table.
KEEP_DELIVERIES = 7 * 24 * 3600.0

log = logging.getLogger(__name__)


def tick(store: Store) -> dict[str, int]:
    """Do what is due and say how much it was; safe when called twice at once or not for a day."""
    forgotten = store.forget_deliveries(older_than=KEEP_DELIVERIES)
    log.info("tick: %d deliveries forgotten", forgotten)
    return {"deliveries_forgotten": forgotten}
