"""A service that GitLab builds and Jenkins deploys: what its team does, and what is known of it then."""

from collections.abc import Mapping
from typing import Any

import requests

from bot.versions import catalog
from sandbox.gitlab.pipelines import Pipeline
from sandbox.gitlab.seed import PROJECT
from sandbox.gitlab.sender import Delivery
from sandbox.jenkins.builds import Build as Run
from sandbox.jenkins.seed import RELEASE
from sandbox.town import GITLAB_HOOK_TOKEN, JENKINS_HOOK_TOKEN
from tests.bot.clockwork import Watch
from tests.support.hooks import count
from tests.support.town import wait_until

MINUTE = 61.0
DEPLOY = "mall-deploy"


class Scene:
    """A bot, the project of `mall`, whose jobs wait for a test, and a deploy job that takes no time."""

    def __init__(self, bot: Watch) -> None:
        self.bot, self.town, self.store = bot, bot.town, bot.store
        self.gitlab = bot.town.gitlab
        self.project = self.gitlab.projects[PROJECT]
        self._before, self._definition = len(bot.town.room.replies), self.project.definition
        self._deploys = 0
        bot.job(DEPLOY, parameters=RELEASE)

    def listen(self, **signed: str) -> None:
        """Have GitLab tell the bot what happens from now on."""
        url = f"{self.town.room.bot_url}/hooks/gitlab"
        self.gitlab.add_hook(self.project, url, **(signed or {"token": GITLAB_HOOK_TOKEN}))

    def listen_to_jenkins(self) -> None:
        """Have Jenkins tell the bot what happens from now on."""
        self.town.jenkins.notify = (f"{self.town.room.bot_url}/hooks/jenkins/{JENKINS_HOOK_TOKEN}",)

    def ask(self, text: str, *, as_: str = "lin") -> str:
        return self.bot.ask(text, as_=as_)

    def tick(self, *, after: float = 3.0) -> list[str]:
        """Let time pass, do what is due; what the room hears."""
        return self.bot.tick(after=after)

    def heard(self, number: int = 0) -> list[str]:
        """Everything that the room has heard, or the ends of builds once there are so many."""
        if number:
            wait_until(lambda: len(ends(self.heard())) >= number)
            wait_until(lambda: count(self.bot, "outbox WHERE due_at IS NOT NULL") == 0)
        return [one.text for one in self.town.room.replies[self._before :]]

    def built(self, *lines: str) -> None:
        """Have versions built here whose pipelines end so, one after the other; nobody is told."""
        for status in lines or ("success",):
            self.ask("/build mall")
            self.turn(status)
            self.tick()

    def deployed(self, *words: str) -> str:
        """Deploy to the end; the answer."""
        answer = self.ask(" ".join(("/deploy mall", *words)))
        self.deploy_ends()
        return answer

    def deploy_runs(self) -> Run:
        """Wait until one more deploy has begun, and give it."""
        self._deploys += 1
        wait_until(lambda: len(self.runs) == self._deploys)
        return self.runs[-1]

    def deploy_ends(self) -> list[str]:
        """Wait until one more deploy is over; what the room hears of it."""
        run = self.deploy_runs()
        wait_until(lambda: not run.building)
        return self.tick()

    @property
    def runs(self) -> list[Run]:
        """The deploys that Jenkins was asked for, oldest first."""
        return self.bot.runs(DEPLOY)

    @property
    def pipelines(self) -> list[Pipeline]:
        """The pipelines that there are, oldest first."""
        return list(self.project.pipelines.values())

    def pending(self, number: int = -1) -> Pipeline:
        """A pipeline, once GitLab has taken it in and told so."""
        pipeline = self.pipelines[number]
        if pipeline.status == "created":
            self.gitlab.wait_for(pipeline, "pending")
        self.gitlab.hooks.settle()
        return pipeline

    def turn(self, *statuses: str, number: int = -1) -> Pipeline:
        """Have a pipeline go through these; whoever is to be told has been."""
        pipeline = self.pending(number)
        for status in statuses:
            self.gitlab.turn(pipeline, status)
            self.gitlab.hooks.settle()
        return pipeline

    def elsewhere(self, *statuses: str, **more: Any) -> Pipeline:
        """Have somebody start a pipeline on GitLab itself."""
        self.gitlab.run(self.project, **{"by": "wu", **more})
        return self.turn(*statuses)

    def delete(self) -> None:
        """Delete every pipeline, of which GitLab tells nobody."""
        with self.gitlab.hooks.held() as held:
            for pipeline in self.pipelines:
                self.gitlab.cancel(pipeline)
            held.clear()
        self.project.pipelines.clear()

    def version(self, label: str = "v1") -> dict[str, Any]:
        """What a program is told of a version."""
        return catalog.version(self.store, label)

    def states(self, service: str = "mall") -> dict[str, str]:
        """How far the versions of a service are, oldest first."""
        return {one["id"]: one["state"] for one in catalog.versions(self.store, service)[::-1]}

    def where(self, service: str = "mall") -> dict[str, str]:
        """What runs in each environment."""
        return {one["environment"]: one["version"] for one in catalog.where(self.store, service)}

    def fault(self, **fault: Any) -> None:
        """Make GitLab misbehave."""
        requests.put(f"{self.town.gitlab_url}/_fault", json=fault, timeout=5).raise_for_status()

    def mend(self) -> None:
        """GitLab behaves again."""
        requests.delete(f"{self.town.gitlab_url}/_fault", timeout=5).raise_for_status()
        self.gitlab.limit = None

    def leave(self) -> None:
        """Leave nothing for the next test."""
        self.mend()
        self.bot.mend()
        self.project.hooks.clear()
        self.project.definition = self._definition
        self.gitlab.hooks.repeat, self.gitlab.coordinator.runners = 1, 0
        self.delete()
        self.gitlab.hooks.settle()  # what is on its way must not reach the next bot
        self.gitlab.requests.clear()
        self.bot.triggers()
        self.town.jenkins.notify = ()
        self.town.jenkins.restart()  # ends what still runs
        self.store.close()

    def calls(self) -> list[str]:
        """What GitLab was asked since the last time somebody looked, from the project's address on."""
        start = f"/api/v4/projects/{PROJECT.replace('/', '%2F')}"
        asked = [f"{one.method} {one.path.removeprefix(start)}" for one in self.gitlab.requests]
        self.gitlab.requests.clear()
        return asked

    def triggers(self) -> int:
        """How many pipelines GitLab was asked for since the last time somebody looked."""
        return self.calls().count("POST /pipeline")

    def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """Send the bot a webhook, by default with the right token; the status of its answer."""
        sent = {"X-Gitlab-Event": "Pipeline Hook", "X-Gitlab-Token": GITLAB_HOOK_TOKEN, **(headers or {})}
        url = f"{self.town.room.bot_url}/hooks/gitlab"
        return requests.post(url, data=body, headers=sent, timeout=30).status_code


def variables(pipeline: Pipeline) -> dict[str, str]:
    """What a pipeline was started with."""
    return {one.key: one.value for one in pipeline.variables}


def about(held: list[Delivery], *statuses: str) -> list[Delivery]:
    """Of webhooks that are held back those with these statuses, in this order."""
    return [one for status in statuses for one in held if one.about.endswith(f" {status}")]


def ends(said: list[str]) -> list[str]:
    """The ends of builds among what was said, without who and where."""
    lines = "\n".join(said).splitlines()
    return [text for text in lines if text.startswith(("✅", "❌", "⏹", "❓"))]
