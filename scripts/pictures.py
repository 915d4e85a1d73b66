"""Draw docs/pictures: the group page after short talks, and the board after things broke.

Needs the [dev] extra, the system's Chromium and a font with emoji: `python scripts/pictures.py`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PHONE, TALL, DESKTOP, WIDE = (412, 956), (412, 1030), (1180, 1080), (1180, 350)


class Sandbox(NamedTuple):
    """Where its pages are, in the order in which the bot prints them."""

    room: str
    pipelines: str
    job: str
    monitor: str
    board: str


@dataclass(frozen=True)
class Turn:
    """What a member says, or the newest `click` with that in it; so many messages of the robot follow.

    Or the button of the nightly job that somebody presses in Jenkins.
    """

    member: str
    text: str
    answers: int = 1
    click: bool = False
    in_jenkins: bool = False


# The last answers are what a picture shows.
TALK = (Turn("wu", "/test 1"), Turn("lin", "/approve 1"), Turn("chen", "/pr"), Turn("chen", "/merge 1"))
DEPLOY = (
    Turn("chen", "/deploy hello production 1.4.2"),
    Turn("chen", "/confirm", answers=2, click=True),
)
FAILURE = (Turn("wu", "/jenkins test shop", answers=3),)  # its end, and the incident
BREAKS = Turn("wu", "Break it", in_jenkins=True)
INCIDENT = (
    BREAKS,
    Turn("chen", "I look after it", click=True),
    Turn("chen", "Mend it", in_jenkins=True),
)
BROKEN = (BREAKS, Turn("chen", "认领", click=True))
ALERTS = ("磁盘将满", "订单延迟过高")


@dataclass(frozen=True)
class Shot:
    """One picture: its file, the language of the bot and of the browser, and the size of the window."""

    file: str
    language: str
    locale: str
    size: tuple[int, int]
    mobile: bool
    talk: tuple[Turn, ...] = TALK


SHOTS = (
    Shot("room-zh.png", "zh", "zh-CN", PHONE, mobile=True),
    Shot("room-en.png", "en", "en-GB", PHONE, mobile=True),
    Shot("deploy.png", "en", "en-GB", TALL, mobile=True, talk=DEPLOY),
    Shot("failure.png", "en", "en-GB", PHONE, mobile=True, talk=FAILURE),
    Shot("incident.png", "en", "en-GB", PHONE, mobile=True, talk=INCIDENT),
    Shot("room-desktop.png", "zh", "zh-CN", DESKTOP, mobile=False, talk=(*TALK, *DEPLOY)),
)
BOARD = Shot("board.png", "zh", "zh-CN", WIDE, mobile=False, talk=BROKEN)


def main() -> int | str:
    """Draw every picture; returns the exit code, or what is missing."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        return f"none of {', '.join(CHROMIUM)} is installed"
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            with running(shot.language) as sandbox:
                draw(browser, shot, sandbox)
        with running(BOARD.language) as sandbox:
            draw_board(browser, sandbox)
        browser.close()
    return 0


@contextmanager
def running(language: str) -> Iterator[Sandbox]:
    """Start what `make run` starts, in a folder without .env."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = {**kept, "PYTHONPATH": str(ROOT), "LANGUAGE": language, "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-u", "-m", "bot", "run", "--port", "0"]
    with (
        tempfile.TemporaryDirectory() as empty,
        subprocess.Popen(command, cwd=empty, env=env, stdout=subprocess.PIPE, text=True) as bot,  # noqa: S603
    ):
        try:
            yield sandbox_of(bot)
        finally:
            bot.send_signal(signal.SIGINT)  # as Ctrl-C does; it clears its sandbox away


def sandbox_of(bot: subprocess.Popen[str]) -> Sandbox:
    """The addresses that the bot prints."""
    found: list[str] = []
    for line in bot.stdout or ():
        found += re.findall(r"http://\S+", line)
        if len(found) == len(Sandbox._fields):
            return Sandbox(*found)
    raise RuntimeError("the bot did not print its addresses")


def draw(browser: Browser, shot: Shot, sandbox: Sandbox) -> None:
    """Have the talk on the page and take the picture."""
    with opened(browser, shot) as page:
        talk(page, shot, sandbox)
        page.screenshot(path=PICTURES / shot.file)


def draw_board(browser: Browser, sandbox: Sandbox) -> None:
    """Break a job, have alerts fire, and take a picture of their cards."""
    with opened(browser, BOARD) as page:
        talk(page, BOARD, sandbox)
        page.goto(sandbox.monitor)
        for name in ALERTS:
            press(page, page.locator("article", has_text=name).locator("button[value=fire]"))
        page.goto(sandbox.board)
        expect(page.locator(".card")).to_have_count(2 + 1 + len(ALERTS), timeout=30_000)
        page.screenshot(path=PICTURES / BOARD.file)
        page.locator(".card", has_text="nightly").click()
        page.set_viewport_size({"width": 600, "height": 400})
        page.screenshot(path=PICTURES / "card.png", full_page=True)


@contextmanager
def opened(browser: Browser, shot: Shot) -> Iterator[Page]:
    """An empty page of a shot's size and language."""
    width, height = shot.size
    context = browser.new_context(
        locale=shot.locale,
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        is_mobile=shot.mobile,
        device_scale_factor=2,
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def talk(page: Page, shot: Shot, sandbox: Sandbox) -> None:
    """Have everybody say or do what they say or do, on the group's page."""
    page.goto(sandbox.room)
    answers = 0
    for turn in shot.talk:
        answers += turn.answers
        if turn.in_jenkins:
            jenkins = page.context.new_page()
            jenkins.goto(sandbox.job)
            press(jenkins, jenkins.get_by_role("button", name=turn.text))
            jenkins.close()
        else:
            say(page, turn)
        expect(page.locator(".by-robot")).to_have_count(answers, timeout=30_000)


def press(page: Page, button: Locator) -> None:
    """Send a form, and wait for the page that comes of it: to go on at once may take it back."""
    with page.expect_navigation():
        button.click()


def say(page: Page, turn: Turn) -> None:
    """Say or click a line as a member."""
    page.locator("#speaker").select_option(turn.member)
    if turn.click:
        page.locator(".chip", has_text=turn.text).last.click()
    else:
        page.locator("#text").fill(turn.text)
        page.locator("#send").click()


if __name__ == "__main__":
    sys.exit(main())
