"""What stays quick when much was built: /versions, /where and the poll of GitLab, after much and little."""

import itertools
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.figures import Figure
from benchmarks.filling import AT_ONCE, NUMBERS, PERSON, Databases
from benchmarks.growth import carried, compared
from benchmarks.sides import Ground
from bot.commands import load as load_commands
from bot.settings import load
from bot.store.database import open_database
from bot.store.migrating import migrate
from bot.versions.pipelines import EVERY, look_due
from bot.wiring import Wired
from sandbox.serving import serving

ROUNDS = 40
PROJECT = "acme/shop"  # of every service: all that is kept is in one place
SERVICES = tuple(f"service{number}" for number in range(50))
ENVIRONMENTS = ("staging", "production")
COMMANDS = {  # and how many lines their answers have
    "/versions service1": 11,
    "/where": 1 + len(SERVICES) * (1 + len(ENVIRONMENTS)),
    "/where service1": 2 + len(ENVIRONMENTS),
}
NEWEST = 100_000  # the number of the newest pipeline, however many there were
LISTED, WAITED_FOR = 20, 3  # what the overlap of a poll brings again, and what it asks for by number
SHA = "'" + "0123456789abcdef" * 2 + "' || CAST(10000000 + n AS TEXT)"

VERSIONS = f"""
INSERT INTO versions (at, service, place, number, state, ref, sha, who, url, path, ended_at)
SELECT {{now}} - ({{count}} - n) * 60000, 'service' || (n % {{services}}), 'gitlab:{PROJECT}',
    n + {NEWEST} - {{count}},
    CASE WHEN n > {{count}} - {LISTED} THEN 'success'
        WHEN n > {{count}} - {LISTED + WAITED_FOR} THEN 'running'
        WHEN n % 5 = 0 THEN 'failed' ELSE 'success' END,
    'main', {SHA}, {PERSON}, 'http://127.0.0.1/-/pipelines/' || n, 'somewhere/' || n, {{now}}
FROM numbers
"""
DEPLOYMENTS = f"""
INSERT INTO deployments (service, environment, build, version, name, at)
SELECT 'service' || (n % {{services}}), 'staging', n, 'v' || n, {PERSON}, {{now}} FROM numbers
"""
DEPLOYED = f"""
INSERT INTO deployed (service, environment, build, version, name, at)
SELECT 'service' || (n - 1), '{{environment}}', n, 'v' || n, {PERSON}, {{now}} FROM numbers
"""


@dataclass(frozen=True)
class Built:
    """How many versions there are, and of how many of the services."""

    versions: int
    services: int


# Of a hundred, each service that has any has ten: an answer is as long as after much.
LITTLE, MUCH = Built(100, 10), Built(NEWEST, len(SERVICES))


def versions(ground: Ground, databases: Databases, *, rounds: int = ROUNDS) -> list[Figure]:
    """What is asked and what is polled, after much and after little."""
    load_commands()
    with serving(_gitlab()) as url:
        return [figure for kind in databases.kinds for figure in _of(ground, databases, kind, url, rounds)]


def _of(ground: Ground, databases: Databases, kind: str, url: str, rounds: int) -> list[Figure]:
    much = f"{MUCH.versions:,} versions of {MUCH.services} services, {kind}"
    with ExitStack() as stack:
        one, other = (_wired(ground, _filled(databases.new(kind), built), url) for built in (MUCH, LITTLE))
        for sampan in (one, other):
            stack.enter_context(closing(sampan.store))
        asked = [
            compared(f"{text}, {much}", (one, other), rounds, partial(carried, text, lines=lines))
            for text, lines in COMMANDS.items()
        ]
        return [*asked, compared(f"a poll, {much}", (one, other), rounds, _polled)]


def _filled(url: str, built: Built) -> str:
    migrate(url)
    values = {"now": round(time.time() * 1000), "services": built.services}
    with closing(open_database(url)) as database, database.transaction() as connection:
        for statement in (VERSIONS, DEPLOYMENTS):
            _insert(connection, statement, count=built.versions, **values)
        for name in ENVIRONMENTS:
            _insert(connection, DEPLOYED, count=len(SERVICES), environment=name, **values)
        connection.execute("ANALYZE")
    return url


def _insert(connection: Any, statement: str, *, count: int, **values: object) -> None:
    for first in range(1, count + 1, AT_ONCE):
        rows = {"first": first, "last": min(first + AT_ONCE - 1, count), "count": count}
        connection.execute((NUMBERS + statement).format(**rows, **values))


def _wired(ground: Ground, database: str, gitlab: str) -> Wired:
    env = {
        **ground.environment("versions"),
        "DATABASE_URL": database,
        "SERVICES": ",".join(SERVICES),
        "ENVIRONMENTS": ",".join(ENVIRONMENTS),
        "GITLAB_URL": gitlab,
        "GITLAB_TOKEN": "benchmark",
        "GITLAB_PROJECTS": ",".join(f"{name}={PROJECT}@main" for name in SERVICES),
    }
    # Whoever asks for the time finds that the next poll is due.
    clock = itertools.count(time.time(), EVERY / 1000).__next__
    return Wired(load(env), clock=clock)


def _polled(sampan: Wired) -> float:
    """The poll's part of one tick, which brings no news; returns the seconds."""
    began = time.perf_counter()
    news = look_due(sampan)
    took = time.perf_counter() - began
    assert news == WAITED_FOR, news
    return took


def _gitlab() -> Starlette:
    """The pipelines that every poll finds: those that ended lately, and those that still run."""
    at = f"/api/v4/projects/{PROJECT}/pipelines"
    return Starlette(routes=[Route(at, _listed), Route(at + "/{id:int}", _one)])


async def _listed(_: Request) -> Response:
    return JSONResponse([_pipeline(NEWEST - older, "success") for older in range(LISTED)])


async def _one(request: Request) -> Response:
    return JSONResponse(_pipeline(request.path_params["id"], "running"))


def _pipeline(id: int, status: str) -> dict[str, object]:
    return {"id": id, "status": status, "ref": "main", "source": "push", "web_url": f"http://127.0.0.1/{id}"}
