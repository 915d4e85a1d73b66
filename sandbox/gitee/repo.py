"""A repository as Gitee sees it: members, pull requests, checks and issues around a real git repository."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

from sandbox.gitee.checks import CheckRun, Conclusion, Status
from sandbox.gitee.commons import Commons, Permission, User
from sandbox.gitee.gates import Gate
from sandbox.gitee.git import Git, Stamp
from sandbox.gitee.issues import Issue
from sandbox.gitee.pulls import Action, Comment, News, Pull, State
from sandbox.gitee.refusals import NO_COMMENT, NO_ISSUE, NO_PULL, Refused

DEFAULT_BRANCH = "main"

Tell = Callable[["Repo", Pull, News], None]


class Repo:
    """One `owner/name`; `path` is its bare repository, into which anybody may also push with git itself."""

    def __init__(
        self,
        full_name: str,
        path: Path,
        commons: Commons,
        *,
        tell: Tell,
        private: bool = False,
        members: Mapping[str, Permission] | None = None,
        reset_on_push: bool = False,
    ) -> None:
        self.full_name = full_name
        self.owner, self.name = full_name.split("/")
        self.private = private
        self.reset_on_push = reset_on_push
        self.members = dict(members or {})
        self.commons = commons
        self._tell = tell
        self.id = commons.next_id()
        self.created_at = commons.now()
        self.git = Git(path)
        self.pulls: dict[int, Pull] = {}
        self.checks: dict[int, CheckRun] = {}
        self.issues: dict[str, Issue] = {}

    def permission(self, user: User | None) -> Permission:
        """What this user (None: nobody in particular) may do here; everybody may read a public repo."""
        least = Permission.NONE if self.private else Permission.READ
        return max(least, self.members.get(user.login, least)) if user else least

    def push(
        self,
        branch: str,
        files: Mapping[str, str | None],
        *,
        message: str = "Change some files",
        by: str = "wu",
        start: str = DEFAULT_BRANCH,
        age: timedelta = timedelta(0),
    ) -> str:
        """Commit files (None removes one) to a branch and give the sha; a new branch leaves from `start`."""
        with self.commons.lock:
            stamp = Stamp(self.commons.user(by).login, self.commons.now() - age)
            heads = self.git.heads()
            parent = heads.get(branch) or heads.get(start)
            sha = self.git.commit(branch, files, message=message, by=stamp, parent=parent)
            self.sync(by=by)
            return sha

    def open_pull(
        self,
        title: str,
        *,
        author: str,
        head: str,
        base: str = DEFAULT_BRANCH,
        body: str = "",
        draft: bool = False,
        assignees: Iterable[str] = (),
        testers: Iterable[str] = (),
        assignees_number: int = 0,
        testers_number: int = 0,
        labels: Iterable[str] = (),
        age: timedelta = timedelta(0),
    ) -> Pull:
        """Open a pull request from one branch of this repo into another, as if `age` ago."""
        with self.commons.lock:
            heads, opened = self.git.heads(), self.commons.now() - age
            pull = Pull(
                self.commons, self.commons.next_id(), len(self.pulls) + 1,
                title=title, author=self.commons.user(author), body=body, draft=draft,
                head_ref=head, head_sha=heads[head], base_ref=base, base_sha=heads[base],
                created_at=opened, updated_at=opened,
                review=self._gate(assignees, assignees_number), test=self._gate(testers, testers_number),
            )  # fmt: skip
            for label in labels:
                pull.add_label(label)
            pull.announce = partial(self._tell, self, pull)  # the labels it starts with are no news
            self.pulls[pull.number] = pull
            pull.note(pull.author, Action.CREATE, "创建了 Pull Request", at=opened)
            return pull

    def pull(self, number: int) -> Pull:
        """The pull request of that number, or Refused with 404."""
        if number not in self.pulls:
            raise Refused(404, NO_PULL)
        return self.pulls[number]

    def comment(self, comment_id: int) -> tuple[Pull, Comment]:
        """The comment of that id and what it is below, or Refused with 404."""
        for pull in self.pulls.values():
            for comment in pull.comments:
                if comment.id == comment_id:
                    return pull, comment
        raise Refused(404, NO_COMMENT)

    def add_check(
        self,
        name: str,
        *,
        sha: str,
        conclusion: Conclusion | None = None,
        pull: int | None = None,
        details_url: str = "",
    ) -> CheckRun:
        """Report a check run of a commit: ended with `conclusion`, or still running without."""
        with self.commons.lock:
            now = self.commons.now()
            run = CheckRun(self.commons.next_id(), name, sha, now, pull=pull, details_url=details_url)
            run.status = Status.IN_PROGRESS
            if conclusion:
                run.conclude(conclusion, at=now)
            self.checks[run.id] = run
            return run

    def open_issue(
        self,
        title: str,
        *,
        author: str,
        body: str = "",
        labels: Iterable[str] = (),
        age: timedelta = timedelta(0),
    ) -> Issue:
        """Open an issue, as if `age` ago."""
        with self.commons.lock:
            opened, user = self.commons.now() - age, self.commons.user(author)
            issue = Issue(self.commons, self.commons.next_id(), "", user, opened, opened, body)
            issue.rename(title)
            issue.set_labels(labels)
            issue.updated_at = opened
            self.issues[issue.number] = issue
            return issue

    def issue(self, number: str) -> Issue:
        """The issue of that number, whose case counts, or Refused with 404."""
        if number not in self.issues:
            raise Refused(404, NO_ISSUE)
        return self.issues[number]

    def delete_issue(self, number: str) -> None:
        """Have no such issue any more."""
        del self.issues[self.issue(number).number]

    def mergeable(self, pull: Pull) -> bool:
        """Whether git could merge the two branches as they are."""
        return self.git.merged_tree(pull.base_sha, pull.head_sha) is not None

    def sync(self, *, by: str = "") -> None:
        """Bring the open pull requests up to date with the branches, however these moved."""
        heads = self.git.heads()
        for pull in self.pulls.values():
            if pull.state is State.OPEN:
                self._follow(pull, heads, self.commons.user(by) if by else pull.author)

    def _follow(self, pull: Pull, heads: Mapping[str, str], by: User) -> None:
        if pull.head_ref not in heads or pull.base_ref not in heads:
            # Gitee closes an open pull request whose source branch is deleted.
            pull.close(by=by)
            return
        pull.base_sha = heads[pull.base_ref]
        if pull.head_sha != heads[pull.head_ref]:
            pull.head_sha = heads[pull.head_ref]
            pull.note(by, Action.PUSH, "推送了新的提交")
            if self.reset_on_push:
                pull.review.reset()
                pull.test.reset()

    def _gate(self, logins: Iterable[str], needed: int) -> Gate:
        return Gate(needed, {self.commons.user(login).login: False for login in logins})
