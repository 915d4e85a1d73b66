"""Deploys that wait: one at a time for each service and environment, in the order they were asked for."""

import logging
from typing import TYPE_CHECKING

from bot.builds import TURN_FOR, Build, State
from bot.explain import explain
from bot.launching import find_job, trigger
from bot.locking import require_running, require_unlocked
from bot.reply import Reply, UserError, line
from bot.rights import Role, require
from bot.telling import end, say
from integrations.errors import IntegrationError
from integrations.model import Job

if TYPE_CHECKING:
    from bot.dispatch import Sampan

PAUSE = 30_000  # milliseconds; the one before wakes the next when it ends

log = logging.getLogger(__name__)


def try_turn(sampan: "Sampan", build: Build) -> None:
    """Start a deploy that waited, if its turn has come, nothing is locked, and its asker still may."""
    store = sampan.store
    now = store.now()
    if now - build.at > TURN_FOR:
        return end(store, build, State.DROPPED, [line("Its turn did not come within an hour.")])
    try:
        require_running(store, now=sampan.now())
        require_unlocked(store, build.plan, now=sampan.now())
        require(
            sampan.settings,
            build.staff_id,
            Role.MAINTAINER,
            conversation=build.conversation,
            service=build.service,
        )
    except UserError as refusal:
        return end(store, build, State.DROPPED, list(refusal.lines))
    if store.builds.ahead_of(build) is None and (job := _waited_for(sampan, build)):
        ours = store.builds.take_turn(build)
        if ours:
            return _start(sampan, ours, job)
    store.builds.change(build, State.WAITING, look_at=now + PAUSE)
    return None


def _waited_for(sampan: "Sampan", build: Build) -> Job | None:
    """The job of a deploy whose turn has come; None while the build server does not answer."""
    try:
        return find_job(sampan, build.job)
    except UserError as refusal:
        end(sampan.store, build, State.DROPPED, list(refusal.lines))
    except IntegrationError as problem:
        log.warning("%s: %s", build.label, problem)
    return None


def _start(sampan: "Sampan", build: Build, job: Job) -> None:
    try:
        lines = trigger(sampan, build, job)
    except UserError as refusal:
        lines = list(refusal.lines)
    except IntegrationError as problem:
        lines = explain(problem)
    say(sampan.store, build, Reply.of(*lines), about=f"{build.label} turn")
