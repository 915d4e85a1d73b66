"""A bot and a room that talk over real HTTP."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.store import Store
from bot.web.app import create_app
from sandbox.dingtalk.app import create_app as create_room_app
from sandbox.dingtalk.limits import Throttle
from sandbox.dingtalk.room import Room
from sandbox.serving import serving

SECRET = "test-app-secret"


@dataclass
class Pair:
    """A room whose messages go to a bot, and the bot's address and store."""

    room: Room
    url: str
    store: Store

    def ask(self, text: str, *, as_: str = "lin", timeout: float = 15.0) -> str:
        """Say something and give the bot's next answer, as markdown with names for ids."""
        before = len(self.room.replies)
        assert self.room.deliver(text, as_=as_).status_code == 200
        return self.room.wait_for(before + 1, timeout=timeout)[before].text


def environment(room: Room, folder: Path, **more: str) -> dict[str, str]:
    """The smallest configuration of a bot for this room, in English."""
    auth = (
        {"DINGTALK_APP_SECRET": SECRET}
        if room.app_secret
        else {"DINGTALK_OUTGOING_TOKEN": str(room.outgoing_token)}
    )
    return {
        **auth,
        "DINGTALK_WEBHOOK_HOSTS": room.url.removeprefix("http://"),
        "DATABASE_URL": f"sqlite:///{folder / 'sampan.db'}",
        "LANGUAGE": "en",
        "COOLDOWN": "1000",
        "MESSAGES_A_MINUTE": "0",  # a test speaks faster than people may
        "ADMINS": "lin",
        **more,
    }


@contextmanager
def bot_and_room(
    folder: Path, room: Room | None = None, env: Mapping[str, str] | None = None
) -> Iterator[Pair]:
    """Serve both for the length of a with block."""
    room = room or Room("http://127.0.0.1:0", app_secret=SECRET)
    room.throttle = Throttle(itertools.count(0, 3600).__next__)  # a test speaks faster than people may
    with serving(create_room_app(room)) as room.url:
        app = create_app(environment(room, folder, **(env or {})))
        with closing(app.state.shared.sampan.store) as store, serving(app) as room.bot_url:
            yield Pair(room, room.bot_url, store)
