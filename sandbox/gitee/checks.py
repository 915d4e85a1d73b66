"""Check runs: what machines say about a commit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How far a check run is."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class Conclusion(StrEnum):
    """How a completed check run ended."""

    NEUTRAL = "neutral"
    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    ACTION_REQUIRED = "action_required"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"


@dataclass
class CheckRun:
    """One run of one check on one commit; `pull` is the number of the PR it was made for, if any."""

    id: int
    name: str
    head_sha: str
    started_at: datetime
    pull: int | None = None
    status: Status = Status.QUEUED
    conclusion: Conclusion | None = None
    details_url: str = ""
    completed_at: datetime | None = None
    output: dict[str, Any] = field(default_factory=dict)

    def conclude(self, conclusion: Conclusion, *, at: datetime) -> None:
        """End it."""
        self.status, self.conclusion, self.completed_at = Status.COMPLETED, conclusion, at


def latest(runs: Iterable[CheckRun]) -> list[CheckRun]:
    """The newest run of each name."""
    return list({run.name: run for run in sorted(runs, key=lambda run: run.id)}.values())
