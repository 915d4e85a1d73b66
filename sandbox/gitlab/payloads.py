"""The body of a Pipeline Hook: lib/gitlab/data_builder/pipeline.rb of gitlabhq/gitlabhq."""

import json
from datetime import UTC, datetime
from typing import Any

from sandbox.gitlab.commits import Commit
from sandbox.gitlab.definition import When
from sandbox.gitlab.people import User
from sandbox.gitlab.pipelines import Job, Pipeline
from sandbox.gitlab.projects import Project
from sandbox.gitlab.statuses import Status, label

PRIVATE = 0
RUNNER = {
    "id": 1,
    "description": "sandbox",
    "runner_type": "instance_type",
    "active": True,
    "is_shared": True,
    "tags": ["shell"],
}


def pipeline_hook(pipeline: Pipeline, *, site: str) -> bytes:
    """How a pipeline stands, as its project's hooks are told."""
    project = pipeline.project
    content = {
        "object_kind": "pipeline",
        "object_attributes": _attributes(pipeline, site=site),
        "merge_request": None,
        "user": _user(pipeline.user),
        "project": _project(project, site=site),
        "commit": _commit(pipeline.commit, url=f"{site}/{project.path}/-/commit/{pipeline.commit.sha}"),
        "builds": [_build(job) for job in pipeline.latest],
    }
    return json.dumps(content).encode()


def _attributes(pipeline: Pipeline, *, site: str) -> dict[str, Any]:
    return {
        "id": pipeline.id,
        "iid": pipeline.iid,
        "name": None,
        "ref": pipeline.ref,
        "tag": pipeline.tag,
        "sha": pipeline.commit.sha,
        "before_sha": pipeline.before_sha,
        "source": pipeline.source,
        "status": pipeline.status,
        "detailed_status": label(pipeline.status, warned=pipeline.warned),
        "stages": pipeline.stages,
        "created_at": _time(pipeline.created_at),
        "finished_at": _time(pipeline.finished_at),
        "duration": pipeline.duration,
        "queued_duration": pipeline.queued_duration,
        "protected_ref": pipeline.ref in pipeline.project.protected,
        "variables": [{"key": one.key, "value": one.value} for one in pipeline.variables],
        "url": site + pipeline.path,
    }


def _build(job: Job) -> dict[str, Any]:
    archive = job.archive
    return {
        "id": job.id,
        "stage": job.definition.stage,
        "name": job.name,
        "status": job.status,
        "created_at": _time(job.created_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "duration": job.duration,
        "queued_duration": job.queued_duration,
        "failure_reason": job.failure_reason if job.status == Status.FAILED else None,
        "when": job.definition.when,
        "manual": job.definition.when is When.MANUAL,
        "allow_failure": job.definition.may_fail,
        "user": _user(job.user),
        "runner": RUNNER if job.started_at else None,
        "artifacts_file": {
            "filename": archive.name if archive else None,
            "size": archive.stat().st_size if archive else None,
        },
        "environment": None,
    }


def _user(user: User) -> dict[str, Any]:
    # Without a public email in the profile the address is not shown.
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatar_url": None,
        "email": "[REDACTED]",
    }


def _project(project: Project, *, site: str) -> dict[str, Any]:
    url = f"{site}/{project.path}"
    return {
        "id": project.id,
        "name": project.name,
        "description": project.description,
        "web_url": url,
        "avatar_url": None,
        "git_ssh_url": f"git@gitlab.example.com:{project.path}.git",
        "git_http_url": f"{url}.git",
        "namespace": project.namespace,
        "visibility_level": PRIVATE,
        "path_with_namespace": project.path,
        "default_branch": project.default_branch,
        "ci_config_path": "",
    }


def _commit(commit: Commit, *, url: str) -> dict[str, Any]:
    return {
        "id": commit.sha,
        "message": commit.message,
        "title": commit.title,
        "timestamp": commit.at.isoformat(timespec="seconds"),
        "url": url,
        "author": {"name": commit.author.name, "email": commit.author.email},
    }


def _time(when: datetime | None) -> str | None:
    """As a hook has it; the API writes ISO 8601."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if when else None
