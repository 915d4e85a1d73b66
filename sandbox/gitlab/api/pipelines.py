"""Pipelines over the API: lib/api/ci/pipelines.rb and triggers.rb of gitlabhq/gitlabhq."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.gitlab.call import Call
from sandbox.gitlab.people import Role, User
from sandbox.gitlab.pipelines import Kind, Pipeline, Source, Variable
from sandbox.gitlab.projects import Project
from sandbox.gitlab.refusals import (
    BAD_KEY,
    NO_CREATION,
    NO_VARIABLES,
    PROTECTED,
    Refused,
    forbidden,
    invalid,
    not_found,
    not_valid,
)
from sandbox.gitlab.statuses import Status
from sandbox.gitlab.views import variable

ORDERS = ("id", "status", "ref", "updated_at", "user_id")
KEY = re.compile(r"[A-Za-z0-9_]{1,255}")


def listed(call: Call) -> Response:
    """GET .../pipelines"""
    project, after, before = call.project(), call.time("updated_after"), call.time("updated_before")
    equal = {
        "status": call.one_of("status", tuple(Status)),
        "source": call.one_of("source", (*Source, "parent_pipeline", "merge_request_event", "pipeline")),
        "ref": call.text("ref"),
        "commit.sha": call.text("sha"),
        "user.username": call.text("username"),
    }
    found = [
        one
        for one in project.pipelines.values()
        if all(not value or attrgetter(name)(one) == value for name, value in equal.items())
        and (after is None or one.updated_at > after)
        and (before is None or one.updated_at < before)
    ]
    order = call.one_of("order_by", ORDERS, "id").replace("user_id", "user.id")
    backwards = call.one_of("sort", ("asc", "desc"), "desc") == "desc"
    found.sort(key=lambda one: (attrgetter(order)(one), one.id), reverse=backwards)
    return call.paged(found, call.views.pipeline_in_brief)


def read(call: Call) -> Response:
    """GET .../pipelines/:id"""
    return JSONResponse(call.views.pipeline(call.pipeline()))


def variables(call: Call) -> Response:
    """GET .../pipelines/:id/variables: for maintainers, and for the developer who started it."""
    pipeline = call.pipeline()
    role = pipeline.project.role(call.user)
    if role < Role.MAINTAINER and not (role >= Role.DEVELOPER and pipeline.user == call.user):
        raise forbidden()
    return JSONResponse([variable(one) for one in pipeline.variables])


def create(call: Call) -> Response:
    """POST .../pipeline"""
    user = call.someone()
    project, ref = call.project(Role.DEVELOPER), call.required("ref")
    given = tuple(_listed_variables(call.params.get("variables", [])))
    return _made(call, project, ref, user=user, given=given, source=Source.API)


def trigger(call: Call) -> Response:
    """POST .../trigger/pipeline with a trigger token, and the variables as an object."""
    ref, token = call.required("ref", blank=False), call.required("token")
    sent = call.params.get("variables") or {}
    if not isinstance(sent, dict):
        raise invalid("variables", "is invalid")
    if not all(isinstance(value, str) for value in sent.values()):
        raise Refused(400, {"message": "variables needs to be a map of key-valued strings"})
    project = _triggered(call, token)
    owner = call.world.users[project.trigger_tokens[token]]
    payload = json.dumps({name: value for name, value in call.params.items() if name != "token"})
    given = (*(Variable(*one) for one in sent.items()), Variable("TRIGGER_PAYLOAD", payload, Kind.FILE))
    return _made(call, project, ref, user=owner, given=given, source=Source.TRIGGER)


def cancel(call: Call) -> Response:
    """POST .../pipelines/:id/cancel: 200 also where nothing was left to cancel."""
    call.someone()
    pipeline = call.pipeline(Role.DEVELOPER)
    call.world.cancel(pipeline)
    return JSONResponse(call.views.pipeline(pipeline))


def retry(call: Call) -> Response:
    """POST .../pipelines/:id/retry"""
    user = call.someone()
    pipeline = call.pipeline(Role.DEVELOPER)
    if not _may_run(pipeline.project, pipeline.ref, user):
        raise forbidden()
    call.world.retry(pipeline, by=user.username)
    return JSONResponse(call.views.pipeline(pipeline), status_code=201)


def _made(
    call: Call, project: Project, ref: str, *, user: User, given: tuple[Variable, ...], source: Source
) -> Response:
    """A new pipeline, or why there is none, in the order of lib/gitlab/ci/pipeline/chain."""
    if project.role(user) < Role.DEVELOPER:
        raise not_valid(base=[NO_CREATION])
    if project.tip(ref) is None:
        raise not_valid(base=["Reference not found"])
    if not _may_run(project, ref, user):
        raise not_valid(base=[PROTECTED.format(ref=ref)])
    if given and source is Source.API and project.role(user) < project.variables_from:
        raise not_valid(base=[NO_VARIABLES])
    if any(not KEY.fullmatch(one.key) for one in given):
        raise Refused(400, {"message": {"variables.key": [BAD_KEY]}})
    if twice := sorted(key for key, number in Counter(one.key for one in given).items() if number > 1):
        raise not_valid(variables=[f"have duplicate values ({', '.join(twice)})"])
    pipeline: Pipeline = call.world.run(project, ref, by=user.username, variables=given, source=source)
    return JSONResponse(call.views.pipeline(pipeline), status_code=201)


def _may_run(project: Project, ref: str, user: User) -> bool:
    return ref not in project.protected or project.role(user) >= Role.MAINTAINER


def _listed_variables(sent: Any) -> Iterator[Variable]:
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise invalid("variables", "is invalid")
    for one in sent:
        kind = one.get("variable_type", Kind.ENV_VAR)
        if kind not in tuple(Kind):
            raise invalid("variables[0][variable_type]", "does not have a valid value")
        yield Variable(str(one.get("key", "")), str(one.get("value", "")), Kind(kind))


def _triggered(call: Call, token: str) -> Project:
    """The project of the address if the token is one of its own; else it is not even there."""
    name = call.path["id"]
    for project in call.world.projects.values():
        if name in (str(project.id), project.path.replace("/", "%2F")) and token in project.trigger_tokens:
            return project
    raise not_found()
