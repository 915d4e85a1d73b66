"""A build from the wish to its end: its states, the one table of their changes, and when to look again.

Pure: what a look at the build server showed comes in as a Sighting, and nothing goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from pydantic import Json

from integrations.model import BuildRef, Result, Room, Sighting, Stage

LATE_AFTER = 60_000  # milliseconds in the queue
GONE_AFTER = 60_000  # a Jenkins that has just come up shows its builds one after the other
ASKED_FOR = 300_000  # as long a build may be on its way from the trigger to the server's pages
SILENT_AFTER = 300_000  # as long a server may be down before the room hears of it
TURN_FOR = 3_600_000  # as long a deploy waits for its turn
RECORD_FOR = 60_000  # as long one of us may take to mark a pull request; then another looks
GIVE_UP_AFTER = 24 * 3_600_000  # as long a server may be down before its builds are given up


GITLAB = "gitlab:"  # how the name of a job on GitLab begins: gitlab:group/project@main


def server_of(job: str) -> str:
    """What people call the build server of a job."""
    return "GitLab" if job.startswith(GITLAB) else "Jenkins"


@unique
class Kind(StrEnum):
    """What a build is for."""

    TEST = "test"
    BUILD = "build"
    DEPLOY = "deploy"
    PULL = "pull"  # tests a pull request, which is marked as tested when it succeeds


@unique
class State(StrEnum):
    """How far a build is."""

    WAITING = "waiting"  # for its turn: another deploy has the environment
    ASKED = "asked"  # written down, and the trigger is on its way
    QUEUED = "queued"
    RUNNING = "running"
    INPUT = "input"  # runs, and waits for a person
    RECORDING = "recording"  # green; its pull request is being marked as tested
    SUCCEEDED = "succeeded"
    UNSTABLE = "unstable"
    FAILED = "failed"
    ABORTED = "aborted"
    NOT_BUILT = "not built"
    CANCELLED = "cancelled"  # before it began
    REFUSED = "refused"  # by the build server
    JOINED = "joined"  # an equal build of ours that was waiting; that one is told of
    DROPPED = "dropped"  # its turn did not come
    LOST = "lost"  # the build server shows it no longer, or never did


_ENDS = {
    Result.SUCCESS: State.SUCCEEDED,
    Result.UNSTABLE: State.UNSTABLE,
    Result.FAILURE: State.FAILED,
    Result.ABORTED: State.ABORTED,
    Result.NOT_BUILT: State.NOT_BUILT,
}
_ENDED = (*_ENDS.values(), State.LOST)
_RAN = (State.RECORDING, *_ENDED)

# Every change there is; the store refuses any other.
TRANSITIONS: Mapping[State, tuple[State, ...]] = {
    State.WAITING: (State.ASKED, State.CANCELLED, State.DROPPED),
    State.ASKED: (
        *(State.QUEUED, State.RUNNING, State.INPUT, *_RAN),
        *(State.CANCELLED, State.REFUSED, State.JOINED),
    ),
    State.QUEUED: (State.RUNNING, State.INPUT, *_RAN, State.CANCELLED),
    State.RUNNING: (State.INPUT, *_RAN),
    State.INPUT: (State.RUNNING, *_RAN),
    State.RECORDING: (State.SUCCEEDED,),
}

OPEN = frozenset(TRANSITIONS)
TROUBLE = frozenset({State.UNSTABLE, State.FAILED, State.ABORTED, State.NOT_BUILT, State.LOST})


@dataclass(frozen=True)
class Plan:
    """What is to be started, all of it: what a person confirms, and what a retry repeats."""

    kind: Kind
    job: str
    parameters: Mapping[str, str] = field(default_factory=dict)  # without our marker
    service: str = ""
    environment: str = ""
    version: str = ""
    repo: str = ""  # its alias
    pull: int | None = None
    sha: str = ""

    @property
    def slot(self) -> str:
        """What only one running deploy at a time may have; empty when it needs nothing."""
        return f"{self.service} {self.environment}".strip() if self.kind is Kind.DEPLOY else ""


@dataclass(frozen=True)
class Build:
    """A build as the store has it; times are milliseconds, UTC."""

    id: int
    at: int
    token: str = field(repr=False)
    state: State
    kind: Kind
    job: str
    parameters: Json[dict[str, str]] = field(repr=False)
    service: str
    environment: str
    version: str
    repo: str
    pull: int | None
    sha: str
    delivery: str
    conversation: str
    staff_id: str
    name: str
    reply_url: str = field(repr=False)
    reply_until: int
    marked: bool  # the job takes our marker
    queue_id: int | None
    number: int | None
    url: str
    why: str
    began_at: int | None
    ended_at: int | None
    took: int | None
    usual: int | None
    since: int  # that it is in this state
    look_at: int | None
    looks: int
    late_told: bool
    silent_since: int | None
    gone_since: int | None
    joined: int | None

    @property
    def label(self) -> str:
        """How people refer to it."""
        return f"b{self.id}"

    @property
    def marker(self) -> str:
        """What goes into the job's SAMPAN_ID: unique over every store there ever was."""
        return f"b{self.id}-{self.token}"

    @property
    def server(self) -> str:
        """What people call the build server that runs it."""
        return server_of(self.job)

    @property
    def ref(self) -> BuildRef:
        return BuildRef(self.job, self.marker if self.marked else "", self.queue_id, self.number)

    @property
    def room(self) -> Room:
        return Room(self.conversation, self.reply_url, self.reply_until / 1000)

    @property
    def plan(self) -> Plan:
        return Plan(
            kind=self.kind,
            job=self.job,
            parameters=self.parameters,
            service=self.service,
            environment=self.environment,
            version=self.version,
            repo=self.repo,
            pull=self.pull,
            sha=self.sha,
        )

    @property
    def open(self) -> bool:
        return self.state in OPEN


def state_seen(build: Build, seen: Sighting, *, now: int) -> State:
    """The state that a look leads to; the same one when nothing has changed."""
    match seen.stage:
        case Stage.GONE:
            patience = ASKED_FOR - (now - build.since) if build.state is State.ASKED else 0
            gone_for = now - (build.gone_since or now)
            return State.LOST if gone_for >= GONE_AFTER and patience <= 0 else build.state
        case Stage.ENDED:
            ended = _ENDS[seen.result or Result.NOT_BUILT]
            return State.RECORDING if (ended, build.kind) == (State.SUCCEEDED, Kind.PULL) else ended
        case Stage.QUEUED:
            # A server that forgot the number shows the queue again; what has begun stays begun.
            return State.QUEUED if build.state is State.ASKED else build.state
    return State(seen.stage.value)


def next_look(build: Build, state: State, *, now: int) -> int | None:
    """When to look again: soon at first, then every half minute, later for what takes long."""
    if state not in OPEN:
        return None
    if state is State.RECORDING:
        return now + RECORD_FOR
    if state is not build.state:
        return now + 2_000
    pause = (2_000, 5_000, 10_000)[min(build.looks, 2)]
    if build.looks > 4:
        pause = max(pause, min(30_000, (build.usual or 300_000) // 10))
    return now + pause


def is_late(build: Build, state: State, *, now: int) -> bool:
    """Whether the room is to hear that a build still waits in the queue."""
    queued = state is State.QUEUED and build.state is State.QUEUED
    return queued and not build.late_told and now - build.since >= LATE_AFTER


def diagram() -> str:
    """The table of changes as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    names = {state: state.value.replace(" ", "_") for state in State}
    lines += [f"    [*] --> {names[state]}" for state in (State.ASKED, State.WAITING)]
    lines += [f"    {names[one]} --> {names[other]}" for one in TRANSITIONS for other in TRANSITIONS[one]]
    lines += [f"    {names[state]} --> [*]" for state in State if state not in OPEN]
    return "\n".join(lines)
