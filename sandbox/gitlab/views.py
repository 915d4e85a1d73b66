"""Things as the API shows them: lib/api/entities of gitlabhq/gitlabhq."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.gitlab.commits import Commit
from sandbox.gitlab.people import Role, User
from sandbox.gitlab.pipelines import Job, Pipeline, Variable
from sandbox.gitlab.projects import Project
from sandbox.gitlab.statuses import Status, label

Shown = dict[str, Any]


@dataclass(frozen=True)
class Views:
    """Everything with addresses below `site`."""

    site: str

    def user(self, user: User) -> Shown:
        return {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "state": "active",
            "locked": False,
            "avatar_url": None,
            "web_url": f"{self.site}/{user.username}",
        }

    def project(self, project: Project, *, role: Role) -> Shown:
        url = f"{self.site}/{project.path}"
        return {
            "id": project.id,
            "name": project.name,
            "path": project.name,
            "path_with_namespace": project.path,
            "name_with_namespace": project.path.replace("/", " / "),
            "description": project.description,
            "created_at": moment(project.created_at),
            "default_branch": project.default_branch,
            "visibility": "private",
            "web_url": url,
            "http_url_to_repo": f"{url}.git",
            "empty_repo": False,
            "archived": False,
            "jobs_enabled": True,
            "builds_access_level": "enabled",
            "permissions": {"project_access": {"access_level": int(role)}, "group_access": None},
        }

    def commit(self, commit: Commit, *, project: Project) -> Shown:
        at, author = moment(commit.at), commit.author
        return {
            "id": commit.sha,
            "short_id": commit.short,
            "title": commit.title,
            "message": commit.message,
            "parent_ids": [commit.parent.sha] if commit.parent else [],
            "author_name": author.name,
            "author_email": author.email,
            "authored_date": at,
            "committer_name": author.name,
            "committer_email": author.email,
            "committed_date": at,
            "created_at": at,
            "web_url": f"{self.site}/{project.path}/-/commit/{commit.sha}",
        }

    def pipeline_in_brief(self, pipeline: Pipeline) -> Shown:
        return {
            "id": pipeline.id,
            "iid": pipeline.iid,
            "project_id": pipeline.project.id,
            "sha": pipeline.commit.sha,
            "ref": pipeline.ref,
            "status": pipeline.status,
            "source": pipeline.source,
            "created_at": moment(pipeline.created_at),
            "updated_at": moment(pipeline.updated_at),
            "web_url": self.site + pipeline.path,
            "name": None,
        }

    def pipeline(self, pipeline: Pipeline) -> Shown:
        return {
            **self.pipeline_in_brief(pipeline),
            "before_sha": pipeline.before_sha,
            "tag": pipeline.tag,
            "yaml_errors": None,
            "user": self.user(pipeline.user),
            "started_at": moment(pipeline.started_at),
            "finished_at": moment(pipeline.finished_at),
            "committed_at": None,
            "duration": pipeline.duration,
            "queued_duration": pipeline.queued_duration,
            "coverage": None,
            "detailed_status": _detailed(pipeline),
        }

    def job(self, job: Job) -> Shown:
        pipeline = job.pipeline
        shown = {
            "id": job.id,
            "status": job.status,
            "stage": job.definition.stage,
            "name": job.name,
            "ref": pipeline.ref,
            "tag": pipeline.tag,
            "coverage": None,
            "allow_failure": job.definition.may_fail,
            "created_at": moment(job.created_at),
            "started_at": moment(job.started_at),
            "finished_at": moment(job.finished_at),
            "erased_at": None,
            "duration": job.duration,
            "queued_duration": job.queued_duration,
            "user": self.user(job.user),
            "commit": self.commit(pipeline.commit, project=pipeline.project),
            "pipeline": self.pipeline_in_brief(pipeline),
            "web_url": f"{self.site}/{pipeline.project.path}/-/jobs/{job.id}",
            "project": {"ci_job_token_scope_enabled": False},
            "artifacts": _artifacts(job),
            "runner": None,
            "artifacts_expire_at": None,
            "archived": False,
            "tag_list": [],
        }
        if job.status == Status.FAILED:
            shown["failure_reason"] = job.failure_reason
        if job.archive:
            shown["artifacts_file"] = {"filename": job.archive.name, "size": job.archive.stat().st_size}
        return shown


def variable(one: Variable) -> Shown:
    """A pipeline's variable."""
    return {"key": one.key, "value": one.value, "variable_type": one.kind, "raw": False}


def moment(when: datetime | None) -> str | None:
    """A time as the API writes it: 2015-12-24T15:51:21.880Z."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if when else None


def _detailed(pipeline: Pipeline) -> Shown:
    said = label(pipeline.status, warned=pipeline.warned)
    group = "success-with-warnings" if said == "passed with warnings" else pipeline.status
    return {
        "icon": f"status_{pipeline.status}",
        "text": said.capitalize(),
        "label": said,
        "group": group,
        "tooltip": said,
        "has_details": True,
        "details_path": pipeline.path,
    }


def _artifacts(job: Job) -> list[Shown]:
    files = [("archive", "zip", job.archive), ("trace", "raw", job.trace if job.finished_at else None)]
    return [
        {"file_type": kind, "size": path.stat().st_size, "filename": path.name, "file_format": form}
        for kind, form, path in files
        if path and path.exists()
    ]
