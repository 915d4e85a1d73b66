"""Pull requests: what Sampan needs of a code host, and what stands in the way of a merge. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, unique
from typing import Protocol

from bot.language import mark
from bot.reply import Code, Line, Link, counted, line
from integrations.model import Check, CheckState, Method, PullPage, PullRequest, Vote


class CodeHost(Protocol):
    """Where pull requests live; calls raise IntegrationError."""

    def pulls(self, repo: str, *, page: int = 1, author: str = "") -> PullPage: ...
    def pull(self, repo: str, number: int) -> PullRequest: ...
    def checks(self, repo: str, sha: str) -> tuple[Check, ...] | None: ...
    def vote(self, repo: str, number: int, vote: Vote) -> None: ...
    def comment(self, repo: str, number: int, body: str) -> None: ...
    def merge(self, repo: str, number: int, method: Method) -> None: ...


@unique
class Obstacle(Enum):
    """What can stand in the way of a merge."""

    CLOSED = "closed"
    DRAFT = "draft"
    CONFLICT = "conflict"
    UNKNOWN = "mergeability not known yet"
    HOLD = "hold"
    APPROVALS = "approvals short"
    TESTS = "tests short"
    RED = "checks red"
    RUNNING = "checks running"
    MOVED = "head moved since it was vouched for"


@dataclass(frozen=True)
class Blocker:
    """One obstacle, told to the room."""

    obstacle: Obstacle
    line: Line


SHOWN = 10

_WIP = re.compile(r"\s*[\[(【]?\s*(?:(?:wip|draft)(?![a-z0-9_])|草稿\b)", re.IGNORECASE)


def needs(pull: PullRequest, *, hold_labels: Iterable[str]) -> list[Blocker]:
    """What the pull request itself still needs, as its own fields tell."""
    found = []
    if pull.draft or _WIP.match(pull.title):
        found.append(Blocker(Obstacle.DRAFT, line("draft")))
    if pull.mergeable is False:
        found.append(Blocker(Obstacle.CONFLICT, line("conflicts with {base}", base=Code(pull.base_ref))))
    held = {name.lower() for name in hold_labels}
    for label in pull.labels:
        if label.lower() in held:
            found.append(Blocker(Obstacle.HOLD, line("held by the label {label}", label=Code(label))))
    if pull.approvals_short:
        missing = counted("needs {n} approval", "needs {n} approvals", n=pull.approvals_short)
        found.append(Blocker(Obstacle.APPROVALS, missing))
    if pull.tests_short:
        missing = counted("needs {n} test", "needs {n} tests", n=pull.tests_short)
        found.append(Blocker(Obstacle.TESTS, missing))
    return found


def check_blockers(checks: Sequence[Check]) -> list[Blocker]:
    """Checks that are red or still running."""
    red = [check.name for check in checks if check.state is CheckState.RED]
    running = [check.name for check in checks if check.state is CheckState.RUNNING]
    found = []
    if red:
        found.append(Blocker(Obstacle.RED, line("checks failed: {names}", names=_some(red))))
    if running:
        found.append(Blocker(Obstacle.RUNNING, line("checks still running: {names}", names=_some(running))))
    return found


def _some(names: Sequence[str]) -> str:
    """At most ten names; a thousand would push everything else out of the message."""
    return ", ".join([*names[:SHOWN], *(["…"] if len(names) > SHOWN else [])])


_STALE = {
    Vote.APPROVE: mark("approved at {old}, but the head is {new}"),
    Vote.TEST: mark("tested at {old}, but the head is {new}"),
}


def stale_vote(vote: Vote, sha: str, head: str) -> Blocker:
    """A vote through Sampan that was for another commit than the head."""
    return Blocker(Obstacle.MOVED, line(_STALE[vote], old=Code(short(sha)), new=Code(short(head))))


def mergeability(pull: PullRequest) -> list[Blocker]:
    """None is "not known yet", and never a yes."""
    if pull.mergeable is None:
        return [
            Blocker(Obstacle.UNKNOWN, line("the host does not know yet whether it merges; ask again shortly"))
        ]
    return []


def short(sha: str) -> str:
    return sha[:8]


def link(pull: PullRequest) -> Link:
    return Link(f"#{pull.number}", pull.url)
