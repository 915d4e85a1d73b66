"""A bundle as Lambda unpacks it, and the runtime interface client as Lambda has it: beside it, alone."""

import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
UNCHECKED = 1  # of the second word in a .pyc file: https://peps.python.org/pep-0552/#specification


def unpack(bundle: Path, folder: Path) -> Path:
    """The bundle's folder."""
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(folder)
    return folder


def files(folder: Path) -> set[str]:
    """Every file in it, by its path."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def stale_bytecode(folder: Path) -> Iterator[str]:
    """The .pyc files that Python would compare with their source, and the sources that have none."""
    compiled = {path.parent.parent / f"{path.name.split('.')[0]}.py": path for path in folder.rglob("*.pyc")}
    for source in folder.rglob("*.py"):
        header = compiled[source].read_bytes()[4:8] if source in compiled else b""
        if int.from_bytes(header, "little") != UNCHECKED:
            yield source.relative_to(folder).as_posix()


def client_alone(folder: Path) -> Path:
    """A folder with the runtime interface client and nothing else of this environment."""
    folder.mkdir()
    for name in CLIENT:
        installed = distribution(name)
        tops = {file.parts[0] for file in installed.files or () if file.parts[0] not in ("..", "__pycache__")}
        for top in tops:
            (folder / top).symlink_to(Path(str(installed.locate_file(top))))
    return folder
