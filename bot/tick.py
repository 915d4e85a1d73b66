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
from bot.versions.pipelines import look_due
from bot.versions.tidying import tidy_due
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
        "pipelines_looked_at": lambda: _in_a_part(look_due, sampan, share=0.25),
        "jobs_compared": lambda: _in_a_part(compare_due, sampan, share=0.5),
        "incidents_worked_on": lambda: _in_a_part(tend_due, sampan, share=0.5),
        "messages_sent": lambda: post_due(sampan),
        "cards_archived": lambda: sweep_due(sampan),
        "versions_forgotten": lambda: tidy_due(sampan),
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


def _in_a_part(work: Callable[[Sampan], int], sampan: Sampan, *, share: float) -> int:
    """Of the time that is left: one system that hangs must not keep the room in the dark, nor the next."""
    with deadline(remaining() * share):
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
