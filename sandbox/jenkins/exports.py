"""What jobs, builds and queue items look like in api/json; `root` is the address of this Jenkins."""

import math
import time
from collections.abc import Iterable
from typing import Any

from sandbox.jenkins.builds import Build, Cause, Result, estimate
from sandbox.jenkins.changes import all_sets, one_set, person
from sandbox.jenkins.jobs import Job, Parameter, path_of
from sandbox.jenkins.queue import Item, Queue, Stage
from sandbox.jenkins.tree import Bean

JOB, BUILD = "hudson.model.FreeStyleProject", "hudson.model.FreeStyleBuild"
PIPELINE, RUN = (f"org.jenkinsci.plugins.workflow.job.Workflow{kind}" for kind in ("Job", "Run"))
FOLDER = "com.cloudbees.hudson.plugins.folder.Folder"
NEWEST = 100
COLORS = {Result.SUCCESS: "blue", Result.UNSTABLE: "yellow", Result.FAILURE: "red", Result.ABORTED: "aborted"}
STARS = ("_class", "name", "url", "color")


def folder(jobs: Iterable[Job], queue: Queue, *, within: str, root: str) -> Bean:
    """A folder, or with `within` empty the front page: its jobs, and the folders below it."""
    prefix = f"{within}/" if within else ""
    inside = [one for one in jobs if one.full_name.startswith(prefix)]
    names = dict.fromkeys(one.full_name.removeprefix(prefix).partition("/") for one in inside)
    folders = dict.fromkeys(first for first, slash, _ in names if slash)
    shown = [job(one, queue, root=root) for one in inside if "/" not in one.full_name.removeprefix(prefix)]
    shown += [folder(inside, queue, within=prefix + name, root=root) for name in folders]
    name = within.rpartition("/")[2]
    about = {"_class": FOLDER, "name": name, "fullName": within, "url": root + path_of(within)}
    front = {"_class": "hudson.model.Hudson", "mode": "NORMAL", "url": root, "useCrumbs": True}
    return Bean({**(about if within else front), "jobs": shown}, brief=STARS)


def job(job: Job, queue: Queue, *, root: str) -> Bean:
    """A job with its newest hundred builds."""
    usual = estimate(job)
    builds = [build(one, root=root, usual=usual) for one in job.newest]
    waiting = next((one for one in queue.waiting if one.job is job), None)
    definitions = [_definition(one) for one in job.parameters]
    defines = {"_class": "hudson.model.ParametersDefinitionProperty", "parameterDefinitions": definitions}
    fields = {
        **_task(job, root=root),
        "description": job.description or None,
        "displayName": job.name,
        "fullName": job.full_name,
        "fullDisplayName": job.full_name.replace("/", " » "),
        "buildable": not job.disabled,
        "disabled": job.disabled,
        "concurrentBuild": job.concurrent,
        "builds": builds[:NEWEST],
        "allBuilds": builds,
        "inQueue": waiting is not None,
        "queueItem": queue_item(waiting, root=root) if waiting else None,
        "nextBuildNumber": job.next_number,
        "property": [defines] if definitions else [],
    }
    found = {name: permalink(job, name) for name in PERMALINKS}
    links = {name: build(one, root=root, usual=usual) if one else None for name, one in found.items()}
    return Bean(fields | links, brief=STARS, asked=("allBuilds",))


PERMALINKS = {
    "lastBuild": frozenset({None, *Result}),
    "lastCompletedBuild": frozenset(Result),
    "lastStableBuild": frozenset({Result.SUCCESS}),
    "lastSuccessfulBuild": frozenset({Result.SUCCESS, Result.UNSTABLE}),
    "lastUnstableBuild": frozenset({Result.UNSTABLE}),
    "lastFailedBuild": frozenset({Result.FAILURE}),
    "lastUnsuccessfulBuild": frozenset({Result.UNSTABLE, Result.FAILURE, Result.NOT_BUILT, Result.ABORTED}),
}


def permalink(job: Job, name: str) -> Build | None:
    """The build behind lastBuild, lastFailedBuild and so on; jenkins.model.PeepholePermalink."""
    wanted = PERMALINKS[name]
    # A pipeline can have a result while it runs; only lastBuild may be running.
    return next(
        (one for one in job.newest if one.result in wanted and (None in wanted or not one.building)), None
    )


def build(build: Build, *, root: str, usual: float | None = None) -> Bean:
    """A build; a password is not exported. `usual` is its estimate, if it is known already."""
    usual = build.estimate if usual is None else usual
    fields = {
        "_class": RUN if build.job.pipeline else BUILD,
        "actions": _actions(build.causes, build.job, build.values),
        "artifacts": [],
        "building": build.building,
        "description": None,
        "displayName": f"#{build.number}",
        "duration": int(build.duration * 1000),
        "estimatedDuration": -1 if usual < 0 else int(usual * 1000),
        "fullDisplayName": build.title,
        "id": str(build.number),
        "inProgress": build.in_progress,
        "keepLog": False,
        "number": build.number,
        "queueId": build.queue_id,
        "result": build.result,
        "timestamp": int(build.started * 1000),
        "url": root + build.path,
        "culprits": [person(one, root=root) for one in build.culprits],
    }
    own: dict[str, Any] = {"builtOn": "", "changeSet": one_set(build.changes, root=root)}
    if build.job.pipeline:
        own = {"changeSets": all_sets(build.changes, root=root)}
    return Bean(fields | own, brief=("number", "url"))


def queue_item(item: Item, *, root: str) -> Bean:
    """A queue item with the fields of its class; one that left says what became of it."""
    stage = item.stage
    shown = [f"\n{name}={value}" for name, value in item.job.shown(item.values).items()]
    fields = {
        "_class": stage,
        "actions": _actions(item.causes, item.job, item.values),
        "blocked": stage is Stage.BLOCKED,
        "buildable": stage is Stage.BUILDABLE,
        "id": item.id,
        "inQueueSince": int(item.since * 1000),
        "params": "".join(shown),
        "stuck": False,
        "task": _task(item.job, root=root),
        "url": item.path,
        "why": why(item, stage),
    }
    match stage:
        case Stage.WAITING:
            fields["timestamp"] = int(item.due * 1000)
        case Stage.BLOCKED | Stage.BUILDABLE:
            fields["buildableStartMilliseconds"] = int(item.due * 1000)
        case Stage.LEFT:
            fields["cancelled"] = item.cancelled
            fields["executable"] = build(item.build, root=root) if item.build else None
    return Bean(fields | ({"pending": False} if stage is Stage.BUILDABLE else {}))


def why(item: Item, stage: Stage) -> str | None:
    """The English sentence about what an item waits for."""
    if stage is Stage.WAITING:
        return f"In the quiet period. Expires in {_span(max(0.0, item.due - time.time()))}"
    if stage is Stage.BUILDABLE:
        return "Waiting for next available executor"
    return _blockage(item.job) if stage is Stage.BLOCKED else None


def color(job: Job) -> str:
    """The ball of a job, which blinks while it runs."""
    if job.disabled:
        return "disabled"
    last = permalink(job, "lastCompletedBuild")
    newest = permalink(job, "lastBuild")
    ball = COLORS.get(last.result, "notbuilt") if last and last.result else "notbuilt"
    return ball + ("_anime" if newest and newest.building else "")


def _blockage(job: Job) -> str:
    last = permalink(job, "lastBuild")
    if last is None:
        return "A build is already in progress"
    left = last.estimate - (time.time() - last.started)
    eta = f"{math.ceil(left)} sec" if left > 0 else "N/A"
    return f"Build #{last.number} is already in progress (ETA: {eta})"


def _span(seconds: float) -> str:
    return f"{seconds:.1f} sec" if seconds >= 1 else f"{int(seconds * 1000)} ms"


def _task(job: Job, *, root: str) -> dict[str, Any]:
    kind = PIPELINE if job.pipeline else JOB
    return {"_class": kind, "name": job.name, "url": root + job.path, "color": color(job)}


def _actions(causes: list[Cause], job: Job, values: dict[str, Any]) -> list[dict[str, Any]]:
    because = {"_class": "hudson.model.CauseAction", "causes": [_cause(one) for one in causes]}
    if not values:
        return [because]
    given = [_value(one, values[one.name]) for one in job.parameters]
    return [{"_class": "hudson.model.ParametersAction", "parameters": given}, because]


def _cause(cause: Cause) -> dict[str, Any]:
    kind = cause.kind
    about: dict[str, Any] = {}
    if cause.user:
        kind, about = "hudson.model.Cause$UserIdCause", {"userId": cause.user, "userName": cause.user}
    if up := cause.upstream:
        kind = "hudson.model.Cause$UpstreamCause"
        about = {"upstreamBuild": up.number, "upstreamProject": up.job.full_name, "upstreamUrl": up.job.path}
    return {"_class": kind, "shortDescription": cause.description, **about}


def _value(parameter: Parameter, value: str | bool) -> dict[str, Any]:
    # A choice is a string once it is chosen: ChoiceParameterDefinition makes a StringParameterValue.
    kind = "String" if parameter.type == "Choice" else parameter.type
    shown = {} if parameter.secret else {"value": value}
    return {"_class": f"hudson.model.{kind}ParameterValue", "name": parameter.name, **shown}


def _definition(parameter: Parameter) -> dict[str, Any]:
    kind = f"{parameter.type}ParameterDefinition"
    choices = {"choices": list(parameter.choices)} if parameter.choices else {}
    return {
        "_class": f"hudson.model.{kind}",
        "name": parameter.name,
        "type": kind,
        "description": parameter.description,
        "defaultParameterValue": _value(parameter, parameter.default_value),
        **choices,
    }
