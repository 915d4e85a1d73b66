"""Every environment variable, once: its name, its type, its default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum, unique

from bot import entries
from bot.config_file import Conversation, RepoConfig, ServiceConfig, read_config
from bot.consistency import check_together
from bot.entries import Project, Repo
from bot.variables import ConfigurationError, Reader

__all__ = ["ConfigurationError", "Project", "Repo", "Runtime", "Settings", "load"]


@unique
class Runtime(StrEnum):
    """Where we run: only a plain process has a disk that stays."""

    PROCESS = "process"
    VERCEL = "vercel"
    LAMBDA = "lambda"


@dataclass(frozen=True)
class Settings:
    """The whole configuration; secrets stay out of its repr."""

    app_secrets: tuple[str, ...] = field(repr=False)
    outgoing_tokens: tuple[str, ...] = field(repr=False)
    app_key: str
    robot_code: str
    conversations: tuple[str, ...]
    group_webhook: str = field(repr=False)  # holds an access token
    group_secrets: tuple[str, ...] = field(repr=False)
    webhook_hosts: tuple[str, ...]
    dingtalk_api_url: str
    gitee_url: str
    gitee_tokens: tuple[str, ...] = field(repr=False)
    gitee_hook_tokens: tuple[str, ...] = field(repr=False)
    gitee_users: Mapping[str, str]
    hold_labels: tuple[str, ...]
    repos: tuple[Repo, ...]
    default_repo: Repo | None
    jenkins_url: str
    jenkins_user: str
    jenkins_tokens: tuple[str, ...] = field(repr=False)
    jenkins_hook_tokens: tuple[str, ...] = field(repr=False)
    gitlab_url: str
    gitlab_tokens: tuple[str, ...] = field(repr=False)
    gitlab_hook_tokens: tuple[str, ...] = field(repr=False)
    gitlab_projects: Mapping[str, Project]  # by service
    keep_versions: int  # of each service
    services: tuple[str, ...]
    test_job: str
    build_job: str
    deploy_job: str
    pr_job: str
    environments: tuple[str, ...]
    protected: tuple[str, ...]
    second_person: tuple[str, ...]  # each is protected too
    admins: tuple[str, ...]
    maintainers: tuple[str, ...]
    developers: tuple[str, ...]
    database_url: str = field(repr=False)
    temporary_state: bool
    cron_secrets: tuple[str, ...] = field(repr=False)
    alert_hook_tokens: tuple[str, ...] = field(repr=False)
    grafana_hook_secrets: tuple[str, ...] = field(repr=False)
    watch_jobs: tuple[str, ...]  # patterns; one that begins with ! leaves out
    tracker: str  # trello, gitee, or none
    tracker_repo: Repo | None
    trello_url: str
    trello_key: str = field(repr=False)
    trello_tokens: tuple[str, ...] = field(repr=False)
    trello_todo_list: str
    trello_done_list: str
    archive_after_days: int
    public_url: str
    language: str
    timezone: tzinfo
    log_level: str
    cooldown: int
    messages_a_minute: int
    answer_first: bool
    runtime: Runtime
    repo_configs: Mapping[str, RepoConfig]
    service_configs: Mapping[str, ServiceConfig]
    conversation_configs: Mapping[str, Conversation]

    @property
    def chat_configured(self) -> bool:
        return bool(self.app_secrets or self.outgoing_tokens)

    @property
    def jenkins_configured(self) -> bool:
        return bool(self.jenkins_url and self.jenkins_user and self.jenkins_tokens)

    def build_job_of(self, service: str) -> str:
        """The Jenkins job that builds a service; empty when its versions are made on GitLab."""
        own = self.service_configs.get(service)
        pattern = (own.build_job if own else "") or self.build_job
        return "" if service in self.gitlab_projects else pattern.format(service=service)

    def pr_job_of(self, repo: Repo) -> str:
        """The job that tests a repo's pull requests; empty when none is configured."""
        own = self.repo_configs.get(repo.alias)
        pattern = (own.pr_job if own else "") or self.pr_job
        return pattern.format(repo=repo.alias)


def load(env: Mapping[str, str]) -> Settings:
    """Read the settings; raises ConfigurationError with every problem at once."""
    read = Reader(env)
    runtime = _runtime(env)
    repos = entries.repos(read)
    services = entries.services(read)
    files = read_config(read.text("SAMPAN_CONFIG"), read.problems)
    webhook_hosts = read.hosts("DINGTALK_WEBHOOK_HOSTS", "oapi.dingtalk.com,api.dingtalk.com")
    second_person = read.listed("SECOND_PERSON_ENVIRONMENTS")
    settings = Settings(
        app_secrets=read.secrets("DINGTALK_APP_SECRET"),
        outgoing_tokens=read.secrets("DINGTALK_OUTGOING_TOKEN"),
        app_key=read.text("DINGTALK_APP_KEY"),
        robot_code=read.text("DINGTALK_ROBOT_CODE"),
        conversations=read.listed("DINGTALK_CONVERSATIONS"),
        group_webhook=entries.group_webhook(read, webhook_hosts),
        group_secrets=read.secrets("DINGTALK_GROUP_SECRET"),
        webhook_hosts=webhook_hosts,
        dingtalk_api_url=read.url("DINGTALK_API_URL", "https://api.dingtalk.com"),
        gitee_url=read.url("GITEE_URL", "https://gitee.com/api/v5"),
        gitee_tokens=read.tokens("GITEE_TOKEN"),
        gitee_hook_tokens=read.secrets("GITEE_HOOK_TOKEN"),
        gitee_users=read.pairs("GITEE_USERS"),
        hold_labels=read.listed("HOLD_LABELS", "hold,do-not-merge"),
        repos=repos,
        default_repo=entries.named_repo(read, "DEFAULT_REPO", repos),
        jenkins_url=read.url("JENKINS_URL"),
        jenkins_user=read.text("JENKINS_USER"),
        jenkins_tokens=read.tokens("JENKINS_TOKEN"),
        jenkins_hook_tokens=entries.address_tokens(read, "JENKINS_HOOK_TOKEN"),
        gitlab_url=read.url("GITLAB_URL", "https://gitlab.com"),
        gitlab_tokens=read.tokens("GITLAB_TOKEN"),
        gitlab_hook_tokens=read.secrets("GITLAB_HOOK_TOKEN"),
        gitlab_projects=entries.projects(read, services),
        keep_versions=read.count("KEEP_VERSIONS", 50),
        services=services,
        test_job=read.job("JENKINS_TEST_JOB", "{service}-test", "service"),
        build_job=read.job("JENKINS_BUILD_JOB", "{service}-build", "service"),
        deploy_job=read.job("JENKINS_DEPLOY_JOB", "{service}-deploy", "service"),
        pr_job=read.job("JENKINS_PR_JOB", "", "repo"),
        environments=read.listed("ENVIRONMENTS"),
        protected=tuple(dict.fromkeys([*read.listed("PROTECTED_ENVIRONMENTS"), *second_person])),
        second_person=second_person,
        admins=read.listed("ADMINS"),
        maintainers=read.listed("MAINTAINERS"),
        developers=read.listed("DEVELOPERS"),
        database_url=entries.database_url(read, lasts=runtime is Runtime.PROCESS),
        temporary_state=runtime is not Runtime.PROCESS and not read.text("DATABASE_URL"),
        cron_secrets=read.secrets("CRON_SECRET"),
        alert_hook_tokens=entries.address_tokens(read, "ALERT_HOOK_TOKEN"),
        grafana_hook_secrets=read.secrets("GRAFANA_HOOK_SECRET"),
        watch_jobs=read.listed("WATCH_JOBS", "*,!*/PR-*"),
        tracker=read.choice("TRACKER", "none", ("trello", "gitee", "none")),
        tracker_repo=entries.named_repo(read, "TRACKER_REPO", repos),
        trello_url=read.url("TRELLO_URL", "https://api.trello.com/1"),
        trello_key=entries.word(read, "TRELLO_KEY"),
        trello_tokens=read.tokens("TRELLO_TOKEN"),
        trello_todo_list=entries.word(read, "TRELLO_TODO_LIST"),
        trello_done_list=entries.word(read, "TRELLO_DONE_LIST"),
        archive_after_days=read.count("ARCHIVE_AFTER_DAYS", 14),
        public_url=read.url("PUBLIC_URL"),
        language=entries.language(read),
        timezone=read.zone("TIMEZONE", "Asia/Shanghai"),
        cooldown=read.count("COOLDOWN", 15),
        messages_a_minute=read.count("MESSAGES_A_MINUTE", 20, or_none=True),
        log_level=read.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        answer_first=read.choice("ANSWER_FIRST", _answer_first(runtime), ("yes", "no")) == "yes",
        runtime=runtime,
        repo_configs=files.repos,
        service_configs=files.services,
        conversation_configs=files.conversations,
    )
    check_together(settings, read.problems)
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
