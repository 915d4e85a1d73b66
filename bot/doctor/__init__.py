"""The diagnosis of an installation: read-only checks, side by side. `python -m bot doctor` prints it."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from bot.doctor.addresses import hooks, public_url
from bot.doctor.findings import Finding, Level
from bot.doctor.jobs import jenkins
from bot.doctor.people import people
from bot.doctor.pipelines import gitlab
from bot.doctor.records import records
from bot.doctor.systems import dingtalk, gitee
from bot.doctor.together import side_by_side
from bot.doctor.trackers import Place, issues, trello
from bot.doctor.variables import read, variables
from bot.language import mark
from bot.reply import line, plain
from bot.wiring import Wired

__all__ = ["Finding", "Level", "examine"]

IN_ALL = 30.0  # seconds

# Under the names by which they are told of when they do not end in time.
CHECKS: tuple[tuple[str, Callable[[Place], Iterator[Finding]]], ...] = (
    (mark("People"), people),
    ("DingTalk", dingtalk),
    ("Gitee", gitee),
    ("Jenkins", jenkins),
    ("GitLab", gitlab),
    ("Trello", trello),
    ("TRACKER_REPO", issues),
    ("PUBLIC_URL", public_url),
    (mark("Hooks"), hooks),
    (mark("Records"), records),
)


def examine(
    env: Mapping[str, str], *, clock: Callable[[], float] = time.time, within: float = IN_ALL
) -> list[Finding]:
    """Look at all that an environment configures, in so many seconds at most."""
    reading = read(env)
    found = list(variables(reading))
    if reading.settings is not None:
        site = Wired(reading.settings, clock=clock)
        checks = {plain(line(name)): partial(check, site) for name, check in CHECKS}
        found += side_by_side(checks, within=within)
    return found
