"""Pipelines of the projects that make versions: asked for when no webhook told of them."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.builds import ASKED_FOR
from bot.reply import UserError
from bot.store.versions import Seen
from bot.times import moment
from bot.versions.making import place_of, saw_pipeline, state_of
from bot.versions.server import Pipelines
from bot.versions.states import State
from integrations.errors import IntegrationError, NotFound, TooMany
from integrations.model.pipelines import Pipeline
from integrations.transport import deadline, remaining

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.store.versions import Version

EVERY = 50_000  # milliseconds
# Milliseconds that are asked for once more: clocks differ, lists lag behind, and while one of ours is on its
# way others are held back, as each may be the one.
OVERLAP = 2 * ASKED_FOR
FIRST = 86_400_000  # milliseconds that are asked for the first time
LOOK_TIME = 12.0  # seconds for a project
SPARE = 2.0  # seconds of them in which nothing more is begun
UNFINISHED = 20
# Others cannot carry variables of their own: a push takes none.
CARRY = ("api", "trigger", "web", "schedule", "chat", "pipeline", "parent_pipeline")

log = logging.getLogger(__name__)


def look_due(sampan: "Sampan") -> int:
    """Look at every project whose turn it is; returns how many pipelines had news."""
    news = 0
    for project in sorted({one.path for one in sampan.settings.gitlab_projects.values()}):
        chore = f"pipelines of {project}"
        if remaining() < SPARE or not sampan.store.chores.begin(chore, every=EVERY):
            continue
        began = sampan.store.now()
        try:
            with deadline(LOOK_TIME):
                found, until = _look(sampan, project, since=_since(sampan, chore, began), now=began)
        except (IntegrationError, UserError) as problem:
            log.warning("the pipelines of %s could not be looked at: %s", project, problem)
        except Exception:  # a fault in one project must not keep the others from their turn
            log.exception("the pipelines of %s were not looked at", project)
        else:
            news += found
            sampan.store.chores.done(chore, at=until)
    return news


def _since(sampan: "Sampan", chore: str, now: int) -> datetime:
    until = sampan.store.chores.done_until(chore)
    return moment(now - FIRST if until is None else until - OVERLAP)


def _look(sampan: "Sampan", project: str, *, since: datetime, now: int) -> tuple[int, int]:
    """How many had news, and until when that is all; what there was no time for is newer."""
    server = sampan.pipelines()
    listed = server.pipelines(project, updated_after=since)
    # Whatever the list leaves out, what we wait for is asked for by its number.
    unfinished = sampan.store.versions.unfinished(place_of(project), at_most=UNFINISHED)
    numbers = {one.id for one in listed}
    waited_for = [one for one in unfinished if one.number not in numbers]
    news, until = 0, since
    for pipeline in listed:
        if remaining() < SPARE:
            return news, _from(until)
        news += _take_in(sampan, server, pipeline)
        until = pipeline.updated_at or until
    news += sum(1 for one in waited_for if _ask_for(sampan, server, project, one))
    # Of very many the list is but the beginning.
    return news, min(now, _from(until) + 1) if listed else now


def _from(last: datetime) -> int:
    """That the next look begins with this one."""
    return int(last.timestamp() * 1000) + OVERLAP


def _take_in(sampan: "Sampan", server: Pipelines, pipeline: Pipeline) -> bool:
    """Whether it had news: what the overlap brings again is as it was, and costs no call."""
    known = sampan.store.versions.of_pipeline(place_of(pipeline.project), pipeline.id)
    if known and all(_is_complete(one, pipeline) for one in known):
        return False
    try:
        seen = pipeline if known else _with_variables(server, pipeline)
    except TooMany:
        raise
    except IntegrationError as problem:  # the others are not to wait for it; the overlap brings it again
        log.warning("the variables of %s #%d could not be read: %s", pipeline.project, pipeline.id, problem)
        return False
    return bool(saw_pipeline(sampan, seen, read=True))


def _is_complete(version: "Version", pipeline: Pipeline) -> bool:
    """Whether all is kept; whoever learned first that it was built may have died before he kept where."""
    lies = version.path or version.state != State.SUCCESS
    return bool(version.sha and lies) and version.state == state_of(pipeline)


def _ask_for(sampan: "Sampan", server: Pipelines, project: str, version: "Version") -> bool:
    """Read one pipeline; one that was deleted makes nothing any more, and no trouble stops the others."""
    assert version.number is not None
    try:
        pipeline = server.pipeline(project, version.number)
    except NotFound:
        gone = Seen(version.place, version.number, State.CANCELED)
        return sampan.store.versions.change(version, State.CANCELED, gone, ended_at=sampan.store.now())
    except IntegrationError as problem:
        log.warning("%s: its pipeline could not be read: %s", version.label, problem)
        return False
    return bool(saw_pipeline(sampan, pipeline, read=True))


def _with_variables(server: Pipelines, pipeline: Pipeline) -> Pipeline:
    """With its variables, if it may have some and they are not hidden from our account."""
    if pipeline.variables or pipeline.source not in CARRY:
        return pipeline
    return replace(pipeline, variables=server.variables(pipeline.project, pipeline.id) or {})
