"""A built Vercel function, run as the platform does: through Vercel's own Python runtime.

That is `vercel_runtime.vc_init` in the built function. It tells over a socket when it is ready, and when an
invocation has ended, background work included.
"""

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START = 30.0  # seconds


def configuration(function: Path) -> dict[str, Any]:
    """What the build wrote about a function."""
    config: dict[str, Any] = json.loads((function / ".vc-config.json").read_text())
    return config


def lay_out(project: Path, function: Path, folder: Path) -> Path:
    """Put a function's files where its instance would have them."""
    sources = {name: project / path for name, path in configuration(function)["filePathMap"].items()}
    sources |= {path.name: path for path in function.iterdir() if path.suffix == ".py"}
    for name, source in sources.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
    return folder


class Messages:
    """What the runtime tells over its socket: JSON, each ended by a NUL."""

    def __init__(self, listener: socket.socket) -> None:
        self._seen: list[dict[str, Any]] = []
        self._more = threading.Condition()
        threading.Thread(target=self._read, args=(listener,), daemon=True).start()

    def _read(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        rest = b""
        with connection:
            while received := connection.recv(65536):
                *messages, rest = (rest + received).split(b"\0")
                with self._more:
                    self._seen += map(json.loads, messages)
                    self._more.notify_all()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The messages of a kind so far."""
        return [message["payload"] for message in self._seen if message["type"] == kind]

    def wait_for(self, kind: str, number: int = 1) -> dict[str, Any]:
        """The message of this kind with this number; TimeoutError if it does not come."""
        with self._more:
            if not self._more.wait_for(lambda: len(self.of(kind)) >= number, START):
                raise TimeoutError(f"{kind} did not come, but {self._seen}")
        return self.of(kind)[number - 1]


class Instance:
    """A running instance of a function."""

    def __init__(self, port: int, messages: Messages) -> None:
        self.url, self.messages = f"http://127.0.0.1:{port}", messages

    def wait_until_ended(self, number: int) -> None:
        """Wait until so many invocations have ended."""
        self.messages.wait_for("end", number)


@contextmanager
def running(task: Path, function: Path, env: Mapping[str, str], *, python: Path) -> Iterator[Instance]:
    """Start an instance; `env` are the project's variables."""
    config, pipe = configuration(function), task.parent / "ipc.sock"
    module, log = config["handler"].partition(".")[0], (task.parent / "function.log").open("wb")
    platform = {
        "PATH": str(python.parent),
        "VERCEL": "1",
        "VERCEL_IPC_PATH": str(pipe),
        **config["environment"],
    }
    command = [str(python), "-c", f"import sys; sys.path.insert(0, ''); import {module}"]
    with log, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(pipe))
        listener.listen(1)
        messages = Messages(listener)
        process = subprocess.Popen(command, cwd=task, env={**platform, **env}, stdout=log, stderr=log)
        try:
            yield Instance(messages.wait_for("server-started")["httpPort"], messages)
        finally:
            process.kill()
            process.wait()
