"""Draw docs/pictures: the group page after short talks, on a phone in two languages and on a desktop.

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

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PHONE, TALL, DESKTOP = (412, 956), (412, 1030), (1180, 1080)


@dataclass(frozen=True)
class Turn:
    """What a member says, or the newest `click` with that in it; so many messages of the robot follow."""

    member: str
    text: str
    answers: int = 1
    click: bool = False


# The last answers are what a picture shows.
TALK = (Turn("wu", "/test 1"), Turn("lin", "/approve 1"), Turn("chen", "/pr"), Turn("chen", "/merge 1"))
DEPLOY = (
    Turn("chen", "/deploy hello production 1.4.2"),
    Turn("chen", "/confirm", answers=2, click=True),
)
FAILURE = (Turn("wu", "/jenkins test shop", answers=2),)


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
    Shot("room-desktop.png", "zh", "zh-CN", DESKTOP, mobile=False, talk=(*TALK, *DEPLOY)),
)


def main() -> int | str:
    """Draw every picture; returns the exit code, or what is missing."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        return f"none of {', '.join(CHROMIUM)} is installed"
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            with running(shot.language) as address:
                draw(browser, shot, address)
        browser.close()
    return 0


@contextmanager
def running(language: str) -> Iterator[str]:
    """Start what `make run` starts, in a folder without .env, and give the page's address."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = {**kept, "PYTHONPATH": str(ROOT), "LANGUAGE": language, "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-u", "-m", "bot", "run", "--port", "0"]
    with (
        tempfile.TemporaryDirectory() as empty,
        subprocess.Popen(command, cwd=empty, env=env, stdout=subprocess.PIPE, text=True) as bot,  # noqa: S603
    ):
        try:
            yield address_in(bot)
        finally:
            bot.send_signal(signal.SIGINT)  # as Ctrl-C does; it clears its sandbox away


def address_in(bot: subprocess.Popen[str]) -> str:
    """The address that the bot prints."""
    for line in bot.stdout or ():
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise RuntimeError("the bot printed no address")


def draw(browser: Browser, shot: Shot, address: str) -> None:
    """Have the talk on the page and take the picture."""
    width, height = shot.size
    context = browser.new_context(
        locale=shot.locale,
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        is_mobile=shot.mobile,
        device_scale_factor=2,
    )
    page = context.new_page()
    page.goto(address)
    answers = 0
    for turn in shot.talk:
        answers += turn.answers
        say(page, turn, answers=answers)
    page.screenshot(path=PICTURES / shot.file)
    context.close()


def say(page: Page, turn: Turn, *, answers: int) -> None:
    """Say or click a line as a member, and wait until the room has so many answers."""
    page.locator("#speaker").select_option(turn.member)
    if turn.click:
        page.locator(".chip", has_text=turn.text).last.click()
    else:
        page.locator("#text").fill(turn.text)
        page.locator("#send").click()
    expect(page.locator(".by-robot")).to_have_count(answers, timeout=30_000)


if __name__ == "__main__":
    sys.exit(main())
