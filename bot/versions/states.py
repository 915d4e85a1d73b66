"""How far a version is, what changes that, and where it lies. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum, unique

from bot import builds

TEMPLATE = "{service}/{number}"
_PART = re.compile(r"\{(service|number|ref|sha)\}")
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
_OURS = re.compile(r"\w[\w.-]{0,63}")  # the name of a service is the team's own, in its own language


@unique
class State(StrEnum):
    """The states that we know; a pipeline may be in others, which are kept and shown as they are called."""

    REQUESTED = "requested"
    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELED = "canceled"


ENDED = frozenset({State.SUCCESS, State.FAILED, State.CANCELED})

# A version that a build of ours makes is as far as that build.
OF_BUILDS: Mapping[builds.State, State] = {
    builds.State.WAITING: State.REQUESTED,
    builds.State.ASKED: State.REQUESTED,
    builds.State.QUEUED: State.PENDING,
    builds.State.RUNNING: State.RUNNING,
    builds.State.INPUT: State.PENDING,
    builds.State.RECORDING: State.RUNNING,
    builds.State.SUCCEEDED: State.SUCCESS,
    builds.State.UNSTABLE: State.FAILED,
    builds.State.FAILED: State.FAILED,
    builds.State.REFUSED: State.FAILED,
    builds.State.LOST: State.FAILED,
    builds.State.ABORTED: State.CANCELED,
    builds.State.NOT_BUILT: State.CANCELED,
    builds.State.CANCELLED: State.CANCELED,
    builds.State.JOINED: State.CANCELED,
    builds.State.DROPPED: State.CANCELED,
}


def after(known: str, seen: str, *, read: bool) -> str:
    """The state that follows; `read` says that it was asked for just now, and is not somebody's late word.

    A success stays. What failed or was canceled may be tried again by people: it goes on once we have read
    that it does, or with the news that it worked.
    """
    if known == State.SUCCESS:
        return known
    if known in ENDED and seen != State.SUCCESS and not read:
        return known
    return seen


def path(template: str, *, service: str, number: int, ref: str, sha: str) -> str:
    """Where a version lies; empty when a part of it is not fit to stand in a path."""
    parts = {"service": service, "number": str(number), "ref": ref, "sha": sha}
    if not all(_is_fit(name, parts[name]) for name in _PART.findall(template)):
        return ""
    return _PART.sub(lambda part: parts[part[1]], template)


def _is_fit(name: str, value: str) -> bool:
    safe = _OURS if name == "service" else _SAFE
    return safe.fullmatch(value) is not None and ".." not in value


def is_template(template: str) -> bool:
    """Whether all of a template is filled in, and stays below where it begins."""
    filled = _PART.sub("x", template)
    climbs = filled.startswith("/") or {".", ".."} & set(filled.split("/"))
    return filled.isprintable() and not {"{", "}", "\\"} & set(filled) and not climbs
