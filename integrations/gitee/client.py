"""Gitee over one seam, with the token in a header and never in an address."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from integrations.errors import Garbled, NotFound, from_status
from integrations.gitee import protocol
from integrations.gitee.protocol import VENDOR
from integrations.model import Account, Check, Method, Note, PullPage, PullRequest, Vote
from integrations.transport import Session

PER_PAGE = 10  # what a person reads on a phone
CHECK_PAGES = 10

_VOTES = {Vote.APPROVE: "review", Vote.TEST: "test"}


class Connection:
    """Requests to one Gitee as one account; raises only IntegrationError."""

    def __init__(self, url: str, tokens: Sequence[str]) -> None:
        self.url = url.rstrip("/")
        self._session = Session(VENDOR)
        self._tokens = tuple(tokens)  # two while one is being rotated

    def _request(self, method: str, path: str, **options: Any) -> Any:
        for token in self._tokens:
            response = self._session.request(method, self.url + path, auth=_Bearer(token), **options)
            if 200 <= response.status_code < 300:
                return response
            if response.status_code != 401:
                break
        raise from_status(VENDOR, response.status_code, protocol.message_of(_try_json(response)))


class Gitee(Connection):
    """The code host of one Gitee account; every call raises IntegrationError."""

    def pulls(self, repo: str, *, page: int = 1, author: str = "") -> PullPage:
        """One page of the open pull requests, newest first."""
        query: dict[str, Any] = {
            "state": "open",
            "sort": "created",
            "direction": "desc",
            "page": page,
            "per_page": PER_PAGE,
        }
        if author:
            query["author"] = author
        response = self._request("GET", f"/repos/{repo}/pulls", params=query)
        found = json_of(response)
        if not isinstance(found, list):
            raise Garbled(VENDOR, "no list")
        pulls = tuple(self._pull(one, repo) for one in found)
        total = protocol.total_of(response.headers)
        more = page * PER_PAGE < total if total is not None else len(pulls) == PER_PAGE
        return PullPage(pulls, page, more, total)

    def pull(self, repo: str, number: int) -> PullRequest:
        """One pull request as it is now."""
        pull = self._pull(json_of(self._request("GET", f"/repos/{repo}/pulls/{number}")), repo)
        if pull.number != number:
            raise Garbled(VENDOR, "another pull request")
        return pull

    def checks(self, repo: str, sha: str) -> tuple[Check, ...] | None:
        """The check runs of a commit; None where the host answers 404: it has none, or hides them.

        All of them: whether `pull_request_id` means the number or the id is not documented, and a wrong guess
        would hide a red one.
        """
        path = f"/repos/{repo}/commits/{quote(sha, safe='')}/check-runs"
        try:
            return protocol.read_checks(self._all(path))
        except NotFound:
            return None
        except protocol.Unreadable as problem:
            raise Garbled(VENDOR, str(problem)) from None

    def _all(self, path: str) -> list[Any]:
        runs: list[Any] = []
        for page in range(1, CHECK_PAGES + 1):
            answer = self._request("GET", path, params={"page": page, "per_page": 100})
            found = protocol.check_runs(json_of(answer))
            runs += found
            if len(found) < 100:
                return runs
        raise Garbled(VENDOR, "more check runs than can be read")

    def vote(self, repo: str, number: int, vote: Vote) -> None:
        """Approve, or mark as tested, as the token's owner; the answer's body is empty in practice."""
        json_of(self._request("POST", f"/repos/{repo}/pulls/{number}/{_VOTES[vote]}"), empty_ok=True)

    def comment(self, repo: str, number: int, body: str) -> None:
        """Write a comment under a pull request."""
        json_of(self._request("POST", f"/repos/{repo}/pulls/{number}/comments", data={"body": body}))

    def note(self, repo: str, number: int, comment_id: int) -> Note:
        """One comment as it is now; one that is below another pull request is Garbled."""
        found = json_of(self._request("GET", f"/repos/{repo}/pulls/comments/{comment_id}"))
        try:
            return protocol.read_note(found, repo=repo, number=number, comment_id=comment_id)
        except protocol.Unreadable as problem:
            raise Garbled(VENDOR, str(problem)) from None

    def account(self) -> Account:
        """Whose token this is, and what time it is there."""
        response = self._request("GET", "/user")
        try:
            return protocol.read_account(json_of(response), response.headers)
        except protocol.Unreadable as problem:
            raise Garbled(VENDOR, str(problem)) from None

    def merge(self, repo: str, number: int, method: Method) -> None:
        """Merge, once. Gitee takes no sha to guard it with: the caller reads before and after."""
        form = {"merge_method": str(method), "prune_source_branch": "false", "close_related_issue": "false"}
        answer = json_of(
            self._request("PUT", f"/repos/{repo}/pulls/{number}/merge", data=form), empty_ok=True
        )
        if isinstance(answer, dict) and answer.get("merged") is False:
            raise from_status(VENDOR, 405, protocol.message_of(answer))

    def _pull(self, data: object, repo: str) -> PullRequest:
        try:
            return protocol.read_pull(data, repo=repo)
        except protocol.Unreadable as problem:
            raise Garbled(VENDOR, str(problem)) from None


class _Bearer:
    """Puts one token into a request's header; requests calls it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        request.headers["Accept"] = "application/json"
        request.headers["User-Agent"] = "Sampan"  # Gitee turns some default agents away
        return request


def _try_json(response: Any) -> object:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def json_of(response: Any, *, empty_ok: bool = False) -> object:
    """What an answer says; one that is not JSON is Garbled."""
    if empty_ok and not response.content:
        return None
    data = _try_json(response)
    if data is None:
        raise Garbled(VENDOR, "not JSON")
    return data
