"""Builds: the row is there before the request goes out; every change is guarded by the state it expects."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.builds import TRANSITIONS, Build, Kind, Plan, State
from bot.store.database import Database
from bot.store.queries import Queries, typed
from integrations.model import InboundMessage

FIRST_LOOK = 60_000  # milliseconds that a trigger may take before somebody else looks for it
LEASE = 30_000  # milliseconds that a look may take
QUEUE_MEMORY = 3_600_000  # milliseconds; queue numbers start anew one day


@dataclass(frozen=True)
class Deployed:
    """What was last deployed to an environment; `at` is in milliseconds, UTC."""

    service: str
    environment: str
    build: int
    version: str
    name: str
    at: int


class Builds:
    """What was asked of the build server, and how far each is."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database, self._queries, self._now = database, Queries(database, "builds"), now

    def ask(self, message: InboundMessage, plan: Plan, *, marked: bool) -> Build:
        """Keep a build that is about to be asked for; one whose turn has not come is WAITING."""
        now, token = self._now(), secrets.token_hex(6)
        with self._database.transaction():
            row = self._queries.one(
                "ask",
                at=now,
                token=token,
                kind=str(plan.kind),
                job=plan.job,
                parameters=json.dumps(dict(plan.parameters), ensure_ascii=False),
                service=plan.service,
                environment=plan.environment,
                version=plan.version,
                repo=plan.repo,
                pull=plan.pull,
                sha=plan.sha,
                delivery=message.delivery_id,
                conversation=message.conversation_id,
                staff_id=message.staff_id,
                name=message.name,
                reply_url=message.reply_url,
                reply_until=round(message.reply_until * 1000),
                marked=int(marked),
                look_at=now + FIRST_LOOK,
            )
            assert row is not None
            build = typed(Build, row)
            if plan.slot and not self._has_its_turn(build):
                self._queries.change("wait", id=build.id, look_at=now + FIRST_LOOK)
                return self._sure(build.id)
        return build

    def _has_its_turn(self, build: Build) -> bool:
        """Take a build's slot, unless another has it or waited before."""
        if self._before(build):
            return False
        return self._queries.one("take_slot", slot=build.plan.slot, build=build.id) is not None

    def _before(self, build: Build) -> Mapping[str, Any] | None:
        return self._queries.one(
            "before_in_turn", service=build.service, environment=build.environment, id=build.id
        )

    def take_turn(self, build: Build) -> Build | None:
        """The build that waited, now ours to trigger; None while another has its slot or came before it."""
        with self._database.transaction():
            if not self._has_its_turn(build):
                return None
            if not self.change(build, State.ASKED, look_at=self._now() + FIRST_LOOK):
                self._queries.change("free_slot", build=build.id)
                return None
        return self._sure(build.id)

    def change(
        self,
        build: Build,
        state: State,
        *,
        look_at: int | None,
        queue_id: int | None = None,
        number: int | None = None,
        url: str = "",
        why: str = "",
        began_at: int | None = None,
        took: int | None = None,
        usual: int | None = None,
        gone_since: int | None = None,
        late_told: bool = False,
        joined: int | None = None,
    ) -> bool:
        """Move a build on from the state it was read in; False when somebody else did before."""
        if state is not build.state and state not in TRANSITIONS.get(build.state, ()):
            raise ValueError(f"no build goes from {build.state} to {state}")
        now, over = self._now(), state not in TRANSITIONS
        with self._database.transaction():
            won = self._queries.change(
                "change",
                id=build.id,
                was=str(build.state),
                state=str(state),
                now=now,
                look_at=None if over else look_at,
                queue_id=queue_id,
                number=number,
                url=url,
                why=why,
                began_at=began_at,
                ended_at=now if over else None,
                took=took,
                usual=usual,
                gone_since=gone_since,
                late_told=int(late_told),
                joined=joined,
            )
            if won and build.kind is Kind.BUILD:
                self._take_along(build, state, number=number, url=url, ended_at=now if over else None)
            if won and over:
                self._let_go(build, state, now)
        return bool(won)

    def _take_along(
        self, build: Build, state: State, *, number: int | None, url: str, ended_at: int | None
    ) -> None:
        """The version that it makes is as far as the build."""
        from bot.versions.states import OF_BUILDS

        self._queries.change(
            "version_follows",
            build=build.id,
            state=str(OF_BUILDS[state]),
            number=number if number is not None else build.number,
            url=url,
            ended_at=ended_at,
        )

    def _let_go(self, build: Build, state: State, now: int) -> None:
        """Free what an ended build had, wake who waits for it, and keep what it deployed."""
        if self._queries.change("free_slot", build=build.id):
            self._queries.change("wake", service=build.service, environment=build.environment, now=now)
        if build.plan.slot and state is State.SUCCEEDED:
            for query in ("deployed", "deployed_once"):
                self._queries.change(
                    query,
                    service=build.service,
                    environment=build.environment,
                    build=build.id,
                    version=build.version,
                    name=build.name,
                    at=now,
                )

    def silent(self, build: Build, *, look_at: int, since: int) -> None:
        """Note that the build server did not answer."""
        self._queries.change("silent", id=build.id, look_at=look_at, since=since)

    def soon(self, build: Build) -> None:
        """Have a build looked at before its time."""
        self._queries.change("soon", id=build.id, now=self._now())

    def take_due(self, *, at_most: int) -> list[Build]:
        """Builds that somebody should look at now; nobody else gets them while the look may last."""
        now = self._now()
        rows = self._queries.all("take_due", now=now, lease=now + LEASE, at_most=at_most)
        return sorted((typed(Build, row) for row in rows), key=lambda build: build.id)

    def hint(self, *, marker: str, job: str, queue_id: int | None, number: int | None) -> list[Build]:
        """Make the builds that a notification may be about due at once, and give them."""
        token = marker.partition("-")[2] if marker else ""
        rows = self._queries.all(
            "hinted", token=token, job=job, queue_id=queue_id, number=number, now=self._now()
        )
        return [typed(Build, row) for row in rows]

    def get(self, number: int) -> Build | None:
        """A build by its number."""
        row = self._queries.one("get", id=number)
        return typed(Build, row) if row else None

    def _sure(self, number: int) -> Build:
        build = self.get(number)
        assert build is not None
        return build

    def ahead_of(self, build: Build) -> Build | None:
        """What a build waits for: the one that has its slot, or else came before it."""
        row = self._queries.one("holder", slot=build.plan.slot) or self._before(build)
        return typed(Build, row) if row else None

    def asked_before(self, build: Build, *, queue_id: int | None) -> Build | None:
        """Our earlier build of the same queue item, if it is not over; one of the same room before others."""
        row = self._queries.one(
            "by_queue",
            job=build.job,
            queue_id=queue_id,
            conversation=build.conversation,
            id=build.id,
            since=self._now() - QUEUE_MEMORY,
        )
        return typed(Build, row) if row else None

    def of_delivery(self, delivery_id: str) -> list[Build]:
        """What one message asked for."""
        return [typed(Build, row) for row in self._queries.all("of_delivery", delivery=delivery_id)]

    def open(self, *, at_most: int) -> list[Build]:
        """Those that are not over, newest first."""
        return [typed(Build, row) for row in self._queries.all("open", at_most=at_most)]

    def open_count(self) -> int:
        """How many are not over."""
        row = self._queries.one("open_count")
        return int(row["n"]) if row else 0

    def of_service(self, service: str, *, at_most: int) -> list[Build]:
        """A service's builds, newest first."""
        rows = self._queries.all("of_service", service=service, at_most=at_most)
        return [typed(Build, row) for row in rows]

    def last_of(self, staff_id: str, *, conversation: str) -> Build | None:
        """The newest build that a person asked for in a room."""
        row = self._queries.one("last_of", staff_id=staff_id, conversation=conversation)
        return typed(Build, row) if row else None

    def deployed(self) -> list[Deployed]:
        """What was last deployed where."""
        return [typed(Deployed, row) for row in self._queries.all("all_deployed")]
