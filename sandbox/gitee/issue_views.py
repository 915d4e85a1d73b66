"""How the API shows issues: Issue and Note of gitee.com/api/v5/swagger 5.4.92."""

from typing import Any

from sandbox.gitee.issues import Issue
from sandbox.gitee.pulls import Comment
from sandbox.gitee.repo import Repo
from sandbox.gitee.views import Views, time


def issue_view(views: Views, repo: Repo, issue: Issue) -> dict[str, Any]:
    """Issue."""
    repo_url = f"{views.site}/api/v5/repos/{repo.full_name}"
    url = f"{repo_url}/issues/{issue.number}"
    return {
        "id": issue.id,
        "url": url,
        "repository_url": repo_url,
        "labels_url": f"{url}/labels",
        "comments_url": f"{url}/comments",
        "html_url": f"{views.site}/{repo.full_name}/issues/{issue.number}",
        "parent_url": None,
        "number": issue.number,
        "parent_id": 0,
        "depth": 0,
        "state": issue.state,
        "title": issue.title,
        "body": issue.body,
        "user": views.user(issue.author),
        "labels": [views.label(repo, label) for label in issue.labels.values()],
        "assignee": None,
        "collaborators": [],
        "repository": views.repo_basic(repo),
        "milestone": None,
        "created_at": time(issue.created_at),
        "updated_at": time(issue.updated_at),
        "plan_started_at": None,
        "deadline": None,
        "finished_at": time(issue.finished_at),
        "scheduled_time": 0,
        "comments": len(issue.comments),
        "priority": 0,
        "issue_type": "任务",
        "program": None,
        "security_hole": False,
    }


def note_view(views: Views, comment: Comment) -> dict[str, Any]:
    """Note."""
    return {
        "id": comment.id,
        "body": comment.body,
        "user": views.user(comment.user),
        "source": None,
        "target": None,
        "created_at": time(comment.created_at),
        "updated_at": time(comment.created_at),
    }
