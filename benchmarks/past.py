"""What stays quick when much was broken before: /incidents and a tick, with a long past and a short one."""

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.figures import Figure
from benchmarks.filling import LATER, NUMBERS, Databases
from benchmarks.growth import carried, compared, wired
from benchmarks.sides import Ground
from bot.commands import load as load_commands
from bot.incidents.life import Kind
from bot.store.database import open_database
from bot.store.migrating import migrate
from bot.tick import tick
from bot.wiring import Wired

ROUNDS = 40
OPEN = 10  # incidents, and all of them are due as their jobs are
COMMANDS = {"/incidents": 2 * OPEN + 1, "/incidents 10": 5}  # and how many lines their answers have
BETWEEN = 1_400_000  # milliseconds from one incident to the next: so many are kept for half a year
LASTED = 600_000
IS_OVER = f"n <= {{incidents}} - {OPEN}"
# A tenth of everything is one job's, which breaks again and again.
JOB = "'job' || (CASE WHEN n % 10 = 0 THEN 0 ELSE n % {jobs} END)"
AT = f"{{now}} - ({{incidents}} - n) * {BETWEEN}"

INCIDENTS = f"""
INSERT INTO incidents (token, kind, name, title, url, opened_at, closed_at, first, last, failures,
    told, told_at)
SELECT 'token' || n, 'job', {JOB}, {JOB}, 'http://127.0.0.1/job/' || n, {AT},
    CASE WHEN {IS_OVER} THEN {AT} + {LASTED} END, n, n + 2, 2,
    CASE WHEN {IS_OVER} THEN 'fixed' ELSE 'failing' END, {{now}}
FROM numbers
"""
EVENTS = f"""
INSERT INTO incident_events (incident, number, at, what, mark, carded_at)
SELECT n, {{number}}, {AT} + {{number}} * {LASTED} / 3, '{{what}}', n, {{now}}
FROM numbers WHERE {{number}} < 3 OR {IS_OVER}
"""
HAPPENED = {1: "opened", 2: "failed again", 3: "fixed"}
WATCHED = f"""
INSERT INTO watched (kind, name, title, mark, at, look_at)
SELECT 'job', 'job' || (n - 1), 'job' || (n - 1), {{incidents}}, {{now}}, {{now}} + {LATER} FROM numbers
"""
BROKEN = """
UPDATE watched SET health = 'failing',
    incident = (SELECT MAX(id) FROM incidents WHERE incidents.name = watched.name AND closed_at IS NULL)
WHERE name IN (SELECT name FROM incidents WHERE closed_at IS NULL)
"""


@dataclass(frozen=True)
class Past:
    """How much was broken before, and how many jobs are watched."""

    incidents: int
    jobs: int


LITTLE, MUCH = Past(100, 10), Past(10_000, 500)


def incidents(ground: Ground, databases: Databases, *, rounds: int = ROUNDS) -> list[Figure]:
    """What is asked and what is due, after much and after little."""
    load_commands()
    return [figure for kind in databases.kinds for figure in _of(ground, databases, kind, rounds)]


def _of(ground: Ground, databases: Databases, kind: str, rounds: int) -> list[Figure]:
    much = f"{MUCH.incidents:,} past incidents and {MUCH.jobs} jobs, {kind}"
    with ExitStack() as stack:
        urls = [_filled(databases.new(kind), past) for past in (MUCH, LITTLE)]
        one, other = (wired(ground, url) for url in urls)
        for sampan in (one, other):
            stack.enter_context(closing(sampan.store))
        asked = [
            compared(f"{text}, {much}", (one, other), rounds, partial(carried, text, lines=lines))
            for text, lines in COMMANDS.items()
        ]
        return [*asked, compared(f"/tick, {OPEN} due, {much}", (one, other), rounds, _ticked)]


def _filled(url: str, past: Past) -> str:
    migrate(url)
    values = {"now": round(time.time() * 1000), "incidents": past.incidents, "jobs": past.jobs}
    with closing(open_database(url)) as database, database.transaction() as connection:
        _insert(connection, INCIDENTS, count=past.incidents, **values)
        for number, what in HAPPENED.items():
            _insert(connection, EVENTS, count=past.incidents, number=number, what=what, **values)
        _insert(connection, WATCHED, count=past.jobs, **values)
        connection.execute(BROKEN)
        connection.execute("ANALYZE")
    return url


def _insert(connection: Any, statement: str, *, count: int, **values: object) -> None:
    connection.execute((NUMBERS + statement).format(first=1, last=count, **values))


def _ticked(sampan: Wired) -> float:
    """One tick with every open incident and its job due; returns the seconds."""
    kept = sampan.store.incidents
    for incident in kept.open(at_most=OPEN):
        kept.soon(Kind.JOB, incident.title)
        kept.watch(incident.name, look_at=0)
    began = time.perf_counter()
    done = tick(sampan)
    took = time.perf_counter() - began
    assert (done["jobs_compared"], done["incidents_worked_on"]) == (OPEN, OPEN), done
    return took
