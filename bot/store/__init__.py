"""What outlives a request, in plain SQL: bot/store/sql has a file for each kind of record.

Times are milliseconds since the epoch, UTC.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aiosql

from bot.store.sqlite import Sqlite
from integrations.model import InboundMessage, Kind, Vote

SQL = Path(__file__).parent / "sql"
QUEUE_MEMORY = 3_600_000  # milliseconds


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours; only the holder of `owner` can finish it."""

    delivery_id: str
    owner: str


@dataclass(frozen=True)
class Vouched:
    """Somebody's vote through Sampan, and the commit it was for."""

    sha: str
    staff_id: str
    name: str


@dataclass(frozen=True)
class AskedBuild:
    """A build that was asked for: its id, and the token that tells it from all others."""

    id: int
    token: str

    @property
    def sampan_id(self) -> str:
        """What goes into the job's SAMPAN_ID: unique over every store there ever was."""
        return f"b{self.id}-{self.token}"


@cache
def _queries(kind: str) -> Any:
    return aiosql.from_path(SQL / f"{kind}.sql", "sqlite3")


def _message(row: Any) -> InboundMessage:
    delivery_id, conversation, staff_id, chat_user_id, name, text, reply_url, reply_until = row
    return InboundMessage(
        delivery_id=delivery_id,
        created_at=0.0,
        kind=Kind.TEXT,
        text=text,
        conversation_id=conversation,
        conversation_title="",
        robot="",
        staff_id=staff_id,
        chat_user_id=chat_user_id,
        name=name,
        reply_url=reply_url,
        reply_until=reply_until / 1000,
    )


class Store:
    """The records, over one database."""

    def __init__(self, url: str, *, clock: Callable[[], float]) -> None:
        self._database = Sqlite(url.removeprefix("sqlite:///"))
        self._clock = clock

    def _ask(self, query: Callable[..., Any], **values: Any) -> Any:
        """Run one query; rows are fetched before another thread has the connection."""
        with self._database.lent() as connection:
            found = query(connection, **values)
            return list(found) if isinstance(found, Iterator) else found

    def _now(self) -> int:
        return round(self._clock() * 1000)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def check(self) -> None:
        """Raise unless the database answers."""
        with self._database.lent() as connection:
            connection.execute("SELECT 1 FROM deliveries LIMIT 1").fetchone()

    def claim(self, message: InboundMessage) -> Claim | None:
        """Take a delivery on, atomically; None when it was taken on before."""
        owner = secrets.token_hex(8)
        won = self._ask(
            _queries("deliveries").claim,
            id=message.delivery_id,
            owner=owner,
            at=self._now(),
            conversation=message.conversation_id,
            staff_id=message.staff_id,
            chat_user_id=message.chat_user_id,
            name=message.name,
            text=message.text,
            reply_url=message.reply_url,
            reply_until=round(message.reply_until * 1000),
        )
        return Claim(message.delivery_id, owner) if won else None

    def take_over(self, *, older_than: float) -> tuple[Claim, InboundMessage] | None:
        """A delivery that was claimed so many seconds ago and never finished; now it is ours."""
        owner, now = secrets.token_hex(8), self._now()
        before = now - round(older_than * 1000)
        row = self._ask(_queries("deliveries").take_over, owner=owner, at=now, before=before)
        return (Claim(row[0], owner), _message(row)) if row else None

    def finish(self, claim: Claim) -> bool:
        """Say that a delivery is done; False when the claim was lost."""
        return bool(
            self._ask(_queries("deliveries").finish, id=claim.delivery_id, owner=claim.owner, at=self._now())
        )

    def forget_deliveries(self, *, older_than: float) -> int:
        """Drop claims from before so many seconds ago; returns how many."""
        return int(self._ask(_queries("deliveries").forget_before, at=self._now() - round(older_than * 1000)))

    def record(self, message: InboundMessage, *, typed: str, command: str, outcome: str, detail: str) -> None:
        """Append a line to the audit."""
        self._ask(
            _queries("audit").record,
            at=self._now(),
            delivery=message.delivery_id,
            conversation=message.conversation_id,
            staff_id=message.staff_id,
            name=message.name,
            typed=typed,
            command=command,
            outcome=outcome,
            detail=detail,
        )

    def audit_of(self, delivery_id: str) -> list[tuple[str, ...]]:
        """The audit's lines for one delivery: staff id, typed, command, outcome, detail."""
        return list(self._ask(_queries("audit").of_delivery, delivery=delivery_id))

    def vouch(self, message: InboundMessage, *, repo: str, number: int, vote: Vote, sha: str) -> int:
        """Keep who is about to vouch for which commit; returns the row to settle."""
        row = self._ask(
            _queries("votes").ask,
            at=self._now(),
            repo=repo,
            number=number,
            kind=str(vote),
            sha=sha,
            staff_id=message.staff_id,
            name=message.name,
        )
        return int(row[0])

    def settle_vote(self, row: int, *, counted: bool) -> None:
        """Say whether the host took the vote."""
        self._ask(_queries("votes").settle, id=row, state="counted" if counted else "refused")

    def vouched(self, repo: str, number: int, vote: Vote) -> list[Vouched]:
        """The last vote of this kind that counted, and those asked for since whose outcome nobody knows."""
        rows = self._ask(_queries("votes").standing, repo=repo, number=number, kind=str(vote))
        return [Vouched(*row) for row in rows]

    def ask_build(self, message: InboundMessage, *, job: str) -> AskedBuild:
        """Keep a build that is about to be asked for."""
        token = secrets.token_hex(6)
        row = self._ask(
            _queries("builds").ask,
            at=self._now(),
            token=token,
            job=job,
            conversation=message.conversation_id,
            staff_id=message.staff_id,
            name=message.name,
        )
        return AskedBuild(int(row[0]), token)

    def settle_build(self, build: AskedBuild, *, state: str, queue_id: int | None = None) -> bool:
        """Say what came of asking: queued, merged, refused or unclear."""
        return bool(
            self._ask(
                _queries("builds").settle, id=build.id, token=build.token, state=state, queue_id=queue_id
            )
        )

    def who_asked_before(self, build: AskedBuild, *, job: str, queue_id: int | None) -> str | None:
        """Who asked lately for the build of this queue item; queue numbers start anew one day."""
        row = self._ask(
            _queries("builds").by_queue,
            job=job,
            queue_id=queue_id,
            id=build.id,
            since=self._now() - QUEUE_MEMORY,
        )
        return str(row[0]) if row else None
