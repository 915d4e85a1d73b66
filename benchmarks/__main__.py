"""Take every figure, print them, keep them in RESULTS.md; the exit code is 1 when a limit was missed."""

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import breaks, burst, calls, claims, day, ending, growth, past, speed, tree, upkeep, versions
from benchmarks.figures import Bound, Figure, table
from benchmarks.filling import Databases, Filling, databases
from benchmarks.receiver import Seen, receiving
from benchmarks.sides import Ground

RESULTS = Path(__file__).with_name("RESULTS.md")
BUNDLE_LIMIT = 50
QUICK_BUILDS = 960
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
- *past incidents*: a tenth of them are one job's. As many incidents and jobs are due, of many and of few.
- *versions*: a hundred of them belong to ten services, a hundred thousand to fifty, so that the answers are
  as long. *A poll* is one look at the project of all of them, which lists twenty known pipelines and asks for
  three.
- *end of a build*: {builds} builds in the sandbox, each of which ends at another time.

## What is broken

A day of {jobs} jobs, by a clock that is moved: every ten seconds a build ends, and one of a hundred fails.
Everything outside is the sandbox, so a call takes milliseconds and not the time of the internet.

{broken}

- *hooks*: STARTED and FINALIZED of each build, through the Lambda handler, which works before it answers. The
  plugin set to "all" sends QUEUED and COMPLETED too, so twice as many; set to "finalized", half as many. The
  time for those that break or mend a job stays the same.
- *break or mend*: the build is read again in Jenkins, its card is written, and the room is told.
- *GB-seconds* are of a function of 512 MB, as Lambda counts them.
- *missing or too many*: two messages for each break, one while it lasts, and a card for each that lasts.
- */tick*: each job is compared with Jenkins once a minute, while nothing is built.
- *at once*: over HTTP and in no order, until every card tells of every failure. Beside it: when the last hook
  was answered, and how many calls Trello had.

Taken {how}
"""


def main() -> int:
    """Run everything, in about five minutes; with --quick less of it, in about two."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything, and nothing is kept")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="sampan-benchmark-") as scratch, receiving() as outside:
        print("Building the function ...", flush=True)
        ground, size = _ground(Path(scratch), outside)
        against_bare = [Figure("bundle with bytecode", size, Bound.AT_MOST, BUNDLE_LIMIT, unit="MB")]
        against_bare += _speed(ground, quick=quick)
        filled, broken = _on_databases(ground, quick=quick)
        filled += map(_shown, ending.told())  # last, as its clocks go on until the process ends
    text = TEXT.format(
        against_bare=table(against_bare, measured="Sampan", against="bare"),
        growth=table(filled, measured="with much", against="with little"),
        builds=ending.BUILDS,
        broken=table(broken, measured="median", against="99 of 100"),
        jobs=breaks.JOBS,
        how=_how(),
    )
    print(f"\n{text}")
    if not quick:
        RESULTS.write_text(text, "utf-8")
        print(f"Kept in {RESULTS.relative_to(RESULTS.parents[1])}.")
    return 0 if all(figure.kept for figure in [*against_bare, *filled, *broken]) else 1


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


def _on_databases(ground: Ground, *, quick: bool) -> tuple[list[Figure], list[Figure]]:
    with databases(ground.scratch) as made:
        return _growth(ground, made, quick=quick), _broken(made, quick=quick)


def _growth(ground: Ground, made: Databases, *, quick: bool) -> list[Figure]:
    return [
        *map(_shown, growth.commands(ground, made, many=QUICK if quick else growth.MANY)),
        *map(_shown, growth.clock(ground, made)),
        *map(_shown, past.incidents(ground, made, rounds=10 if quick else past.ROUNDS)),
        *map(_shown, versions.versions(ground, made, rounds=10 if quick else versions.ROUNDS)),
        *map(_shown, claims.claimed(made)),
    ]


def _broken(made: Databases, *, quick: bool) -> list[Figure]:
    whole = {"builds": QUICK_BUILDS, "ticks": 5} if quick else {}
    return [*map(_shown, day.days(made, **whole)), *map(_shown, burst.burst(made))]


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
