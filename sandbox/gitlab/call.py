"""One API request as its handler sees it: who calls, what about, and which fields came along."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any, TypeVar
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from sandbox.gitlab.params import Params
from sandbox.gitlab.people import Role, User
from sandbox.gitlab.pipelines import Job, Pipeline
from sandbox.gitlab.projects import Project
from sandbox.gitlab.refusals import SCOPE, Refused, forbidden, invalid, not_found, unauthorized
from sandbox.gitlab.views import Views
from sandbox.gitlab.world import World

T = TypeVar("T")
MOST_PER_PAGE = 100
MOST_COUNTED = 10_000  # docs.gitlab.com/api/rest: of more, the totals are left out


@dataclass(frozen=True)
class Call:
    """A request whose token is already checked; `user` is None without a token."""

    world: World
    site: str
    user: User | None
    path: Mapping[str, Any]
    params: Params

    @property
    def views(self) -> Views:
        """How things look, with addresses that work for this caller."""
        return Views(self.site)

    def someone(self) -> User:
        """Who calls; nobody is Refused."""
        if self.user is None:
            raise unauthorized()
        return self.user

    def project(self, need: Role = Role.REPORTER) -> Project:
        """The project of the address, by number or path; one that may not be seen is absent."""
        name = unquote(self.path["id"])
        project = self.world.projects.get(name) or _by_id(self.world.projects.values(), name)
        if project is None or project.role(self.user) < Role.REPORTER:
            raise not_found("Project")
        if project.role(self.user) < need:
            raise forbidden()
        return project

    def pipeline(self, need: Role = Role.REPORTER) -> Pipeline:
        """The pipeline of the address, in the project of the address."""
        pipeline = self.project(need).pipelines.get(self.path["pipeline"])
        if pipeline is None:
            raise not_found()
        return pipeline

    def job(self, need: Role = Role.REPORTER) -> Job:
        """The job of the address."""
        project, wanted = self.project(need), self.path["job"]
        jobs = (job for pipeline in project.pipelines.values() for job in pipeline.jobs)
        job = next((job for job in jobs if job.id == wanted), None)
        if job is None:
            raise not_found()
        return job

    def text(self, name: str) -> str:
        """A field as text, or nothing."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def required(self, name: str, *, blank: bool = True) -> str:
        """A field that has to be there, and where it may not be blank has to say something."""
        if name not in self.params:
            raise invalid(name, "is missing" if blank else f"is missing, {name} is empty")
        if not (blank or self.text(name).strip()):
            raise invalid(name, "is empty")
        return self.text(name)

    def one_of(self, name: str, known: Sequence[str], default: str = "") -> str:
        """A field that has one of a few values."""
        value = self.text(name) or default
        if value and value not in known:
            raise invalid(name, "does not have a valid value")
        return value

    def words(self, name: str) -> list[str]:
        """A field that may be there several times."""
        value = self.params.get(name, [])
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]

    def time(self, name: str) -> datetime | None:
        """A field as a time, ISO 8601, in UTC if it says nothing else."""
        value = self.text(name)
        try:
            found = datetime.fromisoformat(value) if value else None
        except ValueError:
            raise invalid(name, "is invalid") from None
        return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found

    def paged(self, found: Sequence[T], view: Callable[[T], dict[str, Any]]) -> JSONResponse:
        """The wanted page; the headers say where it lies."""
        page, size = self._number("page", 1), min(self._number("per_page", 20), MOST_PER_PAGE)
        pages = max(ceil(len(found) / size), 1)
        headers = {
            "X-Page": str(page),
            "X-Per-Page": str(size),
            "X-Next-Page": str(page + 1) if page < pages else "",
            "X-Prev-Page": str(page - 1) if page > 1 else "",
        }
        if len(found) <= MOST_COUNTED:
            headers |= {"X-Total": str(len(found)), "X-Total-Pages": str(pages)}
        return JSONResponse([view(one) for one in found[(page - 1) * size : page * size]], headers=headers)

    def _number(self, name: str, default: int) -> int:
        value = self.text(name) or str(default)
        if not (value.isascii() and value.isdigit() and int(value)):
            raise invalid(name, "does not have a valid value")
        return int(value)


def token_of(headers: Headers, params: Params) -> str | None:
    """The token, wherever it is: docs.gitlab.com/api/rest/authentication."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    sent = headers.get("private-token") or params.get("private_token")
    return secret.strip() if scheme.lower() == "bearer" else sent and str(sent)


def authenticated(world: World, token: str | None, *, writes: bool) -> User | None:
    """Whose token it is; one that nobody has is Refused, and so is one that only reads, where it writes."""
    if token is None:
        return None
    if token not in world.tokens:
        raise unauthorized()
    if writes and token in world.read_only:
        raise Refused(403, SCOPE)
    return world.tokens[token]


def _by_id(projects: Iterable[Project], name: str) -> Project | None:
    return next((one for one in projects if str(one.id) == name), None)
