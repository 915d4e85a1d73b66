"""Where outside systems are put in: made once, and named when they are missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.language import speaking
from bot.reply import UserError
from bot.settings import load
from bot.wiring import Wired
from tests.bot.asking import NOW, TEAM, texts

GITEE = {"GITEE_TOKEN": "t"}
TRELLO = {"TRELLO_KEY": "k", "TRELLO_TOKEN": "t", "TRELLO_TODO_LIST": "5abbe4b7"}
JENKINS = {"JENKINS_URL": "http://127.0.0.1:1", "JENKINS_USER": "u", "JENKINS_TOKEN": "t"}


def wired(**env: str) -> Wired:
    return Wired(load({**TEAM, **env}), clock=lambda: NOW)


def test_gitee_is_missing() -> None:
    sampan = wired()
    for language, told in (
        ("en", "Gitee is not configured: set GITEE_TOKEN."),
        ("zh", "尚未配置 Gitee：请设置 GITEE_TOKEN。"),
    ):
        with speaking(language), pytest.raises(UserError) as refusal:
            sampan.code_host(sampan.settings.repos[0])
        assert texts(refusal.value) == [told]


@pytest.mark.parametrize(
    "missing", ["JENKINS_URL", "JENKINS_USER", "JENKINS_TOKEN", "JENKINS_URL, JENKINS_TOKEN"]
)
def test_jenkins_is_missing(missing: str) -> None:
    sampan = wired(**{name: value for name, value in JENKINS.items() if name not in missing})
    for language, told in (
        ("en", f"Jenkins is not configured: set {missing}."),
        ("zh", f"尚未配置 Jenkins：请设置 {missing}。"),
    ):
        with speaking(language), pytest.raises(UserError) as refusal:
            sampan.jenkins()
        assert texts(refusal.value) == [told]


def test_each_system_is_made_once() -> None:
    sampan = wired(**GITEE, **JENKINS)
    web, api = sampan.settings.repos
    assert sampan.code_host(web) is sampan.code_host(api)
    assert sampan.jenkins() is sampan.jenkins()


def test_without_a_tracker_there_are_no_cards() -> None:
    for env in ({}, TRELLO, {**TRELLO, "TRACKER": "none"}):
        sampan = wired(**env)
        assert (sampan.tracker(), sampan.done_list()) == (None, None)


def test_the_cards_live_on_trello() -> None:
    sampan = wired(**TRELLO, TRACKER="trello")
    assert sampan.tracker() is sampan.tracker() is not None
    assert sampan.done_list() is None
    sampan = wired(**TRELLO, TRACKER="trello", TRELLO_DONE_LIST="5abbe4b8")
    assert sampan.done_list() is sampan.tracker() is not None


def test_the_cards_are_issues_on_gitee() -> None:
    sampan = wired(**GITEE, TRACKER="gitee", TRACKER_REPO="api", TRELLO_DONE_LIST="5abbe4b8")
    assert sampan.tracker() is sampan.tracker() is not None
    assert sampan.done_list() is None


def test_the_history_of_jobs_is_the_build_servers() -> None:
    sampan = wired(**JENKINS)
    assert sampan.job_history() is sampan.jenkins()
    with speaking("en"), pytest.raises(UserError) as refusal:
        wired().job_history()
    assert texts(refusal.value)[0].startswith("Jenkins is not configured: ")


def test_now_is_the_clocks() -> None:
    assert wired().now().isoformat() == "2023-11-14T22:13:20+00:00"


# What only builds, hooks, the clock or an operator need: whoever answers a message does not pay for it.
LATER = {
    *("bot.doctor", "bot.following", "bot.pull_news", "bot.recovery", "bot.tick", "bot.turns", "mangum"),
    *("bot.alert_news", "bot.build_news", "bot.incidents", "bot.store.chores", "bot.store.incidents"),
    *("integrations.alertmanager", "integrations.gitee", "integrations.grafana", "integrations.jenkins"),
    *("integrations.model.alerts", "integrations.model.cards", "integrations.model.runs"),
    *("integrations.trello", "psycopg", "yoyo"),
    *("bot.pipeline_news", "bot.store.versions", "bot.versions"),
    *("integrations.gitlab", "integrations.model.pipelines"),
}


def test_a_cold_start_imports_what_a_message_needs(tmp_path: Path) -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); import api.index; print(*sys.modules)"
    command = [sys.executable, "-c", program, str(Path(__file__).parents[2])]
    out = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    imported = set(out.stdout.split())
    assert "bot.dispatch" in imported and not imported & LATER
