"""News for everybody: where they are read, and that they are said once."""

import logging
from functools import cache
from typing import TYPE_CHECKING

from bot.reply import Reply
from bot.settings import Repo, Settings
from integrations.model import Room

if TYPE_CHECKING:
    from bot.dispatch import Sampan

log = logging.getLogger(__name__)


def announce(sampan: "Sampan", repo: Repo | None, news: Reply, *, about: str) -> int:
    """Put news of a repo, or of no one, into the outbox, once for what they are `about`.

    Returns in how many rooms they are told.
    """
    rooms = rooms_of(sampan, repo)
    if not rooms:
        _nobody_hears()
    for room in rooms:
        where = f" in {room.conversation_id}" if room.conversation_id else ""
        sampan.store.outbox.add(room, news.post(), about=about + where)
    return len(rooms)


def rooms_of(sampan: "Sampan", repo: Repo | None = None) -> list[Room]:
    """The group robot's room, or else the conversations that work on this repo, or else the first one."""
    if sampan.chat.carrier(Room()):
        return [Room()]
    known = sampan.settings.conversations
    theirs = [one for one in known if repo and _default_repo(sampan.settings, one) == repo.alias]
    rooms = [Room(one) for one in theirs or known[:1]]
    return [room for room in rooms if sampan.chat.carrier(room)]


def _default_repo(settings: Settings, conversation: str) -> str:
    own = settings.conversation_configs.get(conversation)
    if own and own.default_repo:
        return own.default_repo
    return settings.default_repo.alias if settings.default_repo else ""


@cache
def _nobody_hears() -> None:
    """Logged once a process: it is no mistake to want no announcements."""
    log.info("nothing is announced: set DINGTALK_GROUP_WEBHOOK, or DINGTALK_APP_KEY and _CONVERSATIONS")
