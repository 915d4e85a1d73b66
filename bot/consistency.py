"""Whether variables that are each in order go together."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.variables import good_job

if TYPE_CHECKING:
    from bot.settings import Settings


def check_together(settings: "Settings", problems: list[str]) -> None:
    """Collect what no variable can be wrong about alone."""
    if settings.app_secrets and settings.outgoing_tokens:
        problems.append("DINGTALK_APP_SECRET, DINGTALK_OUTGOING_TOKEN: set exactly one of the two")
    unknown = set(settings.protected) - set(settings.environments)
    if unknown & set(settings.second_person):
        problems.append("SECOND_PERSON_ENVIRONMENTS: each must be one of ENVIRONMENTS")
    if unknown - set(settings.second_person):
        problems.append("PROTECTED_ENVIRONMENTS: each must be one of ENVIRONMENTS")
    _check_tracker(settings, problems)
    aliases = {repo.alias for repo in settings.repos}
    _check_names("repos", settings.repo_configs, aliases, problems)
    _check_names("services", settings.service_configs, set(settings.services), problems)
    _check_file(settings, aliases, problems)


def _check_tracker(settings: "Settings", problems: list[str]) -> None:
    trello: Mapping[str, object] = {
        "TRELLO_KEY": settings.trello_key,
        "TRELLO_TOKEN": settings.trello_tokens,
        "TRELLO_TODO_LIST": settings.trello_todo_list,
    }
    gitee: Mapping[str, object] = {
        "GITEE_TOKEN": settings.gitee_tokens,
        "TRACKER_REPO": settings.tracker_repo,
    }
    needed = {"trello": trello, "gitee": gitee}.get(settings.tracker, {})
    missing = [name for name, value in needed.items() if not value]
    if missing:
        problems.append(f"TRACKER: {settings.tracker} needs {', '.join(missing)}")


def _check_file(settings: "Settings", aliases: set[str], problems: list[str]) -> None:
    services, rooms = settings.service_configs.values(), settings.conversation_configs.values()
    jobs = [(one.pr_job, "repo") for one in settings.repo_configs.values()]
    jobs += [(job, "service") for one in services for job in (one.test_job, one.build_job, one.deploy_job)]
    if not all(good_job(job, placeholder) for job, placeholder in jobs if job):
        problems.append("SAMPAN_CONFIG: a job's name has an empty part, a dot for a part, or an unknown {}")
    _check_artifacts([one.artifact for one in services if one.artifact], problems)
    if any(set(one.environments or ()) - set(settings.environments) for one in services):
        problems.append("SAMPAN_CONFIG: a service's environments must be among ENVIRONMENTS")
    if any(set(one.environments or ()) - set(settings.environments) for one in rooms):
        problems.append("SAMPAN_CONFIG: a conversation's environments must be among ENVIRONMENTS")
    if any(one.default_repo and one.default_repo not in aliases for one in rooms):
        problems.append("SAMPAN_CONFIG: a conversation's default_repo must be an alias of REPOS")


def _check_artifacts(templates: Sequence[str], problems: list[str]) -> None:
    if not templates:
        return
    from bot.versions.states import is_template  # a cold start without any does not pay for it

    if not all(map(is_template, templates)):
        problems.append(
            "SAMPAN_CONFIG: an artifact is a path below another, of {service}, {number}, {ref} and {sha}"
        )


def _check_names(table: str, given: Mapping[str, Any], known: set[str], problems: list[str]) -> None:
    problems.extend(
        f"SAMPAN_CONFIG: [{table}.{name}] is not in {table.upper()}" for name in given if name not in known
    )
