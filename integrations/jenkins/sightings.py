"""What a look at Jenkins shows of a build: in the queue, running, over. Pure.

Read from the source of Jenkins: Queue.Item, Run, Result; queue items vanish five minutes after they left.
"""

from collections.abc import Mapping
from typing import Any

from integrations.jenkins.protocol import (
    RESULTS,
    Unreadable,
    job_at,
    listing,
    mapping,
    marker,
    number,
    seconds,
    words,
)
from integrations.model import BuildRef, Result, Sighting, Stage

_CARRIED = "actions[parameters[name,value]]"
BUILD_TREE = f"number,queueId,url,building,result,timestamp,duration,estimatedDuration,{_CARRIED}"
BUILDS_TREE = f"builds[{BUILD_TREE}]{{0,100}}"
ITEM_TREE = f"id,why,cancelled,task[url],executable[number],{_CARRIED}"
QUEUE_TREE = f"items[id,why,task[url],{_CARRIED}]"

GONE = Sighting(Stage.GONE)
PIPELINE = "org.jenkinsci.plugins.workflow.job.WorkflowRun"


def read_build(data: object) -> Sighting:
    """Decode a build that runs or has ended."""
    build = mapping(data)
    if number(build.get("number")) is None or "building" not in build:
        raise Unreadable("build")
    # A pipeline may have a result long before its end, so both have to say that it is over.
    result = None if build["building"] else build.get("result")
    return Sighting(
        Stage.ENDED if result else Stage.RUNNING,
        queue_id=number(build.get("queueId")),
        number=number(build.get("number")),
        url=str(build.get("url") or ""),
        # An unknown word says neither that it worked nor that the code is broken: somebody has to look.
        result=RESULTS.get(str(result), Result.NOT_BUILT) if result else None,
        began_at=seconds(build.get("timestamp")),
        seconds=seconds(build.get("duration")) if result else None,
        usual=seconds(build.get("estimatedDuration")),
    )


def read_item(data: object) -> Sighting:
    """Decode a queue item that is no build yet; between the two it has left and waits for nothing."""
    item = mapping(data)
    queue_id = number(item.get("id"))
    if queue_id is None:
        raise Unreadable("queue item")
    stage = Stage.CANCELLED if item.get("cancelled") else Stage.QUEUED
    return Sighting(stage, queue_id=queue_id, why=words(item.get("why")))


def started(data: object) -> int | None:
    """The number of the build that a queue item became."""
    return number(mapping(mapping(data).get("executable")).get("number"))


def is_of(data: object, build: BuildRef) -> bool:
    """Whether a queue item of that id is ours: ids begin anew when a Jenkins is set up again."""
    item = mapping(data)
    job = job_at(str(mapping(item.get("task")).get("url") or ""))
    return job in (None, build.job) and _same(item, number(item.get("id")), build) is not False


def is_it(data: object, build: BuildRef) -> bool:
    """Whether a build of that number is the one that was meant, as far as it can be told."""
    return _same(mapping(data), number(mapping(data).get("queueId")), build) is not False


def find_item(queue: object, build: BuildRef) -> Mapping[str, Any] | None:
    """The waiting item that is surely ours."""
    if "items" not in mapping(queue):
        raise Unreadable("queue")
    items = map(mapping, listing(mapping(queue)["items"]))
    return next((one for one in items if _is_surely(one, "id", build) and is_of(one, build)), None)


def find_build(job: object, build: BuildRef) -> Mapping[str, Any] | None:
    """The build that is surely ours, among the newest of its job."""
    if "builds" not in mapping(job):
        raise Unreadable("job")
    builds = map(mapping, listing(mapping(job)["builds"]))
    return next((one for one in builds if _is_surely(one, "queueId", build)), None)


def read_input(actions: object) -> str | None:
    """What wfapi/pendingInputActions says that a pipeline asks; None when it asks nothing."""
    if not isinstance(actions, list):
        raise Unreadable("input")
    return words(mapping(actions[0]).get("message")) if actions else None


def _is_surely(thing: Mapping[str, Any], id_field: str, build: BuildRef) -> bool:
    return _same(thing, number(thing.get(id_field)), build) is True


def _same(thing: Mapping[str, Any], queue_id: int | None, build: BuildRef) -> bool | None:
    """Our marker decides where both have one, else the queue id; None when nothing can tell."""
    carried = marker(thing)
    if build.marker and carried is not None:
        return carried == build.marker
    if build.queue_id is not None and queue_id is not None:
        return queue_id == build.queue_id
    return None
