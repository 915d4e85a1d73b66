"""Two bots on one database, kills, faults and repetitions: a short run of `make chaos`."""

import os
import random

from benchmarks.chaos.verdict import judge, table
from benchmarks.chaos.voyage import Orders, sail

SECONDS = 3.0


def test_whatever_dies_nothing_is_lost_and_nothing_done_twice(database_url: str) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))
    counts = judge(sail(Orders(seed, SECONDS, database_url)))
    assert all(count.kept for count in counts), f"CHAOS_SEED={seed}\n{table(counts)}"
