"""Jenkins as a build server: start a job, follow its build, read its log, stop it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

import requests

from integrations.errors import Forbidden, Garbled, NotAllowed, NotFound, Unauthorized
from integrations.jenkins import logs, protocol, sightings
from integrations.jenkins.connection import Connection, decoded
from integrations.jenkins.protocol import VENDOR, job_path
from integrations.model import Account, BuildRef, Job, Queued, Sighting, Stage

if TYPE_CHECKING:
    from integrations.model.runs import Run, Story

T = TypeVar("T")
STEPS = 10  # LargeText tells of ten thousand lines at a time while a log grows


class Jenkins:
    """The build server of one service account; every call raises IntegrationError."""

    def __init__(self, url: str, user: str, tokens: Sequence[str]) -> None:
        self._api = Connection(url, user, tokens)

    def account(self) -> Account:
        """Whose credentials these are, which Jenkins it is, and what time it is there."""
        response = self._api.get("me/api/json", params={"tree": "id"})
        name = protocol.mapping(decoded(response)).get("id")
        if not isinstance(name, str):
            raise Garbled(VENDOR, "no account")
        try:
            time = parsedate_to_datetime(response.headers["Date"]).replace(tzinfo=UTC)  # it is always GMT
        except (KeyError, ValueError):
            time = None
        return Account(name, response.headers.get("X-Jenkins", ""), time)

    def find(self, name: str) -> Job:
        """A job, the parameters it defines, and how long it usually takes."""
        found = self._api.read(job_path(name), tree=protocol.JOB_TREE)
        return _decoded(lambda: protocol.read_job(found, name=name))

    def trigger(self, job: Job, parameters: Mapping[str, str]) -> Queued:
        """Start a job, once. Parameters travel in the form body, so that no access log has them."""
        verb = "buildWithParameters" if job.parameters else "build"
        response = self._api.send("POST", f"{job_path(job.name)}{verb}", data=dict(parameters))
        queue_id = protocol.queue_id(response.headers.get("Location", ""))
        if response.status_code in (201, 303) and queue_id is not None:
            return Queued(queue_id, job.url, merged=response.status_code == 303)
        if response.status_code in (302, 303):
            self._signed_in(response)
            # A queue decision handler that refuses sends back to the job's own page.
            raise NotAllowed(VENDOR, status=response.status_code)
        if response.status_code in (200, 201):
            raise Garbled(VENDOR, "no queue item")
        raise self._api.error(response)

    def read(self, build: BuildRef) -> Sighting:
        """How far a build is: by its number, else its queue item, else wherever its marker shows up.

        A build that is nowhere is GONE; a job that is nowhere, or hidden from this login, is NotFound.
        """
        if build.number is not None:
            return self._numbered(build, build.number)
        seen = None if build.queue_id is None else self._queued(build, build.queue_id)
        return seen or self._searched(build)

    def log(self, build: BuildRef, *, lines: int) -> tuple[str, ...]:
        """The last lines of a build's log, none before it began; NotFound when it is gone."""
        if (number := self._number(build)) is None:
            return ()
        path = f"{job_path(build.job)}{number}/logText/progressiveText"
        if (self._api.version or (0, 0)) >= logs.TAIL_SINCE:
            response = self._api.get(path, params={"start": -logs.TAIL})
            whole = _text_size(response) <= logs.TAIL
        else:
            start = max(0, self._log_size(path) - logs.TAIL)
            response, whole = self._api.get(path, params={"start": start}), start == 0
        return logs.tail(response.content, lines=lines, whole=whole)

    def newest(self, job: str) -> "Run | None":
        """The newest build of a job that worked, was unstable or failed, whoever started it; one request.

        A job that is nowhere, or hidden from this login, is NotFound.
        """
        from integrations.jenkins import runs

        found = self._api.read(job_path(job), tree=runs.NEWEST_TREE)
        return _decoded(lambda: runs.read_newest(found))

    def runs(self, job: str, *, after: int) -> "Sequence[Run]":
        """The same kind of builds with a higher number, oldest first, of the newest fifty of the job."""
        from integrations.jenkins import runs

        found = self._api.read(job_path(job), tree=runs.RUNS_TREE)
        return _decoded(lambda: runs.read_runs(found, after=after))

    def story(self, job: str, number: int) -> "Story":
        """Why a build ran and what was new in it; NotFound when it is gone."""
        from integrations.jenkins import runs

        found = self._api.read(f"{job_path(job)}{number}/", tree=runs.STORY_TREE)
        return _decoded(lambda: runs.read_story(found))

    def cancel(self, build: BuildRef) -> None:
        """Stop a build, or take it out of the queue; nothing happens if it is over or gone."""
        if build.number is not None:
            response = self._api.send("POST", f"{job_path(build.job)}{build.number}/stop")
        elif build.queue_id is not None:
            response = self._api.send("POST", "queue/cancelItem", params={"id": build.queue_id})
            if response.status_code == 422:  # Queue.doCancelItem: it is there, and not for us to cancel
                raise Forbidden(VENDOR, status=422)
            if response.status_code == 500:  # the same: it has left the queue, so it is a build by now
                raise NotAllowed(VENDOR, status=500)
        else:
            raise NotFound(VENDOR, status=404)
        self._signed_in(response)
        if response.status_code not in (200, 204, 302, 303, 404):
            raise self._api.error(response)

    def _number(self, build: BuildRef) -> int | None:
        """The number of a build that is there; None before it began."""
        if build.number is not None and not build.marker and build.queue_id is None:
            return build.number  # nothing to compare it with: the log itself tells whether it is there
        seen = self.read(build)
        if seen.stage is Stage.GONE:
            raise NotFound(VENDOR, status=404)
        return seen.number

    def _numbered(self, build: BuildRef, number: int) -> Sighting:
        path = job_path(build.job)
        try:
            data = self._api.read(f"{path}{number}/", tree=sightings.BUILD_TREE)
        except NotFound:
            self._api.read(path, tree="url")  # raises if it is the job that we cannot see
            return sightings.GONE
        return self._seen(build, data) if sightings.is_it(data, build) else sightings.GONE

    def _queued(self, build: BuildRef, queue_id: int) -> Sighting | None:
        try:
            item = self._api.read(f"queue/item/{queue_id}/", tree=sightings.ITEM_TREE)
        except NotFound:
            return None
        if not sightings.is_of(item, build):
            return None
        number = sightings.started(item)
        return (
            _decoded(lambda: sightings.read_item(item)) if number is None else self._numbered(build, number)
        )

    def _searched(self, build: BuildRef) -> Sighting:
        # The queue first: what starts meanwhile is among the builds then.
        queue = self._api.read("queue/", tree=sightings.QUEUE_TREE)
        if item := _decoded(lambda: sightings.find_item(queue, build)):
            return _decoded(lambda: sightings.read_item(item))
        builds = self._api.read(job_path(build.job), tree=sightings.BUILDS_TREE)
        found = _decoded(lambda: sightings.find_build(builds, build))
        return self._seen(build, found) if found else sightings.GONE

    def _seen(self, build: BuildRef, data: object) -> Sighting:
        """A build as its data tells; whether a running pipeline waits for a person is told elsewhere."""
        seen = _decoded(lambda: sightings.read_build(data))
        if seen.stage is not Stage.RUNNING or protocol.mapping(data).get("_class") != sightings.PIPELINE:
            return seen
        # https://github.com/jenkinsci/pipeline-stage-view-plugin/tree/master/rest-api
        path = f"{job_path(build.job)}{seen.number}/wfapi/pendingInputActions"
        try:
            actions = decoded(self._api.get(path))
        except NotFound:  # that plugin is missing
            return seen
        why = _decoded(lambda: sightings.read_input(actions))
        return seen if why is None else replace(seen, stage=Stage.INPUT, why=why)

    def _log_size(self, path: str) -> int:
        """How far a log goes, without reading it; one that grows is told in steps."""
        size = 0
        for _ in range(STEPS):
            response = self._api.send("HEAD", path, params={"start": size})
            if response.status_code != 200:
                raise self._api.error(response)
            before, size = size, _text_size(response)
            if size == before or "X-More-Data" not in response.headers:
                break
        return size

    def _signed_in(self, response: requests.Response) -> None:
        if response.status_code in (302, 303) and self._api.asks_to_sign_in(response):
            raise Unauthorized(VENDOR, status=response.status_code)


def _text_size(response: requests.Response) -> int:
    size = response.headers.get("X-Text-Size", "")
    if not re.fullmatch(r"[0-9]{1,18}", size):
        raise Garbled(VENDOR, "no log")
    return int(size)


def _decoded(read: Callable[[], T]) -> T:
    try:
        return read()
    except protocol.Unreadable as problem:
        raise Garbled(VENDOR, str(problem)) from None
