"""Where the outside systems are put in: one line each, and each imported when it is first needed."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.builds import GITLAB
from bot.comments import Comments
from bot.reply import Code, UserError, line
from bot.settings import Repo, Settings
from bot.store import Store
from bot.switchboard import Switchboard
from integrations.dingtalk.client import DingTalk
from integrations.model import NoteHint, Notification, Post, PullHint

if TYPE_CHECKING:
    from bot.dispatch import Chat
    from bot.incidents.jobs import JobHistory
    from bot.incidents.tracker import DoneList, Tracker
    from bot.jobs import BuildServer
    from bot.versions.server import Pipelines
    from integrations.gitee.client import Gitee
    from integrations.gitee.issues import GiteeIssues
    from integrations.gitlab.client import GitLab
    from integrations.jenkins.client import Jenkins
    from integrations.model.alerts import Delivery
    from integrations.model.pipelines import Pipeline
    from integrations.trello.client import Trello


class CodeHosts:
    """The hosts of repos, each made when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._lock = settings, threading.Lock()
        self._gitee: Gitee | None = None

    def of(self, repo: Repo) -> "Gitee":
        """The host of a repo; refuses, naming the variable, when it is not configured."""
        del repo  # every repo is on Gitee so far
        if not self._settings.gitee_tokens:
            raise UserError(line("Gitee is not configured: set {variable}.", variable=Code("GITEE_TOKEN")))
        with self._lock:
            if self._gitee is None:
                from integrations.gitee.client import Gitee

                self._gitee = Gitee(self._settings.gitee_url, self._settings.gitee_tokens)
            return self._gitee


class Trackers:
    """Where the cards live, made when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._lock = settings, threading.Lock()
        self._trello: Trello | None = None
        self._issues: GiteeIssues | None = None

    def of_cards(self) -> "Tracker | None":
        settings = self._settings
        if settings.tracker == "trello":
            return self.trello()
        if settings.tracker == "gitee" and settings.tracker_repo:
            return self._of_gitee(settings.tracker_repo)
        return None

    def with_done_list(self) -> "DoneList | None":
        settings = self._settings
        return self.trello() if settings.tracker == "trello" and settings.trello_done_list else None

    def trello(self) -> "Trello":
        settings = self._settings
        with self._lock:
            if self._trello is None:
                from integrations.trello.client import Trello

                self._trello = Trello(
                    settings.trello_url,
                    settings.trello_key,
                    settings.trello_tokens,
                    todo=settings.trello_todo_list,
                    done=settings.trello_done_list,
                )
            return self._trello

    def _of_gitee(self, repo: Repo) -> "GiteeIssues":
        with self._lock:
            if self._issues is None:
                from integrations.gitee.issues import GiteeIssues

                settings = self._settings
                self._issues = GiteeIssues(settings.gitee_url, settings.gitee_tokens, repo=repo.path)
            return self._issues


class Wired:
    """The configured systems, made once a process and shared by its threads."""

    def __init__(
        self, settings: Settings, *, chat: "Chat | None" = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._lock = threading.RLock()
        self._code_hosts = CodeHosts(settings)
        self._trackers = Trackers(settings)
        self._jenkins: Jenkins | None = None
        self._gitlab: GitLab | None = None
        self.store = Store(settings.database_url, clock=clock)
        self.dingtalk = DingTalk(
            app_secrets=settings.app_secrets,
            outgoing_tokens=settings.outgoing_tokens,
            group_secrets=settings.group_secrets,
            hosts=settings.webhook_hosts,
            app_key=settings.app_key,
            robot_code=settings.robot_code,
            group_webhook=settings.group_webhook,
            conversations=settings.conversations,
            api_url=settings.dingtalk_api_url,
            clock=clock,
        )
        self.comments = Comments(settings, self._code_hosts.of, markdown=_comment_text)
        self.chat: Chat = chat or Switchboard(self.dingtalk, self.comments)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def code_host(self, repo: Repo) -> "Gitee":
        """The host of a repo; refuses, naming the variable, when it is not configured."""
        return self._code_hosts.of(repo)

    def build_server(self, job: str) -> "BuildServer":
        """The build server of a job; refuses, naming the variables, when it is not configured."""
        return self.gitlab() if job.startswith(GITLAB) else self.jenkins()

    def gitlab(self) -> "GitLab":
        """GitLab; refuses, naming the variables, when it is not configured."""
        settings = self.settings
        if not settings.gitlab_tokens:
            raise UserError(line("GitLab is not configured: set {variable}.", variable=Code("GITLAB_TOKEN")))
        with self._lock:
            if self._gitlab is None:
                from integrations.gitlab.client import GitLab

                self._gitlab = GitLab(settings.gitlab_url, settings.gitlab_tokens)
            return self._gitlab

    def jenkins(self) -> "Jenkins":
        """Jenkins; refuses, naming the variables, when it is not configured."""
        settings = self.settings
        missing = [
            name
            for name, value in (
                ("JENKINS_URL", settings.jenkins_url),
                ("JENKINS_USER", settings.jenkins_user),
                ("JENKINS_TOKEN", settings.jenkins_tokens),
            )
            if not value
        ]
        if missing:
            raise UserError(
                line("Jenkins is not configured: set {variable}.", variable=Code(", ".join(missing)))
            )
        with self._lock:
            if self._jenkins is None:
                from integrations.jenkins.client import Jenkins

                self._jenkins = Jenkins(settings.jenkins_url, settings.jenkins_user, settings.jenkins_tokens)
            return self._jenkins

    def pipelines(self) -> "Pipelines":
        """The pipelines that make versions; refuses, naming the variable, when it is not configured."""
        return self.gitlab()

    def job_history(self) -> "JobHistory":
        """What became of the jobs' builds; refuses, naming the variables, when it is not configured."""
        return self.jenkins()

    def tracker(self) -> "Tracker | None":
        """Where the cards of incidents live, if anywhere."""
        return self._trackers.of_cards()

    def trello(self) -> "Trello":
        """The board as a diagnosis sees it, its lists and whose token it is."""
        return self._trackers.trello()

    def done_list(self) -> "DoneList | None":
        """The list whose old cards are archived, if there is one."""
        return self._trackers.with_done_list()

    def read_build_hook(self, body: bytes) -> Notification:
        """What the build server tells by itself; raises Malformed."""
        from integrations.jenkins.notification import read_notification

        return read_notification(body, root=self.settings.jenkins_url)

    def authenticate_pull_hook(self, headers: Mapping[str, str]) -> None:
        """Raise Unauthenticated unless the headers are the code host's."""
        from integrations.gitee.hooks import authenticate

        authenticate(headers, self.settings.gitee_hook_tokens, now=self._clock())

    def read_pull_hook(self, body: bytes) -> PullHint | NoteHint | None:
        """What the code host tells by itself, None for what we do not follow; raises Malformed."""
        from integrations.gitee.hooks import read_hook

        return read_hook(body)

    def authenticate_pipeline_hook(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Unauthenticated unless GitLab sent this."""
        from integrations.gitlab.hooks import authenticate

        authenticate(headers, body, self.settings.gitlab_hook_tokens, now=self._clock())

    def read_pipeline_hook(self, headers: Mapping[str, str], body: bytes) -> "Pipeline | None":
        """The pipeline that GitLab tells of, None for any other news; raises Malformed."""
        from integrations.gitlab.hooks import read_hook

        return read_hook(headers, body)

    def pipeline_delivery(self, headers: Mapping[str, str], pipeline: "Pipeline") -> str:
        """What is the same for every delivery of the same news of a pipeline."""
        from integrations.gitlab.hooks import delivery_id

        return delivery_id(headers, pipeline)

    def authenticate_grafana(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Unauthenticated unless Grafana signed this, where it is configured to sign."""
        from integrations.grafana.protocol import authenticate

        if secrets := self.settings.grafana_hook_secrets:
            authenticate(headers, body, secrets, now=self._clock())

    def read_grafana(self, body: bytes) -> "Delivery":
        """The alerts that Grafana tells of; raises Malformed."""
        from integrations.grafana.protocol import read_alerts

        return read_alerts(body)

    def read_alertmanager(self, body: bytes) -> "Delivery":
        """The alerts that Alertmanager tells of; raises Malformed."""
        from integrations.alertmanager.protocol import read_alerts

        return read_alerts(body)


def _comment_text(post: Post, *, cut: str) -> str:
    from integrations.gitee.markdown import markdown

    return markdown(post, cut=cut)
