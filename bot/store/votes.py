"""Votes: who vouched, through Sampan, for which commit of a pull request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.store.database import Database
from bot.store.queries import Queries, typed
from integrations.model import Vote

Kept = Vote | Literal["merge"]
MERGE: Kept = "merge"  # like a vote, so that news of a merge of our own is not told twice


@dataclass(frozen=True)
class Vouched:
    """Somebody's vote through Sampan, and the commit it was for."""

    sha: str
    staff_id: str
    name: str


class Votes:
    """A row is there before the request goes out; one that the host refused does not count."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._queries, self._now = Queries(database, "votes"), now

    def ask(
        self, *, repo: str, pull: int, vote: Kept, sha: str, staff_id: str, name: str, delivery: str
    ) -> int:
        """Keep who is about to vouch for which commit; returns the row to settle."""
        row = self._queries.one(
            "ask",
            at=self._now(),
            repo=repo,
            number=pull,
            kind=str(vote),
            sha=sha,
            staff_id=staff_id,
            name=name,
            delivery=delivery,
        )
        assert row is not None
        return int(row["id"])

    def settle(self, row: int, *, counted: bool) -> None:
        """Say whether the host took the vote."""
        self._queries.change("settle", id=row, state="counted" if counted else "refused")

    def standing(self, repo: str, pull: int, vote: Kept) -> list[Vouched]:
        """The last vote of this kind that counted, and those asked for since whose outcome nobody knows."""
        rows = self._queries.all("standing", repo=repo, number=pull, kind=str(vote))
        return [typed(Vouched, row) for row in rows]
