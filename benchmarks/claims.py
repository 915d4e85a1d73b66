"""Deliveries claimed a second: each new, and each coming again once, as several workers do it at a time."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import count
from statistics import median, quantiles

from benchmarks.figures import Bound, Figure
from benchmarks.filling import Databases
from bot.store import Store
from bot.store.migrating import migrate
from integrations.model import InboundMessage, Kind

ROUNDS, EACH = 10, 100
STORES = 2  # as many processes have one each

MESSAGE = InboundMessage(
    delivery_id="",
    created_at=0,
    kind=Kind.TEXT,
    text="/ping",
    conversation_id="room",
    conversation_title="benchmark",
    robot="",
    staff_id="lin",
    chat_user_id="user",
    name="lin",
    reply_url="",
    reply_until=0,
)

_ids: Iterator[int] = count(1)


def claimed(databases: Databases) -> list[Figure]:
    """Deliveries a second that are claimed, refused when they come again, and finished."""
    return [_claimed(kind, databases.new(kind)) for kind in databases.kinds]


def _claimed(kind: str, url: str) -> Figure:
    migrate(url)
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(Store(url, clock=time.time))) for _ in range(STORES)]
        pool = stack.enter_context(ThreadPoolExecutor(STORES))
        rates = [_rate(pool, stores) for _ in range(ROUNDS)]
    low, _, high = quantiles(rates, n=4)
    name = f"deliveries claimed a second, {STORES} connections, {kind}"
    spread = f"{low:.0f} to {high:.0f}"
    return Figure(name, round(median(rates)), Bound.AT_LEAST, None, unit="/s", spread=spread)


def _rate(pool: ThreadPoolExecutor, stores: list[Store]) -> float:
    """Every store is given every delivery; one of them wins each."""
    messages = [replace(MESSAGE, delivery_id=f"claim-{next(_ids)}") for _ in range(EACH)]
    began = time.perf_counter()
    won = sum(pool.map(lambda store: _take(store, messages), stores))
    took = time.perf_counter() - began
    assert won == EACH, f"{won} of {EACH} were won"
    return EACH / took


def _take(store: Store, messages: list[InboundMessage]) -> int:
    claims = [claim for message in messages if (claim := store.deliveries.claim(message))]
    return sum(store.deliveries.finish(claim) for claim in claims)
