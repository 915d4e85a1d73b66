"""What the Notification plugin posts about a build: a hint to look, never a fact to act on. Pure.

Read from jenkinsci/notification-plugin 720ea449: JobState, BuildState, Phase. It neither signs nor repeats.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from integrations.errors import Malformed
from integrations.jenkins.protocol import (
    MARKER,
    RESULTS,
    address,
    job_at,
    job_name,
    job_path,
    mapping,
    moment,
    number,
    seconds,
)
from integrations.model import Notification

# One build is told as COMPLETED and again as FINALIZED, which was called FINISHED before version 1.6.
OVER = frozenset({"COMPLETED", "FINALIZED", "FINISHED"})
LONGEST = 500  # characters of a job's name

_MARKER = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_PHASE = re.compile(r"[A-Z_]{1,32}")


def read_notification(body: bytes, *, root: str) -> Notification:
    """Decode a payload; `root` is the address of our Jenkins. Raises Malformed when it names no job."""
    try:
        payload = mapping(json.loads(body))
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    build = mapping(payload.get("build"))
    phase = _text(build, "phase").upper()
    phase = phase if _PHASE.fullmatch(phase) else ""
    ended = phase in OVER
    return Notification(
        job=_job(payload, build, root),
        number=number(build.get("number")),
        queue_id=number(build.get("queue_id")),
        marker=_marker(mapping(build.get("parameters"))),
        ended=ended,
        phase=phase,
        result=RESULTS.get(_text(build, "status")) if ended else None,
        url=address(build.get("full_url")),
        began_at=_began_at(build, phase),
        at=moment(build.get("timestamp")),
    )


def _began_at(build: Mapping[str, Any], phase: str) -> float | None:
    """When the build began, if the payload tells: JobListener gives every phase a time of another meaning."""
    at, took = moment(build.get("timestamp")), seconds(build.get("duration"))
    if phase == "STARTED":
        return at
    return at - took if phase in OVER and at is not None and took is not None else None


def _job(payload: Mapping[str, Any], build: Mapping[str, Any], root: str) -> str:
    """The job by its address, as `name` is only the last part of it."""
    relative, full = _text(payload, "url") or _text(build, "url"), _text(build, "full_url")
    name = job_name(relative) if relative else _below(full, root)
    try:
        if name and len(name) <= LONGEST and name.isprintable() and job_path(name):
            return name
    except ValueError:
        pass
    raise Malformed("no job")


def _below(url: str, root: str) -> str | None:
    """The job at a full address: below the root we know, or below the name that Jenkins gives itself."""
    try:
        path, prefix = urlsplit(url).path, urlsplit(root).path.rstrip("/") + "/"
    except ValueError:
        return None
    return job_name(path.removeprefix(prefix)) if path.startswith(prefix) else job_at(path)


def _marker(parameters: Mapping[str, Any]) -> str:
    found = _text(parameters, MARKER)
    return found if _MARKER.fullmatch(found) else ""


def _text(thing: Mapping[str, Any], key: str) -> str:
    value = thing.get(key)
    return value if isinstance(value, str) else ""
