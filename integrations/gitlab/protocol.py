"""GitLab's API v4 without any I/O: names, refusals, times, and pipelines. docs.gitlab.com/api/pipelines/"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from integrations.jenkins.protocol import Unreadable, address, listing, mapping, number, words
from integrations.model.account import Access, Account
from integrations.model.builds import Job
from integrations.model.pipelines import Pipeline, PipelineStatus
from integrations.model.runs import Change, Story

VENDOR = "GitLab"
MESSAGE_LENGTH = 200
MOST_VARIABLES = 200
LONGEST_VALUE = 300  # characters of a variable's value
LONGEST_REF, LONGEST_NAME, LONGEST_TITLE, LONGEST_WORD = 255, 80, 200, 40
MOST_CHANGES = 10
SINCE, UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

# The list grew twice already; what is in neither it nor ours is OTHER, and no mistake.
STATUSES = {
    "created": PipelineStatus.PENDING,
    "waiting_for_resource": PipelineStatus.PENDING,
    "preparing": PipelineStatus.PENDING,
    "waiting_for_callback": PipelineStatus.PENDING,
    "pending": PipelineStatus.PENDING,
    "running": PipelineStatus.RUNNING,
    "canceling": PipelineStatus.RUNNING,
    "success": PipelineStatus.SUCCESS,
    "failed": PipelineStatus.FAILED,
    "canceled": PipelineStatus.CANCELED,
    "skipped": PipelineStatus.SKIPPED,
    "manual": PipelineStatus.BLOCKED,
    "scheduled": PipelineStatus.BLOCKED,
}

# From which level on: docs.gitlab.com/api/access_requests/#valid-access-levels
ACCESS = ((40, Access.MANAGE), (30, Access.BUILD), (1, Access.READ))

# Gitlab::PathRegex in gitlab-org/gitlab; a group is in no more than twenty others.
_PROJECT = re.compile(
    r"(?!\.{1,2}(?:/|$))[\w.][\w.-]{0,254}(?:/(?!\.{1,2}(?:/|$))[\w.][\w.-]{0,254}){1,21}", re.A
)
_KEY = re.compile(r"\w{1,255}", re.A)
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ZONE = re.compile(r" (?:UTC|(?=[+-]\d\d:?\d\d))")


def is_project(path: object) -> bool:
    """Whether this is the path of a project: group/sub/project, with no part that climbs out."""
    return isinstance(path, str) and _PROJECT.fullmatch(path) is not None


def project_path(path: str) -> str:
    """The address of a project below the API; raises ValueError for what can be no project."""
    if not is_project(path):
        raise ValueError("project")
    return f"/projects/{quote(path, safe='')}"


def split(name: str) -> tuple[str, str]:
    """The project and the ref of a job's name, [gitlab:]group/project@ref; raises ValueError."""
    project, _, ref = name.removeprefix("gitlab:").partition("@")
    if not is_project(project) or not ref or len(ref) > LONGEST_REF or not ref.isprintable() or " " in ref:
        raise ValueError("job name")
    return project, ref


def read_job(data: object, *, name: str) -> Job:
    """A project as something to start pipelines of; what these take is said nowhere, so it is open."""
    project, (_, ref) = mapping(data), split(name)
    if number(project.get("id")) is None:
        raise Unreadable("project")
    url = address(project.get("web_url"))
    return Job(
        name,
        f"{url}/-/pipelines?ref={quote(ref, safe='')}" if url else "",
        project.get("archived") is not True and project.get("builds_access_level") != "disabled",
        (),
        open=True,
    )


def read_pipeline(data: object, *, project: str, variables: Mapping[str, str] | None = None) -> Pipeline:
    """Decode a pipeline; one of a list tells neither who started it nor when it ended."""
    found = mapping(data)
    id, word = number(found.get("id")), words(found.get("status"), most=LONGEST_WORD)
    if id is None or not word:
        raise Unreadable("pipeline")
    sha, user = found.get("sha"), mapping(found.get("user"))
    return Pipeline(
        project=project,
        id=id,
        ref=exactly(found.get("ref"), most=LONGEST_REF),
        sha=sha if isinstance(sha, str) and _SHA.fullmatch(sha) else "",
        status=STATUSES.get(word, PipelineStatus.OTHER),
        word=word,
        url=address(found.get("web_url")),
        source=words(found.get("source"), most=LONGEST_WORD),
        who=words(user.get("username"), most=LONGEST_NAME) or words(user.get("name"), most=LONGEST_NAME),
        created_at=instant(found.get("created_at")),
        updated_at=instant(found.get("updated_at")),
        finished_at=instant(found.get("finished_at")),
        variables=variables or {},
    )


def read_variables(data: object) -> dict[str, str]:
    """The variables a pipeline was started with: somebody's input, as many and as long as we keep them."""
    pairs = ((one.get("key"), one.get("value")) for one in map(mapping, listing(data)[:MOST_VARIABLES]))
    return {
        key: exactly(value, most=LONGEST_VALUE)
        for key, value in pairs
        if isinstance(key, str) and _KEY.fullmatch(key) and isinstance(value, str)
    }


def read_changes(data: object) -> Story:
    """What a comparison brought, the newest first; GitLab has the oldest first."""
    commits = mapping(data).get("commits")
    if not isinstance(commits, list):
        raise Unreadable("comparison")
    shown = [_change(mapping(one)) for one in commits[: -MOST_CHANGES - 1 : -1]]
    return Story((), tuple(shown), more=len(commits) - len(shown))


def read_account(user: object, version: object, headers: Mapping[str, str]) -> Account:
    """Whose token it is; the time is that of the answer's head."""
    name = words(mapping(user).get("username"))
    if not name:
        raise Unreadable("account")
    try:
        time = parsedate_to_datetime(headers["Date"]).replace(tzinfo=UTC)  # it is always GMT
    except (KeyError, ValueError):
        time = None
    return Account(name, words(mapping(version).get("version"), most=LONGEST_WORD), time)


def read_access(project: object) -> Access:
    """What the token's account may do in a project, as a member or by a group that it lies in."""
    members = mapping(mapping(project).get("permissions"))
    levels = [number(mapping(one).get("access_level")) or 0 for one in members.values()]
    # A group that was invited shows up nowhere: gitlab.com/gitlab-org/gitlab-foss/-/issues/39154
    highest = max(levels, default=0)
    return next((access for least, access in ACCESS if highest >= least), Access.UNKNOWN)


def message_of(data: object) -> str:
    """What a refusal says, short and on one line: {"message": {"base": ["Reference not found"]}}."""
    answer = mapping(data)
    told = answer.get("message") or answer.get("error_description") or answer.get("error")
    if isinstance(told, Mapping):
        told = "; ".join(_complaint(str(key), one) for key, one in told.items())
    return words(told, most=MESSAGE_LENGTH)


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds that a 429 asks us to wait. docs.gitlab.com/administration/settings/user_and_ip_rate_limits/"""
    value = headers.get("Retry-After", "")
    return int(value) if re.fullmatch(r"[0-9]{1,6}", value) else None


def instant(value: object) -> datetime | None:
    """A time in UTC: ISO 8601 in the API, 2016-08-12 15:23:28 UTC in a hook."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(_ZONE.sub("", value))
        time = read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time if SINCE <= time < UNTIL else None


def exactly(value: object, *, most: int) -> str:
    """Somebody's input, to be compared: what cannot be kept or shown is marked, as without it the input
    would pass for another."""
    if not isinstance(value, str):
        return ""
    text = value if len(value) <= most else value[: most - 1] + "…"
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _change(commit: Mapping[str, object]) -> Change:
    sha = commit.get("id")
    return Change(
        sha[:7] if isinstance(sha, str) and _SHA.fullmatch(sha) else "",
        words(commit.get("title"), most=LONGEST_TITLE),
        words(commit.get("author_name"), most=LONGEST_NAME),
    )


def _complaint(field: str, told: object) -> str:
    text = ", ".join(str(one) for one in told) if isinstance(told, list) else str(told)
    return text if field == "base" else f"{field}: {text}"
