"""Projects: who is in them, their commits, and what their pipelines do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.gitlab.commits import Commit
from sandbox.gitlab.definition import Definition
from sandbox.gitlab.people import Role, User
from sandbox.gitlab.pipelines import Pipeline

if TYPE_CHECKING:
    from sandbox.gitlab.hooks import Hook


@dataclass(frozen=True)
class Turn:
    """A button on a project's page: somebody's commit, after which its pipelines do something else."""

    label: str
    definition: Definition
    message: str
    author: str


@dataclass(eq=False)
class Project:
    """One project; `acme/tools/shop` lies in a group in a group.

    On a `protected` ref only a maintainer may run pipelines (docs.gitlab.com/ci/pipelines), and only from
    the role `variables_from` on with variables (docs.gitlab.com/ci/variables).
    """

    id: int
    path: str
    folder: Path
    definition: Definition
    members: Mapping[str, Role]
    created_at: datetime
    description: str = ""
    default_branch: str = "main"
    trigger_tokens: Mapping[str, str] = field(default_factory=dict)  # token to the username of its owner
    turns: Mapping[str, Turn] = field(default_factory=dict)
    protected: frozenset[str] = frozenset()
    variables_from: Role = Role.DEVELOPER
    branches: dict[str, Commit] = field(default_factory=dict)
    tags: dict[str, Commit] = field(default_factory=dict)
    pipelines: dict[int, Pipeline] = field(default_factory=dict)
    hooks: list["Hook"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def namespace(self) -> str:
        """The groups it lies in."""
        return self.path.rpartition("/")[0]

    @property
    def newest(self) -> list[Pipeline]:
        """Its pipelines, the newest first."""
        return sorted(self.pipelines.values(), key=lambda pipeline: pipeline.id, reverse=True)

    def role(self, user: User | None) -> Role:
        """What somebody is here."""
        return self.members.get(user.username, Role.NONE) if user else Role.NONE

    def tip(self, ref: str) -> Commit | None:
        """The commit of a branch or a tag."""
        return self.branches.get(ref) or self.tags.get(ref)

    def find(self, ref: str) -> Commit | None:
        """The commit of a branch, a tag, or a sha that may be shortened to seven characters."""
        if found := self.tip(ref):
            return found
        if len(ref) < 7:
            return None
        tips = (*self.branches.values(), *self.tags.values())
        return next((one for tip in tips for one in tip.line() if one.sha.startswith(ref)), None)

    def commit(self, branch: str, message: str, *, author: User, at: datetime) -> Commit:
        """Add a commit to a branch; a new branch starts at the default one."""
        parent = self.branches.get(branch) or self.branches.get(self.default_branch)
        self.branches[branch] = made = Commit(message, author, at, parent)
        return made
