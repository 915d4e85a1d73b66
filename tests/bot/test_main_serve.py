"""`python -m bot serve`: real processes, one database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from sandbox.dingtalk.app import create_app as create_room_app
from sandbox.dingtalk.room import Room
from sandbox.serving import serving
from tests.support.bots import SECRET, environment

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def process(env: dict[str, str], folder: Path) -> Iterator[str]:
    """A served bot; its address."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    full = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env}
    with subprocess.Popen(
        command, cwd=folder, env=full, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as bot:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until_alive(url)
            yield url
        finally:
            bot.send_signal(signal.SIGINT)
            bot.communicate(timeout=15)


def wait_until_alive(url: str) -> None:
    for _ in range(400):
        try:
            requests.get(f"{url}/healthz", timeout=5).raise_for_status()
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the bot did not start")


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room("http://127.0.0.1:0", app_secret=SECRET)
    with serving(create_room_app(room)) as room.url:
        yield room


def test_a_delivery_that_comes_a_hundred_times_to_two_processes_runs_once(room: Room, tmp_path: Path) -> None:
    env = environment(room, tmp_path)
    with ExitStack() as stack:
        urls = [stack.enter_context(process(env, tmp_path)) for _ in range(2)]
        room.bot_url = urls[0]
        template = room.deliver("/ping", msgId=None)  # refused: only its body is wanted
        body = str(template.request.body, "utf-8").replace('{"msgtype"', '{"msgId": "msg-once==", "msgtype"')

        def deliver(number: int) -> int:
            url = f"{urls[number % 2]}/chat/dingtalk"
            headers = dict(template.request.headers)
            headers.pop("Content-Length")
            return requests.post(url, data=body.encode(), headers=headers, timeout=20).status_code

        with ThreadPoolExecutor(20) as many:
            assert set(many.map(deliver, range(100))) == {200}
        room.bot_url = urls[1]
        room.deliver("/whoami")
        room.wait_for(2)
        assert sum("pong" in message.text for message in room.replies) == 1


def test_a_configuration_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    env |= {"DINGTALK_APP_SECRET": "canary-one", "DINGTALK_OUTGOING_TOKEN": "canary-two"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert "DINGTALK_APP_SECRET, DINGTALK_OUTGOING_TOKEN: set exactly one of the two" in done.stderr
    assert "canary" not in done.stderr + done.stdout
