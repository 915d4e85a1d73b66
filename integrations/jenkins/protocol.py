"""Jenkins' rules without any I/O: names, jobs, triggers, and what of its words and numbers is fit to be kept.

Read from the source of Jenkins itself: ParameterizedJobMixIn, ParametersDefinitionProperty, Queue.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from integrations.model import Job, Parameter, Result

VENDOR = "Jenkins"
MARKER = "SAMPAN_ID"  # the parameter a build of ours is found again by

RESULTS = {
    "SUCCESS": Result.SUCCESS,
    "UNSTABLE": Result.UNSTABLE,
    "FAILURE": Result.FAILURE,
    "ABORTED": Result.ABORTED,
    "NOT_BUILT": Result.NOT_BUILT,
}
SINCE, UNTIL = 946_684_800, 4_102_444_800  # the years a build can be of: 2000 to 2099
LONGEST = 300  # characters of somebody's own words
LONGEST_ADDRESS = 1000

PASSWORD = "PasswordParameterDefinition"  # noqa: S105, the name of a kind
JOB_TREE = "url,buildable,property[parameterDefinitions[name,type,choices]],lastBuild[estimatedDuration]"


class Unreadable(Exception):
    """An answer without what every answer of its kind has."""


def job_path(name: str) -> str:
    """The address of a job below the root; folders are split by `/`, and no part can climb out."""
    parts = name.split("/")
    if not all(part.strip() and part not in (".", "..") for part in parts):
        raise ValueError("job name")
    return "".join(f"job/{quote(part, safe='')}/" for part in parts)


def job_name(path: str) -> str | None:
    """The job at an address below the root, or of a build there: job/team/job/x/12/ is of team/x."""
    found = re.fullmatch(r"((?:/?job/[^/]+)+)(?:/\d+)?/*", path)
    if not found:
        return None
    parts = [unquote(part) for part in re.findall(r"/?job/([^/]+)", found[1])]
    return None if any("/" in part for part in parts) else "/".join(parts)


def job_at(url: str) -> str | None:
    """The job at a full address, whatever name and prefix the server goes by."""
    start = url.find("/job/")
    return job_name(url[start:]) if start >= 0 else None


def read_job(data: object, *, name: str) -> Job:
    """Decode a job's own description with the parameters it defines."""
    job = mapping(data)
    if not job.keys() & {"url", "buildable", "property"}:
        raise Unreadable("job")
    definitions = [
        mapping(one)
        for entry in map(mapping, listing(job.get("property")))
        for one in listing(entry.get("parameterDefinitions"))
    ]
    return Job(
        name,
        str(job.get("url") or ""),
        job.get("buildable") is not False,
        tuple(
            Parameter(str(one.get("name")), _choices(one), secret=one.get("type") == PASSWORD)
            for one in definitions
        ),
        usual=seconds(mapping(job.get("lastBuild")).get("estimatedDuration")),
    )


def queue_id(location: str) -> int | None:
    """The number in a Location such as https://ci/queue/item/24/."""
    found = re.search(r"/queue/item/(\d{1,18})/?$", location.partition("?")[0])
    return int(found[1]) if found else None


def marker(thing: Mapping[str, Any]) -> str | None:
    """What a build or a queue item carries in our own parameter."""
    for action in map(mapping, listing(thing.get("actions"))):
        for one in map(mapping, listing(action.get("parameters"))):
            if one.get("name") == MARKER and isinstance(one.get("value"), str):
                return str(one["value"])
    return None


def number(value: object) -> int | None:
    """An id or a build's number; none of these is ever zero, and none larger than a long."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value < 2**63 else None


def seconds(value: object) -> float | None:
    """A time in milliseconds; 0 and -1 are Jenkins' way not to know."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value / 1000 if 0 < value < 2**53 else None


def moment(value: object) -> float | None:
    """A time in milliseconds as seconds since the epoch, if any build can have been then."""
    found = seconds(value)
    return found if found is not None and SINCE <= found < UNTIL else None


def words(value: object, *, most: int = LONGEST) -> str:
    """Words of somebody's, as every store and every wire can carry them: on one line, of printed signs."""
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in " ".join(value.split()) if sign.isprintable())[:most]


def address(value: object) -> str:
    """An address to send a person to, else nothing: cut it leads nowhere, and a login in it is given away."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS or not value.isprintable() or " " in value:
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    fit = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return value if fit else ""


def mapping(data: object) -> Mapping[str, Any]:
    """An object of an answer, or nothing."""
    return data if isinstance(data, Mapping) else {}


def listing(data: object) -> list[Any]:
    """A list of an answer, or nothing."""
    return data if isinstance(data, list) else []


def _choices(definition: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(choice) for choice in listing(definition.get("choices")))
