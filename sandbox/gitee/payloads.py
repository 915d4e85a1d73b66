"""What webhooks say: the samples of help.gitee.com/webhook/gitee-webhook-push-data-format.

`action` and `action_desc` are not in those samples, but receivers read them: openeuler-mirror/sync-bot.
"""

from typing import Any

from sandbox.gitee.commons import Commons, User
from sandbox.gitee.git import DOMAIN
from sandbox.gitee.pulls import Action, Comment, Edit, Label, News, Pull, State
from sandbox.gitee.repo import DEFAULT_BRANCH, Repo
from sandbox.gitee.views import LABEL_COLOR, time

PULL_EVENT, NOTE_EVENT = "Merge Request Hook", "Note Hook"

# What is not here, nobody is told.
ACTIONS = {
    Action.CREATE: ("open", ""),
    Action.PUSH: ("update", "source_branch_changed"),
    Action.ADD_LABEL: ("update", "update_label"),
    Action.REMOVE_LABEL: ("update", "update_label"),
    Action.REVIEW: ("approved", ""),
    Action.TEST: ("tested", ""),
    Action.ASSIGN: ("assign", ""),
    Action.CLOSE: ("close", ""),
    Action.REOPEN: ("reopen", ""),
    Action.MERGE: ("merge", ""),
}


class Payloads:
    """Turns news into the bodies of webhooks; addresses start with `site`."""

    def __init__(self, site: str, commons: Commons) -> None:
        self._site = site
        self._commons = commons

    def of(self, repo: Repo, pull: Pull, news: News) -> tuple[str, dict[str, Any]] | None:
        """The event's name and its body, without what belongs to one receiver; None for no event."""
        if isinstance(news, Comment):
            return NOTE_EVENT, self._note(repo, pull, news, action="comment")
        if isinstance(news, Edit):
            return NOTE_EVENT, self._note(repo, pull, news.comment, action="edited")
        if news.action not in ACTIONS:
            return None
        action, detail = ACTIONS[news.action]
        about = {"hook_name": "merge_request_hooks", "action": action, "action_desc": detail}
        return PULL_EVENT, {**about, **self._about(repo, pull, news.user), "author": self._user(pull.author)}

    def _note(self, repo: Repo, pull: Pull, comment: Comment, *, action: str) -> dict[str, Any]:
        shown = {
            "id": comment.id,
            "body": comment.body,
            "user": self._user(comment.user),
            "html_url": f"{self._page(repo, pull)}#note_{comment.id}",
            "position": comment.position,
            "commit_id": comment.commit_id,
            "created_at": time(comment.created_at),
            "updated_at": time(comment.updated_at or comment.created_at),
        }
        about = {"hook_name": "note_hooks", "action": action, "noteable_type": "PullRequest"}
        return {**about, **self._about(repo, pull, comment.user), "comment": shown, "note": comment.body}

    def _about(self, repo: Repo, pull: Pull, sender: User) -> dict[str, Any]:
        return {
            "pull_request": self._pull(repo, pull),
            "repository": self._repo(repo),
            "sender": self._user(sender),
            "enterprise": None,
        }

    def _pull(self, repo: Repo, pull: Pull) -> dict[str, Any]:
        page = self._page(repo, pull)
        return {
            "id": pull.id,
            "number": pull.number,
            "state": pull.state,
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "title": pull.title,
            "body": pull.body or None,
            "user": self._user(pull.author),
            "head": self._end(repo, pull.head_ref, pull.head_sha, pull.author),
            "base": self._end(repo, pull.base_ref, pull.base_sha, self._commons.user(repo.owner)),
            "labels": [self._label(label) for label in pull.labels.values()],
            "assignees": [self._user(self._commons.user(login)) for login in pull.review.people],
            "testers": [self._user(self._commons.user(login)) for login in pull.test.people],
            "need_review": not pull.review.passed,
            "need_test": not pull.test.passed,
            "merged": pull.state is State.MERGED,
            "mergeable": None,  # as in the sample: it has not been computed when the webhook leaves
            "merge_status": "unchecked",
            "merge_commit_sha": pull.merge_sha,
            "merge_reference_name": f"refs/pull/{pull.number}/MERGE",
            "created_at": time(pull.created_at),
            "updated_at": time(pull.updated_at),
            "closed_at": time(pull.closed_at),
            "merged_at": time(pull.merged_at),
        }

    def _end(self, repo: Repo, ref: str, sha: str, user: User) -> dict[str, Any]:
        whose = {"user": self._user(user), "repo": self._repo(repo)}
        return {"label": f"{repo.owner}:{ref}", "ref": ref, "sha": sha, **whose}

    def _repo(self, repo: Repo) -> dict[str, Any]:
        owner = self._commons.user(repo.owner)
        page = f"{self._site}/{repo.full_name}"
        return {
            "id": repo.id,
            "name": repo.name,
            "path": repo.name,
            # Names for people, not the path: they differ in the sample.
            "full_name": f"{owner.name}/{repo.name}",
            "name_with_namespace": f"{owner.name}/{repo.name}",
            "path_with_namespace": repo.full_name,
            "namespace": repo.owner,
            "owner": self._user(owner),
            "private": repo.private,
            "fork": False,
            "html_url": page,
            "url": page,
            "git_http_url": f"{page}.git",
            "default_branch": DEFAULT_BRANCH,
        }

    def _user(self, user: User) -> dict[str, Any]:
        page = f"{self._site}/{user.login}"
        names = dict.fromkeys(("login", "username", "user_name"), user.login)
        links = {"html_url": page, "url": page, "avatar_url": ""}
        kind = {"type": "User", "site_admin": False}
        return {"id": user.id, "name": user.name, "email": f"{user.login}@{DOMAIN}", **names, **links, **kind}

    def _label(self, label: Label) -> dict[str, Any]:
        return {"id": label.id, "name": label.name, "color": LABEL_COLOR}

    def _page(self, repo: Repo, pull: Pull) -> str:
        return f"{self._site}/{repo.full_name}/pulls/{pull.number}"
