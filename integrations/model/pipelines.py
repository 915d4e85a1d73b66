"""Pipelines: what a build server ran for a commit, whoever started it.

Apart from the other values, which a cold start pays for: only who works on versions imports them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique


@unique
class PipelineStatus(StrEnum):
    """How far a pipeline is."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"
    BLOCKED = "blocked"  # waits for a person or for a set time, and has not ended
    OTHER = "other"  # a word we do not know yet


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as its server last told it; times are UTC, None where the server does not say."""

    project: str  # its path: group/sub/project
    id: int  # of its own on the whole server
    ref: str  # a branch or a tag
    sha: str
    status: PipelineStatus
    word: str  # the server's own word for the status
    url: str
    source: str  # what started it: push, web, api, schedule
    who: str
    created_at: datetime | None
    updated_at: datetime | None
    finished_at: datetime | None
    variables: Mapping[str, str] = field(default_factory=dict)  # empty when unknown
