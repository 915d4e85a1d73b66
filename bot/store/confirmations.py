"""Confirmations: what was shown and waits for a yes, once, and not for long."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import TypeAdapter

from bot.builds import Plan
from bot.store.database import Database
from bot.store.queries import Queries

# No letters that look like digits, and none that a phone's keyboard hides.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 6


@dataclass(frozen=True)
class Shown:
    """What was shown: the plan, letter by letter, and the names of all the parameters that the job took."""

    plan: Plan
    takes: tuple[str, ...]


@dataclass(frozen=True)
class Confirmation:
    """What was shown, to whom, and whether another person has to say yes."""

    code: str
    conversation: str
    staff_id: str
    who: str
    second: bool
    shown: Shown

    @property
    def plan(self) -> Plan:
        return self.shown.plan


class Confirmations:
    """Each is bound to what was shown, and to one room."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._queries, self._now = Queries(database, "confirmations"), now

    def ask(
        self, shown: Shown, *, conversation: str, staff_id: str, who: str, second: bool, seconds: float
    ) -> str:
        """Keep what was shown until somebody confirms it; returns the code."""
        code, now = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)), self._now()
        self._queries.change(
            "ask",
            code=code,
            at=now,
            expires_at=now + round(seconds * 1000),
            conversation=conversation,
            staff_id=staff_id,
            who=who,
            second=int(second),
            plan=TypeAdapter(Shown).dump_json(shown).decode(),
        )
        return code

    def look(self, code: str, *, conversation: str) -> Confirmation | None:
        """What a code stands for, while it can be used in this room."""
        row = self._queries.one("look", code=code, conversation=conversation, now=self._now())
        if row is None:
            return None
        return Confirmation(
            code=row["code"],
            conversation=row["conversation"],
            staff_id=row["staff_id"],
            who=row["who"],
            second=bool(row["second"]),
            shown=TypeAdapter(Shown).validate_json(row["plan"]),
        )

    def use(self, code: str) -> bool:
        """Use a code up; False when somebody was faster or its time is over."""
        return bool(self._queries.change("use", code=code, now=self._now()))

    def forget(self, *, older_than: float) -> int:
        """Drop those that ran out so many seconds ago."""
        return self._queries.change("forget_before", at=self._now() - round(older_than * 1000))
