"""A stand-in GitLab whose pipelines really run: the world behind the API, the pages and the hooks.

It follows gitlabhq/gitlabhq of 2025 (GitLab 17 and 18); where that depends on a setting, the setting is here.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.gitlab import processing
from sandbox.gitlab.commits import NO_SHA, Commit
from sandbox.gitlab.coordinator import Coordinator
from sandbox.gitlab.definition import Definition, one_job
from sandbox.gitlab.execution import say
from sandbox.gitlab.hooks import Hook
from sandbox.gitlab.limits import Limit
from sandbox.gitlab.people import Role, User
from sandbox.gitlab.pipelines import Job, Pipeline, Source, Variable
from sandbox.gitlab.projects import Project, Turn
from sandbox.gitlab.recording import Recorded
from sandbox.gitlab.sender import Sender
from sandbox.gitlab.statuses import FINISHED, Status

VERSION = "17.8.0"
Given = Mapping[str, str] | Iterable[Variable]


class World:
    """Everything there is; logs and artifacts lie below `root`. `limit` lets nobody call too often."""

    def __init__(
        self,
        root: Path,
        *,
        clock: Callable[[], datetime] | None = None,
        runners: int = 2,
        version: str = VERSION,
    ) -> None:
        self.root, self.version = root, version
        self.now = clock or (lambda: datetime.now(UTC))
        self.users: dict[str, User] = {}
        self.tokens: dict[str, User] = {}
        self.read_only: set[str] = set()  # the tokens whose scope is read_api
        self.projects: dict[str, Project] = {}
        self.requests: list[Recorded] = []
        self.limit: Limit | None = None
        self.hooks = Sender(self.now, version=version)
        self.coordinator = Coordinator(self.hooks, self.now, runners=runners)
        self._ids = itertools.count(101)

    @property
    def changed(self) -> threading.Condition:
        """The lock around everything that a request or a test does."""
        return self.coordinator.changed

    def close(self) -> None:
        """Stop every job, and send nothing more."""
        self.coordinator.close()
        self.hooks.close()

    def add_user(self, username: str, *, name: str = "", token: str = "") -> User:
        """Make an account, with a token that speaks for it if given."""
        user = self.users.setdefault(username, User(next(self._ids), username, name or username))
        if token:
            self.tokens[token] = user
        return user

    def add_project(
        self,
        path: str,
        *,
        members: Mapping[str, Role],
        definition: Definition | None = None,
        trigger_tokens: Mapping[str, str] | None = None,
        turns: Mapping[str, Turn] | None = None,
        description: str = "",
    ) -> Project:
        """Make a private project with a commit by its first member; a trigger token stands for its owner."""
        for username in members:
            self.add_user(username)
        project = Project(
            next(self._ids), path, self.root / path, definition or one_job("true"), members, self.now(),
            description=description, trigger_tokens=trigger_tokens or {}, turns=turns or {},
        )  # fmt: skip
        self.commit(project, project.default_branch, "Initial commit", by=next(iter(members)))
        self.projects[path] = project
        return project

    def add_hook(self, project: Project, url: str, *, token: str = "", signing_token: str = "") -> Hook:
        """Tell this address how the project's pipelines stand; with a token, a signing token, or both."""
        hook = Hook(next(self._ids), url, token, signing_token)
        project.hooks.append(hook)
        return hook

    def commit(self, project: Project, branch: str, message: str, *, by: str) -> Commit:
        """Add a commit that starts no pipeline."""
        return project.commit(branch, message, author=self.users[by], at=self.now())

    def push(self, project: Project, branch: str, message: str, *, by: str) -> Pipeline:
        """Add a commit, which starts a pipeline."""
        self.commit(project, branch, message, by=by)
        return self.run(project, branch, by=by, source=Source.PUSH)

    def tag(self, project: Project, name: str, *, ref: str = "", by: str) -> Pipeline:
        """Tag a commit, which starts a pipeline."""
        commit = project.find(ref or project.default_branch)
        assert commit, f"no such ref: {ref}"
        project.tags[name] = commit
        return self.run(project, name, by=by, source=Source.PUSH)

    def run(
        self, project: Project, ref: str = "", *, by: str, variables: Given = (), source: Source = Source.WEB
    ) -> Pipeline:
        """Start a pipeline on the tip of a branch or a tag."""
        with self.changed:
            pipeline = self._pipeline(project, ref, by=by, variables=variables, source=source)
            self.coordinator.begin(pipeline)
        return pipeline

    def take(self, project: Project, turn: Turn) -> Pipeline:
        """Do what a button of the project's says: a commit that changes what its pipelines do."""
        project.definition = turn.definition
        return self.push(project, project.default_branch, turn.message, by=turn.author)

    def cancel(self, pipeline: Pipeline) -> None:
        """Stop all that runs or will."""
        with self.changed:
            processing.cancel(pipeline, at=self.now())
            self.coordinator.settle(pipeline)

    def retry(self, pipeline: Pipeline, *, by: str) -> None:
        """Run again what failed or was canceled."""
        with self.changed:
            processing.retry(pipeline, by=self.users[by], new_id=self.new_id, at=self.now())
            self.coordinator.settle(pipeline)

    def retry_job(self, job: Job, *, by: str) -> Job:
        """Run one job again that is over."""
        with self.changed:
            again = processing.retry_job(job, by=self.users[by], new_id=self.new_id, at=self.now())
            self.coordinator.settle(job.pipeline)
        return again

    def cancel_job(self, job: Job) -> None:
        """Stop one job."""
        with self.changed:
            processing.cancel_job(job, at=self.now())
            self.coordinator.settle(job.pipeline)

    def play(self, job: Job, *, by: str) -> None:
        """Start a manual job."""
        with self.changed:
            job.user = self.users[by]
            job.turn(Status.PENDING, at=self.now())
            self.coordinator.settle(job.pipeline)

    def turn(self, pipeline: Pipeline, status: str) -> None:
        """Have a pipeline stand so, whatever its jobs say, and tell the hooks; also a status nobody knows."""
        self.coordinator.turn(pipeline, status)

    def record(
        self,
        project: Project,
        status: str = Status.SUCCESS,
        *,
        ref: str = "",
        by: str = "",
        variables: Given = (),
        source: Source = Source.API,
        began: datetime | None = None,
        seconds: float = 1.0,
        log: str = "",
        tell: bool = False,
    ) -> Pipeline:
        """Put in a pipeline that ran nothing; each job says `log`, and with `tell` the hooks hear of it."""
        with self.changed:
            who = by or next(iter(project.members))
            pipeline = self._pipeline(project, ref, by=who, variables=variables, source=source)
            start = began or self.now() - timedelta(seconds=seconds)
            pipeline.created_at = pipeline.started_at = start
            end = start + timedelta(seconds=seconds)
            pipeline.status, pipeline.updated_at = status, end
            pipeline.finished_at = end if status in FINISHED else None
            for job in pipeline.jobs:
                job.status, job.started_at, job.finished_at = status, start, pipeline.finished_at
                job.failure_reason = "script_failure" if status == Status.FAILED else None
                if log:
                    say(job, log)
            if tell:
                self.hooks.tell(pipeline)
            self.changed.notify_all()
        return pipeline

    def wait_for(self, pipeline: Pipeline, *statuses: str, timeout: float = 10.0) -> Pipeline:
        """Wait until a pipeline stands so; without a status, until it has ended."""
        wanted = statuses or FINISHED
        with self.changed:
            if not self.changed.wait_for(lambda: pipeline.status in wanted, timeout):
                raise TimeoutError(f"the pipeline is {pipeline.status}")
        return pipeline

    def new_id(self) -> int:
        """A number that nothing else here has."""
        return next(self._ids)

    def _pipeline(self, project: Project, ref: str, *, by: str, variables: Given, source: Source) -> Pipeline:
        name, now, user = ref or project.default_branch, self.now(), self.users[by]
        commit = project.tip(name)
        if commit is None:
            raise LookupError("Reference not found")
        given = (Variable(*one) for one in variables.items()) if isinstance(variables, Mapping) else variables
        tag = name not in project.branches
        pushed = source is Source.PUSH and not tag
        before = commit.parent.sha if commit.parent and pushed else NO_SHA
        pipeline = Pipeline(
            self.new_id(), len(project.pipelines) + 1, project, name, commit, source, user, tuple(given),
            now, now, tag=tag, before_sha=before,
        )  # fmt: skip
        pipeline.jobs = [Job(self.new_id(), pipeline, one, user, now) for one in project.definition.jobs]
        project.pipelines[pipeline.id] = pipeline
        return pipeline
