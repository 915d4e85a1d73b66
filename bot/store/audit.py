"""The audit: who asked for what, what was decided, what was called outside. Append-only."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from pydantic import Json

from bot.store.database import Database
from bot.store.queries import Queries, typed
from integrations.model import InboundMessage

FOREVER = 2**62  # milliseconds
AGAIN = "\n→ "  # between a /retry and the line that it repeated; no line that is typed holds it
LATELY = 24 * 3600.0  # seconds; what failed before that is not what "/retry" alone means
FLOODED = "too many messages"  # the detail of a line that was not even looked at


@unique
class Outcome(StrEnum):
    """What became of a line."""

    STARTED = "started"  # written before a writing command runs; alone it means: interrupted
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    BROKEN = "broken"


@dataclass(frozen=True)
class Entry:
    """One line of the audit; `at` is in milliseconds, UTC."""

    id: int
    at: int
    delivery: str
    conversation: str
    staff_id: str
    name: str
    typed: str
    command: str
    outcome: str
    detail: str
    service: str
    calls: Json[list[str]]  # "Gitee PUT /repos/acme/web/pulls/1/merge 200"


class Audit:
    """Lines are added and read; the database itself refuses to change or delete one."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._queries, self._now = Queries(database, "audit"), now

    def record(
        self,
        message: InboundMessage,
        *,
        typed: str,
        command: str,
        outcome: str,
        detail: str,
        service: str = "",
        calls: Sequence[str] = (),
    ) -> None:
        """Append a line."""
        self._queries.change(
            "record",
            at=self._now(),
            delivery=message.delivery_id,
            conversation=message.conversation_id,
            staff_id=message.staff_id,
            name=message.name,
            typed=typed,
            command=command,
            outcome=outcome,
            detail=detail,
            service=service,
            calls=json.dumps(list(calls), ensure_ascii=False),
        )

    def of_delivery(self, delivery_id: str) -> list[Entry]:
        """The lines of one delivery, oldest first."""
        return [typed(Entry, row) for row in self._queries.all("of_delivery", delivery=delivery_id)]

    def newest_of(self, staff_id: str, *, conversation: str, seconds: float) -> Entry | None:
        """A person's newest line in a room, of the last so many seconds; a plain /retry does not count."""
        return self._newest("newest_of", staff_id, conversation, seconds)

    def newest_try_of(self, staff_id: str, *, conversation: str, seconds: float) -> Entry | None:
        """The same, among the lines that began to write, were refused, or failed."""
        return self._newest("newest_try_of", staff_id, conversation, seconds)

    def _newest(self, name: str, staff_id: str, conversation: str, seconds: float) -> Entry | None:
        since = self._now() - round(seconds * 1000)
        row = self._queries.one(name, staff_id=staff_id, conversation=conversation, since=since)
        return typed(Entry, row) if row else None

    def refusals(self, staff_id: str, command: str, *, seconds: float) -> int:
        """How often a person was refused a command in the last so many seconds."""
        since = self._now() - round(seconds * 1000)
        row = self._queries.one("refusals", staff_id=staff_id, command=command, since=since)
        return int(row["n"]) if row else 0

    def first_flooded(self, chat_user_id: str, *, seconds: float) -> str:
        """The first delivery of a person's, in the last so many seconds, that came too soon after others."""
        since = self._now() - round(seconds * 1000)
        row = self._queries.one("first_flooded", chat_user_id=chat_user_id, flooded=FLOODED, since=since)
        return str(row["delivery"]) if row else ""

    def about(self, word: str, *, since: int, at_most: int) -> list[Entry]:
        """The newest lines about a person, a command or a service; about everything for an empty word."""
        name = "latest" if not word else "about"
        values = {"since": since, "at_most": at_most} | ({"word": word} if word else {})
        return [typed(Entry, row) for row in self._queries.all(name, **values)]

    def everything(
        self, *, since: int | None = None, until: int | None = None, page: int = 1000
    ) -> Iterator[Entry]:
        """Every line of a time, oldest first, a page at a time so that others get their turn."""
        between = {"since": since or 0, "until": FOREVER if until is None else until}
        after = 0
        while rows := self._queries.all("after", after=after, page=page, **between):
            yield from (typed(Entry, row) for row in rows)
            after = int(rows[-1]["id"])
