"""Jenkins through python-jenkins, with its transport made safe."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jenkins
import requests

from integrations.errors import Garbled, NotAllowed, Unauthorized, from_status
from integrations.jenkins import protocol
from integrations.jenkins.protocol import VENDOR
from integrations.model import Job, Queued
from integrations.transport import Session

T = TypeVar("T")


class _Server(jenkins.Jenkins):  # type: ignore[misc]
    """python-jenkins that sees every status itself.

    The stock class takes a 303 (joined a waiting build) for an error, a 502 for "does not exist", and never
    times out. `_request` is private to it, so its version is pinned.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._session = Session(VENDOR)
        self.crumb = False  # an API token needs none: ApiCrumbExclusion in Jenkins

    def _request(self, req: requests.Request, stream: bool | None = None) -> requests.Response:
        prepared = self._session.prepare_request(req)
        settings = self._session.merge_environment_settings(
            prepared.url, {}, stream, self._session.verify, None
        )
        return self._session.send(prepared, **settings)

    def _response_handler(self, response: requests.Response) -> requests.Response:
        return response


class Jenkins:
    """The build server of one service account; every call raises IntegrationError."""

    def __init__(self, url: str, user: str, tokens: Sequence[str]) -> None:
        self._server = _Server(url)
        self._credentials = [
            (user.encode(), token.encode()) for token in tokens
        ]  # two while one is being rotated

    def job(self, name: str) -> Job:
        """A job and the parameters it defines."""
        found = self._read(protocol.job_path(name) + "api/json", tree=protocol.JOB_TREE)
        return _decoded(lambda: protocol.read_job(found, name=name))

    def trigger(self, job: Job, parameters: Mapping[str, str]) -> Queued:
        """Start a job, once. Parameters travel in the form body, so that no access log has them."""
        verb = "buildWithParameters" if job.parameters else "build"
        response = self._send("POST", f"{protocol.job_path(job.name)}{verb}", data=dict(parameters))
        location = response.headers.get("Location", "")
        queue_id = protocol.queue_id(location)
        if response.status_code in (201, 303) and queue_id is not None:
            return Queued(queue_id, job.url, merged=response.status_code == 303)
        if response.status_code in (302, 303):
            if self._asks_to_sign_in(location):
                raise Unauthorized(VENDOR, status=response.status_code)
            # A queue decision handler that refuses sends back to the job's own page.
            raise NotAllowed(VENDOR, status=response.status_code)
        if response.status_code == 200 or response.status_code == 201:
            raise Garbled(VENDOR, "no queue item")
        raise self._error(response)

    def find(self, job: Job, *, parameter: str, value: str) -> Queued | None:
        """The queue item or build that carries our own parameter, for when a trigger's answer was lost."""
        queue = self._read("queue/api/json", tree=protocol.QUEUE_TREE)
        if not isinstance(queue, dict) or "items" not in queue:
            raise Garbled(VENDOR, "no queue")
        found = _decoded(lambda: protocol.find_queued(queue, parameter=parameter, value=value))
        if found:
            return found
        builds = self._read(protocol.job_path(job.name) + "api/json", tree=protocol.BUILDS_TREE)
        return _decoded(lambda: protocol.find_build(builds, parameter=parameter, value=value))

    def _read(self, path: str, *, tree: str) -> object:
        response = self._send("GET", path, params={"tree": tree})
        if response.status_code != 200:
            raise self._error(response)
        try:
            return response.json()
        except (ValueError, RecursionError):
            raise Garbled(VENDOR, "not JSON") from None

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        # `why` and the like are in the language of this header.
        options["headers"] = {"Accept-Language": "en"}
        for credential in self._credentials:
            request = requests.Request(method, self._server.server + path, auth=credential, **options)
            response: requests.Response = self._server.jenkins_request(request)
            if response.status_code != 401:
                break
        return response

    def _asks_to_sign_in(self, location: str) -> bool:
        try:
            path = urlsplit(location).path
        except ValueError:
            return False
        below_root = path.removeprefix(urlsplit(self._server.server).path).lstrip("/")
        return below_root.split("/")[0] in ("login", "securityRealm")

    def _error(self, response: requests.Response) -> Exception:
        # "No valid crumb" comes only without an API token: a password, say.
        if response.status_code == 403 and "crumb" in response.text[:2000]:
            return Unauthorized(VENDOR, status=403)
        return from_status(VENDOR, response.status_code)


def _decoded(read: Callable[[], T]) -> T:
    try:
        return read()
    except protocol.Unreadable as problem:
        raise Garbled(VENDOR, str(problem)) from None
