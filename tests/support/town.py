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


def wait_until(condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Look every ten milliseconds; fail when it does not come about."""
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.01)


class Place:
    """The town, the bot in it, and what a test does there."""

    def __init__(self, town: Town, store: Store) -> None:
        self.town, self.store = town, store
        self._branches = itertools.count(1)

    def ask(self, text: str, *, as_: str = "lin", timeout: float = 30.0) -> str:
        """Say something and give the answer."""
        return self.hear(1, text, as_=as_, timeout=timeout)[-1]

    def hear(self, number: int, text: str, *, as_: str = "lin", timeout: float = 30.0) -> list[str]:
        """Say something and give so many answers."""
        room = self.town.room
        before = len(room.replies)
        assert room.deliver(text, as_=as_).status_code == 200
        return [message.text for message in room.wait_for(before + number, timeout=timeout)[before:]]

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
        app = create_app({**town.environment, "LANGUAGE": "en", **env})
        with serving(app) as town.room.bot_url, closing(app.state.shared.sampan.store) as store:
            yield Place(town, store)
