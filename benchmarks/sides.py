"""The two functions, Sampan's and the bare one, each in a process that can import nothing but its folder."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum, unique
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.deliveries import APP_SECRET
from benchmarks.receiver import Seen

START_WITHIN = 15.0


@unique
class Side(StrEnum):
    """What is measured; the value is the module that has `app` and `handler`."""

    BARE = "bare"
    SAMPAN = "api.index"


@dataclass(frozen=True)
class Ground:
    """Where both run: the built function, uvicorn's folder, one for databases, the stand-in they talk to."""

    tree: Path
    uvicorn: Path
    scratch: Path
    outside: Seen

    @property
    def log(self) -> Path:
        """Where stderr goes: a line for each delivery is part of what Sampan costs."""
        return self.scratch / "stderr.log"

    def environment(self, database: str) -> dict[str, str]:
        """The variables of a Sampan that has everything it needs at one stand-in."""
        return {
            "PYTHONDONTWRITEBYTECODE": "1",
            "MESSAGES_A_MINUTE": "0",  # no room would let us speak as fast
            "DINGTALK_APP_SECRET": APP_SECRET,
            "DINGTALK_WEBHOOK_HOSTS": urlsplit(self.outside.url).netloc,
            "DATABASE_URL": f"sqlite:///{self.scratch / database}.db",
            "GITEE_URL": self.outside.url,
            "GITEE_TOKEN": "benchmark",
            "REPOS": "web=acme/web",
            "JENKINS_URL": self.outside.url,
            "JENKINS_USER": "benchmark",
            "JENKINS_TOKEN": "benchmark",
            "SERVICES": "hello",
            "MAINTAINERS": "lin",
        }


class Function:
    """A running function; `started` is when its process was asked for, by time.monotonic."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path, started: float) -> None:
        self._process, self._log, self.started = process, log, started

    def invoke(self, events: list[dict[str, Any]]) -> tuple[float, float]:
        """Have every event handled: when the last was done, and the seconds they took together."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(events) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"a function ended:\n{self._log.read_text()[-2000:]}")
        at, took = json.loads(answer)
        return at, took


@contextmanager
def function(side: Side, ground: Ground, *, database: str = "function") -> Iterator[Function]:
    """Start a function as Lambda does: it is invoked with events, and works before it answers."""
    # -S: no site-packages but the folder's own.
    command = [sys.executable, "-S", str(ground.tree / "invoke.py"), side]
    env = ground.environment(database) | {"AWS_LAMBDA_FUNCTION_NAME": "sampan"}
    pipe, started = subprocess.PIPE, time.monotonic()
    with (
        ground.log.open("a") as log,
        subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=log, text=True) as process,
    ):
        yield Function(process, ground.log, started)


@dataclass(frozen=True)
class Server:
    """A running uvicorn server."""

    host: str
    port: int
    pid: int

    @property
    def resident(self) -> float:
        """MB of memory now, which Linux tells: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024 / 1e6


@contextmanager
def server(side: Side, ground: Ground, *, database: str = "server") -> Iterator[Server]:
    """Start an app as a team's own server does: with uvicorn, which is not part of the function."""
    host, port = _free_port()
    command = [sys.executable, "-S", "-m", "uvicorn", f"{side}:app", "--host", host, "--port", str(port)]
    command += ["--lifespan", "off", "--no-access-log", "--log-level", "warning"]
    env = ground.environment(database) | {"PYTHONPATH": f"{ground.tree}:{ground.uvicorn}"}
    with (
        ground.log.open("a") as log,
        subprocess.Popen(command, env=env, cwd=ground.scratch, stderr=log) as process,
    ):
        try:
            _wait_for(host, port)
            yield Server(host, port, process.pid)
        finally:
            process.terminate()


def _free_port() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        host, port = probe.getsockname()
    return host, port


def _wait_for(host: str, port: int) -> None:
    give_up = time.monotonic() + START_WITHIN
    while True:
        try:
            socket.create_connection((host, port)).close()
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return
