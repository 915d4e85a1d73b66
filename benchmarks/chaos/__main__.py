"""`make chaos`: on SQLite, and on PostgreSQL where there is one; the exit code is 1 when a count is wrong."""

import argparse
import random
import sys
from contextlib import ExitStack

from benchmarks.chaos.verdict import judge, table
from benchmarks.chaos.voyage import Orders, sail
from tests.support.databases import NoPostgresql, postgresql


def main() -> int:
    """Run what is asked for and print every count."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the storm lasts")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), help="only this database")
    wanted = parser.parse_args()
    kept = True
    with ExitStack() as stack:
        for name in ("sqlite", "postgresql") if wanted.on is None else (wanted.on,):
            try:
                url = "" if name == "sqlite" else _database(stack)
            except NoPostgresql as problem:
                print(f"not on PostgreSQL: {problem}")
                continue
            print(f"{name}, seed {wanted.seed}, {wanted.seconds:.0f} seconds ...", flush=True)
            counts = judge(sail(Orders(wanted.seed, wanted.seconds, url)))
            print(table(counts), end="\n\n", flush=True)
            kept = kept and all(count.kept for count in counts)
    return 0 if kept else 1


def _database(stack: ExitStack) -> str:
    return stack.enter_context(stack.enter_context(postgresql()).database())


if __name__ == "__main__":
    sys.exit(main())
