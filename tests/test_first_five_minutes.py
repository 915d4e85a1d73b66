"""What a newcomer does after `make run`, in a real browser: real merges, real jobs, real replies."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PHONE, browser, page

__all__ = ["browser", "page"]

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the newcomer works, and the sandbox keeps its things."""
    return tmp_path_factory.mktemp("newcomer")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The one address that `python -m bot run` prints without a .env."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "bot", "run", "--port", "0"]
    folder, env["TMPDIR"] = home, str(home)
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as bot:
        assert bot.stdout
        said = ""
        while not (found := re.search(r"Open (http://\S+/) and type /pr", said)):
            line = bot.stdout.readline()
            assert line, said
            said += line
        assert "sandbox" in said
        yield found[1]
        bot.send_signal(signal.SIGTERM)


def say(page: Page, text: str, answer: str) -> None:
    """Type a command and wait until the room shows the answer."""
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text(answer).last).to_be_visible(timeout=15_000)


def test_the_first_five_minutes(address: str, home: Path, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(address)
    (folder,) = home.glob("sampan-sandbox-*")
    say(page, "/pr", "3 open pull requests in")
    say(page, "/test 1", "marked as tested at")
    say(page, "/approve 1", "approved at")
    page.get_by_text("/merge 1", exact=True).last.click()
    expect(page.get_by_text("merged into main").last).to_be_visible(timeout=15_000)
    say(page, "/deploy hello", "is queued as")
    log = subprocess.run(
        ["git", "-C", folder / "gitee/acme/web.git", "log", "--merges", "--format=%s", "main"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(log.stdout.splitlines()) == 1
    deployed = folder / "jenkins/hosts/staging/hello/VERSION"
    give_up = time.monotonic() + 20
    while not deployed.exists():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def test_a_link_leads_to_the_job_and_its_log(address: str, page: Page) -> None:
    page.goto(address)
    say(page, "/build hello", "is queued as")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="hello-build").last.click()
    expect(opened.value.get_by_text("hello-build").first).to_be_visible(timeout=15_000)
