"""A process: the commands that the Dockerfile and the systemd unit start it with."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from sandbox.dingtalk.app import create_app as create_room_app
from sandbox.dingtalk.room import Room
from sandbox.serving import serving
from tests.support.bots import SECRET, environment

HERE = Path(__file__).parents[2]
START = 20.0  # seconds


def last_line(name: str, start: str) -> str:
    """What follows `start` on the last line that begins with it."""
    text = (HERE / name).read_text("utf-8")
    return [line.removeprefix(start) for line in text.splitlines() if line.startswith(start)][-1]


def image() -> list[str]:
    command: list[str] = json.loads(last_line("Dockerfile", "CMD "))
    return command


def unit() -> list[str]:
    return shlex.split(last_line("docs/sampan.service", "ExecStart="))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def started(command: list[str], env: dict[str, str], folder: Path) -> Iterator[str]:
    """Run it with this Python and on a free port; gives its address, and ends it as systemd and Docker do."""
    port = free_port()
    arguments = [sys.executable, *command[1:-1], str(port)]
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE)}
    with subprocess.Popen(arguments, cwd=folder, env=path | env, stdout=subprocess.DEVNULL) as process:
        try:
            yield _answering(f"http://127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) in (0, -signal.SIGTERM)


def _answering(url: str) -> str:
    give_up = time.monotonic() + START
    while True:
        try:
            requests.get(f"{url}/healthz", timeout=1).raise_for_status()
        except requests.ConnectionError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            return url


@pytest.mark.parametrize("command", [image(), unit()], ids=["image", "systemd"])
def test_a_signed_message_is_answered(command: list[str], tmp_path: Path) -> None:
    assert command[1:4] == ["-m", "bot", "serve"]
    assert command[-2] == "--port"
    room = Room("http://127.0.0.1:0", app_secret=SECRET)
    with (
        serving(create_room_app(room)) as room.url,
        started(command, environment(room, tmp_path), tmp_path) as room.bot_url,
    ):
        assert room.deliver("/ping").json() == {"msgtype": "empty"}
        [reply] = room.wait_for(1)
    assert "pong" in reply.text
