"""Where news are said: one choice, from what is configured."""

import logging
from pathlib import Path

import pytest

from bot.announcing import announce, rooms_of
from bot.reply import Reply
from bot.settings import load
from bot.wiring import Wired

APP = {"DINGTALK_APP_SECRET": "s", "DINGTALK_APP_KEY": "k"}
GROUP = {"DINGTALK_GROUP_WEBHOOK": "https://oapi.dingtalk.com/robot/send?access_token=t"}
ROOMS, WEB = {"DINGTALK_CONVERSATIONS": "cid1,cid2,cid3"}, {"DEFAULT_REPO": "web"}
OWN = """
[conversations.cid2]
default_repo = "api"
[conversations.cid3]
default_repo = "api"
"""

CHOICES: list[tuple[str, dict[str, str], str, str, list[str]]] = [
    ("the group robot", GROUP, "", "web", [""]),
    ("the group robot before the app", {**GROUP, **APP, **ROOMS}, "", "web", [""]),
    ("the first conversation", {**APP, **ROOMS}, "", "web", ["cid1"]),
    ("whose default it is for all", {**APP, **ROOMS, **WEB}, "", "web", ["cid1", "cid2", "cid3"]),
    ("whose own default it is", {**APP, **ROOMS}, OWN, "api", ["cid2", "cid3"]),
    ("whose default it is still", {**APP, **ROOMS, **WEB}, OWN, "web", ["cid1"]),
    ("the first, for want of one", {**APP, **ROOMS}, OWN, "web", ["cid1"]),
    ("no conversation is known", APP, "", "web", []),
    ("no app key", {"DINGTALK_APP_SECRET": "s", **ROOMS}, "", "web", []),
    ("nothing at all", {}, "", "web", []),
]


def sampan(folder: Path, env: dict[str, str], toml: str = "") -> Wired:
    config = folder / "sampan.toml"
    config.write_text(toml, "utf-8")
    basic = {"REPOS": "web=acme/web,api=acme/api", "DATABASE_URL": f"sqlite:///{folder / 'sampan.db'}"}
    return Wired(load({**basic, "SAMPAN_CONFIG": str(config), **env}))


@pytest.mark.parametrize(("case", "env", "toml", "alias", "rooms"), CHOICES, ids=[row[0] for row in CHOICES])
def test_rooms(
    tmp_path: Path, case: str, env: dict[str, str], toml: str, alias: str, rooms: list[str]
) -> None:
    wired = sampan(tmp_path, env, toml)
    repo = next(one for one in wired.settings.repos if one.alias == alias)
    assert [room.conversation_id for room in rooms_of(wired, repo)] == rooms


def test_news_wait_once_in_each_room(tmp_path: Path) -> None:
    wired = sampan(tmp_path, {**APP, **ROOMS, **WEB})
    for _ in range(2):
        assert announce(wired, wired.settings.repos[0], Reply.of(("news",)), about="it") == 3
    assert wired.store.outbox.waiting() == 3


def test_what_nobody_can_carry_is_not_kept_and_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wired = sampan(tmp_path, {})
    caplog.set_level(logging.INFO, "bot")
    for about in ("one", "two"):
        assert announce(wired, wired.settings.repos[0], Reply.of(("news",)), about=about) == 0
    assert wired.store.outbox.waiting() == 0
    assert caplog.text.count("nothing is announced") <= 1
