"""Incidents: what is watched, what broke and when, and how far its card and its room are."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import Json

from bot.incidents.life import Health, Kind, Signal, Step, Told
from bot.store.database import Database
from bot.store.queries import Queries, typed

LEASE = 90_000  # milliseconds that work on one incident may take
COMPARING = 60_000  # milliseconds that one comparison with a server may take


@dataclass(frozen=True)
class Watched:
    """A job or an alert, and what was last known of it; times are milliseconds, UTC."""

    kind: Kind
    name: str  # a job's name with its folders, or an alert's key
    title: str  # what people call it
    health: Health
    mark: int  # the number of the build that was judged last, or when the alert began
    began_at: int  # when that build began
    incident: int | None  # the last one
    look_at: int | None
    at: int = 0  # when that was learned


@dataclass(frozen=True)
class Incident:
    """One time that something broke; times are milliseconds, UTC."""

    id: int
    token: str = field(repr=False)
    kind: Kind
    name: str
    title: str
    about: Json[dict[str, str]]  # an alert's own words
    url: str
    opened_at: int
    closed_at: int | None
    first: int
    last: int
    failures: int
    ack_by: str
    card: str
    card_url: str
    card_begun: int  # up to which event its card tells in its text; its id may not have come to be known
    told: Told
    told_at: int
    held_by: str = field(repr=False)
    held_until: int

    @property
    def label(self) -> str:
        """How people refer to it."""
        return f"i{self.id}"

    @property
    def marker(self) -> str:
        """What its card is found by: unique over every store there ever was."""
        return f"i{self.id}-{self.token}"

    @property
    def health(self) -> Health:
        return Health.FAILING if self.closed_at is None else Health.HEALTHY


ACKED, CLOSED = "acked", "closed"


@dataclass(frozen=True)
class Event:
    """Something that happened to an incident: one of the Steps, or ACKED or CLOSED by somebody."""

    number: int
    at: int
    what: str
    mark: int | None
    url: str
    who: str
    carded_at: int | None


class Incidents:
    """What is watched and what is broken."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database, self._queries, self._now = database, Queries(database, "incidents"), now

    def watched(self, kind: Kind, name: str) -> Watched | None:
        """What is known of a job or an alert."""
        row = self._queries.one("watched", kind=str(kind), name=name)
        return typed(Watched, row) if row else None

    def meet(self, kind: Kind, name: str, *, title: str) -> Watched:
        """The same, made if it is new, and nobody else's until the end of the transaction around."""
        row = self._queries.one("meet", kind=str(kind), name=name, title=title, now=self._now())
        assert row is not None
        return typed(Watched, row)

    def titles(self) -> list[tuple[Kind, str]]:
        """What people call that which is watched."""
        return [(Kind(row["kind"]), row["title"]) for row in self._queries.all("all_watched")]

    def judged(self, one: Watched) -> None:
        """Keep what is now known of it."""
        self._queries.change(
            "judged",
            kind=str(one.kind),
            name=one.name,
            health=str(one.health),
            mark=one.mark,
            began_at=one.began_at,
            incident=one.incident,
            now=self._now(),
        )

    def watch(self, job: str, *, look_at: int) -> None:
        """Have a job compared with its server at that time, or before."""
        self._queries.change(
            "watch", kind=str(Kind.JOB), name=job, title=job, now=self._now(), look_at=look_at
        )

    def take_watched(self, *, at_most: int) -> list[Watched]:
        """Jobs that are to be compared now; nobody else gets them while that may last."""
        now = self._now()
        rows = self._queries.all("take_watched", now=now, lease=now + COMPARING, at_most=at_most)
        return [typed(Watched, row) for row in rows]

    def take_job(self, job: str) -> Watched | None:
        """The same of one job, if it is to be compared now."""
        now = self._now()
        row = self._queries.one("take_job", name=job, now=now, lease=now + COMPARING)
        return typed(Watched, row) if row else None

    def compared(self, one: Watched, *, look_at: int | None) -> None:
        """Say when to compare a job again."""
        self._queries.change(
            "compared", kind=str(one.kind), name=one.name, lease=one.look_at, look_at=look_at
        )

    def open_one(self, one: Watched, signal: Signal, *, about: Mapping[str, str]) -> int:
        """Keep that something broke; the incident's number."""
        row = self._queries.one(
            "open_incident",
            token=secrets.token_hex(4),
            kind=str(one.kind),
            name=one.name,
            title=one.title,
            about=json.dumps(dict(about), ensure_ascii=False),
            url=signal.url,
            at=signal.at,
            mark=signal.mark,
            now=self._now(),
        )
        assert row is not None
        self.note(row["id"], Step.OPENED, signal)
        return int(row["id"])

    def reopen(self, number: int, signal: Signal) -> None:
        """Keep that what had been fixed just now broke again."""
        self._queries.change("reopen", id=number, mark=signal.mark, url=signal.url, now=self._now())
        self.note(number, Step.OPENED, signal)

    def again(self, number: int, signal: Signal) -> None:
        """Keep one more failure."""
        self._queries.change("again", id=number, mark=signal.mark, url=signal.url, now=self._now())
        self.note(number, Step.AGAIN, signal)

    def fixed(self, number: int, signal: Signal) -> None:
        """Keep that it works again."""
        self._queries.change(
            "fixed", id=number, mark=signal.mark, url=signal.url, at=signal.at, now=self._now()
        )
        self.note(number, Step.FIXED, signal)

    def note(self, number: int, what: str, signal: Signal | None = None, *, who: str = "") -> None:
        """Add to an incident's history."""
        self._queries.change(
            "note",
            incident=number,
            at=signal.at if signal else self._now(),
            what=str(what),
            mark=signal.mark if signal else None,
            url=signal.url if signal else "",
            who=who,
        )

    def changes(self, kind: Kind, name: str, *, at_most: int) -> list[int]:
        """When it last broke or was fixed, newest first."""
        rows = self._queries.all("changes", kind=str(kind), name=name, at_most=at_most)
        return [row["at"] for row in rows]

    def take_due(self, *, owner: str, at_most: int) -> list[Incident]:
        """Incidents that somebody should work on now: these are the owner's, for the length of a lease."""
        now = self._now()
        rows = self._queries.all("take_due", owner=owner, now=now, lease=now + LEASE, at_most=at_most)
        return sorted((typed(Incident, row) for row in rows), key=lambda one: one.id)

    def keeps(self, number: int, *, owner: str) -> bool:
        """Whether an incident is still its worker's."""
        return self._queries.one("keeps", id=number, owner=owner, now=self._now()) is not None

    def tended(self, one: Incident, *, look_at: int | None) -> None:
        """Give an incident back, and say when to work on it again."""
        self._queries.change("tended", id=one.id, owner=one.held_by, lease=one.held_until, look_at=look_at)

    def soon(self, kind: Kind, title: str) -> None:
        """Have the incidents of something worked on now of whose end the room has not heard."""
        self._queries.change("soon_of", kind=str(kind), title=title, now=self._now())

    def begin_card(self, number: int, *, upto: int, owner: str) -> bool:
        """Note that its card is about to be made, with what happened up to then in its text.

        False when it is no longer the owner's to make.
        """
        return bool(self._queries.change("begin_card", id=number, upto=upto, owner=owner, now=self._now()))

    def has_card(self, number: int, *, card: str, url: str) -> None:
        """Keep where its card is."""
        self._queries.change("has_card", id=number, card=card, card_url=url)

    def carded(self, number: int, *, upto: int) -> None:
        """Note that its card tells of what happened up to then."""
        self._queries.change("carded", incident=number, upto=upto, now=self._now())

    def told(self, number: int, told: Told) -> None:
        """Note what the room knows."""
        self._queries.change("told", id=number, told=str(told), now=self._now())

    def acknowledge(self, number: int, *, who: str) -> bool:
        """Keep who looks after it; False when it is over."""
        with self._database.transaction():
            won = self._queries.change("acknowledge", id=number, ack_by=who, now=self._now())
            if won:
                self.note(number, ACKED, who=who)
        return bool(won)

    def close(self, incident: Incident, *, who: str) -> bool:
        """End an incident on somebody's word, of which the room knows; False when it is over."""
        with self._database.transaction():
            known = self.meet(incident.kind, incident.name, title=incident.title)
            if not self._queries.change("close", id=incident.id, now=self._now()):
                return False
            self.judged(replace(known, health=Health.HEALTHY))
            self.note(incident.id, CLOSED, who=who)
            self.told(incident.id, Told.FIXED)
        return True

    def get(self, number: int) -> Incident | None:
        """An incident by its number."""
        row = self._queries.one("get", id=number)
        return typed(Incident, row) if row else None

    def open(self, *, at_most: int) -> list[Incident]:
        """Those that are not over, oldest first."""
        return [typed(Incident, row) for row in self._queries.all("open", at_most=at_most)]

    def open_count(self) -> int:
        """How many are not over."""
        row = self._queries.one("open_count")
        return int(row["n"]) if row else 0

    def events(self, number: int) -> Sequence[Event]:
        """The history of an incident, oldest first."""
        return [typed(Event, row) for row in self._queries.all("events", incident=number)]

    def pending(self, number: int) -> Sequence[Event]:
        """What its card does not tell of, oldest first: of some there are very many that it does."""
        return [typed(Event, row) for row in self._queries.all("pending", incident=number)]

    def shown(self, number: int, *, newest: int) -> Sequence[Event]:
        """The first event of its history and the newest ones, oldest first."""
        rows = self._queries.all("shown", incident=number, newest=newest)
        return [typed(Event, row) for row in rows]

    def forget(self, *, older_than: float, at_most: int = 500) -> int:
        """Drop incidents that were over so many seconds ago, and alerts that are silent for as long."""
        before = self._now() - round(older_than * 1000)
        with self._database.transaction():
            self._queries.change("forget_events", at=before, at_most=at_most)
            return self._queries.change("forget", at=before, at_most=at_most) + self._queries.change(
                "forget_watched", at=before, at_most=at_most
            )
