"""Every environment variable, once: its name, its type, its default."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.config_file import Conversation, RepoConfig, ServiceConfig, read_config

T = TypeVar("T")


class ConfigurationError(Exception):
    """Variables that cannot be used, a sentence each; values are never shown."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@unique
class Runtime(StrEnum):
    """Where we run: only a plain process has a disk that stays."""

    PROCESS = "process"
    VERCEL = "vercel"
    LAMBDA = "lambda"


@dataclass(frozen=True)
class Repo:
    """One repository of the allow-list."""

    alias: str
    path: str  # owner/name
    host: str = "gitee"


@dataclass(frozen=True)
class Settings:
    """The whole configuration; secrets stay out of its repr."""

    app_secrets: tuple[str, ...] = field(repr=False)
    outgoing_tokens: tuple[str, ...] = field(repr=False)
    robot_code: str
    conversations: tuple[str, ...]
    group_secret: str = field(repr=False)
    webhook_hosts: tuple[str, ...]
    gitee_url: str
    gitee_tokens: tuple[str, ...] = field(repr=False)
    gitee_users: Mapping[str, str]
    hold_labels: tuple[str, ...]
    repos: tuple[Repo, ...]
    default_repo: Repo | None
    jenkins_url: str
    jenkins_user: str
    jenkins_tokens: tuple[str, ...] = field(repr=False)
    services: tuple[str, ...]
    test_job: str
    build_job: str
    deploy_job: str
    pr_job: str
    environments: tuple[str, ...]
    protected: tuple[str, ...]
    admins: tuple[str, ...]
    maintainers: tuple[str, ...]
    developers: tuple[str, ...]
    database_url: str = field(repr=False)
    temporary_state: bool
    cron_secrets: tuple[str, ...] = field(repr=False)
    language: str
    timezone: ZoneInfo
    log_level: str
    answer_first: bool
    runtime: Runtime
    repo_configs: Mapping[str, RepoConfig]
    service_configs: Mapping[str, ServiceConfig]
    conversation_configs: Mapping[str, Conversation]

    @property
    def chat_configured(self) -> bool:
        return bool(self.app_secrets or self.outgoing_tokens)


class _Reader:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.env.get(name, "").strip() or default

    def listed(self, name: str, default: str = "") -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())

    def pairs(self, name: str) -> dict[str, str]:
        found = {}
        for part in self.listed(name):
            key, equals, value = (piece.strip() for piece in part.partition("="))
            if not (key and equals and value):
                self.problems.append(f"{name}: write each entry as name=value, separated by commas")
                return {}
            found[key] = value
        return found

    def url(self, name: str, default: str = "") -> str:
        value = self.text(name, default)
        try:
            good = not value or (
                urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).hostname)
            )
        except ValueError:
            good = False
        if not good:
            self.problems.append(f"{name}: must be an address that begins with https://")
        return value.rstrip("/")

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value.lower() not in {one.lower() for one in allowed}:
            self.problems.append(f"{name}: must be one of {', '.join(allowed)}")
            return default
        return next(one for one in allowed if one.lower() == value.lower())

    def made(self, name: str, make: Callable[[str], T], default: str, why: str) -> T:
        try:
            return make(self.text(name, default))
        except (ValueError, KeyError, OSError):
            self.problems.append(f"{name}: {why}")
            return make(default)


def load(env: Mapping[str, str]) -> Settings:
    """Read the settings; raises ConfigurationError with every problem at once."""
    read = _Reader(env)
    runtime = _runtime(env)
    repos = _repos(read)
    files = read_config(read.text("SAMPAN_CONFIG"), read.problems)
    settings = Settings(
        app_secrets=read.listed("DINGTALK_APP_SECRET"),
        outgoing_tokens=read.listed("DINGTALK_OUTGOING_TOKEN"),
        robot_code=read.text("DINGTALK_ROBOT_CODE"),
        conversations=read.listed("DINGTALK_CONVERSATIONS"),
        group_secret=next(iter(read.listed("DINGTALK_GROUP_SECRET")), ""),
        webhook_hosts=read.listed("DINGTALK_WEBHOOK_HOSTS", "oapi.dingtalk.com,api.dingtalk.com"),
        gitee_url=read.url("GITEE_URL", "https://gitee.com/api/v5"),
        gitee_tokens=read.listed("GITEE_TOKEN"),
        gitee_users=read.pairs("GITEE_USERS"),
        hold_labels=read.listed("HOLD_LABELS", "hold,do-not-merge"),
        repos=repos,
        default_repo=_default_repo(read, repos),
        jenkins_url=read.url("JENKINS_URL"),
        jenkins_user=read.text("JENKINS_USER"),
        jenkins_tokens=read.listed("JENKINS_TOKEN"),
        services=read.listed("SERVICES"),
        test_job=_job(read, "JENKINS_TEST_JOB", "{service}-test", "service"),
        build_job=_job(read, "JENKINS_BUILD_JOB", "{service}-build", "service"),
        deploy_job=_job(read, "JENKINS_DEPLOY_JOB", "{service}-deploy", "service"),
        pr_job=_job(read, "JENKINS_PR_JOB", "", "repo"),
        environments=read.listed("ENVIRONMENTS"),
        protected=read.listed("PROTECTED_ENVIRONMENTS"),
        admins=read.listed("ADMINS"),
        maintainers=read.listed("MAINTAINERS"),
        developers=read.listed("DEVELOPERS"),
        database_url=_database_url(read, runtime),
        temporary_state=runtime is not Runtime.PROCESS and not read.text("DATABASE_URL"),
        cron_secrets=read.listed("CRON_SECRET"),
        language=_language(read),
        timezone=read.made(
            "TIMEZONE", ZoneInfo, "Asia/Shanghai", "must be an IANA name such as Asia/Shanghai"
        ),
        log_level=read.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        answer_first=read.choice("ANSWER_FIRST", _answer_first(runtime), ("yes", "no")) == "yes",
        runtime=runtime,
        repo_configs=files.repos,
        service_configs=files.services,
        conversation_configs=files.conversations,
    )
    _check_together(settings, read.problems)
    if read.problems:
        raise ConfigurationError(read.problems)
    return settings


def _runtime(env: Mapping[str, str]) -> Runtime:
    if env.get("AWS_LAMBDA_FUNCTION_NAME"):
        return Runtime.LAMBDA
    return Runtime.VERCEL if env.get("VERCEL") else Runtime.PROCESS


def _answer_first(runtime: Runtime) -> str:
    # Lambda freezes whatever is left to do after the answer.
    return "no" if runtime is Runtime.LAMBDA else "yes"


def _repos(read: _Reader) -> tuple[Repo, ...]:
    repos = []
    for alias, target in read.pairs("REPOS").items():
        host, colon, path = target.partition(":")
        host, path = (host, path) if colon else ("gitee", target)
        if path.count("/") != 1 or not all(_safe(part) for part in path.split("/")):
            read.problems.append(f"REPOS: {alias} must be alias=owner/name")
        elif host != "gitee":
            read.problems.append(f"REPOS: {alias} names a host that is not supported yet; gitee: is")
        else:
            repos.append(Repo(alias, path, host))
    return tuple(repos)


def _safe(part: str) -> bool:
    return bool(part) and part not in (".", "..") and all(ch.isalnum() or ch in "._-" for ch in part)


def _language(read: _Reader) -> str:
    """The first language we speak; desktops set the same variable for GNU gettext, as in en_US:en."""
    wanted = [part.strip().lower()[:2] for part in read.text("LANGUAGE", "zh").split(":")]
    found = next((language for language in wanted if language in ("zh", "en")), None)
    if found is None:
        read.problems.append("LANGUAGE: must be one of zh, en")
    return found or "zh"


def _default_repo(read: _Reader, repos: tuple[Repo, ...]) -> Repo | None:
    wanted = read.text("DEFAULT_REPO")
    if not wanted:
        return repos[0] if len(repos) == 1 else None
    found = next((repo for repo in repos if wanted in (repo.alias, repo.path)), None)
    if found is None:
        read.problems.append("DEFAULT_REPO: must be one of REPOS")
    return found


def _job(read: _Reader, name: str, default: str, placeholder: str) -> str:
    pattern = read.text(name, default)
    if pattern and not _good_job(pattern, placeholder):
        read.problems.append(f"{name}: must be a job name in which only {{{placeholder}}} is filled in")
        return default
    return pattern


def _good_job(pattern: str, placeholder: str) -> bool:
    try:
        name = pattern.format(**{placeholder: "x"})
    except (KeyError, IndexError, ValueError, AttributeError):
        return False
    return all(part.strip() and part not in (".", "..") for part in name.split("/"))


def _database_url(read: _Reader, runtime: Runtime) -> str:
    temporary = "sqlite:////tmp/sampan.db"
    url = read.text("DATABASE_URL", "sqlite:///sampan.db" if runtime is Runtime.PROCESS else temporary)
    if not url.startswith("sqlite:///"):
        read.problems.append("DATABASE_URL: must begin with sqlite:/// (PostgreSQL is not supported yet)")
    return url


def _check_together(settings: Settings, problems: list[str]) -> None:
    """What no variable can be wrong about alone."""
    if settings.app_secrets and settings.outgoing_tokens:
        problems.append("DINGTALK_APP_SECRET, DINGTALK_OUTGOING_TOKEN: set exactly one of the two")
    if set(settings.protected) - set(settings.environments):
        problems.append("PROTECTED_ENVIRONMENTS: each must be one of ENVIRONMENTS")
    aliases = {repo.alias for repo in settings.repos}
    _check_names("repos", settings.repo_configs, aliases, problems)
    _check_names("services", settings.service_configs, set(settings.services), problems)
    jobs = [(one.pr_job, "repo") for one in settings.repo_configs.values()]
    for own in settings.service_configs.values():
        jobs += [(job, "service") for job in (own.test_job, own.build_job, own.deploy_job)]
    if not all(_good_job(job, placeholder) for job, placeholder in jobs if job):
        problems.append("SAMPAN_CONFIG: a job's name has an empty part, a dot for a part, or an unknown {}")
    for one in settings.conversation_configs.values():
        if one.default_repo and one.default_repo not in aliases:
            problems.append("SAMPAN_CONFIG: a conversation's default_repo must be an alias of REPOS")
        if set(one.environments or ()) - set(settings.environments):
            problems.append("SAMPAN_CONFIG: a conversation's environments must be among ENVIRONMENTS")


def _check_names(table: str, given: Mapping[str, Any], known: set[str], problems: list[str]) -> None:
    problems.extend(
        f"SAMPAN_CONFIG: [{table}.{name}] is not in {table.upper()}" for name in given if name not in known
    )
