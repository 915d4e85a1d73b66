"""Take every figure, print them, keep them in RESULTS.md; the exit code is 1 when a limit was missed."""

import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import calls, speed, tree, upkeep
from benchmarks.figures import Bound, Figure, table
from benchmarks.receiver import Seen, receiving
from benchmarks.sides import Ground

RESULTS = Path(__file__).with_name("RESULTS.md")
BUNDLE_LIMIT = 50
PACKAGES = ("fastapi", "starlette", "pydantic", "mangum", "requests", "urllib3", "uvicorn", "aiosql")

TEXT = """# What Sampan costs

Made by `make bench`; do not edit. "Bare" is [bare.py](bare.py): the same DingTalk message verified, parsed
and answered with a fixed text, without a store, roles, commands or limits. Both ran in turns, in random
order, on one machine at one time, so trust the ratios and not the seconds.

{table}

- *figure* is what the limit holds for. A figure with × is Sampan's divided by the bare function's in the same
  round; it is the median of all rounds, and half of the rounds lie in the range beside it.
- *cold start*: a new process with shipped bytecode and an empty database, until its first signed `/ping` was
  claimed, answered and replied to; less is better.
- *warm*: signed `/ping` deliveries a second from then on, each claimed in SQLite, recorded and replied to;
  more is better. Once through the Lambda handler, one after the other, and once over HTTP.
- *memory*: resident, of the uvicorn server, after commands of five kinds. *Bundle*: unpacked, with bytecode.
- *connections* and *vendor calls* were counted where they arrived.

Taken {how}
"""


def main() -> int:
    """Run everything, in about two minutes."""
    with tempfile.TemporaryDirectory(prefix="sampan-benchmark-") as scratch, receiving() as outside:
        print("Building the function ...", flush=True)
        ground, size = _ground(Path(scratch), outside)
        figures = [Figure("bundle with bytecode", size, Bound.AT_MOST, BUNDLE_LIMIT, unit="MB")]
        for take in (speed.cold, speed.warm, speed.served, upkeep.memory, upkeep.connections):
            figures.append(take(ground))
            print(" ", *figures[-1].cells, sep="  ", flush=True)
    figures += calls.per_command()
    told = table(figures)
    RESULTS.write_text(TEXT.format(table=told, how=_how()), "utf-8")
    print(f"\n{told}\n\nKept in {RESULTS.relative_to(RESULTS.parents[1])}.")
    return 0 if all(figure.kept for figure in figures) else 1


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
