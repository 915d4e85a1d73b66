"""The whole sandbox in one process: a chat, a code host, a build server and a board, each on its own port."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from sandbox.alerts.app import create_app as create_alerts
from sandbox.alerts.monitor import Monitor
from sandbox.alerts.rules import Sender
from sandbox.dingtalk.app import create_app as create_chat
from sandbox.dingtalk.room import GROUP_SECRET, Room
from sandbox.gitee.app import create_app as create_gitee
from sandbox.gitee.seed import seed as seed_gitee
from sandbox.gitee.webhooks import Hook
from sandbox.gitee.world import World
from sandbox.gitlab.app import create_app as create_gitlab
from sandbox.gitlab.seed import PROJECT as GITLAB_PROJECT
from sandbox.gitlab.seed import TOKEN as GITLAB_TOKEN
from sandbox.gitlab.seed import seed as seed_gitlab
from sandbox.gitlab.world import World as GitLab
from sandbox.jenkins.app import create_app as create_jenkins
from sandbox.jenkins.seed import seed as seed_jenkins
from sandbox.jenkins.server import Server as Jenkins
from sandbox.serving import serving
from sandbox.trello import seed as trello_seed
from sandbox.trello.app import create_app as create_trello
from sandbox.trello.world import World as Trello

APP_SECRET = "sandbox-app-secret"
GITEE_HOOK_TOKEN, JENKINS_HOOK_TOKEN = "sandbox-gitee-hook", "sandbox-jenkins-hook"
GITLAB_HOOK_TOKEN = "sandbox-gitlab-hook"
ALERT_HOOK_TOKEN, GRAFANA_HOOK_SECRET = "sandbox-alert-hook-token", "sandbox-grafana-secret"


class Town:
    """A running sandbox; `environment` is what a bot needs to work in it."""

    def __init__(self, *, port: int = 0) -> None:
        self._port = port
        self._stack = ExitStack()

    def __enter__(self) -> "Town":
        stack = self._stack
        self.root = Path(tempfile.mkdtemp(prefix="sampan-sandbox-"))
        stack.callback(shutil.rmtree, self.root, ignore_errors=True)
        self.gitee = World(self.root / "gitee")
        stack.callback(self.gitee.close)
        seed_gitee(self.gitee)
        self.jenkins = Jenkins(self.root / "jenkins")
        stack.callback(self.jenkins.close)
        seed_jenkins(self.jenkins)
        self.alerts = Monitor(secret=GRAFANA_HOOK_SECRET)
        stack.callback(self.alerts.close)
        self.gitlab = GitLab(self.root / "gitlab")
        stack.callback(self.gitlab.close)
        seed_gitlab(self.gitlab)
        self.gitlab_url = stack.enter_context(serving(create_gitlab(self.gitlab)))
        self.gitlab.hooks.site = self.gitlab_url
        self.room = Room("http://127.0.0.1:0", app_secret=APP_SECRET)
        self.gitee_url = stack.enter_context(serving(create_gitee(self.gitee)))
        self.gitee.hooks.site = self.gitee_url
        self.jenkins_url = stack.enter_context(serving(create_jenkins(self.jenkins)))
        self.jenkins.url = self.jenkins_url
        self.alerts_url = stack.enter_context(serving(create_alerts(self.alerts)))
        self.alerts.url = self.alerts_url
        self.trello = Trello()
        self._board = trello_seed.seed(self.trello)
        self.trello_url = stack.enter_context(serving(create_trello(self.trello)))
        self.room.url = stack.enter_context(serving(create_chat(self.room), port=self._port))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def connect(self, bot_url: str) -> None:
        """Have everybody tell the bot at this address what happens: people, the code host, the builds."""
        self.room.bot_url = bot_url
        self.gitee.hooks.append(Hook(f"{bot_url}/hooks/gitee", GITEE_HOOK_TOKEN, signed=True))
        for project in self.gitlab.projects.values():
            self.gitlab.add_hook(project, f"{bot_url}/hooks/gitlab", token=GITLAB_HOOK_TOKEN)
        self.jenkins.notify = (f"{bot_url}/hooks/jenkins/{JENKINS_HOOK_TOKEN}",)
        self.alerts.hooks = {
            Sender.ALERTMANAGER: f"{bot_url}/hooks/alertmanager/{ALERT_HOOK_TOKEN}",
            Sender.GRAFANA: f"{bot_url}/hooks/grafana/{ALERT_HOOK_TOKEN}",
        }

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a bot that lives here: three people, two repos, two services."""
        return {
            "DINGTALK_APP_SECRET": APP_SECRET,
            "DINGTALK_APP_KEY": self.room.app_key,
            "DINGTALK_ROBOT_CODE": self.room.robot_code,
            "DINGTALK_API_URL": self.room.url,
            "DINGTALK_GROUP_WEBHOOK": self.room.group_webhook,
            "DINGTALK_GROUP_SECRET": GROUP_SECRET,
            "DINGTALK_WEBHOOK_HOSTS": self.room.url.removeprefix("http://"),
            "GITEE_URL": f"{self.gitee_url}/api/v5",
            "GITEE_TOKEN": "sandbox-gitee-token",
            "GITEE_HOOK_TOKEN": GITEE_HOOK_TOKEN,
            "GITEE_USERS": "lin=lin,chen=chen,wu=wu",
            "GITLAB_URL": self.gitlab_url,
            "GITLAB_TOKEN": GITLAB_TOKEN,
            "GITLAB_HOOK_TOKEN": GITLAB_HOOK_TOKEN,
            "GITLAB_PROJECTS": f"mall={GITLAB_PROJECT}@main",
            "REPOS": "web=acme/web,api=acme/api",
            "DEFAULT_REPO": "web",
            "JENKINS_URL": self.jenkins_url,
            "JENKINS_USER": "sampan",
            "JENKINS_TOKEN": "sandbox-jenkins-token",
            "JENKINS_HOOK_TOKEN": JENKINS_HOOK_TOKEN,
            "ALERT_HOOK_TOKEN": ALERT_HOOK_TOKEN,
            "GRAFANA_HOOK_SECRET": GRAFANA_HOOK_SECRET,
            "TRACKER": "trello",
            "TRELLO_URL": f"{self.trello_url}/1",
            "TRELLO_KEY": trello_seed.KEY,
            "TRELLO_TOKEN": trello_seed.TOKEN,
            "TRELLO_TODO_LIST": self._board.list_named(trello_seed.TODO).id,
            "TRELLO_DONE_LIST": self._board.list_named(trello_seed.DONE).id,
            "SERVICES": "hello,shop,mall",
            "ENVIRONMENTS": "staging,production",
            "PROTECTED_ENVIRONMENTS": "production",
            "ADMINS": "lin",
            "MAINTAINERS": "chen",
            "DEVELOPERS": "wu",
            "CRON_SECRET": "sandbox-cron-secret",
            "DATABASE_URL": f"sqlite:///{self.root / 'sampan.db'}",
        }
