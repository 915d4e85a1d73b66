"""Run a shell script in a process group of its own, so that it ends with everything it started."""

import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

GRACE = 2.0
COULD_NOT_START = 127


class Shell:
    """One script, run once; `stop` may be called from any thread at any time."""

    def __init__(self) -> None:
        self.stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self, script: str, *, folder: Path, log: Path, environment: dict[str, str]) -> int:
        """Run `script` to its end, output appended to `log`, and give its exit code."""
        with log.open("ab") as output:
            try:
                process = self._start(script, folder, output.fileno(), environment)
            except (OSError, ValueError) as error:  # a value too long for an environment, or with a NUL in it
                output.write(f"FATAL: command execution failed: {error}\n".encode())
                return COULD_NOT_START
        if process is None:
            return COULD_NOT_START
        code = process.wait()
        self._signal(signal.SIGKILL)  # what the script left behind
        return code

    def stop(self) -> None:
        """Ask everything to end, and insist after `GRACE` seconds."""
        with self._lock:
            self.stopped = True
        if self._process:
            self._signal(signal.SIGTERM)
            threading.Thread(target=self._insist, args=(self._process,), daemon=True).start()

    def _start(
        self, script: str, folder: Path, output: int, environment: dict[str, str]
    ) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self.stopped:
                return None
            self._process = subprocess.Popen(
                ["/bin/sh", "-ec", script],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            return self._process

    def _insist(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            # Nobody is left in the group; macOS says so with a PermissionError.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)
