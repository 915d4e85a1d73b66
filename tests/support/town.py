"""A bot in the whole sandbox, over real HTTP."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import requests

from bot.store import Store
from bot.web.app import create_app
from sandbox.dingtalk.limits import Throttle
from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from sandbox.serving import serving
from sandbox.town import Town


def wait_until(condition: Callable[[], bool], *, seconds: float = 20.0, every: float = 0.01) -> None:
    """Look every so many seconds; fail when it does not come about."""
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(every)


class Place:
    """The town, the bot in it, and what a test does there."""

    def __init__(self, town: Town, store: Store) -> None:
        self.town, self.store = town, store
        self._branches, self._spoken = itertools.count(1), itertools.count(1)

    def ask(self, text: str, *, as_: str = "lin", timeout: float = 30.0, **fields: Any) -> str:
        """Say something and give the answer; `fields` replace what the platform sends."""
        return self.hear(1, text, as_=as_, timeout=timeout, **fields)[-1]

    def hear(
        self, number: int, text: str, *, as_: str = "lin", timeout: float = 30.0, **fields: Any
    ) -> list[str]:
        """Say something and give so many answers."""
        room = self.town.room
        before = len(room.replies)
        assert self.say(text, as_=as_, **fields).status_code == 200
        return [message.text for message in room.wait_for(before + number, timeout=timeout)[before:]]

    def say(self, text: str, *, as_: str = "lin", **fields: Any) -> requests.Response:
        """Say something; each time in other shoes, since one person may say only so much in a minute."""
        shoes = {"senderId": f"$:LWCP_v1:$shoes{next(self._spoken)}"}
        return self.town.room.deliver(text, as_=as_, **{**shoes, **fields})

    def _tick(self) -> dict[str, int]:
        """Have everything done that is due; how much it was."""
        secret = self.town.environment["CRON_SECRET"]
        headers = {"Authorization": f"Bearer {secret}"}
        done: dict[str, int] = requests.post(
            f"{self.town.room.bot_url}/tick", headers=headers, timeout=30
        ).json()
        return done

    def told(self, *, seconds: float = 20.0) -> str:
        """Let time pass until the room hears what nobody asks for now, and give it."""
        before = len(self.town.room.replies)
        wait_until(lambda: self._tick()["messages_sent"] > 0, seconds=seconds, every=0.1)
        return self.town.room.replies[before].text

    @property
    def web(self) -> Repo:
        return self.town.gitee.repos["acme/web"]

    def new_pull(self, *, files: dict[str, str | None] | None = None, **options: Any) -> Pull:
        """A new pull request of wu's that needs nothing, unless told so."""
        branch = f"topic-{next(self._branches)}"
        self.web.push(branch, files or {f"{branch}.txt": "new\n"}, message=f"Add {branch}")
        settings = {"author": "wu", "assignees": ["sampan-bot"], "testers": ["sampan-bot"], **options}
        return self.web.open_pull(f"Change {branch}", head=branch, **settings)

    def gitee_fault(self, **fault: Any) -> None:
        """Make the code host misbehave."""
        requests.put(f"{self.town.gitee_url}/_fault", json=fault, timeout=5).raise_for_status()

    def jenkins_fault(self, **fault: Any) -> None:
        """Make the build server misbehave."""
        requests.put(f"{self.town.jenkins_url}/_fault", json=fault, timeout=5).raise_for_status()

    def mend(self) -> None:
        """Everything behaves again."""
        for url in (self.town.gitee_url, self.town.jenkins_url, self.town.room.url):
            requests.delete(f"{url}/_fault", timeout=5).raise_for_status()

    def gitee_calls(self) -> list[str]:
        """The requests since the last time somebody asked, as "METHOD /path"."""
        calls = [f"{one.method} {one.path}" for one in self.town.gitee.requests]
        self.town.gitee.requests.clear()
        return calls


@contextmanager
def place(**env: str) -> Iterator[Place]:
    """A fresh town with a bot that speaks English, for the length of a with block."""
    with Town() as town:
        town.room.throttle = Throttle(itertools.count(0, 3600).__next__)
        app = create_app(
            {**town.environment, "LANGUAGE": "en", "COOLDOWN": "1000", "MESSAGES_A_MINUTE": "0", **env}
        )
        with closing(app.state.shared.sampan.store) as store, serving(app) as town.room.bot_url:
            yield Place(town, store)
