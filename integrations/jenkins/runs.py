"""The builds of a job that have ended, and why one ran. Pure.

A build has ended when it is not building and has a result: jenkins.model.PeepholePermalink asks the same of
those it calls lastStableBuild (SUCCESS), lastUnstableBuild (UNSTABLE) and lastFailedBuild (FAILURE).
https://github.com/jenkinsci/jenkins/blob/master/core/src/main/java/jenkins/model/PeepholePermalink.java
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from integrations.jenkins.protocol import (
    RESULTS,
    Unreadable,
    address,
    listing,
    mapping,
    moment,
    number,
    seconds,
    words,
)
from integrations.model.builds import Result
from integrations.model.runs import Change, Run, Story

_ENDED = "number,result,building,timestamp,duration,url,artifacts[relativePath]{0,20}"
_LINKS = ("lastStableBuild", "lastUnstableBuild", "lastFailedBuild")
NEWEST_TREE = ",".join(f"{link}[{_ENDED}]" for link in _LINKS)
RUNS_TREE = f"builds[{_ENDED}]{{0,50}}"

# All changes, as only so they can be counted; the range is a fence against a log without an end.
_CHANGES = "items[commitId,id,msg,author[fullName]]{0,1000}"
STORY_TREE = (
    "number,actions[causes[shortDescription,userName,upstreamProject,upstreamBuild]],"
    f"changeSet[{_CHANGES}],changeSets[{_CHANGES}]"
)

MOST = 10  # changes of a story, causes
LONGEST_TITLE, LONGEST_NAME, LONGEST_ID = 200, 80, 20
_TELLS = (Result.SUCCESS, Result.UNSTABLE, Result.FAILURE)  # ABORTED and NOT_BUILT say nothing of the code
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def read_newest(data: object) -> Run | None:
    """The newest of the builds behind a job's permalinks."""
    job = mapping(data)
    if not job.keys() & set(_LINKS):
        raise Unreadable("job")
    return max(_ended(job.get(link) for link in _LINKS), key=lambda run: run.number, default=None)


def read_runs(data: object, *, after: int) -> tuple[Run, ...]:
    """The builds with a higher number than `after`, oldest first."""
    job = mapping(data)
    if "builds" not in job:
        raise Unreadable("job")
    found = (run for run in _ended(listing(job["builds"])) if run.number > after)
    return tuple(sorted(found, key=lambda run: run.number))


def read_story(data: object) -> Story:
    """Why a build ran, and what was new in it."""
    build = mapping(data)
    if number(build.get("number")) is None:
        raise Unreadable("build")
    changes = _changes(build)
    return Story(
        who=_names(_cause(cause) for action in _all(build, "actions") for cause in _all(action, "causes")),
        changes=tuple(changes[:MOST]),
        more=max(0, len(changes) - MOST),
    )


def _ended(builds: Iterable[object]) -> Iterable[Run]:
    return (run for one in builds if (run := _run(mapping(one))) is not None)


def _run(build: Mapping[str, Any]) -> Run | None:
    """A build that has ended in a way that says something of the code."""
    found, result = number(build.get("number")), RESULTS.get(str(build.get("result")))
    # A pipeline may have a result long before its end.
    if found is None or result not in _TELLS or build.get("building") is not False:
        return None
    began_at, took = moment(build.get("timestamp")), seconds(build.get("duration"))
    ended_at = None if began_at is None or took is None else began_at + took
    archived = (words(one.get("relativePath"), most=LONGEST_TITLE) for one in _all(build, "artifacts"))
    artifacts = tuple(path for path in archived if path)
    return Run(found, result, address(build.get("url")), began_at, ended_at, artifacts)


def _cause(cause: Mapping[str, Any]) -> str:
    """Who or what a cause names: hudson.model.Cause writes its sentence with thousands separators."""
    project, build = (
        words(cause.get("upstreamProject"), most=LONGEST_TITLE),
        number(cause.get("upstreamBuild")),
    )
    if project:
        return f"{project} #{build}" if build else project
    name = words(cause.get("userName"), most=LONGEST_NAME)
    return name or words(cause.get("shortDescription"), most=LONGEST_TITLE).removeprefix("Started by ")


def _changes(build: Mapping[str, Any]) -> list[Change]:
    """The commits of all checkouts, each once: a pipeline that checks out again has them again."""
    sets = [mapping(build.get("changeSet")), *_all(build, "changeSets")]
    items = [one for changes in sets for one in _all(changes, "items")]
    found = {(_id(one), str(one.get("msg"))): _change(one) for one in items}
    return [one for one in found.values() if one.id or one.title]


def _change(change: Mapping[str, Any]) -> Change:
    name, title = _id(change), words(_first_line(change.get("msg")), most=LONGEST_TITLE)
    short = name[:7] if _SHA.fullmatch(name) else name[:LONGEST_ID]
    return Change(short, title, _person(change.get("author")))


def _id(change: Mapping[str, Any]) -> str:
    # Git has commitId and id, Subversion commitId alone, and others neither.
    return words(change.get("commitId") or change.get("id"))


def _first_line(message: object) -> str:
    return next(iter(message.strip().splitlines()), "") if isinstance(message, str) else ""


def _person(user: object) -> str:
    return words(mapping(user).get("fullName"), most=LONGEST_NAME)


def _names(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in found if name))[:MOST]


def _all(thing: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [mapping(one) for one in listing(thing.get(key))]
