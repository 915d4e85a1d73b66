"""Vercel: what its own builder makes of the checkout, served by its own Python runtime."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.dingtalk.app import create_app as create_room_app
from sandbox.dingtalk.limits import Throttle
from sandbox.dingtalk.room import Room
from sandbox.serving import serving
from tests.platforms import vercel_cli, vercel_runtime
from tests.platforms.bundles import stale_bytecode
from tests.platforms.gateway import VercelProxy
from tests.support.bots import SECRET, environment

pytestmark = pytest.mark.platform

LIMIT = 50_000_000  # bytes
VENDORED = "_vendor/"
OURS = {"api", "bot", "integrations"}
PLANTED = {
    ".env": "SECRET=planted",
    "docs/private.md": "planted",
    "tests/planted.py": "app = 1",
    "sampan.db": "",
}


@dataclass
class Built:
    """What the builder wrote."""

    project: Path

    @property
    def output(self) -> Path:
        return self.project / ".vercel" / "output"

    @property
    def function(self) -> Path:
        [function] = (self.output / "functions").rglob("*.func")
        return function

    @property
    def files(self) -> dict[str, Path]:
        mapped: dict[str, str] = vercel_runtime.configuration(self.function)["filePathMap"]
        return {name: self.project / path for name, path in mapped.items()}


@pytest.fixture(scope="module")
def tools() -> dict[str, str]:
    try:
        return vercel_cli.tools()
    except vercel_cli.Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def built(tools: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Built:
    project = vercel_cli.copy_of_the_checkout(tmp_path_factory.mktemp("project"))
    for name, text in PLANTED.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    vercel_cli.build(project, tools)
    return Built(project)


@pytest.fixture(scope="module")
def task(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vercel_runtime.lay_out(built.project, built.function, tmp_path_factory.mktemp("instance") / "task")


@dataclass
class Deployment:
    """A room, and the instance that answers it."""

    room: Room
    instance: vercel_runtime.Instance
    proxy: VercelProxy


@pytest.fixture(scope="module")
def deployment(built: Built, task: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    room, folder = Room("http://127.0.0.1:0", app_secret=SECRET), tmp_path_factory.mktemp("state")
    room.throttle = Throttle(itertools.count(0, 3600).__next__)
    with serving(create_room_app(room)) as room.url:
        env, python = environment(room, folder, CRON_SECRET="clock"), vercel_cli.python312()
        with vercel_runtime.running(task, built.function, env, python=python) as instance:
            proxy = VercelProxy(instance.url)
            with serving(proxy) as room.bot_url:
                yield Deployment(room, instance, proxy)


def test_one_function_and_no_published_file(built: Built) -> None:
    assert [path.name for path in (built.output / "functions").rglob("*.func")] == ["fastapi.func"]
    assert not [path for path in (built.output / "static").rglob("*") if path.is_file()]


def test_the_function_holds_our_packages_and_nothing_private(built: Built) -> None:
    ours = {name for name in built.files if not name.startswith(VENDORED)}
    assert {name.split("/")[0] for name in ours} - {"sampan.toml"} == OURS
    assert {"bot/locale/zh/LC_MESSAGES/sampan.mo", "bot/store/migrations/sqlite/0001_first.sql"} <= ours
    vendored = {name.removeprefix(VENDORED).split("/")[0] for name in built.files} - OURS
    assert not vendored & {"sandbox", "tests", "benchmarks", "uvicorn"}
    assert not {name for name in built.files if Path(name).name.startswith(".env")}


def test_bytecode_is_shipped(built: Built, task: Path) -> None:
    assert [name for name in built.files if name.endswith(".pyc")]
    assert not [name for name in stale_bytecode(task) if name.split("/")[0] in OURS]


def test_size(built: Built) -> None:
    assert sum(path.stat().st_size for path in built.files.values()) < LIMIT


def test_what_the_platform_is_told(built: Built) -> None:
    config: dict[str, Any] = json.loads((built.output / "config.json").read_text())
    assert config["crons"] == [{"path": "/tick", "schedule": "0 1 * * *"}]
    function = vercel_runtime.configuration(built.function)
    assert (function["runtime"], function["maxDuration"]) == ("python3.12", 300)


def test_a_signed_message_is_answered(deployment: Deployment) -> None:
    room = deployment.room
    answer = room.deliver("/ping")
    assert (answer.status_code, answer.json()) == (200, {"msgtype": "empty"})
    # The work comes after the answer; the instance lives until it is done.
    deployment.instance.wait_until_ended(deployment.proxy.invocations)
    assert ["pong" in reply.text for reply in room.replies] == [True]
    assert room.redeliver(answer).status_code == 200
    deployment.instance.wait_until_ended(deployment.proxy.invocations)
    assert len(room.replies) == 1


def test_a_forged_message_is_refused(deployment: Deployment) -> None:
    assert deployment.room.deliver("/ping", headers={"sign": "AAAA"}).status_code == 401


def test_the_cron_job_reaches_the_tick(deployment: Deployment) -> None:
    # https://vercel.com/docs/cron-jobs/manage-cron-jobs: a GET with the secret
    headers = {"User-Agent": "vercel-cron/1.0", "Authorization": "Bearer clock"}
    asked = requests.get(f"{deployment.room.bot_url}/tick", headers=headers, timeout=10)
    assert (asked.status_code, set(asked.json().values())) == (200, {0})
    assert requests.get(f"{deployment.room.bot_url}/tick", timeout=10).status_code == 401


@pytest.mark.parametrize("path", ["/.env", "/bot/settings.py", "/requirements.txt", "/tests/planted.py"])
def test_no_source_is_served(deployment: Deployment, path: str) -> None:
    assert requests.get(f"{deployment.room.bot_url}{path}", timeout=10).status_code == 404
