"""A town whose builds and alerts tell the bot, and what the room hears of them."""

import json
import re
from contextlib import closing
from typing import Any

import requests

from bot.tick import tick
from bot.wiring import Wired
from sandbox.town import ALERT_HOOK_TOKEN, JENKINS_HOOK_TOKEN
from tests.bot.clockwork import Watch
from tests.bot.incidents.boards import Board, Seen

MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0
JOB = "nightly"


def lines(text: str) -> list[str]:
    """A message or a card without what differs each time: addresses and times of day."""
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"(?:\d\d\\?-\d\d )?\b\d\d:\d\d\b", "TIME", text)
    text = re.sub(r"\bi(\d+)-[0-9a-f]{8}\b", r"i\1-TOKEN", text)
    return [line for line in text.splitlines() if line]


class Scene:
    """A bot, the board of its cards, and the builds and alerts that it is told of."""

    def __init__(self, bot: Watch, board: Board) -> None:
        self.bot, self.board = bot, board
        self.incidents = bot.store.incidents
        self._hooks = f"{bot.town.room.bot_url}/hooks"

    def job(self, name: str = JOB) -> None:
        """A job that nobody has to run: its builds are written down."""
        self.bot.job(name, parameters=())

    def build(
        self, result: str, job: str = JOB, *, notify: bool = True, ago: float = 0.0, **more: Any
    ) -> list[str]:
        """A build ends, so many seconds ago; what the room hears of it."""
        began = self.bot.clock() - ago - 1.0
        return self.bot.said(lambda: self.bot.jenkins.record(job, result, notify=notify, began=began, **more))

    def builds(self, *results: str, job: str = JOB) -> list[str]:
        """One build after the other; all that the room hears."""
        return [text for result in results for text in self.build(result, job)]

    def lost(self, *results: str, job: str = JOB, **more: Any) -> None:
        """Builds whose notifications nobody gets."""
        for result in results:
            self.build(result, job, notify=False, **more)

    def hook(self, number: int, status: str, job: str = JOB, *, phase: str = "FINALIZED") -> list[str]:
        """A notification, true or not; what the room hears."""
        build = {
            "number": number,
            "phase": phase,
            "status": status,
            "timestamp": round(self.bot.clock() * 1000),
            "full_url": f"https://ci.example/job/{job}/{number}/",
        }
        body = {"name": job, "url": f"job/{job}/", "build": build}
        return self.bot.said(lambda: self._post(f"jenkins/{JENKINS_HOOK_TOKEN}", body))

    def alerts(self, *alerts: dict[str, Any], sender: str = "alertmanager", **more: Any) -> list[str]:
        """A delivery of alerts; what the room hears."""
        return self.deliver({"alerts": list(alerts), **more}, sender=sender)

    def deliver(self, body: Any, *, sender: str = "alertmanager") -> list[str]:
        """A delivery as it is; what the room hears."""
        return self.bot.said(lambda: self._post(f"{sender}/{ALERT_HOOK_TOKEN}", body))

    def tick(self, *, after: float = 61.0) -> list[str]:
        """Let time pass, do what is due; what the room hears."""
        return self.bot.tick(after=after)

    def tick_of(self, process: Wired, *, after: float = 61.0, seconds: float = 20.0) -> list[str]:
        """The same, done by another process, in so many seconds of its own."""
        with closing(process.store):
            return self.bot.said(lambda: tick(process, seconds=seconds), after=after)

    def work_of(self, process: Wired) -> None:
        """Have another process do what is due."""
        tick(process)

    def known(self, job: str = JOB) -> None:
        """Have a job known, and healthy."""
        self.build("SUCCESS", job)
        self.tick()

    def later(self) -> list[str]:
        """What another process says, long after: this one may be told to wait by a clock of its own."""
        return self.tick_of(self.bot.another(), after=5 * MINUTE)

    @property
    def card(self) -> Seen:
        """The only card there is."""
        [card] = self.board.cards()
        return card

    def spent(self) -> list[str]:
        """What was asked of everybody since the last time somebody looked."""
        asked = [f"{one.method} {one.path}" for one in self.bot.jenkins.requests]
        self.bot.jenkins.requests.clear()
        return asked + self.board.calls()

    def heads(self, texts: list[str]) -> list[str]:
        """The first line of each message."""
        return [lines(text)[0] for text in texts]

    def _post(self, path: str, body: Any) -> None:
        wire = body if isinstance(body, bytes) else json.dumps(body).encode()
        requests.post(f"{self._hooks}/{path}", data=wire, timeout=30).raise_for_status()


def alert(
    fingerprint: str = "f1",
    *,
    firing: bool = True,
    began: str = "2026-01-02T03:04:05Z",
    name: str = "HighCPU",
    summary: str = "CPU is at 95%",
) -> dict[str, Any]:
    """An alert of a delivery."""
    return {
        "status": "firing" if firing else "resolved",
        "labels": {"alertname": name, "service": "pay"},
        "annotations": {"summary": summary},
        "startsAt": began,
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": fingerprint,
    }
