"""The bundle that `make bundle` writes: complete, lean, and with bytecode that outlives a zip file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.dingtalk.app import create_app as create_room_app
from sandbox.dingtalk.room import Room
from sandbox.serving import serving
from scripts.bundle import CONFIGURATION, build, copy, pack, ship_bytecode, strip
from tests.platforms.bundles import client_alone, files, stale_bytecode, unpack
from tests.platforms.gateway import Gateway
from tests.platforms.runtime_api import running
from tests.support.bots import SECRET, environment

LIMIT = 50_000_000  # bytes
NEEDED = {"api/index.py", "bot/locale/zh/LC_MESSAGES/sampan.mo", "bot/store/migrations/sqlite/0001_first.sql"}
OURS = ("api", "bot", "integrations")
PRIVATE = ("tests", "docs", "sandbox", "benchmarks", "scripts", ".git", ".env", "sampan.db")
NEVER_IMPORTED = ("setuptools", "pbr", "pkg_resources", "_distutils_hack", "bin", "boto3", "uvicorn")
JENKINS = "from integrations.jenkins.client import Jenkins; Jenkins('http://127.0.0.1:1', 'user', 'token')"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """Our part of a bundle, before it is packed."""
    folder = tmp_path / "bundle"
    copy(folder)
    strip(folder)
    ship_bytecode(folder)
    return folder


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole bundle, as the platform unpacks it."""
    folder = tmp_path_factory.mktemp("bundle")
    build(folder / "sampan.zip")
    return unpack(folder / "sampan.zip", folder / "task")


def test_our_part_has_everything_it_reads(ours: Path) -> None:
    wanted = {
        path.as_posix() for top in OURS for end in ("py", "mo", "sql") for path in Path(top).rglob(f"*.{end}")
    }
    assert wanted >= NEEDED
    assert {name for name in files(ours) - {CONFIGURATION} if not name.endswith(".pyc")} == wanted


def test_its_bytecode_survives_the_zip(ours: Path, tmp_path: Path) -> None:
    pack(ours, tmp_path / "sampan.zip")
    task = unpack(tmp_path / "sampan.zip", tmp_path / "task")
    assert not list(stale_bytecode(task))


def test_the_same_files_make_the_same_bundle(ours: Path, tmp_path: Path) -> None:
    pack(ours, tmp_path / "one.zip")
    for path in ours.rglob("*"):
        os.utime(path, (0, 0))
    pack(ours, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.platform
def test_the_bundle_is_lean(unpacked: Path) -> None:
    found = files(unpacked)
    tops = {name.split("/")[0] for name in found}
    assert found >= NEEDED
    assert not tops & {*PRIVATE, *NEVER_IMPORTED}
    assert not {name for name in found if "/tests/" in name or name.endswith((".env", ".db"))}
    assert sum((unpacked / name).stat().st_size for name in found) < LIMIT
    assert not list(stale_bytecode(unpacked))


@pytest.mark.platform
def test_jenkins_needs_nothing_that_was_left_out(unpacked: Path) -> None:
    subprocess.run([sys.executable, "-S", "-c", JENKINS], cwd=unpacked, check=True, env={}, timeout=30)


@pytest.mark.platform
def test_the_bundle_answers_a_signed_message(unpacked: Path, tmp_path: Path) -> None:
    pytest.importorskip("awslambdaric", reason="the runtime interface client is for Linux")
    client, room = client_alone(tmp_path / "client"), Room("http://127.0.0.1:0", app_secret=SECRET)
    with serving(create_room_app(room)) as room.url:
        # -S: none of this environment's packages, only the bundle's.
        python, env = (sys.executable, "-S"), environment(room, tmp_path, LANGUAGE="zh")
        with (
            running(env, folder=tmp_path, task=unpacked, python=python, path=[client]) as function,
            serving(Gateway(function)) as room.bot_url,
        ):
            assert room.deliver("/ping").status_code == 200
            assert room.deliver("/帮助").status_code == 200
    assert "pong" in room.replies[0].text
    assert "合并" in room.replies[1].text
