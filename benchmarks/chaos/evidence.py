"""What a run has left behind: in the store, in the room, in Jenkins, in Gitee."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.store import Store
from bot.store.audit import Entry
from sandbox.dingtalk.transcript import Message
from sandbox.gitee.pulls import Action
from sandbox.town import Town

Row = Mapping[str, Any]

# ✅ b12 **crane 1.7** to **staging**: succeeded
END = re.compile(
    r"(?:✅|⚠️|❌|⏹|❓) b(\d+) .*: "
    r"(?:succeeded|unstable|failed|stopped|ended without|cancelled|not started|Jenkins shows)"
)
PERHAPS = "(perhaps you have read this already)"


@dataclass(frozen=True)
class Evidence:
    """Everything that the verdict is about."""

    happened: Mapping[str, int]
    said: int
    deliveries: list[Row]
    audit: list[Entry]
    builds: list[Row]
    outbox: list[Row]
    slots: list[Row]
    ends: Counter[int]  # how often the room read that a build had ended
    ends_again: Counter[int]  # how many of those said that they may be a repetition
    triggers: Counter[str]  # requests to start a build, by its marker
    runs: Counter[str]  # builds of Jenkins, by their marker
    merges: Counter[int]  # how often Gitee merged each pull request


def gather(town: Town, store: Store, *, said: int, happened: Mapping[str, int]) -> Evidence:
    """Look everywhere."""
    ends, again = _ends(town.room.replies)
    return Evidence(
        happened=happened,
        said=said,
        deliveries=_rows(store, "deliveries"),
        audit=list(store.audit.everything()),
        builds=_rows(store, "builds"),
        outbox=_rows(store, "outbox"),
        slots=_rows(store, "slots"),
        ends=ends,
        ends_again=again,
        triggers=Counter(
            marker
            for call in town.jenkins.requests
            if call.method == "POST"
            for marker in call.fields.get("SAMPAN_ID", [])
        ),
        runs=Counter(
            str(build.values["SAMPAN_ID"])
            for job in town.jenkins.jobs.values()
            for build in job.newest
            if build.values.get("SAMPAN_ID")
        ),
        merges=Counter(
            pull.number
            for pull in town.gitee.repos["acme/web"].pulls.values()
            for entry in pull.entries
            if entry.action is Action.MERGE
        ),
    )


def _rows(store: Store, table: str) -> list[Row]:
    with store.database.lent() as connection:
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


def _ends(replies: list[Message]) -> tuple[Counter[int], Counter[int]]:
    ends: Counter[int] = Counter()
    again: Counter[int] = Counter()
    for message in replies:
        perhaps = False
        for line in message.text.splitlines():
            if found := END.match(line):
                ends[int(found[1])] += 1
                again[int(found[1])] += perhaps
            perhaps = line == PERHAPS if line else perhaps
    return ends, again
