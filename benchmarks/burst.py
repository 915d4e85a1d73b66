"""Many notifications at once, over HTTP, of jobs that all fail: none is lost, and each job has one card."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.request import Request, urlopen

from benchmarks.figures import Bound, Figure
from benchmarks.filling import Databases
from benchmarks.replay import HEADERS, HOOK
from bot.store import Store
from bot.store.migrating import migrate
from bot.tick import tick
from bot.web.app import create_app
from bot.wiring import Wired
from sandbox.jenkins.builds import Build, Result
from sandbox.jenkins.notify import Phase, payload
from sandbox.serving import serving
from sandbox.town import Town
from sandbox.trello.seed import TODO

JOBS, EACH = 20, 10  # and so many failed builds of each
WITHIN = 90.0  # seconds for every card; what Trello takes no more of is tried again after a minute
QUIET = {"LANGUAGE": "en", "LOG_LEVEL": "ERROR"}


def burst(databases: Databases, *, jobs: int = JOBS, each: int = EACH) -> list[Figure]:
    """How long until every card tells of every failure, and what is missing or there twice.

    With more than a hundred jobs Trello's limit makes it last over a minute.
    """
    return [figure for kind in databases.kinds for figure in _burst(databases.new(kind), kind, jobs, each)]


def _burst(url: str, kind: str, jobs: int, each: int) -> list[Figure]:
    migrate(url)
    with Town() as town:
        app = create_app({**town.environment, **QUIET, "DATABASE_URL": url})
        sampan = app.state.shared.ready
        with closing(sampan.store), serving(app) as town.room.bot_url:
            bodies = [_told(town, build) for build in _failed(town, jobs, each)]
            began = time.monotonic()
            with ThreadPoolExecutor(len(bodies)) as pool:
                list(pool.map(lambda body: _post(town.room.bot_url + HOOK, body), bodies))
            answered = f"{time.monotonic() - began:.2f} s"
            _finish(sampan, failures=jobs * each)
            took = time.monotonic() - began
            wrong = _wrong(town, sampan.store, jobs, each)
    calls = f"{len(town.trello.requests)} calls"
    name = f"{jobs * each} notifications of {jobs} jobs at once, {kind}"
    return [
        Figure(name, took, Bound.AT_MOST, None, unit="s", measured=answered, against=calls),
        Figure(f"missing or double after them, {kind}", wrong, Bound.AT_MOST, 0),
    ]


def _failed(town: Town, jobs: int, each: int) -> list[Build]:
    """Builds that have ended before anybody was told, in no order."""
    names = [f"nightly-{number}" for number in range(jobs)]
    for name in names:
        town.jenkins.add_job(name, script="false")
    builds = [town.jenkins.record(name, Result.FAILURE) for _ in range(each) for name in names]
    return random.sample(builds, len(builds))


def _told(town: Town, build: Build) -> bytes:
    return json.dumps(payload(build, Phase.FINALIZED, root=town.jenkins.url)).encode()


def _post(url: str, body: bytes) -> None:
    with urlopen(Request(url, body, HEADERS), timeout=30) as answer:
        answer.read()


def _finish(sampan: Wired, *, failures: int) -> None:
    """Let the clock do what the hooks left, until every card tells of all."""
    give_up = time.monotonic() + WITHIN
    while not _is_written(sampan.store, failures):
        if time.monotonic() > give_up:
            raise RuntimeError("not every card was written")
        tick(sampan)
        time.sleep(0.1)


def _is_written(store: Store, failures: int) -> bool:
    found = store.incidents.open(at_most=failures)
    events = [event for incident in found for event in store.incidents.events(incident.id)]
    return len(events) >= failures and all(event.carded_at for event in events)


def _wrong(town: Town, store: Store, jobs: int, each: int) -> int:
    """How many cards, calls that made them, incidents, messages and failures are too many or too few."""
    found = store.incidents.open(at_most=2 * jobs)
    cards = [card.name for card in town.trello.boards[0].list_named(TODO).cards]
    made = [call for call in town.trello.requests if call.line == "POST /1/cards"]
    # A room hears no more than the platform allows: the rest waits for its minute.
    heard = sum(message.text.count("is failing") for message in town.room.replies) + store.outbox.waiting()
    counts = (len(cards), len(set(cards)), len(made), len(found), heard)
    return sum(abs(count - jobs) for count in counts) + sum(abs(one.failures - each) for one in found)
