"""Deliveries: one row for each message that was taken on, so that it is taken on once."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.store.database import Database
from bot.store.queries import Queries
from integrations.model import InboundMessage, Kind

MINUTE = 60_000  # milliseconds


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours; only the holder of `owner` can finish it."""

    delivery_id: str
    owner: str
    at: int  # milliseconds, UTC
    lately: int = 1  # messages of the same person in the last minute, with this one


class Deliveries:
    """What was taken on, by whom of us, and whether it is done."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._queries, self._now = Queries(database, "deliveries"), now

    def claim(self, message: InboundMessage) -> Claim | None:
        """Take a delivery on, atomically; None when it was taken on before."""
        owner, now = secrets.token_hex(8), self._now()
        won = self._queries.one(
            "claim",
            id=message.delivery_id,
            owner=owner,
            at=now,
            since=now - MINUTE,
            conversation=message.conversation_id,
            staff_id=message.staff_id,
            chat_user_id=message.chat_user_id,
            name=message.name,
            text=message.text,
            reply_url=message.reply_url,
            reply_until=round(message.reply_until * 1000),
        )
        return Claim(message.delivery_id, owner, now, 1 + won["lately"]) if won else None

    def is_new(self, delivery_id: str) -> bool:
        """Note a delivery from which nothing is left to do; False when it was noted before."""
        return self._queries.one("note", id=delivery_id, at=self._now()) is not None

    def take_over(self, *, older_than: float) -> tuple[Claim, InboundMessage] | None:
        """A delivery that was claimed so many seconds ago and never finished; now it is ours."""
        owner, now = secrets.token_hex(8), self._now()
        before = now - round(older_than * 1000)
        row = self._queries.one("take_over", owner=owner, at=now, before=before)
        return (Claim(row["id"], owner, now), _message(row)) if row else None

    def finish(self, claim: Claim) -> bool:
        """Say that a delivery is done; False when the claim was lost."""
        return bool(self._queries.change("finish", id=claim.delivery_id, owner=claim.owner, at=self._now()))

    def lately(self, *, seconds: float, of_one: int) -> int:
        """How many came in the last so many seconds, counting no more than so many of one person."""
        since = self._now() - round(seconds * 1000)
        row = self._queries.one("lately", since=since, of_one=of_one)
        return int(row["n"]) if row else 0

    def forget(self, *, older_than: float, at_most: int = 5000) -> int:
        """Drop finished claims from before so many seconds ago; returns how many."""
        before = self._now() - round(older_than * 1000)
        return self._queries.change("forget_before", at=before, at_most=at_most)


def _message(row: Mapping[str, Any]) -> InboundMessage:
    return InboundMessage(
        delivery_id=row["id"],
        created_at=0.0,
        kind=Kind.TEXT,
        text=row["text"],
        conversation_id=row["conversation"],
        conversation_title="",
        robot="",
        staff_id=row["staff_id"],
        chat_user_id=row["chat_user_id"],
        name=row["name"],
        reply_url=row["reply_url"],
        reply_until=row["reply_until"] / 1000,
    )
