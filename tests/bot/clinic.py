"""An installation to be diagnosed: what it is asked, and what of it is shown."""

import time
from dataclasses import replace

from bot.doctor import Finding, Level, examine
from bot.doctor.table import as_json, table
from bot.reply import plain
from integrations.transport import witnessing
from sandbox.jenkins.jobs import Parameter
from tests.support.town import Place

SECRETS = {
    "JENKINS_HOOK_TOKEN": "canary-jenkins-hook-token",
    "GITEE_HOOK_TOKEN": "canary-gitee-hook-token",
    "GITLAB_HOOK_TOKEN": "canary-gitlab-hook-token",
    "ALERT_HOOK_TOKEN": "canary-alert-hook-token",
    "GRAFANA_HOOK_SECRET": "canary-grafana-hook-secret",
}
MARKED = (Parameter("SAMPAN_ID"),)


class Clinic:
    """An installation in which everything is as it should be, until a test damages it."""

    def __init__(self, here: Place) -> None:
        self.here, town = here, here.town
        here.store.check()  # makes the file
        self.jobs = town.jenkins.jobs
        for name in ("hello-test", "hello-build", "shop-test", "shop-build"):
            self.jobs[name].parameters = MARKED
        self.jobs["api-pr"] = replace(self.jobs["web-pr"], full_name="api-pr")
        self.env = {
            **town.environment,
            **SECRETS,
            "DINGTALK_APP_KEY": town.room.app_key,
            "DINGTALK_API_URL": town.room.url,
            "DINGTALK_CONVERSATIONS": town.room.conversation_id,
            "JENKINS_PR_JOB": "{repo}-pr",
            "PUBLIC_URL": town.room.bot_url,
        }

    def findings(self, *, ahead: float = 0.0, within: float = 20.0, **env: str) -> list[Finding]:
        """A diagnosis that asked for nothing but to read, and shows no secret."""
        town, full = self.here.town, {**self.env, **env}
        with witnessing() as seen:
            found = examine(full, clock=lambda: time.time() + ahead, within=within)
        writes = {one for one in seen if one.split()[1] not in ("GET", "HEAD")}
        assert {one.split(" ", 1)[1].rpartition(" ")[0] for one in writes} <= {
            "POST /v1.0/oauth2/accessToken"
        }
        assert {
            one.method for one in (*town.gitee.requests, *town.gitlab.requests, *town.jenkins.requests)
        } <= {"GET", "HEAD"}
        shown = table(found) + as_json(found)
        secret = ("SECRET", "TOKEN", "TRELLO_KEY")
        hidden = [value for name, value in full.items() if name.endswith(secret)]
        assert [one for one in (*hidden, "canary") if one and one in shown] == []
        return found

    def trouble(self, **changes: object) -> list[tuple[str, str, str, str]]:
        """What is not as it should be."""
        found = self.findings(**changes)  # type: ignore[arg-type]
        return [
            (one.level, one.what, plain(one.told), one.fix) for one in found if one.level is not Level.WORKS
        ]
