"""Which builds of a day fail: the same ones every time, and each failure is mended after a build or a few."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

JOBS = 24
EVERY = 10.0  # seconds from the end of one build to the end of the next one, which is another job's
FAILING = 100  # one build of so many
LENGTHS = (1, 1, 2, 3)  # builds that fail before one works again
APART = 20  # builds of one job from one break to the next: over an hour, as more would count as flapping
STILL = 2  # breaks that the day ends with
SEED = 4


@dataclass(frozen=True)
class Break:
    """A job's failing builds, by their numbers."""

    job: int
    numbers: range


def breaks(builds: int) -> list[Break]:
    """The breaks of so many builds, one after the other of each job; the first few last until the end."""
    chance, each = random.Random(SEED), builds // JOBS
    found: list[Break] = []
    begun: defaultdict[int, list[int]] = defaultdict(list)
    for count in _lengths(builds // FAILING):
        over = each - count + 1
        job, first = (len(found), over) if len(found) < STILL else _drawn(chance, over, begun)
        begun[job].append(first)
        found.append(Break(job, range(first, first + count)))
    return found


def _lengths(failing: int) -> Iterator[int]:
    for length in cycle(LENGTHS):
        if failing <= 0:
            return
        yield min(length, failing)
        failing -= length


def _drawn(chance: random.Random, over: int, begun: dict[int, list[int]]) -> tuple[int, int]:
    """A job and its first build to fail, which is not its first at all and not near another break."""
    while True:
        job, first = chance.randrange(JOBS), chance.randrange(2, over)
        if all(abs(first - other) >= APART for other in begun[job]):
            return job, first
