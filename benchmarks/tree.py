"""The function as it is deployed: what the bundle has in it, in a folder, and the probes beside it.

The requirements are copied from the environment that runs the benchmark, so no network is needed.
"""

import shutil
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import bundle

PROBES = ("bare.py", "invoke.py")


def build(target: Path) -> float:
    """Make the function's folder; returns its size in MB, without the probes."""
    plant(target, closure(_requirements()))
    bundle.copy(target)
    bundle.strip(target)
    bundle.ship_bytecode(target)
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file()) / 1e6
    for probe in PROBES:
        shutil.copyfile(bundle.HOME / "benchmarks" / probe, target / probe)
    bundle.ship_bytecode(target)
    return size


def beside(target: Path, *wanted: str) -> None:
    """Make a folder of packages that are not part of the function."""
    plant(target, closure(wanted))
    bundle.ship_bytecode(target)


def _requirements() -> list[str]:
    lines = (bundle.HOME / "requirements.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def closure(wanted: Iterable[str]) -> set[str]:
    """The names of these requirements and of everything they require."""
    found: set[str] = set()
    waiting = [Requirement(one) for one in wanted]
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name not in found:
            found.add(name)
            required = map(Requirement, distribution(name).requires or ())
            waiting += [one for one in required if not one.marker or one.marker.evaluate({"extra": ""})]
    return found


def plant(target: Path, names: Iterable[str]) -> None:
    """Copy installed distributions into a folder, as `pip install --target` would put them."""
    for name in names:
        installed = distribution(name)
        for file in installed.files or ():
            # What climbs out of site-packages is a script; bytecode is made anew.
            if ".." not in file.parts and file.suffix != ".pyc":
                copy = target / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(installed.locate_file(file)), copy)
