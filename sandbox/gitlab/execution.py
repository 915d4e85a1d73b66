"""Run one job: its shell commands, with the pipeline's variables around them."""

import os
import re
import zipfile
from pathlib import Path

from sandbox.gitlab import trace
from sandbox.gitlab.pipelines import Job, Kind, Pipeline


def execute(job: Job) -> int:
    """Run a job's commands to their end, write its trace, and give the exit code."""
    workspace = job.pipeline.project.folder / "builds" / str(job.pipeline.id)
    workspace.mkdir(parents=True, exist_ok=True)
    job.trace.parent.mkdir(parents=True, exist_ok=True)
    say(job, trace.opening(job.pipeline.commit.sha, job.pipeline.ref))
    code = job.shell.run(
        trace.script(job.definition.script),
        folder=workspace,
        log=job.trace,
        environment=_environment(job, workspace),
    )
    if not code:
        job.archive = _archived(job, workspace)
    uploaded = f"{job.archive.name}: ok" if job.archive else ""
    say(job, trace.CANCELED if job.shell.stopped else trace.closing(code, archive=uploaded))
    return code


def say(job: Job, text: str) -> None:
    """Add to a job's trace."""
    job.trace.parent.mkdir(parents=True, exist_ok=True)
    with job.trace.open("a", encoding="utf-8", newline="") as log:
        log.write(text)


def _environment(job: Job, workspace: Path) -> dict[str, str]:
    given = {
        one.key: str(_file(job, one.key, one.value)) if one.kind is Kind.FILE else one.value
        for one in job.pipeline.variables
    }
    machine = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": str(workspace)}
    return machine | _predefined(job) | {"CI_PROJECT_DIR": str(workspace)} | given


def _predefined(job: Job) -> dict[str, str]:
    """The variables of docs.gitlab.com/ci/variables/predefined_variables that scripts use most."""
    pipeline: Pipeline = job.pipeline
    project, commit = pipeline.project, pipeline.commit
    return {
        "CI": "true",
        "GITLAB_CI": "true",
        "GITLAB_USER_LOGIN": job.user.username,
        "CI_COMMIT_SHA": commit.sha,
        "CI_COMMIT_SHORT_SHA": commit.short,
        "CI_COMMIT_REF_NAME": pipeline.ref,
        "CI_COMMIT_TAG" if pipeline.tag else "CI_COMMIT_BRANCH": pipeline.ref,
        "CI_JOB_ID": str(job.id),
        "CI_JOB_NAME": job.name,
        "CI_JOB_STAGE": job.definition.stage,
        "CI_PIPELINE_ID": str(pipeline.id),
        "CI_PIPELINE_IID": str(pipeline.iid),
        "CI_PIPELINE_SOURCE": pipeline.source,
        "CI_PROJECT_ID": str(project.id),
        "CI_PROJECT_NAME": project.name,
        "CI_PROJECT_PATH": project.path,
    }


def _file(job: Job, key: str, value: str) -> Path:
    """Where the value of a variable of the kind `file` is put."""
    path = job.trace.parent / re.sub(r"\W", "_", key)
    path.write_text(value, encoding="utf-8")
    return path


def _archived(job: Job, workspace: Path) -> Path | None:
    """What the job leaves, as one zip."""
    patterns = job.definition.artifacts
    found = sorted({path for pattern in patterns for path in workspace.glob(pattern) if path.is_file()})
    if not found:
        return None
    archive = job.trace.with_name("artifacts.zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in found:
            zipped.write(path, path.relative_to(workspace))
    return archive
