"""Where the outside systems are put in: one line each, and each imported when it is first needed."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.comments import Comments
from bot.reply import Code, UserError, line
from bot.settings import Repo, Settings
from bot.store import Store
from bot.switchboard import Switchboard
from integrations.dingtalk.client import DingTalk
from integrations.model import NoteHint, Notification, Post, PullHint

if TYPE_CHECKING:
    from bot.dispatch import Chat
    from integrations.gitee.client import Gitee
    from integrations.jenkins.client import Jenkins


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


class Wired:
    """The configured systems, made once a process and shared by its threads."""

    def __init__(
        self, settings: Settings, *, chat: "Chat | None" = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._lock = threading.RLock()
        self._code_hosts = CodeHosts(settings)
        self._build_server: Jenkins | None = None
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

    def build_server(self) -> "Jenkins":
        """The build server; refuses, naming the variables, when it is not configured."""
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
            if self._build_server is None:
                from integrations.jenkins.client import Jenkins

                self._build_server = Jenkins(
                    settings.jenkins_url, settings.jenkins_user, settings.jenkins_tokens
                )
            return self._build_server

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


def _comment_text(post: Post, *, cut: str) -> str:
    from integrations.gitee.markdown import markdown

    return markdown(post, cut=cut)
