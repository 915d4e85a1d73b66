"""What stays quick when much is in the store: the same thing with little and with much of it, by turns."""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

from benchmarks.figures import Bound, Figure, ratio
from benchmarks.filling import SERVICES, Databases, Filling, fill
from benchmarks.sides import Ground
from bot.commands import load as load_commands
from bot.dispatch import carry_out
from bot.parsing import Command, parse
from bot.settings import load
from bot.tick import tick
from bot.wiring import Wired
from integrations.model import InboundMessage, Kind

LIMIT = 2.0
COMMANDS = ("/status", "/status hello", "/audit", "/audit lin", "/audit deploy")
OPEN, DUE = 10, 100
FEW = Filling(builds=100, open=OPEN, audit=100)
MANY = Filling(builds=100_000, open=OPEN, audit=1_000_000)
CROWDED = Filling(builds=10_000, open=10_000)
QUIET = Filling(builds=DUE, open=DUE)

_ids = itertools.count(1)


def commands(ground: Ground, databases: Databases, *, many: Filling = MANY, rounds: int = 40) -> list[Figure]:
    """Commands that look back, on a long history and on a short one."""
    load_commands()
    figures = []
    for kind in databases.kinds:
        with _two(ground, databases, kind, many, FEW) as sampans:
            for text in COMMANDS:
                name = f"{text}, {many.builds:,} builds and {many.audit:,} audit lines, {kind}"
                figures.append(compared(name, sampans, rounds, partial(carried, text)))
    return figures


def clock(ground: Ground, databases: Databases, *, rounds: int = 8) -> list[Figure]:
    """A tick with as many builds due, among many that are open and among no others; and what it asks."""
    figures = []
    for kind in databases.kinds:
        with _two(ground, databases, kind, CROWDED, QUIET) as sampans:
            before = ground.outside.count().requests
            name = f"/tick, {DUE} builds due of {CROWDED.open:,} open, {kind}"
            figures.append(compared(name, sampans, rounds, _ticked))
            calls = (ground.outside.count().requests - before) / (rounds + 1) / len(sampans)
        figures.append(Figure(f"vendor calls of such a /tick, {kind}", calls, Bound.AT_MOST, DUE))
    return figures


@contextmanager
def _two(
    ground: Ground, databases: Databases, kind: str, much: Filling, little: Filling
) -> Iterator[tuple[Wired, Wired]]:
    urls = []
    for filling in (much, little):
        urls.append(databases.new(kind))
        fill(urls[-1], filling)
    one, other = (wired(ground, url) for url in urls)
    with closing(one.store), closing(other.store):
        yield one, other


def wired(ground: Ground, url: str) -> Wired:
    return Wired(load({**ground.environment("growth"), "DATABASE_URL": url, "SERVICES": ",".join(SERVICES)}))


def compared(
    name: str, sampans: tuple[Wired, Wired], rounds: int, measure: Callable[[Wired], float]
) -> Figure:
    """Both in every round, in random order; one more round before them does not count."""
    found: dict[Wired, list[float]] = {sampan: [] for sampan in sampans}
    for _ in range(rounds + 1):
        for sampan in random.sample(sampans, len(sampans)):
            found[sampan].append(measure(sampan) * 1000)
    much, little = (values[1:] for values in found.values())
    return ratio(name, much, little, bound=Bound.AT_MOST, limit=LIMIT, shown="{:.2f} ms")


def carried(text: str, sampan: Wired, *, lines: int = OPEN + 1) -> float:
    """One command line, from the steps to its audit line, with so many lines of answer; the seconds."""
    (command,) = parse(text).commands
    assert isinstance(command, Command)
    began = time.perf_counter()
    reply = carry_out(sampan, _message(text), command)
    took = time.perf_counter() - began
    assert len(reply.lines) >= lines, reply
    return took


def _message(text: str) -> InboundMessage:
    number, now = next(_ids), time.time()
    return InboundMessage(
        delivery_id=f"growth-{number}",
        created_at=now,
        kind=Kind.TEXT,
        text=text,
        conversation_id="room",
        conversation_title="benchmark",
        robot="",
        staff_id="lin",
        chat_user_id=f"user-{number}",
        name="lin",
        reply_url="",
        reply_until=now,
    )


def _ticked(sampan: Wired) -> float:
    """One tick with the newest builds due; returns the seconds."""
    newest = sampan.store.builds.open(at_most=DUE)
    for build in newest:
        sampan.store.builds.soon(build)
    began = time.perf_counter()
    done = tick(sampan)
    took = time.perf_counter() - began
    assert done["builds_looked_at"] == DUE, done
    return took
