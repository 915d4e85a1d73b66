"""The two bots, each in a process of its own that can be killed and started again."""

import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

HOME = Path(__file__).parents[2]
START_WITHIN = 30.0


class Ship:
    """One bot; it keeps its port over every restart."""

    def __init__(self, environment: Mapping[str, str], *, clock: Path, log: Path) -> None:
        self._environment, self._clock, self._log = environment, clock, log
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it; it takes a moment to be ready."""
        command = [sys.executable, "-m", "benchmarks.chaos.process", str(self._port), str(self._clock)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=HOME, env=dict(self._environment), stderr=log)

    def wait(self) -> None:
        """Wait until it answers."""
        assert self._process
        give_up = time.monotonic() + START_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"a bot did not start:\n{self._log.read_text('utf-8')[-3000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def tracebacks(self) -> int:
        """How many exceptions its log tells of."""
        return self._log.read_text("utf-8").count("Traceback (most recent call last)")

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except (URLError, OSError):
            return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
