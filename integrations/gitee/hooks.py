"""What Gitee sends by itself, without any I/O: who sent it, and which pull request to look at.

Vendor's pages: help.gitee.com/webhook/gitee-webhook-push-data-format and /webhook/how-to-verify-webhook-keys.
The signature covers the time only, never the body. So a payload is a hint: repo, number and ids are taken
from it, and whatever matters is read over the API.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from integrations.errors import Malformed, Unauthenticated
from integrations.model import NoteHint, PullAction, PullHint

SIGNATURE_LIFE = 3600.0  # seconds, either way
LARGEST_ID = 2**63 - 1  # what a store can keep

_REPO = re.compile(r"\w[\w.-]{0,99}/\w[\w.-]{0,99}", re.ASCII)

# The words of `action`, as github.com/openeuler-mirror/sync-bot and the Jenkins plugin read them.
_ACTIONS = {
    "open": PullAction.OPENED,
    "approved": PullAction.APPROVED,
    "tested": PullAction.TESTED,
    "merge": PullAction.MERGED,
    "close": PullAction.CLOSED,
    "reopen": PullAction.REOPENED,
}


def authenticate(headers: Mapping[str, str], secrets: Iterable[str], *, now: float) -> None:
    """Accept a webhook's password or signature (header names in lower case), or raise."""
    given = headers.get("x-gitee-token", "").strip()
    known = [secret for secret in secrets if secret]
    if not given:
        raise Unauthenticated("no token")
    if _any_equal(given, known):
        return
    timestamp = headers.get("x-gitee-timestamp", "").strip()
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16):
        raise Unauthenticated("wrong token")
    # The page says it is URL-encoded, senders differ; in the raw form there is nothing to decode.
    if not _any_equal(unquote(given), [sign(timestamp, secret) for secret in known]):
        raise Unauthenticated("wrong token")
    if abs(now - int(timestamp) / 1000) > SIGNATURE_LIFE:
        raise Unauthenticated("stale signature")


def sign(timestamp: str, secret: str) -> str:
    """Base64 of HMAC-SHA256(secret, timestamp + newline + secret); the timestamp is in milliseconds."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def read_hook(body: bytes) -> PullHint | NoteHint | None:
    """Decode a webhook's body; None for one that is about nothing we follow."""
    payload = _object(body)
    match _text(payload, "hook_name"):
        case "merge_request_hooks":
            return _pull_hint(payload)
        case "note_hooks" if _is_new_note(payload):
            return _note_hint(payload)
    return None


def _pull_hint(payload: Mapping[str, Any]) -> PullHint:
    pull = _mapping(payload, "pull_request")
    repo, number = _repo(payload, pull), _id(pull, "number")
    action, detail = _text(payload, "action"), _text(payload, "action_desc")
    sha = _text(_mapping(pull, "head"), "sha")
    # Gitee has no delivery id; the time is that of the event, so a second delivery of it has the same.
    news = (repo, _time(payload), action, detail, sha)
    return PullHint(repo, number, _action(action, detail), _dedupe("pull", number, *news))


def _note_hint(payload: Mapping[str, Any]) -> NoteHint:
    pull = _mapping(payload, "pull_request")
    repo, number = _repo(payload, pull), _id(pull, "number")
    comment_id = _id(_mapping(payload, "comment"), "id")
    # With its repo and number: a forged hint that names others must not use up the true one's id.
    return NoteHint(repo, number, comment_id, _dedupe("note", comment_id, repo, str(number)))


def _is_new_note(payload: Mapping[str, Any]) -> bool:
    return (_text(payload, "noteable_type"), _text(payload, "action")) == ("PullRequest", "comment")


def _action(action: str, detail: str) -> PullAction:
    if (action, detail) == ("update", "source_branch_changed"):
        return PullAction.MOVED
    return _ACTIONS.get(action, PullAction.CHANGED)


def _dedupe(kind: str, number: int, *parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"gitee-{kind}-{number}-{digest[:20]}"


def _repo(payload: Mapping[str, Any], pull: Mapping[str, Any]) -> str:
    """The repo a pull request goes into; `full_name` is of no use, as it may hold names for people."""
    if payload.get("repository") is not None:
        home = _mapping(payload, "repository")
    else:  # as in the vendor's own sample; the base of a pull request is in the same repo
        home = _mapping(_mapping(pull, "base"), "repo")
    repo = _text(home, "path_with_namespace")
    if not _REPO.fullmatch(repo):
        raise Malformed("repository")
    return repo


def _time(payload: Mapping[str, Any]) -> str:
    value = payload.get("timestamp")
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Malformed("timestamp")
    return str(value)


def _object(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(payload, dict):
        raise Malformed("not an object")
    return payload


def _text(payload: Mapping[str, Any], key: str) -> str:
    value = payload.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(key)
    return value


def _mapping(payload: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = payload.get(key)
    if not isinstance(value, dict):
        raise Malformed(key)
    return value


def _id(payload: Mapping[str, Any], key: str) -> int:
    value = payload.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_ID:
        raise Malformed(key)
    return value


def _any_equal(given: str, expected: Iterable[str]) -> bool:
    wire = given.encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(wire, one.encode()) for one in expected]
    return any(matches)
