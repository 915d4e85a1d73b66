"""The outbox: what is to be said to a room, until the platform has acknowledged it."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

from bot.store.database import Database
from bot.store.queries import Queries
from integrations.model import Code, Line, Link, Post, Room, Say, Span, Strong

LEASE = 60_000  # milliseconds that sending may take
REMEMBERED = 2_000  # milliseconds that a process need not ask again whether a robot rests
_SPANS = {"link": Link, "say": Say, "strong": Strong, "code": Code}
_NAMES = {kind: name for name, kind in _SPANS.items()}


@dataclass(frozen=True)
class Letter:
    """A message on its way; `tries` counts the times that somebody began to send it."""

    id: str
    about: str
    at: int
    room: Room
    post: Post
    tries: int


class Outbox:
    """Messages go in with what they are about, once; they are taken by room, and signed off when sent."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._queries, self._now = Queries(database, "outbox"), now
        self._rests: dict[str, tuple[int, int]] = {}

    def add(self, room: Room, post: Post, *, about: str, begun: bool = False) -> bool:
        """Keep a message; False when there was one about the same already.

        One that was `begun` may have reached the room before.
        """
        now = self._now()
        return bool(
            self._queries.change(
                "add",
                id=secrets.token_hex(8),
                about=about,
                at=now,
                conversation=room.conversation_id,
                reply_url=room.reply_url,
                reply_until=round(room.reply_until * 1000),
                post=_packed(post),
                due_at=now,
                tries=int(begun),
            )
        )

    def rooms_due(self, *, at_most: int) -> list[str]:
        """The conversations in which something is to be said now."""
        rows = self._queries.all("rooms_due", now=self._now(), at_most=at_most)
        return [row["conversation"] for row in rows]

    def take(self, conversation: str, *, owner: str, at_most: int) -> list[Letter]:
        """What is to be said in one room, oldest first; it is this owner's for the length of a lease."""
        now = self._now()
        rows = self._queries.all(
            "take", conversation=conversation, owner=owner, now=now, lease=now + LEASE, at_most=at_most
        )
        letters = [
            Letter(
                id=row["id"],
                about=row["about"],
                at=row["at"],
                room=Room(row["conversation"], row["reply_url"], row["reply_until"] / 1000),
                post=_unpacked(row["post"]),
                tries=row["tries"],
            )
            for row in rows
        ]
        return sorted(letters, key=lambda letter: (letter.at, letter.id))

    def sent(self, letters: Sequence[Letter], *, owner: str, robot: str) -> None:
        """Sign messages off: the platform has them."""
        for letter in letters:
            self._queries.change("sent", id=letter.id, owner=owner, robot=robot, now=self._now())

    def later(self, letters: Sequence[Letter], *, owner: str, due_at: int, began: bool) -> None:
        """Give messages back; `began` says whether one may have reached the platform."""
        for letter in letters:
            tries = letter.tries if began else letter.tries - 1
            self._queries.change("later", id=letter.id, owner=owner, due_at=due_at, tries=tries)

    def give_up(self, letters: Sequence[Letter], *, owner: str) -> None:
        """Keep messages that can no longer be delivered, without trying again."""
        for letter in letters:
            self._queries.change("give_up", id=letter.id, owner=owner)

    def said_lately(self, robot: str, *, seconds: float) -> int:
        """How many messages a robot carried in the last so many seconds."""
        since = self._now() - round(seconds * 1000)
        row = self._queries.one("said_lately", robot=robot, since=since)
        return int(row["n"]) if row else 0

    def waiting(self) -> int:
        """How many messages wait to be said."""
        row = self._queries.one("waiting")
        return int(row["n"]) if row else 0

    def pause(self, robot: str, *, until: int) -> None:
        """Let a robot rest; the platform asked for it."""
        self._queries.change("pause", robot=robot, until=until)
        self._rests.pop(robot, None)

    def rests(self, robot: str) -> bool:
        """Whether a robot rests, as of a moment ago: every answer asks."""
        now = self._now()
        asked, until = self._rests.get(robot, (-REMEMBERED, 0))
        if not 0 <= now - asked < REMEMBERED:
            until = self.paused_until(robot)
            self._rests[robot] = now, until
        return until > now

    def paused_until(self, robot: str) -> int:
        """Until when a robot rests; in the past when it does not."""
        row = self._queries.one("paused_until", robot=robot)
        return int(row["paused_until"]) if row else 0

    def forget(self, *, older_than: float, at_most: int = 5000) -> int:
        """Drop what was said, or given up, so many seconds ago."""
        before = self._now() - round(older_than * 1000)
        return self._queries.change("forget_before", at=before, at_most=at_most)


def _packed(post: Post) -> str:
    lines = [[_pack(span) for span in line] for line in post.lines]
    return json.dumps([post.title, lines, post.mentions], ensure_ascii=False)


def _pack(span: Span) -> str | list[str]:
    return span if isinstance(span, str) else [_NAMES[type(span)], *astuple(span)]


def _unpacked(text: str) -> Post:
    title, lines, mentions = json.loads(text)
    return Post(title, tuple(_unpack(line) for line in lines), tuple(mentions))


def _unpack(line: list[str | list[str]]) -> Line:
    return tuple(span if isinstance(span, str) else _SPANS[span[0]](*span[1:]) for span in line)
