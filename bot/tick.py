"""Whatever is due: builds to look at, messages to say, what a crash interrupted, what can be forgotten."""

import logging
import threading
import time
from collections.abc import Callable

from bot.dispatch import Sampan
from bot.following import follow
from bot.incidents.archive import sweep_due
from bot.incidents.jobs import compare_due
from bot.incidents.tending import tend_due
from bot.posting import post_due
from bot.recovery import recover
from integrations.transport import deadline, remaining

TICK_TIME = 20.0  # seconds for all of it; what is left over is due at the next one
EVERY = 2.0  # seconds between two, in a process
# DingTalk's signatures live an hour; a week leaves room for whoever reads the table.
KEEP_DELIVERIES = 7 * 24 * 3600.0
KEEP_MESSAGES = 7 * 24 * 3600.0
KEEP_CONFIRMATIONS = 24 * 3600.0
KEEP_INCIDENTS = 180 * 24 * 3600.0

log = logging.getLogger(__name__)


def tick(sampan: Sampan, *, seconds: float = TICK_TIME) -> dict[str, int]:
    """Do what is due and say how much it was; safe when called twice at once or not for a day."""
    parts: dict[str, Callable[[], int]] = {
        "interrupted_told": lambda: recover(sampan),
        "builds_looked_at": lambda: follow(sampan),
        "jobs_compared": lambda: _in_half_the_time(compare_due, sampan),
        "incidents_worked_on": lambda: _in_half_the_time(tend_due, sampan),
        "messages_sent": lambda: post_due(sampan),
        "cards_archived": lambda: sweep_due(sampan),
        "forgotten": lambda: _forget(sampan),
    }
    with deadline(seconds):
        done = {name: _part(name, work) for name, work in parts.items()}
    if any(done.values()):
        log.info("tick: %s", done)
    return done


def keep_time(sampan: Sampan) -> threading.Thread:
    """A process is its own clock: tick every few seconds until it ends."""
    thread = threading.Thread(target=_for_ever, args=(sampan,), name="clock", daemon=True)
    thread.start()
    return thread


def _for_ever(sampan: Sampan) -> None:
    while True:
        try:
            tick(sampan)
        except Exception:
            log.exception("the tick failed")
        time.sleep(EVERY)


def _in_half_the_time(work: Callable[[Sampan], int], sampan: Sampan) -> int:
    """What waits for others leaves time for the room: one that hangs must not keep it in the dark."""
    with deadline(remaining() / 2):
        return work(sampan)


def _part(name: str, work: Callable[[], int]) -> int:
    """One part; what goes wrong in it does not keep the others from their turn."""
    try:
        return work()
    except Exception:
        log.exception("tick: %s failed", name)
        return 0


def _forget(sampan: Sampan) -> int:
    store = sampan.store
    return (
        store.deliveries.forget(older_than=KEEP_DELIVERIES)
        + store.outbox.forget(older_than=KEEP_MESSAGES)
        + store.confirmations.forget(older_than=KEEP_CONFIRMATIONS)
        + store.incidents.forget(older_than=KEEP_INCIDENTS)
    )
