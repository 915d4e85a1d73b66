"""One bare git repository on disk and what a code host asks of it: the real git, with nobody's settings."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

DOMAIN = "example.com"
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}
_FIELDS = "%x1f".join(("%H", "%P", "%an", "%aI", "%cn", "%cI", "%B"))


class GitError(Exception):
    """Git could not do it; says what git said."""


@dataclass(frozen=True)
class Commit:
    """One commit as `git log` tells it; times are ISO 8601."""

    sha: str
    parents: tuple[str, ...]
    author: str
    authored_at: str
    committer: str
    committed_at: str
    message: str


@dataclass(frozen=True)
class Stamp:
    """Who does something to a repository, and when."""

    login: str
    at: datetime

    @property
    def line(self) -> str:
        """As a commit object has it."""
        return f"{self.login} <{self.login}@{DOMAIN}> {int(self.at.timestamp())} +0800"

    @property
    def variables(self) -> dict[str, str]:
        """As git's commands want it."""
        date = f"{int(self.at.timestamp())} +0800"
        values = {"NAME": self.login, "EMAIL": f"{self.login}@{DOMAIN}", "DATE": date}
        roles = ("AUTHOR", "COMMITTER")
        return {f"GIT_{role}_{field}": value for role in roles for field, value in values.items()}


class Git:
    """The repository at `path`, made when it is not there; its default branch is `main`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._trees: dict[tuple[str, str], str | None] = {}
        if not path.exists():
            path.mkdir(parents=True)
            self.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main")

    def run(
        self, *arguments: str, stdin: bytes = b"", by: Stamp | None = None, where: Path | None = None
    ) -> str:
        """Run one git command here (or in the worktree `where`) and give what it printed, or GitError."""
        done = self._try(*arguments, stdin=stdin, by=by, where=where)
        if done.returncode:
            raise GitError(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed")
        return done.stdout.decode(errors="replace").rstrip("\n")

    def heads(self) -> dict[str, str]:
        """Every branch and the sha it points at."""
        lines = self.run("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads")
        return {name: sha for sha, name in (line.split(" ", 1) for line in lines.splitlines())}

    def resolve(self, ref: str) -> str | None:
        """The commit a branch, tag or sha stands for, or None."""
        done = self._try("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        return done.stdout.decode().strip() or None

    def commit(
        self,
        branch: str,
        files: Mapping[str, str | None],
        *,
        message: str,
        by: Stamp,
        parent: str | None,
    ) -> str:
        """Commit files (None removes one) on top of `parent`, move `branch` there and give the sha."""
        # One process writes blobs, tree and commit: https://git-scm.com/docs/git-fast-import
        head = f"commit refs/heads/{branch}\nmark :1\nauthor {by.line}\ncommitter {by.line}\n".encode()
        start = f"from {parent}\n".encode() if parent else b""
        changes = b"".join(_change(path, text) for path, text in files.items())
        stream = head + _data(message) + start + changes + b"\nget-mark :1\ndone\n"
        return self.run("fast-import", "--quiet", "--done", "--force", stdin=stream)

    def merged_tree(self, base: str, head: str) -> str | None:
        """The tree of a merge of two commits, or None where they conflict; nothing is moved."""
        # Exit status 1 means a conflict: https://git-scm.com/docs/git-merge-tree#_exit_status
        if (base, head) not in self._trees:
            done = self._try("merge-tree", "--write-tree", "--no-messages", base, head)
            if done.returncode > 1:
                raise GitError(done.stderr.decode(errors="replace").strip())
            self._trees[base, head] = done.stdout.decode().strip() if done.returncode == 0 else None
        return self._trees[base, head]

    def commit_tree(self, tree: str, *parents: str, message: str, by: Stamp) -> str:
        """Write a commit of that very tree."""
        flags = [word for parent in parents for word in ("-p", parent)]
        return self.run("commit-tree", tree, *flags, stdin=message.encode(), by=by)

    def rebased(self, base: str, head: str, *, by: Stamp) -> str | None:
        """The tip of `head`'s own commits written anew on `base`, or None on a conflict."""
        with tempfile.TemporaryDirectory(dir=self.path.parent) as folder:
            tree = Path(folder) / "tree"
            self.run("worktree", "add", "--quiet", "--detach", str(tree), head)
            try:
                moved = self._try("rebase", "--quiet", base, by=by, where=tree)
                return self.run("rev-parse", "HEAD", where=tree) if moved.returncode == 0 else None
            finally:
                self.run("worktree", "remove", "--force", str(tree))

    def move(self, branch: str, *, to: str, expected: str) -> None:
        """Point a branch at another commit, unless somebody moved it meanwhile."""
        self.run("update-ref", f"refs/heads/{branch}", to, expected)

    def delete(self, branch: str) -> None:
        """Remove a branch."""
        self.run("update-ref", "-d", f"refs/heads/{branch}")

    def log(self, span: str, *, limit: int = 250, skip: int = 0, path: str = "") -> list[Commit]:
        """Commits of a revision or range, newest first."""
        flags = ["-z", f"--format={_FIELDS}", f"--max-count={limit}", f"--skip={skip}"]
        printed = self.run("log", *flags, "--end-of-options", span, "--", *([path] if path else []))
        return [_commit(record) for record in printed.split("\0") if record]

    def count(self, span: str) -> int:
        """How many commits a revision or range has."""
        return int(self.run("rev-list", "--count", "--end-of-options", span))

    def graph(self, *, limit: int = 60) -> str:
        """All branches drawn with letters."""
        return self.run("log", "--graph", "--oneline", "--decorate", "--all", f"--max-count={limit}")

    def diff(self, base: str, head: str) -> str:
        """What `head` changes since it left `base`."""
        return self.run("-c", "core.quotePath=false", "diff", f"{base}...{head}")

    def _try(
        self, *arguments: str, stdin: bytes = b"", by: Stamp | None = None, where: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["git", *arguments],
            cwd=where or self.path,
            input=stdin,
            capture_output=True,
            env=ENVIRONMENT | (by.variables if by else {}),
            timeout=30,
            check=False,
        )


def _commit(record: str) -> Commit:
    sha, parents, author, authored_at, committer, committed_at, message = record.split("\x1f")
    return Commit(
        sha, tuple(parents.split()), author, authored_at, committer, committed_at, message.rstrip("\n")
    )


def _data(text: str) -> bytes:
    return f"data {len(text.encode())}\n".encode() + text.encode() + b"\n"


def _change(path: str, text: str | None) -> bytes:
    if text is None:
        return f"D {path}\n".encode()
    return f"M 100644 inline {path}\n".encode() + _data(text)
