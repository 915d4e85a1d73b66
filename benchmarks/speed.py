"""How fast: from nothing to the first reply, and from then on. Both sides take turns in random order."""

import http.client
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from benchmarks.deliveries import PATH, delivery, event
from benchmarks.figures import Bound, Figure, ratio
from benchmarks.sides import Function, Ground, Server, Side, function, server

COLD_LIMIT, WARM_LIMIT = 1.4, 0.8
COLD_ROUNDS, WARM_ROUNDS = 24, 40
BLOCK = 40  # deliveries of one side before it is the other's turn
CALLERS = 2  # connections at a time over HTTP, so that the server need not wait for the next delivery

Times = dict[Side, list[float]]


def cold(ground: Ground, *, rounds: int = COLD_ROUNDS) -> Figure:
    """A new process to the first signed /ping claimed, answered and replied."""
    seconds = _in_turns(rounds, lambda side, number: _first_reply(side, ground, f"cold-{number}"))
    return _ratio("cold start: new process to first reply", seconds, Bound.AT_MOST, COLD_LIMIT, "{:.3f} s")


def warm(ground: Ground, *, rounds: int = WARM_ROUNDS) -> Figure:
    """Signed deliveries a second through the Lambda handler, claim and reply included."""
    with ExitStack() as stack:
        running = {side: stack.enter_context(function(side, ground, database="warm")) for side in Side}
        rates = _in_turns(rounds, lambda side, _: BLOCK / _invoke_all(running[side], ground))
    return _ratio("warm /ping, Lambda handler", rates, Bound.AT_LEAST, WARM_LIMIT, "{:.0f}/s")


def served(ground: Ground, *, rounds: int = WARM_ROUNDS) -> Figure:
    """The same over HTTP with uvicorn, several callers at a time, until the last reply has arrived.

    Without a limit: the bare function is fast here because it blocks its event loop while it waits.
    """
    with ExitStack() as stack:
        running = {side: stack.enter_context(server(side, ground, database="served")) for side in Side}
        rates = _in_turns(rounds, lambda side, _: BLOCK / _post_all(running[side], ground))
    name = f"warm /ping, uvicorn, {CALLERS} callers"
    return _ratio(name, rates, Bound.AT_LEAST, None, "{:.0f}/s")


def _in_turns(rounds: int, measure: Callable[[Side, int], float]) -> Times:
    """Measure both sides in every round; one more round before them fills caches and does not count."""
    found: Times = {side: [] for side in Side}
    for number in range(rounds + 1):
        for side in random.sample(list(Side), len(Side)):
            found[side].append(measure(side, number))
    return {side: values[1:] for side, values in found.items()}


def _ratio(name: str, found: Times, bound: Bound, limit: float | None, shown: str) -> Figure:
    return ratio(name, found[Side.SAMPAN], found[Side.BARE], bound=bound, limit=limit, shown=shown)


@contextmanager
def _replies(ground: Ground, expected: int) -> Iterator[None]:
    """Make sure that what is measured did its work: so many replies have to arrive."""
    before = ground.outside.count().requests
    yield
    arrived = ground.outside.count().requests - before
    if arrived != expected:
        raise RuntimeError(f"{arrived} replies arrived, not {expected}")


def _first_reply(side: Side, ground: Ground, database: str) -> float:
    with _replies(ground, 1), function(side, ground, database=database) as process:
        done, _ = process.invoke([event("/ping", reply_to=ground.outside.url)])
    return done - process.started


def _invoke_all(process: Function, ground: Ground) -> float:
    """Have a block handled; returns the seconds."""
    events = [event("/ping", reply_to=ground.outside.url) for _ in range(BLOCK)]
    with _replies(ground, BLOCK):
        _, took = process.invoke(events)
    return took


def _post_all(target: Server, ground: Ground) -> float:
    """Deliver a block; returns the seconds until its last reply was received."""
    deliveries = [delivery("/ping", reply_to=ground.outside.url) for _ in range(BLOCK)]
    before = ground.outside.count().requests
    began = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(lambda caller: post(target, deliveries[caller::CALLERS]), range(CALLERS)))
    ground.outside.count(at_least=before + BLOCK)
    return time.monotonic() - began


def post(target: Server, deliveries: list[tuple[dict[str, str], str]]) -> None:
    """Deliver one after the other over one connection."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=30)
    for headers, body in deliveries:
        connection.request("POST", PATH, body.encode(), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"a delivery was answered with {answer.status}")
    connection.close()
