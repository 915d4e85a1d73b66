"""How the API shows things: the definitions of gitee.com/api/v5/swagger 5.4.92, with what is live beside it.

`head` and `base` are declared as strings there, but are objects in every recorded answer.
"""

from datetime import datetime
from typing import Any

from sandbox.gitee.checks import CheckRun
from sandbox.gitee.commons import Commons, User
from sandbox.gitee.gates import Gate
from sandbox.gitee.git import Commit
from sandbox.gitee.pulls import Comment, Entry, Label, Pull
from sandbox.gitee.repo import DEFAULT_BRANCH, Repo

LABEL_COLOR = "0075ca"


class Views:
    """Turns things into what JSON says about them; addresses start with `site`."""

    def __init__(self, site: str, commons: Commons) -> None:
        self.site = site
        self._commons = commons

    def user(self, user: User) -> dict[str, Any]:
        """UserBasic."""
        return {
            "id": user.id,
            "login": user.login,
            "name": user.name,
            "avatar_url": "",
            "url": f"{self.site}/api/v5/users/{user.login}",
            "html_url": f"{self.site}/{user.login}",
            "remark": "",
            "type": "User",
        }

    def repo_basic(self, repo: Repo) -> dict[str, Any]:
        """ProjectBasic."""
        owner = self._commons.user(repo.owner)
        return {
            "id": repo.id,
            "full_name": repo.full_name,
            "human_name": repo.full_name,
            "url": self._repo_url(repo),
            "path": repo.name,
            "name": repo.name,
            "owner": self.user(owner),
            "private": repo.private,
            "public": not repo.private,
            "internal": False,
            "fork": False,
            "html_url": f"{self.site}/{repo.full_name}",
        }

    def repo(self, repo: Repo, *, caller: User | None) -> dict[str, Any]:
        """Project."""
        level = repo.permission(caller).name.lower()
        return self.repo_basic(repo) | {
            "default_branch": DEFAULT_BRANCH,
            "open_issues_count": sum(not issue.closed for issue in repo.issues.values()),
            "pull_requests_enabled": True,
            "members": list(repo.members),
            "created_at": time(repo.created_at),
            "permission": {"pull": True, "push": level in ("write", "admin"), "admin": level == "admin"},
        }

    def pull(self, repo: Repo, pull: Pull) -> dict[str, Any]:
        """PullRequest; counts as a read of `mergeable`."""
        url = f"{self._repo_url(repo)}/pulls/{pull.number}"
        page = f"{self.site}/{repo.full_name}/pulls/{pull.number}"
        return {
            "id": pull.id,
            "url": url,
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "comments_url": f"{url}/comments",
            "commits_url": f"{url}/commits",
            "number": pull.number,
            "state": pull.state,
            "title": pull.title,
            "body": pull.body,
            "draft": pull.draft,
            "locked": False,
            "user": self.user(pull.author),
            "head": self._end(repo, pull.head_ref, pull.head_sha, pull.author),
            "base": self._end(repo, pull.base_ref, pull.base_sha, self._commons.user(repo.owner)),
            "labels": [self.label(repo, label) for label in pull.labels.values()],
            **self._gates(pull),
            **self._merging(repo, pull),
            "created_at": time(pull.created_at),
            "updated_at": time(pull.updated_at),
            "closed_at": time(pull.closed_at),
            "merged_at": time(pull.merged_at),
        }

    def label(self, repo: Repo, label: Label) -> dict[str, Any]:
        """Label."""
        return {
            "id": label.id,
            "name": label.name,
            "color": LABEL_COLOR,
            "repository_id": repo.id,
            "url": f"{self._repo_url(repo)}/labels/{label.name}",
            "created_at": time(label.created_at),
            "updated_at": time(label.created_at),
        }

    def comment(self, repo: Repo, pull: Pull, comment: Comment) -> dict[str, Any]:
        """PullRequestComments."""
        page = f"{self.site}/{repo.full_name}/pulls/{pull.number}"
        return {
            "id": comment.id,
            "url": f"{self._repo_url(repo)}/pulls/comments/{comment.id}",
            "html_url": f"{page}#note_{comment.id}",
            "pull_request_url": f"{self._repo_url(repo)}/pulls/{pull.number}",
            "user": self.user(comment.user),
            "body": comment.body,
            "path": comment.path,
            "position": comment.position,
            "commit_id": comment.commit_id,
            "comment_type": comment_type(comment),
            "created_at": time(comment.created_at),
            "updated_at": time(comment.updated_at or comment.created_at),
        }

    def check(self, repo: Repo, run: CheckRun) -> dict[str, Any]:
        """CheckRun."""
        return {
            "id": run.id,
            "name": run.name,
            "head_sha": run.head_sha,
            "url": f"{self._repo_url(repo)}/check-runs/{run.id}",
            "html_url": f"{self.site}/{repo.full_name}",
            "details_url": run.details_url,
            "status": run.status,
            "conclusion": run.conclusion,
            "started_at": time(run.started_at),
            "completed_at": time(run.completed_at),
            "output": run.output,
        }

    def entry(self, entry: Entry) -> dict[str, Any]:
        """OperateLog."""
        return {
            "id": entry.id,
            "user": self.user(entry.user),
            "content": entry.content,
            "action_type": entry.action,
            "created_at": time(entry.created_at),
        }

    def branch(self, repo: Repo, name: str, sha: str) -> dict[str, Any]:
        """Branch."""
        commit = {"sha": sha, "url": f"{self._repo_url(repo)}/commits/{sha}"}
        return {"name": name, "commit": commit, "protected": False}

    def commit(self, repo: Repo, commit: Commit) -> dict[str, Any]:
        """RepoCommit."""
        url = f"{self._repo_url(repo)}/commits"
        return {
            "sha": commit.sha,
            "url": f"{url}/{commit.sha}",
            "html_url": f"{self.site}/{repo.full_name}/commit/{commit.sha}",
            "commit": {
                "message": commit.message,
                "author": {"name": commit.author, "date": commit.authored_at},
                "committer": {"name": commit.committer, "date": commit.committed_at},
            },
            "author": self.user(self._commons.user(commit.author)),
            "committer": self.user(self._commons.user(commit.committer)),
            "parents": [{"sha": sha, "url": f"{url}/{sha}"} for sha in commit.parents],
        }

    def _end(self, repo: Repo, ref: str, sha: str, user: User) -> dict[str, Any]:
        whose = {"user": self.user(user), "repo": self.repo_basic(repo)}
        return {"label": ref, "ref": ref, "sha": sha, **whose}

    def _gates(self, pull: Pull) -> dict[str, Any]:
        return {
            "assignees_number": pull.review.needed,
            "assignees": self._asked(pull.review),
            "testers_number": pull.test.needed,
            "testers": self._asked(pull.test),
            "api_reviewers_number": 0,
            "api_reviewers": [],
            # What else Gitee counts into can_merge_check is unproven; here it is the two gates.
            "can_merge_check": pull.review.passed and pull.test.passed,
        }

    def _merging(self, repo: Repo, pull: Pull) -> dict[str, Any]:
        hidden = pull.hidden_reads > 0
        pull.hidden_reads -= hidden
        return {
            "mergeable": None if hidden else repo.mergeable(pull),
            "merge_commit_sha": pull.merge_sha,
            "prune_branch": pull.prune_branch,
            "close_related_issue": int(pull.close_related_issue),
            "ref_pull_requests": [],
            "milestone": None,
            "security_hole": False,
        }

    def _asked(self, gate: Gate) -> list[dict[str, Any]]:
        kinds = {"assignee": True, "code_owner": False}
        people = ((self._commons.user(login), yes) for login, yes in gate.people.items())
        return [{**self.user(user), **kinds, "accept": yes} for user, yes in people]

    def _repo_url(self, repo: Repo) -> str:
        return f"{self.site}/api/v5/repos/{repo.full_name}"


def comment_type(comment: Comment) -> str:
    """The two kinds that `comment_type` filters by."""
    return "diff_comment" if comment.path else "pr_comment"


def time(moment: datetime | None) -> str | None:
    """As Gitee writes a time: 2026-01-02T03:04:05+08:00."""
    return moment.isoformat() if moment else None
