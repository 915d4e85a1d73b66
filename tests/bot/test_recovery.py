"""A process that dies between two lines: the room hears of it, and nothing is done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bot import recovery
from bot.settings import load
from bot.tick import tick
from bot.wiring import Wired
from sandbox.town import Town
from tests.bot.test_main_serve import ROOT, free_port, wait_until_alive


@pytest.fixture
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


def later(env: dict[str, str]) -> Wired:
    """Sampan on the same records, after everything that lived must be dead."""
    return Wired(load(env), clock=lambda: time.time() + recovery.DEAD_AFTER + 1)


def killed_in_the_middle(town: Town, env: dict[str, str], folder: Path, text: str) -> str:
    """Have a real process killed while Gitee keeps it waiting; the delivery's id."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    full = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env}
    with subprocess.Popen(
        command, cwd=folder, env=full, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as bot:
        town.room.bot_url = f"http://127.0.0.1:{port}"
        wait_until_alive(town.room.bot_url)
        answer = town.room.deliver(text)
        while not any(one.path.endswith("/merge") for one in town.gitee.requests):
            time.sleep(0.02)
        bot.send_signal(signal.SIGKILL)
    return str(json.loads(answer.request.body or "{}")["msgId"])


def test_a_killed_process_is_told_about_once(town: Town, tmp_path: Path) -> None:
    env = {**town.environment, "LANGUAGE": "en"}
    pull = town.gitee.repos["acme/web"]
    pull.push("late", {"late.txt": "late"})
    number = pull.open_pull("Late", author="wu", head="late").number
    fault = {"kind": "lost", "match": "PUT .*/merge", "seconds": 60}
    requests.put(f"{town.gitee_url}/_fault", json=fault, timeout=5)
    killed_in_the_middle(town, env, tmp_path, f"/ping\n/merge {number}\n/whoami")
    assert later(env).store.take_over(older_than=3600) is None  # too young for anybody else
    assert tick(later(env))["interrupted_told"] == 1
    assert tick(later(env))["interrupted_told"] == 0
    told = town.room.replies[-1].text
    assert "I was interrupted while I worked on your message." in told
    assert "/ping — done" in told and "/whoami — not begun" in told
    assert f"/merge {number} — begun: it may have been done, so look before you repeat it" in told
    assert sum(one.method == "PUT" for one in town.gitee.requests) == 1


def test_a_delivery_that_is_finished_is_left_alone(town: Town) -> None:
    env = {**town.environment, "LANGUAGE": "en"}
    sampan = Wired(load(env))
    assert tick(sampan) == {"interrupted_told": 0, "deliveries_forgotten": 0}
