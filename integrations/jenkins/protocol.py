"""Jenkins' rules without any I/O: names, trees, and what its answers mean.

Read from the source of Jenkins itself: ParameterizedJobMixIn, ParametersDefinitionProperty, Queue.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from integrations.model import Job, Parameter, Queued

VENDOR = "Jenkins"

JOB_TREE = "url,buildable,property[parameterDefinitions[name,type,choices]]"
QUEUE_TREE = "items[id,task[url],actions[parameters[name,value]]]"
BUILDS_TREE = "builds[number,queueId,url,actions[parameters[name,value]]]{0,20}"


class Unreadable(Exception):
    """An answer without what every answer of its kind has."""


def job_path(name: str) -> str:
    """The address of a job below the root; folders are split by `/`, and no part can climb out."""
    parts = name.split("/")
    if not all(part.strip() and part not in (".", "..") for part in parts):
        raise ValueError("job name")
    return "".join(f"job/{quote(part, safe='')}/" for part in parts)


def read_job(data: object, *, name: str) -> Job:
    """Decode a job's own description with the parameters it defines."""
    job = _mapping(data)
    if not job.keys() & {"url", "buildable", "property"}:
        raise Unreadable("job")
    definitions = [
        _mapping(one)
        for entry in map(_mapping, _list(job.get("property")))
        for one in _list(entry.get("parameterDefinitions"))
    ]
    parameters = tuple(
        Parameter(str(one.get("name")), tuple(str(choice) for choice in _list(one.get("choices"))))
        for one in definitions
    )
    return Job(name, str(job.get("url") or ""), job.get("buildable") is not False, parameters)


def queue_id(location: str) -> int | None:
    """The number in a Location such as https://ci/queue/item/24/."""
    found = re.search(r"/queue/item/(\d{1,18})/?$", location.partition("?")[0])
    return int(found[1]) if found else None


def find_queued(queue: object, *, parameter: str, value: str) -> Queued | None:
    """The waiting item that carries our own parameter."""
    for item in map(_mapping, _list(_mapping(queue).get("items"))):
        if _carries(item, parameter, value):
            return Queued(_number(item.get("id")), str(_mapping(item.get("task")).get("url") or ""))
    return None


def find_build(job: object, *, parameter: str, value: str) -> Queued | None:
    """The build that carries our own parameter."""
    for build in map(_mapping, _list(_mapping(job).get("builds"))):
        if _carries(build, parameter, value):
            queued = build.get("queueId")
            number = _number(build.get("number"))
            return Queued(
                queued if isinstance(queued, int) else None, str(build.get("url") or ""), number=number
            )
    return None


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise Unreadable("number")
    return value


def _carries(thing: Mapping[str, Any], parameter: str, value: str) -> bool:
    return any(
        one.get("name") == parameter and one.get("value") == value
        for action in map(_mapping, _list(thing.get("actions")))
        for one in map(_mapping, _list(action.get("parameters")))
    )


def _mapping(data: object) -> Mapping[str, Any]:
    return data if isinstance(data, Mapping) else {}


def _list(data: object) -> Iterable[Any]:
    return data if isinstance(data, list) else ()
