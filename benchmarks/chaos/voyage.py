"""One run: a town, two bots, a crowd, bad weather and kills; then calm, until everything has been told."""

import itertools
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial

from benchmarks.chaos.crowd import MEMBERS, SERVICES, Crowd
from benchmarks.chaos.evidence import Evidence, gather
from benchmarks.chaos.ferry import Ferry
from benchmarks.chaos.fleet import Ship
from benchmarks.chaos.tide import Tide
from benchmarks.chaos.weather import Weather
from bot.store import Store
from sandbox.dingtalk.limits import Throttle
from sandbox.jenkins.jobs import Parameter, Type
from sandbox.serving import serving
from sandbox.town import Town

HOOK_TOKEN = "chaos-hook-token"
PULLS = 24
STORM_SPEED = 8  # leases stay longer than what they are for, and some of the dead are found meanwhile
CALM_SPEED = 50
CALM_WITHIN = 120.0
SETTLED = 1.5  # seconds that what has begun may take in good weather
BETWEEN_KILLS = 0.1, 2.0  # seconds
IN_THE_ACT = 0.6  # of the kills: at the moment when something has been done outside
DOWN = 0.0, 1.0  # seconds

MARKED = (Parameter("SAMPAN_ID"),)
DEPLOY = (Parameter("ENVIRONMENT", Type.CHOICE, choices=("staging",)), Parameter("VERSION"), *MARKED)


@dataclass(frozen=True)
class Orders:
    """What a run is made from: the same seed makes the same choices, if not the same moments."""

    seed: int
    seconds: float
    database_url: str = ""  # a new SQLite file when empty

    def chance(self, of: str) -> random.Random:
        """The dice of one part."""
        return random.Random(f"{self.seed} {of}")


def sail(orders: Orders) -> Evidence:
    """Run it all, and gather what is left to be seen."""
    with ExitStack() as stack:
        town = stack.enter_context(Town())
        tide = stack.enter_context(closing(Tide(town.root / "tide")))
        pulls = _prepare(town, tide)
        environment = _environment(town, orders)
        ships = _launch(stack, environment, town)
        ferry = _between(stack, town, ships, chance=orders.chance("ferry"))
        crowd = Crowd(town.room, pulls=pulls, chance=orders.chance("crowd"))
        weather = Weather([town.gitee_url, town.jenkins_url], chance=orders.chance("weather"))
        tide.flow(speed=STORM_SPEED)
        kills = _storm(orders, town, ships, crowd, weather)
        store = stack.enter_context(closing(Store(environment["DATABASE_URL"], clock=tide.now)))
        _calm(store, ferry, tide)
        happened = {
            "kill -9": kills,
            "faults of Gitee and Jenkins": weather.faults,
            **dict(sorted(ferry.fates.items())),
            "tracebacks in the bots' logs": sum(ship.tracebacks() for ship in ships),
        }
        return gather(town, store, said=len(crowd.said), happened=happened)


def _launch(stack: ExitStack, environment: Mapping[str, str], town: Town) -> list[Ship]:
    """Two bots, which end when the stack does."""
    logs = [town.root / f"bot-{number}.log" for number in (1, 2)]
    ships = [Ship(environment, clock=town.root / "tide", log=log) for log in logs]
    for ship in ships:
        stack.callback(ship.kill)
        ship.start()
    for ship in ships:
        ship.wait()
    return ships


def _between(stack: ExitStack, town: Town, ships: Sequence[Ship], *, chance: random.Random) -> Ferry:
    """Have the room and Jenkins talk to a ferry, not to a bot."""
    ferry = stack.enter_context(closing(Ferry([ship.url for ship in ships], chance=chance)))
    town.room.bot_url = stack.enter_context(serving(ferry.app()))
    town.jenkins.notify = [f"{town.room.bot_url}/hooks/jenkins/{HOOK_TOKEN}"]
    # A connection that is cut on purpose is an error to the server that cuts it.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    return ferry


def _prepare(town: Town, tide: Tide) -> list[int]:
    """Many members who may do much, jobs that are quick and take our marker, pull requests to merge."""
    room, jenkins, web = town.room, town.jenkins, town.gitee.repos["acme/web"]
    room.clock = tide.now
    room.throttle = Throttle(itertools.count(0, 3600).__next__)
    room.members |= {member.key: member for member in MEMBERS}
    jenkins.quiet_period, jenkins.executors = 0.1, 4
    for service in SERVICES:
        jenkins.add_job(f"{service}-deploy", script="sleep 0.2", parameters=DEPLOY)
        jenkins.add_job(f"{service}-build", script="sleep 0.3", parameters=MARKED)
        jenkins.add_job(f"{service}-test", script="sleep 0.1; exit 1", parameters=MARKED)
    numbers = []
    for number in range(PULLS):
        web.push(f"topic-{number}", {f"{number}.txt": "new\n"}, message=f"Add {number}")
        pull = web.open_pull(f"Change {number}", head=f"topic-{number}", author="wu")
        numbers.append(pull.number)
    return numbers


def _environment(town: Town, orders: Orders) -> dict[str, str]:
    everyone = ",".join(member.key for member in MEMBERS)
    return {
        **town.environment,
        "DATABASE_URL": orders.database_url or town.environment["DATABASE_URL"],
        "LANGUAGE": "en",
        "SERVICES": ",".join(SERVICES),
        "GITLAB_PROJECTS": "",
        "ENVIRONMENTS": "staging",
        "PROTECTED_ENVIRONMENTS": "",
        "MAINTAINERS": everyone,
        "JENKINS_PR_JOB": "{repo}-pr",
        "JENKINS_HOOK_TOKEN": HOOK_TOKEN,
        "PYTHONDONTWRITEBYTECODE": "1",
        "MESSAGES_A_MINUTE": "0",
    }


def _storm(orders: Orders, town: Town, ships: Sequence[Ship], crowd: Crowd, weather: Weather) -> int:
    """Everything at once, for so long; returns how often a bot was killed."""
    crowd.start()
    weather.start()
    try:
        return _kill(orders, town, ships)
    finally:
        crowd.hush()
        weather.clear_up()


def _kill(orders: Orders, town: Town, ships: Sequence[Ship]) -> int:
    """Kill one of the bots and start it again, over and over."""
    chance, kills, ends = orders.chance("kills"), 0, time.monotonic() + orders.seconds
    while (left := ends - time.monotonic()) > 0:
        time.sleep(min(left, chance.uniform(*BETWEEN_KILLS)))
        if chance.random() < IN_THE_ACT:
            _wait_until(partial(_news, town, _seen(town)), seconds=1.0, every=0.001)
        ship = chance.choice(ships)
        ship.kill()
        kills += 1
        time.sleep(chance.uniform(*DOWN))
        ship.start()
        ship.wait()
    return kills


def _news(town: Town, before: tuple[int, ...]) -> bool:
    return _seen(town) != before


def _seen(town: Town) -> tuple[int, int, int]:
    """Grows with everything that the bots do outside."""
    return len(town.room.messages), len(town.jenkins.requests), len(town.gitee.requests)


def _calm(store: Store, ferry: Ferry, tide: Tide) -> None:
    """Let time pass until nothing is left to be done, if that comes."""
    # Whoever is still at work would be taken for dead by a clock that runs on so fast.
    tide.flow(speed=1)
    _wait_until(lambda: not ferry.under_way, seconds=CALM_WITHIN)
    time.sleep(SETTLED)
    tide.flow(speed=CALM_SPEED)
    _wait_until(lambda: not ferry.under_way and not any(_left_over(store)), seconds=CALM_WITHIN)


def _left_over(store: Store) -> tuple[int, int, int]:
    """The deliveries, builds and messages that are not over yet."""
    with store.database.lent() as connection:
        query = "SELECT COUNT(*) AS n FROM deliveries WHERE finished_at IS NULL"
        unfinished = int(dict(connection.execute(query).fetchone())["n"])
    return unfinished, store.builds.open_count(), store.outbox.waiting()


def _wait_until(over: Callable[[], bool], *, seconds: float, every: float = 0.2) -> None:
    give_up = time.monotonic() + seconds
    while not over() and time.monotonic() < give_up:
        time.sleep(every)
