"""Following what was started: each due build is looked at, and whoever learns first tells the room, once."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot import builds
from bot.ask import Ask
from bot.builds import (
    GIVE_UP_AFTER,
    OPEN,
    SILENT_AFTER,
    TROUBLE,
    Build,
    State,
    is_late,
    next_look,
    state_seen,
)
from bot.explain import explain
from bot.language import speaking
from bot.parsing import Command
from bot.posting import post_due
from bot.reply import UserError, line
from bot.telling import end, ended, late, say, silent, wants_input
from bot.times import moment
from bot.turns import try_turn
from bot.versions.making import built
from bot.vouching import record_test
from integrations.errors import IntegrationError, NotFound
from integrations.model import InboundMessage, Kind, Notification, Sighting, Stage
from integrations.transport import deadline, remaining

if TYPE_CHECKING:
    from bot.dispatch import Sampan

BUILD = builds.Kind.BUILD
LOOK_TIME = 10.0
WATCH_TIME = 20.0
BATCH = 20
SIDE_BY_SIDE = 4
LOG_LINES = 15
SILENT_PAUSE = 30_000  # milliseconds

log = logging.getLogger(__name__)


def follow(sampan: "Sampan") -> int:
    """Look at everything that is due while time is left; returns how many builds that were."""
    looked = 0
    while remaining() > 3:
        batch = sampan.store.builds.take_due(at_most=BATCH)
        looked += len(batch)
        _side_by_side(sampan, batch)
        if len(batch) < BATCH:
            break
    return looked


def _side_by_side(sampan: "Sampan", builds: Sequence[Build]) -> None:
    if len(builds) == 1:
        look_at(sampan, builds[0])
    elif builds:
        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="look") as pool:
            for build in builds:
                pool.submit(copy_context().run, look_at, sampan, build)


def look_at(sampan: "Sampan", build: Build) -> None:
    """One look at one build, and what follows from it; without time for one it stays due."""
    if remaining() < 1:
        return
    try:
        with speaking(sampan.settings.language), deadline(LOOK_TIME):
            match build.state:
                case State.WAITING:
                    try_turn(sampan, build)
                case State.RECORDING:
                    _record(sampan, build)
                case _:
                    _read(sampan, build)
    except Exception:
        log.exception("%s could not be looked at", build.label)


def _read(sampan: "Sampan", build: Build) -> None:
    if not (build.marked or build.queue_id or build.number):
        # Its trigger was interrupted, and nothing would tell its build from others.
        return _take_in(sampan, build, Sighting(Stage.GONE))
    try:
        found = sampan.build_server(build.job).read(build.ref)
    except NotFound:  # the whole job is gone, or hidden now
        return _take_in(sampan, build, Sighting(Stage.GONE))
    except (IntegrationError, UserError) as problem:
        log.warning("%s: %s", build.label, problem)
        return _keep_silent(sampan, build)
    return _take_in(sampan, build, found)


def _keep_silent(sampan: "Sampan", build: Build) -> None:
    """The server does not answer: try again later, and say so once when it lasts."""
    now = sampan.store.now()
    since = build.silent_since or now
    if now - since >= GIVE_UP_AFTER:
        told = line("{server} has not answered for a day.", server=build.server)
        return end(sampan.store, build, State.LOST, [told])
    sampan.store.builds.silent(build, look_at=now + SILENT_PAUSE, since=since)
    if now - since >= SILENT_AFTER:
        since_then = moment(since).astimezone(sampan.settings.timezone)
        say(sampan.store, build, silent(build, zone_time=since_then), about=f"{build.label} silent {since}")
    return None


def _take_in(sampan: "Sampan", build: Build, found: Sighting) -> None:
    """Move the build on; the one who did tells the room, in the same transaction."""
    store = sampan.store
    now = store.now()
    state = state_seen(build, found, now=now)
    shown = _with(build, found)
    tail = _log_tail(sampan, shown) if state in TROUBLE else ()
    with store.transaction():
        won = store.builds.change(
            build,
            state,
            look_at=next_look(shown, state, now=now),
            queue_id=found.queue_id,
            number=found.number,
            url=found.url,
            why=found.why,
            began_at=shown.began_at,
            took=shown.took,
            usual=shown.usual,
            gone_since=(build.gone_since or now) if found.stage is Stage.GONE else None,
            late_told=is_late(build, state, now=now),
        )
        if won:
            _tell(sampan, shown, state, tail, now=now)
    if won and state is State.SUCCEEDED and build.kind is BUILD:
        built(sampan, shown)
    if won and state is State.RECORDING:
        recording = store.builds.get(build.id)
        if recording:
            _record(sampan, recording)


def _with(build: Build, found: Sighting) -> Build:
    """The build with what a look has just shown."""
    known = _known(
        queue_id=found.queue_id,
        number=found.number,
        url=found.url,
        began_at=None if found.began_at is None else round(found.began_at * 1000),
        took=None if found.seconds is None else round(found.seconds * 1000),
        # What the server calls usual counts the build that has just ended, too.
        usual=None if found.usual is None or found.result else round(found.usual * 1000),
    )
    return replace(build, why=found.why, **known)


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _tell(sampan: "Sampan", build: Build, state: State, tail: Sequence[str], *, now: int) -> None:
    if is_late(build, state, now=now):
        say(sampan.store, build, late(build, now=now), about=f"{build.label} late")
    elif state is State.INPUT and build.state is not State.INPUT:
        say(sampan.store, build, wants_input(build), about=f"{build.label} input {now}")
    elif state not in OPEN:
        say(sampan.store, build, ended(build, state, log=tail), about=f"{build.label} end")


def _log_tail(sampan: "Sampan", build: Build) -> tuple[str, ...]:
    if build.number is None:
        return ()
    try:
        return sampan.build_server(build.job).log(build.ref, lines=LOG_LINES)
    except (IntegrationError, UserError) as problem:
        log.warning("%s: its log could not be read: %s", build.label, problem)
        return ()


def _record(sampan: "Sampan", build: Build) -> None:
    """The pull request's build is green: mark it as tested, and tell both at once."""
    try:
        lines = record_test(asked_by(sampan, build), build)
    except UserError as refusal:
        lines = [line("The test was not recorded."), *refusal.lines]
    except IntegrationError as problem:
        log.warning("%s: %s", build.label, problem)
        if sampan.store.now() - (build.silent_since or sampan.store.now()) < SILENT_AFTER:
            return _keep_silent(sampan, build)
        lines = [line("The test was not recorded."), *explain(problem)]
    return end(sampan.store, build, State.SUCCEEDED, lines)


def asked_by(sampan: "Sampan", build: Build) -> Ask:
    """The question that led to a build, as far as it goes on."""
    message = InboundMessage(
        delivery_id=build.delivery,
        created_at=build.at / 1000,
        kind=Kind.TEXT,
        text="",
        conversation_id=build.conversation,
        conversation_title="",
        robot="",
        staff_id=build.staff_id,
        chat_user_id="",
        name=build.name,
        reply_url=build.reply_url,
        reply_until=build.reply_until / 1000,
    )
    return Ask(sampan, message, Command("", "", ()))


def noticed(sampan: "Sampan", about: Notification) -> list[Build]:
    """The build server says that something happened to a build: if it is one of ours, it is due now."""
    return sampan.store.builds.hint(
        marker=about.marker, job=about.job, queue_id=about.queue_id, number=about.number
    )


def watch(sampan: "Sampan", builds: Sequence[Build]) -> None:
    """Look at these at once, and at what waited for their end, and say what there is to say."""
    with deadline(WATCH_TIME):
        for build in builds:
            look_at(sampan, build)
        follow(sampan)
        post_due(sampan)
