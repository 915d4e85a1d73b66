"""GitLab as a build server: start a pipeline, follow it, read its log, stop it, list what others started."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from integrations import errors
from integrations.errors import Forbidden, Garbled, NotAllowed, NotFound, Refused
from integrations.gitlab import protocol, sightings, traces
from integrations.gitlab.protocol import VENDOR, project_path
from integrations.jenkins.protocol import MARKER, Unreadable, mapping, number
from integrations.model.account import Access, Account
from integrations.model.builds import BuildRef, Job, Queued, Sighting
from integrations.model.pipelines import Pipeline
from integrations.model.runs import Story
from integrations.transport import Session, remaining

T = TypeVar("T")
PER_PAGE = 100  # the most that GitLab gives
PAGES = 5  # of pipelines at a time; the next poll has the rest
JOB_PAGES = 3
SEARCHED = 20  # newest pipelines of a ref that are looked through for our marker
PATIENCE = 2  # times that a read waits when it is told to


class GitLab:
    """The pipelines that one account may see and start; every call raises IntegrationError."""

    def __init__(self, url: str, tokens: Sequence[str]) -> None:
        self._api = f"{url.rstrip('/')}/api/v4"
        self._session = Session(VENDOR)
        self._tokens = tuple(tokens)  # two while one is being rotated

    def account(self) -> Account:
        """Whose token it is, which GitLab it is, and what time it is there."""
        response = self._request("GET", "/user")
        try:
            version = _json(self._request("GET", "/version"))
        except Refused:  # not every token may ask
            version = None
        return _decoded(lambda: protocol.read_account(_json(response), version, response.headers))

    def find(self, name: str) -> Job:
        """A project at a ref, group/project@ref; whether the ref is there shows when it is started."""
        project, _ = protocol.split(name)
        found = self._read(project_path(project))
        return _decoded(lambda: protocol.read_job(found, name=name))

    def access(self, project: str) -> Access:
        """What our account may do in a project."""
        return protocol.read_access(self._read(project_path(project)))

    def trigger(self, job: Job, parameters: Mapping[str, str]) -> Queued:
        """Start a pipeline, once; the variables are in the body, so that no access log has them.

        As variables, which every version takes and which find a pipeline again; `inputs` came with 17.10.
        """
        project, ref = protocol.split(job.name)
        body: dict[str, Any] = {"ref": ref}
        if parameters:
            body["variables"] = [{"key": key, "value": value} for key, value in parameters.items()]
        try:
            answer = _json(self._request("POST", f"{project_path(project)}/pipeline", json=body))
        except Refused as refusal:
            if refusal.status != 400:
                raise
            # Ci::CreatePipelineService: Reference not found, Pipeline filtered out by workflow rules.
            raise NotAllowed(VENDOR, status=400, message=refusal.message) from None
        pipeline = _decoded(lambda: protocol.read_pipeline(answer, project=project))
        return Queued(None, pipeline.url, number=pipeline.id)

    def read(self, build: BuildRef) -> Sighting:
        """How far a pipeline is: by its number, else wherever its marker shows up.

        A pipeline that is nowhere is GONE; a project that is nowhere, or hidden from this token, is NotFound.
        """
        project, ref = protocol.split(build.job)
        id = build.number or self._searched(project, ref, build.marker)
        if id is None:
            return sightings.GONE
        try:
            found = self._read(f"{project_path(project)}/pipelines/{id}")
        except NotFound:
            self._read(project_path(project))  # raises if it is the project that we cannot see
            return sightings.GONE
        return _decoded(lambda: sightings.read_sighting(found))

    def log(self, build: BuildRef, *, lines: int) -> tuple[str, ...]:
        """The end of the log that tells most, its job's name first; none before a job began."""
        path = self._path(build)
        trace = traces.pick(self._pages(f"{path}/jobs", pages=JOB_PAGES))
        if trace is None:
            return ()
        project, _ = protocol.split(build.job)
        response = self._request("GET", f"{project_path(project)}/jobs/{trace.id}/trace")
        return traces.end(trace, response.content, lines=lines)

    def cancel(self, build: BuildRef) -> None:
        """Stop a pipeline; nothing happens if it is over or gone."""
        path = self._path(build)
        with suppress(NotFound):
            self._request("POST", f"{path}/cancel")

    def pipeline(self, project: str, id: int) -> Pipeline:
        """One pipeline as it is now, without its variables."""
        found = self._read(f"{project_path(project)}/pipelines/{id}")
        return _decoded(lambda: protocol.read_pipeline(found, project=project))

    def pipelines(self, project: str, *, updated_after: datetime) -> Sequence[Pipeline]:
        """What happened since, the oldest first; of very much the beginning, so ask again from its end.

        As a list has them: without who, when finished and variables; without child pipelines.
        """
        found: dict[int, Pipeline] = {}
        since = updated_after.astimezone(UTC)
        for _ in range(PAGES):
            page = self._updated(project, since)
            for one in page:
                found.pop(one.id, None)  # its last word counts, and comes last
                found[one.id] = one
            last = page[-1].updated_at if page else None
            if len(page) < PER_PAGE or last is None:
                break
            # A second page would miss one for each that was updated meanwhile, so each is a first one.
            since = last - timedelta(milliseconds=1)
        return tuple(found.values())

    def variables(self, project: str, id: int) -> Mapping[str, str] | None:
        """What a pipeline was started with; None where this token may not know.

        Its owner and maintainers may (read_pipeline_variable), and whoever started it: so we, for our own.
        """
        try:
            return protocol.read_variables(self._list(f"{project_path(project)}/pipelines/{id}/variables"))
        except Forbidden:
            return None

    def changes(self, project: str, old: str, new: str) -> Story:
        """The commits that `new` has and `old` has not. docs.gitlab.com/api/repositories/"""
        found = self._read(f"{project_path(project)}/repository/compare", **{"from": old, "to": new})
        return _decoded(lambda: protocol.read_changes(found))

    def _path(self, build: BuildRef) -> str:
        """The address of a build's pipeline; NotFound when it is gone."""
        project, ref = protocol.split(build.job)
        id = build.number or self._searched(project, ref, build.marker)
        if id is None:
            raise NotFound(VENDOR, status=404)
        return f"{project_path(project)}/pipelines/{id}"

    def _searched(self, project: str, ref: str, marker: str) -> int | None:
        """The newest pipeline of a ref that carries a marker."""
        if not marker:
            return None
        query = {"ref": ref, "source": "api", "per_page": SEARCHED}
        for one in self._list(f"{project_path(project)}/pipelines", **query):
            id = number(mapping(one).get("id"))
            if id is not None and (self.variables(project, id) or {}).get(MARKER) == marker:
                return id
        return None

    def _updated(self, project: str, since: datetime) -> list[Pipeline]:
        after = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        query = {"updated_after": after, "order_by": "updated_at", "sort": "asc", "per_page": PER_PAGE}
        found = self._list(f"{project_path(project)}/pipelines", **query)
        return _decoded(lambda: [protocol.read_pipeline(one, project=project) for one in found])

    def _pages(self, path: str, *, pages: int) -> Iterator[object]:
        for page in range(1, pages + 1):
            found = self._list(path, page=page, per_page=PER_PAGE)
            yield from found
            if len(found) < PER_PAGE:
                break

    def _list(self, path: str, **query: Any) -> list[Any]:
        found = self._read(path, **query)
        if not isinstance(found, list):
            raise Garbled(VENDOR, "no list")
        return found

    def _read(self, path: str, **query: Any) -> object:
        return _json(self._request("GET", path, params=query))

    def _request(self, method: str, path: str, **options: Any) -> Any:
        for token in self._tokens:
            response = self._patiently(method, self._api + path, auth=_Token(token), **options)
            if 200 <= response.status_code < 300:
                return response
            if response.status_code != 401:
                break
        raise _error(response)

    def _patiently(self, method: str, url: str, **options: Any) -> Any:
        """Send, and when a read comes too often wait as long as it asks for, if there is the time."""
        for _ in range(PATIENCE):
            response = self._session.request(method, url, **options)
            wait = protocol.retry_after(response.headers) if response.status_code == 429 else None
            if method != "GET" or wait is None or wait > remaining() - 1:
                return response
            time.sleep(wait)
        return self._session.request(method, url, **options)


class _Token:
    """Puts one token into a request's header; requests calls it, and then looks for no other login."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["PRIVATE-TOKEN"] = self._token
        request.headers["Accept"] = "application/json"
        request.headers["User-Agent"] = "Sampan"
        return request


def _error(response: Any) -> errors.IntegrationError:
    try:
        message = protocol.message_of(response.json())
    except (ValueError, RecursionError):
        message = ""
    return errors.from_status(VENDOR, response.status_code, message)


def _json(response: Any) -> object:
    try:
        data: object = response.json()
    except (ValueError, RecursionError):
        raise Garbled(VENDOR, "not JSON") from None
    return data


def _decoded(read: Callable[[], T]) -> T:
    try:
        return read()
    except Unreadable as problem:
        raise Garbled(VENDOR, str(problem)) from None
