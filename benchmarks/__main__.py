"""Take every figure, print them, keep them in RESULTS.md; the exit code is 1 when a limit was missed."""

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import calls, claims, ending, growth, speed, tree, upkeep
from benchmarks.figures import Bound, Figure, table
from benchmarks.filling import Filling, databases
from benchmarks.receiver import Seen, receiving
from benchmarks.sides import Ground

RESULTS = Path(__file__).with_name("RESULTS.md")
BUNDLE_LIMIT = 50
QUICK = Filling(builds=10_000, open=10, audit=100_000)
PACKAGES = (
    "fastapi",
    "starlette",
    "pydantic",
    "mangum",
    "requests",
    "urllib3",
    "uvicorn",
    "aiosql",
    "psycopg",
)

TEXT = """# What Sampan costs

Made by `make bench`; do not edit. "Bare" is [bare.py](bare.py): the same DingTalk message verified, parsed
and answered with a fixed text, without a store, roles, commands or limits. Both ran in turns, in random
order, on one machine at one time, so trust the ratios and not the seconds.

{against_bare}

- *figure* is what the limit holds for. A figure with × is the first column divided by the second in the same
  round; it is the median of all rounds, and half of the rounds lie in the range beside it.
- *cold start*: a new process with shipped bytecode and an empty database, until its first signed `/ping` was
  claimed, answered and replied to; less is better.
- *warm*: signed `/ping` deliveries a second from then on, each claimed in SQLite, recorded and replied to;
  more is better. Once through the Lambda handler, one after the other, and once over HTTP.
- *memory*: resident, of the uvicorn server, after commands of five kinds. *Bundle*: unpacked, with bytecode.
- *connections* and *vendor calls* were counted where they arrived.

## When there is much

The same work on a store with much in it and on one with little, by turns.

{growth}

- *commands*: one line from the first step to its audit line; with little, there are a hundred of each.
- */tick*: a hundred builds are due and are asked for, once among ten thousand that are open and once alone.
- *claimed*: every delivery comes to two connections at once, one of which wins it and finishes it.
- *end of a build*: {builds} builds in the sandbox, each of which ends at another time.

Taken {how}
"""


def main() -> int:
    """Run everything, in about four minutes; with --quick less of it, in about one and a half."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything, and nothing is kept")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="sampan-benchmark-") as scratch, receiving() as outside:
        print("Building the function ...", flush=True)
        ground, size = _ground(Path(scratch), outside)
        against_bare = [Figure("bundle with bytecode", size, Bound.AT_MOST, BUNDLE_LIMIT, unit="MB")]
        against_bare += _speed(ground, quick=quick)
        filled = _growth(ground, quick=quick)
    text = TEXT.format(
        against_bare=table(against_bare, measured="Sampan", against="bare"),
        growth=table(filled, measured="with much", against="with little"),
        builds=ending.BUILDS,
        how=_how(),
    )
    print(f"\n{text}")
    if not quick:
        RESULTS.write_text(text, "utf-8")
        print(f"Kept in {RESULTS.relative_to(RESULTS.parents[1])}.")
    return 0 if all(figure.kept for figure in [*against_bare, *filled]) else 1


def _speed(ground: Ground, *, quick: bool) -> list[Figure]:
    cold, warm = (8, 12) if quick else (speed.COLD_ROUNDS, speed.WARM_ROUNDS)
    return [
        _shown(speed.cold(ground, rounds=cold)),
        _shown(speed.warm(ground, rounds=warm)),
        _shown(speed.served(ground, rounds=warm)),
        _shown(upkeep.memory(ground)),
        _shown(upkeep.connections(ground)),
        *map(_shown, calls.per_command()),
    ]


def _growth(ground: Ground, *, quick: bool) -> list[Figure]:
    many = QUICK if quick else growth.MANY
    with databases(ground.scratch) as made:
        figures = [
            *map(_shown, growth.commands(ground, made, many=many)),
            *map(_shown, growth.clock(ground, made)),
            *map(_shown, claims.claimed(made)),
        ]
    return [*figures, *map(_shown, ending.told())]


def _shown(figure: Figure) -> Figure:
    print(" ", *figure.cells, sep="  ", flush=True)
    return figure


def _ground(scratch: Path, outside: Seen) -> tuple[Ground, float]:
    built, uvicorn = scratch / "function", scratch / "uvicorn"
    size = tree.build(built)
    tree.beside(uvicorn, "uvicorn")
    return Ground(built, uvicorn, scratch, outside), size


def _how() -> str:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{datetime.now(UTC):%Y-%m-%d}: {machine}, Python {platform.python_version()}, {packages}."


if __name__ == "__main__":
    sys.exit(main())
