"""What is new in a build: the commits since the one before it, as the git plugin exports them.

Read from GitChangeSet and GitChangeSetList in jenkinsci/git-plugin, and RunWithSCM in jenkinsci/jenkins.
"""

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

GIT = "hudson.plugins.git.GitChangeSet"


@dataclass(frozen=True)
class Change:
    """One commit; its title is the first line of its message."""

    title: str
    author: str
    id: str = field(default_factory=lambda: secrets.token_hex(20))
    when: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Turn:
    """A button on a job's page: somebody's commit, after which the job runs another script."""

    label: str
    script: str
    title: str
    author: str

    def commit(self) -> Change:
        """The commit of one click."""
        return Change(self.title, self.author)


def one_set(changes: Iterable[Change], *, root: str) -> dict[str, Any]:
    """The `changeSet` of a freestyle build."""
    items = [_item(one, root=root) for one in changes]
    if items:
        return {"_class": f"{GIT}List", "items": items, "kind": "git"}
    return {"_class": "hudson.scm.EmptyChangeLogSet", "items": [], "kind": None}


def all_sets(changes: Iterable[Change], *, root: str) -> list[dict[str, Any]]:
    """The `changeSets` of a pipeline, which leaves out empty ones."""
    return [one for one in [one_set(changes, root=root)] if one["items"]]


def person(name: str, *, root: str) -> dict[str, str]:
    """A user in brief."""
    return {"absoluteUrl": f"{root}user/{name}", "fullName": name}


def _item(change: Change, *, root: str) -> dict[str, Any]:
    return {
        "_class": GIT,
        "affectedPaths": [],
        "commitId": change.id,
        "timestamp": int(change.when * 1000),
        "author": person(change.author, root=root),
        "authorEmail": f"{change.author}@example.com",
        "comment": f"{change.title}\n",
        "date": time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime(change.when)),
        "id": change.id,
        "msg": change.title,
        "paths": [],
    }
