"""What a day of 8,640 builds costs: time, calls, space; and how many messages and cards there have to be."""

import math
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from statistics import median, quantiles

from benchmarks.breaks import JOBS
from benchmarks.figures import Bound, Figure
from benchmarks.filling import Databases
from benchmarks.replay import Day, replayed
from bot.store.database import open_database

BUILDS, TICKS = 8_640, 60
MEMORY = 0.5  # GB of a function
SIZES = {
    "sqlite": "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT SUM(pg_total_relation_size(oid)) AS bytes FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
}

_counted = partial(Figure, bound=Bound.AT_MOST, limit=None)
_held = partial(Figure, bound=Bound.AT_MOST, limit=0)


def days(databases: Databases, *, builds: int = BUILDS, ticks: int = TICKS) -> list[Figure]:
    """A day on each database."""
    figures = []
    for kind in databases.kinds:
        url = databases.new(kind)
        day = replayed(url, builds=builds, ticks=ticks)
        figures += [*_costs(day, kind, _megabytes(url, kind)), *_outcome(day, kind)]
    return figures


def _costs(day: Day, kind: str, size: float) -> list[Figure]:
    taken, calls, ticked = day.taken, day.calls, day.ticked
    hooks = taken.quiet + taken.loud
    return [
        _timed(f"{len(hooks):,} hooks of {day.builds:,} builds, {kind}", hooks),
        _timed(f"{len(taken.loud):,} of them, which break or mend a job, {kind}", taken.loud),
        _counted(f"GB-seconds of those hooks, {kind}", _billed(hooks)),
        _asked(f"calls of those hooks, {kind}", calls.jenkins, calls.trello),
        _counted(f"database after that day, {kind}", size, unit="MB"),
        _timed(f"{len(taken.ticks)} minutes of /tick, {JOBS} jobs, {kind}", taken.ticks),
        _asked(f"calls of those ticks, {kind}", ticked.jenkins, ticked.trello),
    ]


def _outcome(day: Day, kind: str) -> list[Figure]:
    """What has to be: a break is told and its end is told, and whatever is broken yet has its card."""
    wrong = abs(day.calls.messages - 2 * len(day.breaks) + day.still) + abs(day.cards - day.still)
    told, left = f"{day.calls.messages} messages", f"{day.cards} cards"
    return [
        _held(f"calls for successes of healthy jobs, {kind}", day.for_nothing),
        _held(f"missing or too many at its end, {kind}", wrong, measured=told, against=left),
    ]


def _timed(name: str, seconds: Sequence[float]) -> Figure:
    shown = f"{median(seconds) * 1000:.2f} ms", f"{quantiles(seconds, n=100)[-1] * 1000:.2f} ms"
    return _counted(name, sum(seconds), unit="s", measured=shown[0], against=shown[1])


def _asked(name: str, jenkins: int, trello: int) -> Figure:
    return _counted(name, jenkins + trello, measured=f"{jenkins} to Jenkins", against=f"{trello} to Trello")


def _billed(seconds: Sequence[float]) -> float:
    """GB-seconds; every invocation counts in whole milliseconds: https://aws.amazon.com/lambda/pricing/"""
    return sum(math.ceil(one * 1000) for one in seconds) / 1000 * MEMORY


def _megabytes(url: str, kind: str) -> float:
    with closing(open_database(url)) as database, database.lent() as connection:
        row = connection.execute(SIZES[kind]).fetchone()
    return float(row["bytes"]) / 1e6
