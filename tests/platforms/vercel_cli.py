"""Vercel's own command line, set up once in the user's cache, and a build with it. No account is needed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[2]
CACHE = Path.home() / ".cache" / "sampan-platforms"
# sandbox: the release that 64.0.2 asks for does not exist.
CLI = {"private": True, "dependencies": {"vercel": "64.0.2"}, "overrides": {"sandbox": "4.5.0"}}
MINUTES = 10 * 60


class Missing(Exception):
    """What this machine lacks for a build."""


def tools() -> dict[str, str]:
    """An environment in which Vercel's command line works; raises Missing."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise Missing("Node.js and npm are not installed")
    python = python312()
    folders = (python.parent, _uv().parent, _cli().parent)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("VERCEL")},
        "PATH": os.pathsep.join((*map(str, folders), os.environ["PATH"])),
        "UV_PYTHON_DOWNLOADS": "never",
        "VERCEL_TELEMETRY_DISABLED": "1",
    }


def python312() -> Path:
    """A Python 3.12, which is what Vercel runs; raises Missing."""
    pyenv = (Path.home() / ".pyenv" / "versions").glob("3.12*/bin/python3.12")
    for python in (shutil.which("python3.12"), *pyenv):
        # pyenv's shim is there also when its version is not switched on.
        if python and subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
            return Path(python)
    raise Missing("Python 3.12 is not installed")


def _uv() -> Path:
    uv = CACHE / "uv" / "bin" / "uv"
    if not uv.exists():
        subprocess.run([sys.executable, "-m", "venv", str(CACHE / "uv")], check=True)
        pip = [str(uv.with_name("python")), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "uv"], check=True, timeout=MINUTES)
    return uv


def _cli() -> Path:
    folder = CACHE / "vercel-{vercel}".format(**CLI["dependencies"])  # type: ignore[arg-type]
    cli = folder / "node_modules" / ".bin" / "vercel"
    if not cli.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps(CLI))
        command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True, timeout=MINUTES)
    return cli


def copy_of_the_checkout(folder: Path) -> Path:
    """The files git knows or would add, in a folder of their own."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=HERE, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (HERE / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / name, folder / name)
    return folder


def build(project: Path, env: dict[str, str]) -> None:
    """`vercel build` in this folder; raises RuntimeError with what it said."""
    settings: dict[str, Any] = {"projectId": "prj_x", "orgId": "team_x", "settings": {"framework": None}}
    (project / ".vercel").mkdir()
    (project / ".vercel" / "project.json").write_text(json.dumps(settings))
    # `vercel deploy` hands these to the build, `vercel build` does not.
    wanted = json.loads((project / "vercel.json").read_text())["build"]["env"]
    command = ["vercel", "build", "--yes"]
    done = subprocess.run(
        command, cwd=project, env=env | wanted, capture_output=True, text=True, timeout=MINUTES
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
