"""A client of DingTalk, and a group chat that behaves like it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.dingtalk.client import DingTalk
from integrations.model import Room
from sandbox.dingtalk import room as sandbox
from sandbox.dingtalk.app import create_app
from tests.integrations.conftest import Stage

SECRET, TOKEN, KEY = "app-s3cret", "opaque-t0ken", "dingkey"


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Group:
    """A room that stands in for DingTalk, what the client keeps of it, and a client for it."""

    dingtalk: sandbox.Room
    clock: Clock

    def room(self, **options: Any) -> Room:
        """A room in which somebody has just spoken."""
        session, now_ms = "5e55109", self.dingtalk.now_ms
        until = self.dingtalk.sessions.open(session, now_ms=now_ms) / 1000
        url = f"{self.dingtalk.url}/robot/sendBySession?session={session}"
        usual = {"conversation_id": self.dingtalk.conversation_id, "reply_url": url, "reply_until": until}
        return Room(**{**usual, **options})

    def client(self, *have: str, **options: Any) -> DingTalk:
        """A client that has been given the "key", the "webhook", or both."""
        mode = {"app_secrets": [SECRET]} if self.dingtalk.app_secret else {"outgoing_tokens": [TOKEN]}
        key = {"app_key": KEY} if "key" in have else {}
        webhook = {"group_webhook": self.dingtalk.group_webhook} if "webhook" in have else {}
        usual: dict[str, Any] = {
            "hosts": [urlsplit(self.dingtalk.url).netloc],
            "group_secrets": [self.dingtalk.group_secret],
            "api_url": self.dingtalk.url,
            "clock": self.clock,
        }
        return DingTalk(**{**usual, **mode, **key, **webhook, **options})

    @property
    def channels(self) -> list[str | None]:
        return [message.channel for message in self.dingtalk.replies]


Open = Callable[..., Group]


@pytest.fixture
def opened(stage: Stage) -> Open:
    def make(**mode: Any) -> Group:
        clock = Clock()
        room = sandbox.Room("http://127.0.0.1:1", app_key=KEY, clock=clock, **mode)
        stage.app, room.url = create_app(room), stage.url
        return Group(room, clock)

    return make


@pytest.fixture
def group(opened: Open) -> Group:
    """A group with an app robot and a group robot in it."""
    return opened(app_secret=SECRET)
