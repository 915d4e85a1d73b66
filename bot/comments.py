"""Pull requests as rooms: what people write below one comes in, and answers go out, as comments."""

import re
from collections.abc import Callable
from typing import Protocol

from bot.settings import Repo, Settings
from integrations.errors import NotSent
from integrations.model import Account, InboundMessage, Note, Post, Room

CARRIER = "comments"

_ROOM = re.compile(r"(?P<host>[a-z]+):(?P<path>[^#]+)#(?P<number>[0-9]{1,18})")


class CommentHost(Protocol):
    """Where comments live; calls raise IntegrationError."""

    def note(self, repo: str, number: int, comment_id: int) -> Note: ...
    def account(self) -> Account: ...
    def comment(self, repo: str, number: int, body: str) -> None: ...


def room_below(repo: Repo, number: int) -> str:
    """The conversation below a pull request: gitee:acme/web#12."""
    return f"{repo.host}:{repo.path}#{number}"


def pull_of(settings: Settings, conversation: str) -> tuple[Repo, int] | None:
    """The pull request that a conversation is below; None for a chat's own, and for a repo not in REPOS."""
    found = _ROOM.fullmatch(conversation)
    if found is None:
        return None
    repos = (one for one in settings.repos if (one.host, one.path) == (found["host"], found["path"]))
    return next(((repo, int(found["number"])) for repo in repos), None)


class Comments:
    """The chat of these rooms; `markdown` turns a post into a comment's text."""

    def __init__(
        self, settings: Settings, host: Callable[[Repo], CommentHost], *, markdown: Callable[..., str]
    ) -> None:
        self._settings, self._host, self._markdown = settings, host, markdown
        self._own_login = ""

    def read(self, repo: Repo, number: int, comment_id: int) -> Note:
        """A comment as it is now; raises IntegrationError."""
        return self._host(repo).note(repo.path, number, comment_id)

    def is_ours(self, repo: Repo, note: Note) -> bool:
        """Whether Sampan's own account wrote it, which is asked for once; raises IntegrationError."""
        self._own_login = self._own_login or self._host(repo).account().name
        return note.author_login.casefold() == self._own_login.casefold()

    def holds(self, conversation: str) -> bool:
        """Whether a conversation is named like one of these rooms."""
        return _ROOM.fullmatch(conversation) is not None

    def may_answer(self, message: InboundMessage) -> bool:
        """Whether it really came in as a comment below a pull request of ours."""
        # What a chat brings has an address for the answer: one that calls its room so is forged, because
        # the rights here rest on a comment that was read from its host.
        return not message.reply_url and bool(self.carrier(Room(message.conversation_id)))

    def reply(self, message: InboundMessage, post: Post, *, cut: str) -> None:
        """Answer below the pull request; raises IntegrationError."""
        self.post(Room(message.conversation_id), post, cut=cut)

    def carrier(self, room: Room) -> str:
        """Which robot would carry a message to this room, "" when none could."""
        reachable = self._settings.gitee_tokens and pull_of(self._settings, room.conversation_id)
        return CARRIER if reachable else ""

    def post(self, room: Room, post: Post, *, cut: str) -> None:
        """Write a comment; raises IntegrationError."""
        found = pull_of(self._settings, room.conversation_id)
        if found is None or not self.carrier(room):
            raise NotSent(CARRIER, "no way to this room")
        repo, number = found
        self._host(repo).comment(repo.path, number, self._markdown(post, cut=cut))
