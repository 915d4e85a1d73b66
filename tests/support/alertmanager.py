"""A real Alertmanager, where the machine has one; import `alertmanager` to have it as a fixture."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

NAMES = ("prometheus-alertmanager", "alertmanager")  # Debian's name, and everybody else's
PATIENCE = 20.0  # seconds until it must be ready
TIMEOUT = 5.0


@dataclass
class Alertmanager:
    """A running one; `url` is its own address."""

    url: str

    def fire(self, labels: dict[str, str], annotations: dict[str, str] | None = None) -> None:
        """Say that something is wrong, as Prometheus does."""
        self._post({"labels": labels, "annotations": annotations or {}, "generatorURL": "http://prom/graph"})

    def resolve(self, labels: dict[str, str]) -> None:
        """Say that it is right again."""
        self._post({"labels": labels, "endsAt": datetime.now(UTC).isoformat()})

    def _post(self, alert: dict[str, object]) -> None:
        # github.com/prometheus/alertmanager api/v2/openapi.yaml, POST /alerts
        with requests.Session() as session:
            session.trust_env = False
            session.post(f"{self.url}/api/v2/alerts", json=[alert], timeout=TIMEOUT).raise_for_status()


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[Callable[[str], Alertmanager]]:
    """Start one that tells this address of everything; it ends with the test."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"neither {' nor '.join(NAMES)} is installed")
    started: list[subprocess.Popen[bytes]] = []

    def start(hook: str) -> Alertmanager:
        url = f"http://127.0.0.1:{_free_port()}"
        started.append(_start(found, tmp_path, url, hook))
        _wait(started[-1], url, tmp_path)
        return Alertmanager(url)

    yield start
    for process in started:
        _end(process)


def _start(program: str, folder: Path, url: str, hook: str) -> subprocess.Popen[bytes]:
    config = folder / "alertmanager.yml"
    config.write_text(json.dumps(_config(hook)), "utf-8")  # JSON is YAML too
    arguments = [
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        f"--web.external-url={url}",
        "--cluster.listen-address=",  # no cluster
    ]
    with (folder / "alertmanager.log").open("wb") as log:
        return subprocess.Popen([program, *arguments], cwd=folder, stdout=log, stderr=log)


def _config(hook: str) -> dict[str, object]:
    """One receiver, in a hurry; prometheus.io/docs/alerting/latest/configuration."""
    return {
        "global": {"resolve_timeout": "1m"},
        "route": {
            "receiver": "sampan",
            "group_by": ["..."],  # every alert by itself
            "group_wait": "1s",
            "group_interval": "1s",
            "repeat_interval": "1h",
        },
        "receivers": [{"name": "sampan", "webhook_configs": [{"url": hook, "send_resolved": True}]}],
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    with requests.Session() as session:
        session.trust_env = False
        while process.poll() is None and time.monotonic() < give_up:
            with suppress(requests.RequestException):
                if session.get(f"{url}/-/ready", timeout=TIMEOUT).ok:
                    return
            time.sleep(0.05)
    raise AssertionError((folder / "alertmanager.log").read_text("utf-8", "replace")[-2000:])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask for its end, and insist after a while."""
    process.terminate()
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
