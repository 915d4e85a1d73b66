"""Gitee's API v5 without any I/O: what its answers mean. The description is gitee.com/api/v5/swagger."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from integrations.model import Account, Check, CheckState, Note, PullRequest, Reviewer, State

VENDOR = "Gitee"
MESSAGE_LENGTH = 200

# Conclusions that leave a merge free; anything unknown counts as red.
_GREEN = frozenset({"success", "neutral", "skipped"})

# Of the fields of a comment only its addresses say what it is below: .../acme/web/pulls/233#note_501
_PULL = re.compile(r"/([^/]+/[^/]+)/pulls/([0-9]{1,18})(?:#.*)?$")


class Unreadable(Exception):
    """An answer without what every answer of its kind has."""


class IssueState(StrEnum):
    """The four states of an issue; the last is a person's to give: the description has it for no write."""

    OPEN = "open"
    PROGRESSING = "progressing"
    CLOSED = "closed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Issue:
    """An issue as far as it is needed; `comments` is how many there are, None where nobody says."""

    number: str
    title: str
    body: str
    url: str
    closed: bool
    labels: tuple[str, ...]
    comments: int | None


def read_pull(data: object, *, repo: str) -> PullRequest:
    """Decode a PullRequest; `head` and `base` are objects live, whatever the description says."""
    pull = _mapping(data)
    head, base = _mapping(pull.get("head")), _mapping(pull.get("base"))
    try:
        return PullRequest(
            repo=repo,
            number=int(pull["number"]),
            title=str(pull.get("title") or ""),
            url=str(pull.get("html_url") or ""),
            author=str(_mapping(pull.get("user")).get("login") or ""),
            state=State(pull["state"]),
            draft=pull.get("draft") is True,
            mergeable=pull["mergeable"] if isinstance(pull.get("mergeable"), bool) else None,
            labels=tuple(str(_mapping(one).get("name")) for one in _all(pull.get("labels"))),
            head_ref=str(head.get("ref") or ""),
            head_sha=_sha(head["sha"]),
            base_ref=str(base.get("ref") or ""),
            created_at=_time(pull.get("created_at")),
            approvals_needed=int(pull.get("assignees_number") or 0),
            approvers=_reviewers(pull.get("assignees")),
            tests_needed=int(pull.get("testers_number") or 0),
            testers=_reviewers(pull.get("testers")),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Unreadable("pull request") from None


def check_runs(data: object) -> list[Any]:
    """The check runs of one page, which come bare or wrapped."""
    runs = data.get("check_runs") if isinstance(data, Mapping) else data
    if not isinstance(runs, list):
        raise Unreadable("check runs")
    return runs


def read_checks(runs: Sequence[Any]) -> tuple[Check, ...]:
    """Decode check runs; of those with one name the newest counts."""
    newest: dict[str, tuple[int, Check]] = {}
    for run in map(_mapping, runs):
        name, order = str(run.get("name") or "?"), run.get("id", 0)
        if not isinstance(order, int):
            raise Unreadable("check run")
        if name not in newest or newest[name][0] < order:
            newest[name] = order, Check(name, _check_state(run))
    return tuple(check for _, check in newest.values())


def _check_state(run: Mapping[str, Any]) -> CheckState:
    if run.get("status") != "completed":
        return CheckState.RUNNING
    return CheckState.GREEN if str(run.get("conclusion")) in _GREEN else CheckState.RED


def read_note(data: object, *, repo: str, number: int, comment_id: int) -> Note:
    """Decode a PullRequestComments; one that is below another pull request is unreadable."""
    note = _mapping(data)
    author, body = _mapping(note.get("user")).get("login"), note.get("body")
    if note.get("id") != comment_id or not isinstance(author, str) or not isinstance(body, str) or not author:
        raise Unreadable("comment")
    if _homes(note) != {(repo.lower(), number)}:
        raise Unreadable("comment of another pull request")
    return Note(comment_id, author, body, str(note.get("html_url") or ""), _time(note.get("created_at")))


def _homes(note: Mapping[str, Any]) -> set[tuple[str, int]]:
    """The pull requests that a comment's addresses name: one, or something is wrong."""
    addresses = (str(note.get(key) or "") for key in ("pull_request_url", "html_url"))
    found = (_PULL.search(address) for address in addresses)
    return {(one[1].lower(), int(one[2])) for one in found if one}


def read_account(data: object, headers: Mapping[str, str]) -> Account:
    """Decode a UserDetail; Gitee tells no version, and its time in the answer's head."""
    login = _mapping(data).get("login")
    if not isinstance(login, str) or not login:
        raise Unreadable("account")
    return Account(login, "", _moment(parsedate_to_datetime, headers.get("Date", "")))


def read_issue(data: object) -> Issue:
    """Decode an Issue; its number is a text such as I4ABCD."""
    issue = _mapping(data)
    number, comments = issue.get("number"), issue.get("comments")
    if not isinstance(number, str) or not number:
        raise Unreadable("issue")
    try:
        return Issue(
            number=number,
            title=str(issue["title"]),
            body=str(issue.get("body") or ""),
            url=str(issue.get("html_url") or ""),
            # An enterprise may have states of its own: whatever is not known to be the end is not.
            closed=str(issue["state"]) in (IssueState.CLOSED, IssueState.REJECTED),
            labels=tuple(str(_mapping(one).get("name")) for one in _all(issue.get("labels"))),
            comments=comments if isinstance(comments, int) else None,
        )
    except (KeyError, ValueError):
        raise Unreadable("issue") from None


def read_issues(data: object) -> tuple[Issue, ...]:
    """Decode a page of issues."""
    if not isinstance(data, list):
        raise Unreadable("issues")
    return tuple(map(read_issue, data))


def read_texts(data: object) -> tuple[str, ...]:
    """What each comment of a page says."""
    if not isinstance(data, list):
        raise Unreadable("comments")
    return tuple(str(_mapping(one).get("body") or "") for one in data)


def message_of(data: object) -> str:
    """What a refusal says, short and on one line; empty when it is not Gitee's own JSON."""
    if not isinstance(data, Mapping):
        return ""
    text = data.get("message") or data.get("error_description") or data.get("error")
    if isinstance(text, Mapping):  # {"error": {"base": ["..."]}}
        text = " ".join(str(part) for parts in text.values() for part in _list(parts))
    return " ".join(str(text or "").split())[:MESSAGE_LENGTH]


def total_of(headers: Mapping[str, str]) -> int | None:
    """How many there are over all pages, where the endpoint says so."""
    value = headers.get("total_count", "")
    return int(value) if value.isascii() and value.isdigit() else None


def _all(value: object) -> Sequence[Any]:
    """A list, or nothing at all; anything else might hide a label that holds."""
    if value is not None and not isinstance(value, list):
        raise ValueError("labels")
    return value or ()


def _sha(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("sha")
    return value


def _mapping(data: object) -> Mapping[str, Any]:
    return data if isinstance(data, Mapping) else {}


def _list(data: object) -> Sequence[Any]:
    return data if isinstance(data, list) else ()


def _reviewers(data: object) -> tuple[Reviewer, ...]:
    return tuple(
        Reviewer(str(one.get("login")), one.get("accept") is True) for one in map(_mapping, _list(data))
    )


def _time(value: object) -> datetime | None:
    return _moment(datetime.fromisoformat, str(value))


def _moment(read: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        moment = read(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
