"""Make the zip file a function runs from: our code, what it requires, and bytecode that stays valid.

It fits the Python, the system and the processor it is made with; `make bundle` takes Python 3.12 for Lambda.
"""

import argparse
import compileall
import logging
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from py_compile import PycInvalidationMode

HOME = Path(__file__).parents[1]
FOLDERS = ("api", "bot", "integrations")
CONFIGURATION = "sampan.toml"  # a team's own, for SAMPAN_CONFIG
# python-jenkins requires setuptools and pbr, and imports neither.
UNUSED = ("setuptools*", "pbr*", "pkg_resources", "_distutils_hack", "distutils-precedence.pth", "bin")
NOT_RUN = ("*.pyi", "*.po", "*.pot", "tests", "__pycache__", "direct_url.json")
OLDEST = (1980, 1, 1, 0, 0, 0)  # what a zip file can say; one date for all makes it the same file each time

log = logging.getLogger("bundle")


def build(target: Path, *, also: Sequence[str] = ()) -> None:
    """Write the bundle to `target`; `also` are more requirements, as pip reads them."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        install(folder, also=also)
        copy(folder)
        strip(folder)
        ship_bytecode(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        pack(folder, target)
        _tell(folder, target)


def install(folder: Path, *, also: Sequence[str]) -> None:
    """Put requirements.txt into the folder."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-compile")
    requirements = ("--requirement", str(HOME / "requirements.txt"), *also)
    command = [sys.executable, "-m", "pip", "install", *quiet, "--target", str(folder), *requirements]
    subprocess.run(command, check=True)  # noqa: S603, every part is ours or the caller's


def copy(folder: Path) -> None:
    """Put our own packages beside them, and the team's configuration file."""
    for name in FOLDERS:
        shutil.copytree(HOME / name, folder / name)
    if (HOME / CONFIGURATION).exists():
        shutil.copy(HOME / CONFIGURATION, folder)


def strip(folder: Path) -> None:
    """Take out what no function runs."""
    found = [path for pattern in UNUSED for path in folder.glob(pattern)]
    found += [path for pattern in NOT_RUN for path in folder.rglob(pattern)]
    for path in found:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def ship_bytecode(folder: Path) -> None:
    """Compile everything for good.

    The usual bytecode is compared with its source's date, which no zip file keeps, and is then thrown away at
    every cold start: https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
    """
    mode = PycInvalidationMode.UNCHECKED_HASH
    # Tracebacks, and thereby the bytes, must not depend on where the bundle was made.
    compileall.compile_dir(str(folder), quiet=1, invalidation_mode=mode, stripdir=str(folder))


def pack(folder: Path, target: Path) -> None:
    """Zip the folder so that the same files make the same bytes."""
    with zipfile.ZipFile(target, "w") as bundle:
        for path in _files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), OLDEST)
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, path.read_bytes())


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _tell(folder: Path, target: Path) -> None:
    unpacked = sum(path.stat().st_size for path in _files(folder)) / 1e6
    packed, made_for = target.stat().st_size / 1e6, f"{platform.system()} {platform.machine()}"
    version = ".".join(platform.python_version_tuple()[:2])
    log.info("%s: %.1f MB, %.1f unpacked; Python %s, %s", target, packed, unpacked, version, made_for)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("build/sampan.zip"), help="default: %(default)s")
    parser.add_argument("--also", action="append", default=[], help="one more requirement, such as uvicorn")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    build(options.to, also=options.also)


if __name__ == "__main__":
    main()
