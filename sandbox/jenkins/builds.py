"""Builds: one run of a job's script, its result and its log."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from itertools import islice
from pathlib import Path
from statistics import mean

from sandbox.jenkins.changes import Change
from sandbox.jenkins.jobs import Job, Value, as_text
from sandbox.jenkins.question import Question
from sandbox.shell import Shell

UNSTABLE_EXIT = 42


class Result(StrEnum):
    """How a build ended."""

    SUCCESS = "SUCCESS"
    UNSTABLE = "UNSTABLE"
    FAILURE = "FAILURE"
    NOT_BUILT = "NOT_BUILT"
    ABORTED = "ABORTED"


class Progress(IntEnum):
    """How far a build is; hudson.model.Run has the same states."""

    BUILDING = 1
    POST_PRODUCTION = 2  # no longer building, still in progress: it tells others how it ended
    COMPLETED = 3
    TOLD = 4  # ours: the last of those who are told has answered


@dataclass(frozen=True)
class Cause:
    """Why a build runs: somebody asked, another build did, a remote host with the token, a clock."""

    description: str
    user: str = ""
    upstream: "Build | None" = None
    kind: str = "hudson.model.Cause$RemoteCause"

    @classmethod
    def by(cls, build: "Build") -> "Cause":
        """Another job's build, whose number Jenkins writes for people here: 33,941."""
        words = f'Started by upstream project "{build.job.full_name}" build number {build.number:,}'
        return cls(words, upstream=build)


TIMER = Cause("Started by timer", kind="hudson.triggers.TimerTrigger$TimerTriggerCause")
COMMIT = Cause("Started by an SCM change", kind="hudson.triggers.SCMTrigger$SCMTriggerCause")


@dataclass(eq=False)
class Build:
    """One run; times are in seconds."""

    job: Job
    number: int
    queue_id: int
    values: dict[str, Value]
    causes: list[Cause]
    started: float = field(default_factory=time.time)
    result: Result | None = None
    progress: Progress = Progress.BUILDING
    duration: float = 0.0
    shell: Shell = field(default_factory=Shell)
    stopped_by: str = ""
    question: Question | None = None
    changes: Sequence[Change] = ()
    culprits: Sequence[str] = ()  # who changed something since it last worked

    @classmethod
    def start(
        cls,
        job: Job,
        *,
        queue_id: int,
        values: dict[str, Value],
        causes: list[Cause],
        number: int | None = None,
    ) -> "Build":
        """Open the log of a new build, which takes the job's commits and, by default, its next number."""
        build = cls(job, number or job.next_number, queue_id, values, causes, changes=job.changes)
        build.culprits = _culprits(build)
        job.next_number, job.changes = max(job.next_number, build.number + 1), ()
        build.log.parent.mkdir(parents=True, exist_ok=True)
        build.log.write_text("".join(f"{cause.description}\n" for cause in causes), encoding="utf-8")
        job.add(build)
        return build

    @property
    def path(self) -> str:
        """Its address below the root."""
        return f"{self.job.path}{self.number}/"

    @property
    def estimate(self) -> float:
        """How many seconds its job takes now, or -1: Run.getEstimatedDuration asks the job each time."""
        return estimate(self.job)

    @property
    def title(self) -> str:
        """Its full display name: team » hello-deploy #12."""
        return f"{self.job.full_name.replace('/', ' » ')} #{self.number}"

    @property
    def log(self) -> Path:
        """The file its output goes to."""
        return self.job.folder / "builds" / str(self.number) / "log"

    @property
    def building(self) -> bool:
        """Whether its script may still run."""
        return self.progress is Progress.BUILDING

    @property
    def in_progress(self) -> bool:
        """Whether anything of it still runs, telling others included."""
        return self.progress < Progress.COMPLETED

    @property
    def shown(self) -> dict[str, str]:
        """What may be shown of its values."""
        return self.job.shown(self.values)

    def say(self, line: str) -> None:
        """Add a line to its log."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def run(self, *, workspace: Path, environment: dict[str, str]) -> None:
        """Run the script to its end and keep the result."""
        values = {name: as_text(value) for name, value in self.values.items()}
        workspace.mkdir(parents=True, exist_ok=True)
        self._ask()
        code = self.shell.run(
            self.job.script, folder=workspace, log=self.log, environment=environment | values
        )
        if self.shell.stopped:
            self.say("Build was aborted" + (f"\nAborted by {self.stopped_by}" if self.stopped_by else ""))
        self.end(Result.ABORTED if self.shell.stopped else _result(code), seconds=time.time() - self.started)

    def end(self, result: Result, *, seconds: float) -> None:
        """Keep how it ended and how long it took; others may be told now."""
        self.result, self.duration = result, seconds
        self.progress = Progress.POST_PRODUCTION

    def stop(self, *, by: str = "") -> None:
        """End it; nothing happens if it is over already."""
        if self.building:
            self.stopped_by = by
            self.shell.stop()
            if self.question:
                self.question.answered.set()

    def proceed(self, *, by: str) -> None:
        """Go on after a question."""
        if self.question:
            self.say(f"Approved by {by}")
            self.question.answered.set()

    def reject(self, *, by: str) -> None:
        """End at a question."""
        if self.question:
            self.say(f"Rejected by {by}")
            self.stop()

    def _ask(self) -> None:
        """Wait until somebody has answered what the job asks, or has stopped it."""
        if self.job.input:
            self.question = Question(self.job.input)
            self.say(f"{self.job.input}\nProceed or Abort")
            if not self.shell.stopped:
                self.question.answered.wait()
            self.question = None


def _culprits(build: Build) -> list[str]:
    """The authors of its commits, and the culprits of a broken build before it, as RunWithSCM finds them."""
    before = next((one for one in build.job.newest if one.result and one.number < build.number), None)
    works = before is None or before.result in (Result.SUCCESS, Result.UNSTABLE)
    inherited = [] if works or before is None else before.culprits
    return list(dict.fromkeys([*inherited, *(one.author for one in build.changes)]))


def estimate(job: Job) -> float:
    """The mean duration of the last three good builds in seconds, or -1."""
    good = (one.duration for one in job.newest if one.result in (Result.SUCCESS, Result.UNSTABLE))
    return mean(newest) if (newest := list(islice(good, 3))) else -1.0


def _result(code: int) -> Result:
    if code == UNSTABLE_EXIT:
        return Result.UNSTABLE
    return Result.FAILURE if code else Result.SUCCESS
