"""Versions: what was made of each service, how far each is, and what ran where."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import Json

from bot.builds import Build
from bot.store.builds import Deployed
from bot.store.database import Database
from bot.store.queries import Queries, typed
from bot.versions.names import number_of

UNDER_WAY = 7 * 24 * 3_600_000  # milliseconds that a pipeline may wait for somebody


@dataclass(frozen=True)
class Version:
    """One version of a service; times are milliseconds, UTC."""

    id: int
    at: int
    service: str
    place: str  # the job that makes it, or the project whose pipeline does
    number: int | None  # of that build or pipeline
    build: int | None  # ours, if somebody asked for it here
    state: str
    ref: str
    sha: str
    who: str
    url: str
    path: str  # where it lies, once it is built
    artifacts: Json[list[str]]  # what a build archived
    ended_at: int | None
    pinned_by: str

    @property
    def label(self) -> str:
        """How people refer to it."""
        return f"v{self.id}"


@dataclass(frozen=True)
class Seen:
    """What a look at a pipeline or a build, or its own word, says of the version it makes."""

    place: str
    number: int
    state: str
    ref: str = ""
    sha: str = ""
    who: str = ""
    url: str = ""
    path: str = ""  # where the version lies once it is built
    at: int | None = None
    ended_at: int | None = None


class Versions:
    """What was made, and what ran where."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database, self._queries, self._now = database, Queries(database, "versions"), now

    def request(self, build: Build, *, place: str, ref: str, who: str) -> Version:
        """Keep the version that a build of ours is to make."""
        return self._one(
            "request", at=build.at, service=build.service, place=place, build=build.id, ref=ref, who=who
        )

    def meet(
        self, service: str, seen: Seen, *, asked_as: int | None = None, maybe_ours: bool = True
    ) -> Version | None:
        """The version that a pipeline or build makes, registered if it is new.

        `asked_as` is the one that the pipeline was asked for. None while one is on its way that this may
        be, if it is `maybe_ours`.
        """
        of = {"service": service, "place": seen.place}
        with self._database.transaction():
            if asked_as is not None:
                self._queries.change("claim_number", id=asked_as, number=seen.number, **of)
            if row := self._queries.one("of_number", number=seen.number, **of):
                return typed(Version, row)
            if maybe_ours and self._queries.one("on_its_way", **of):
                return None
            return self._one(
                "register",
                at=seen.at or self._now(),
                number=seen.number,
                state=seen.state,
                ref=seen.ref,
                sha=seen.sha,
                who=seen.who,
                url=seen.url,
                ended_at=seen.ended_at,
                **of,
            )

    def change(self, version: Version, state: str, seen: Seen, *, ended_at: int | None) -> bool:
        """Move a version on from the state it was read in; False when somebody else did before."""
        return bool(
            self._queries.change(
                "change",
                id=version.id,
                was=version.state,
                state=state,
                ref=seen.ref,
                sha=seen.sha,
                who=seen.who,
                url=seen.url,
                ended_at=ended_at,
            )
        )

    def lies_at(self, number: int, *, path: str, artifacts: Sequence[str] = ()) -> None:
        """Keep where a version lies, once."""
        listed = json.dumps(list(artifacts), ensure_ascii=False)
        self._queries.change("lies_at", id=number, path=path, artifacts=listed)

    def get(self, number: int) -> Version | None:
        """A version by its number."""
        return self._maybe("get", id=number)

    def of_build(self, build: int) -> Version | None:
        """The version that a build of ours makes."""
        return self._maybe("of_build", build=build)

    def of_service(self, service: str, *, at_most: int) -> list[Version]:
        """A service's versions, newest first."""
        return self._all("of_service", service=service, at_most=at_most)

    def of_pipeline(self, place: str, number: int) -> list[Version]:
        """What a pipeline makes; one of a project with several services makes several."""
        return self._all("of_pipeline", place=place, number=number)

    def good(self, service: str, *, at_most: int) -> list[Version]:
        """Those that were built, newest first."""
        return self._all("good", service=service, at_most=at_most)

    def good_near(self, service: str, number: int, *, at_most: int) -> list[Version]:
        """Those that were built, nearest to this one first."""
        return self._all("good_near", service=service, id=number, at_most=at_most)

    def unfinished(self, place: str, *, at_most: int) -> list[Version]:
        """Those of which it is not known how they ended."""
        return self._all("unfinished", place=place, at_most=at_most)

    def pin(self, number: int, *, by: str) -> None:
        """Keep a version from being forgotten; by nobody, let it be."""
        self._queries.change("pin", id=number, pinned_by=by)

    def deployed(self, service: str = "") -> list[Deployed]:
        """What runs where, of a service or of all."""
        return [typed(Deployed, row) for row in self._queries.all("deployed", service=service)]

    def running(self, service: str) -> dict[int, list[str]]:
        """The environments in which each version of a service runs, by its number."""
        where: dict[int, list[str]] = {}
        for one in self.deployed(service):
            if version := self.of_deploy(one):
                where.setdefault(version.id, []).append(one.environment)
        return where

    def of_deploy(self, one: Deployed) -> Version | None:
        """The version that was deployed, if it is one of ours."""
        number = number_of(one.version)
        version = self.get(number) if number else None
        # A deploy from before the version was made may have had its name by chance.
        ours = version and version.service == one.service and version.at <= one.at
        return version if ours else None

    def ran_before(self, service: str, environment: str) -> Deployed | None:
        """What ran there before what runs there now."""
        row = self._queries.one("ran_before", service=service, environment=environment)
        return typed(Deployed, row) if row else None

    def services(self) -> list[str]:
        """The services that have versions."""
        return [row["service"] for row in self._queries.all("services")]

    def spare(self, service: str, *, keep: int) -> list[Version]:
        """Those that may be forgotten when the newest so many are kept, oldest first."""
        return self._all("spare", service=service, keep=keep, before=self._now() - UNDER_WAY)

    def forget(self, version: Version) -> bool:
        """Forget a version, unless it was pinned or deployed meanwhile."""
        return bool(self._queries.change("forget", id=version.id))

    def _one(self, query: str, **values: object) -> Version:
        found = self._maybe(query, **values)
        assert found is not None
        return found

    def _maybe(self, query: str, **values: object) -> Version | None:
        row = self._queries.one(query, **values)
        return typed(Version, row) if row else None

    def _all(self, query: str, **values: object) -> list[Version]:
        return [typed(Version, row) for row in self._queries.all(query, **values)]
