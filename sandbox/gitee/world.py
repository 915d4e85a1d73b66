"""The stand-in's world: accounts, tokens and repositories, as tests and the demo build it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sandbox.gitee.commons import Commons, Permission, User
from sandbox.gitee.recording import Recorded
from sandbox.gitee.repo import DEFAULT_BRANCH, Repo
from sandbox.gitee.webhooks import Hooks


class World:
    """Everything there is under `root`; each `owner/name` is the bare repository `root/owner/name.git`."""

    def __init__(self, root: Path, *, clock: Callable[[], datetime] | None = None) -> None:
        self.root = root
        self.commons = Commons(clock)
        self.repos: dict[str, Repo] = {}
        self.requests: list[Recorded] = []
        self.hooks = Hooks(self.commons)

    def close(self) -> None:
        """Send no more webhooks, and wait for the one on its way."""
        self.hooks.close()

    def add_user(self, login: str, *, name: str = "", token: str = "") -> User:
        """Make an account, with a token that speaks for it if given."""
        user = self.commons.user(login, name=name)
        if token:
            self.commons.tokens[token] = user
        return user

    def add_repo(
        self,
        full_name: str,
        *,
        private: bool = False,
        members: Mapping[str, Permission] | None = None,
        files: Mapping[str, str | None] | None = None,
        reset_on_push: bool = False,
        age: timedelta = timedelta(0),
    ) -> Repo:
        """Make a repository with one commit by its first member."""
        path = self.root / f"{full_name}.git"
        repo = Repo(
            full_name, path, self.commons, tell=self.hooks.tell,
            private=private, members=members, reset_on_push=reset_on_push,
        )  # fmt: skip
        author = next(iter(repo.members), repo.owner)
        for login in repo.members:
            self.commons.user(login)
        content = files or {"README.md": f"# {repo.name}\n"}
        repo.push(DEFAULT_BRANCH, content, message="Initial commit", by=author, age=age)
        self.repos[full_name] = repo
        return repo
