"""From the end of a build in the sandbox's Jenkins to the message in its room."""

import re
import time
from collections.abc import Callable
from contextlib import closing
from statistics import median, quantiles

from benchmarks.figures import Bound, Figure
from bot.tick import keep_time
from bot.web.app import create_app
from sandbox.jenkins.builds import Build
from sandbox.jenkins.jobs import Parameter
from sandbox.serving import serving
from sandbox.town import Town

BUILDS = 10  # fewer than a robot may say in a minute
LASTS = 0.4  # seconds that each lasts longer than the one before
WITHIN = 60.0
TOKEN = "benchmark-hook-token"


def told(*, builds: int = BUILDS) -> list[Figure]:
    """Seconds from the end to the message, by Jenkins' notification and by the clock alone."""
    return [_told("by its notification", builds, hook=True), _told("by the clock alone", builds, hook=False)]


def _told(how: str, builds: int, *, hook: bool) -> Figure:
    with Town() as town:
        services = _jobs(town, builds)
        app = create_app(
            town.environment
            | {
                "LOG_LEVEL": "ERROR",
                "LANGUAGE": "en",
                "MESSAGES_A_MINUTE": "0",
                "SERVICES": ",".join(services),
                "GITLAB_PROJECTS": "",
            }
            | {"JENKINS_HOOK_TOKEN": TOKEN, "DEVELOPERS": "*"}
        )
        sampan = app.state.shared.ready
        with serving(app) as town.room.bot_url, closing(sampan.store):
            if hook:
                town.jenkins.notify = [f"{town.room.bot_url}/hooks/jenkins/{TOKEN}"]
            keep_time(sampan)
            seconds = sorted(_seconds(town, services))
    low, _, high = quantiles(seconds, n=4)
    worst = f"worst {seconds[-1]:.2f} s"
    name = f"end of a build to the message in the room, {how}"
    spread = f"{low:.2f} to {high:.2f}"
    return Figure(name, median(seconds), Bound.AT_MOST, None, unit="s", measured=worst, spread=spread)


def _jobs(town: Town, builds: int) -> list[str]:
    """A job for each service, so that they run at once and end one after the other."""
    services = [f"service{number}" for number in range(builds)]
    town.jenkins.executors = builds
    for number, service in enumerate(services):
        script = f"sleep {1 + LASTS * number:.1f}"
        town.jenkins.add_job(f"{service}-build", script=script, parameters=[Parameter("SAMPAN_ID")])
    return services


def _seconds(town: Town, services: list[str]) -> list[float]:
    town.room.deliver("\n".join(f"/build {service}" for service in services), as_="lin")
    ended = {service: town.jenkins.jobs[f"{service}-build"].builds for service in services}
    _wait(lambda: all(_message(town, service) for service in services))
    return [_message(town, service) - _end(ended[service][1]) for service in services]


def _end(build: Build) -> float:
    return build.started + build.duration


def _message(town: Town, service: str) -> float:
    """When the room was told, or 0."""
    about = re.compile(rf"build of \*\*{service}\*\*: succeeded")
    return next((one.sent_ms / 1000 for one in town.room.replies if about.search(one.text)), 0)


def _wait(over: Callable[[], bool]) -> None:
    give_up = time.monotonic() + WITHIN
    while not over():
        if time.monotonic() > give_up:
            raise RuntimeError("not every build was told of")
        time.sleep(0.05)
