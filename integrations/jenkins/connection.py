"""The one way to Jenkins: python-jenkins with its transport made safe, and one or two API tokens."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import jenkins
import requests

from integrations.errors import Garbled, IntegrationError, Unauthorized, from_status
from integrations.jenkins.protocol import VENDOR
from integrations.transport import Session


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


class Connection:
    """Requests below one Jenkins' root, as one account; raises only IntegrationError."""

    def __init__(self, url: str, user: str, tokens: Sequence[str]) -> None:
        self._server = _Server(url)
        self._credentials = [
            (user.encode(), token.encode()) for token in tokens
        ]  # two while one is being rotated
        self.version: tuple[int, int] | None = None  # as its last answer said

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask once for each credential, until one is not refused; any status is an answer."""
        # `why` and the like are in the language of this header.
        options["headers"] = {"Accept-Language": "en"}
        for credential in self._credentials:
            request = requests.Request(method, self._server.server + path, auth=credential, **options)
            response: requests.Response = self._server.jenkins_request(request)
            if response.status_code != 401:
                break
        # hudson.model.Api puts it into every answer of its own; a log has none.
        if found := re.match(r"(\d{1,9})\.(\d{1,9})", response.headers.get("X-Jenkins", "")):
            self.version = int(found[1]), int(found[2])
        return response

    def get(self, path: str, **options: Any) -> requests.Response:
        """Ask for what must be there."""
        response = self.send("GET", path, **options)
        if response.status_code != 200:
            raise self.error(response)
        return response

    def read(self, path: str, *, tree: str) -> object:
        """What api/json shows of the thing at `path`, cut to `tree`."""
        return decoded(self.get(f"{path}api/json", params={"tree": tree}))

    def error(self, response: requests.Response) -> IntegrationError:
        """What a status that is no success means here."""
        # "No valid crumb" comes only without an API token: a password, say.
        if response.status_code == 403 and "crumb" in response.text[:2000]:
            return Unauthorized(VENDOR, status=403)
        return from_status(VENDOR, response.status_code)

    def asks_to_sign_in(self, response: requests.Response) -> bool:
        """Whether an answer leads to the login page."""
        try:
            path = urlsplit(response.headers.get("Location", "")).path
        except ValueError:
            return False
        below_root = path.removeprefix(urlsplit(self._server.server).path).lstrip("/")
        return below_root.split("/")[0] in ("login", "securityRealm")


def decoded(response: requests.Response) -> object:
    """An answer's JSON."""
    try:
        value: object = response.json()
    except (ValueError, RecursionError):
        raise Garbled(VENDOR, "not JSON") from None
    return value
