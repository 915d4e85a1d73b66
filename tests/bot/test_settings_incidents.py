"""The variables of incidents: where alerts come from, which jobs are watched, where the cards live."""

from typing import Any

import pytest

from bot.incidents.jobs import is_watched
from bot.settings import ConfigurationError, Repo, load

HOOK = "0123456789abcdef"
TRELLO = {"TRACKER": "trello", "TRELLO_KEY": "k", "TRELLO_TOKEN": "t", "TRELLO_TODO_LIST": "5abbe4b7"}
ONE_REPO = {"REPOS": "web=acme/web"}
TWO_REPOS = {"REPOS": "web=acme/web,ops=acme/ops"}
GITEE = {"TRACKER": "gitee", "GITEE_TOKEN": "t"}


@pytest.mark.parametrize(
    ("env", "attribute", "value"),
    [
        ({}, "alert_hook_tokens", ()),
        ({"ALERT_HOOK_TOKEN": f"{HOOK}, {HOOK[::-1]}"}, "alert_hook_tokens", (HOOK, HOOK[::-1])),
        ({}, "grafana_hook_secrets", ()),
        ({"GRAFANA_HOOK_SECRET": "any text, 密"}, "grafana_hook_secrets", ("any text", "密")),
        ({}, "watch_jobs", ("*", "!*/PR-*")),
        ({"WATCH_JOBS": "team/*, !team/try-*"}, "watch_jobs", ("team/*", "!team/try-*")),
        ({}, "tracker", "none"),
        (TRELLO, "tracker", "trello"),
        ({**TRELLO, "TRACKER": "Trello"}, "tracker", "trello"),
        ({}, "tracker_repo", None),
        (ONE_REPO, "tracker_repo", Repo("web", "acme/web")),
        (TWO_REPOS, "tracker_repo", None),
        ({**TWO_REPOS, "TRACKER_REPO": "ops"}, "tracker_repo", Repo("ops", "acme/ops")),
        ({**TWO_REPOS, **GITEE, "TRACKER_REPO": "acme/ops"}, "tracker_repo", Repo("ops", "acme/ops")),
        ({**ONE_REPO, **GITEE}, "tracker", "gitee"),
        ({}, "trello_url", "https://api.trello.com/1"),
        ({"TRELLO_URL": "http://127.0.0.1:9/1/"}, "trello_url", "http://127.0.0.1:9/1"),
        ({}, "trello_key", ""),
        ({"TRELLO_KEY": " a1B2 "}, "trello_key", "a1B2"),
        ({"TRELLO_TOKEN": "new, old"}, "trello_tokens", ("new", "old")),
        (TRELLO, "trello_todo_list", "5abbe4b7"),
        (TRELLO, "trello_done_list", ""),
        ({"TRELLO_DONE_LIST": "5abbe4b8"}, "trello_done_list", "5abbe4b8"),
        ({}, "archive_after_days", 14),
        ({"ARCHIVE_AFTER_DAYS": "30"}, "archive_after_days", 30),
    ],
)
def test_good(env: dict[str, str], attribute: str, value: Any) -> None:
    assert getattr(load(env), attribute) == value


IN_AN_ADDRESS = "stands in an address, so 16 or more letters, digits, - and _ alone"
NO_ID = "has a character that no such id has"


@pytest.mark.parametrize(
    ("env", "problem"),
    [
        *(
            ({"ALERT_HOOK_TOKEN": token}, f"ALERT_HOOK_TOKEN: {IN_AN_ADDRESS}")
            for token in (HOOK[1:], f"{HOOK}/x", f"{HOOK} x", f"{HOOK}密", f"{HOOK},short")
        ),
        ({"TRACKER": "jira"}, "TRACKER: must be one of trello, gitee, none"),
        ({**TWO_REPOS, "TRACKER_REPO": "x"}, "TRACKER_REPO: must be one of REPOS"),
        ({"TRELLO_URL": "api.trello.com"}, "TRELLO_URL: must be an address that begins with https://"),
        *(
            ({name: value}, f"{name}: {NO_ID}")
            for name in ("TRELLO_KEY", "TRELLO_TODO_LIST", "TRELLO_DONE_LIST")
            for value in ("a b", "a/b", "a?b", 'a"b', "看板", "x" * 65)
        ),
        *(
            ({"ARCHIVE_AFTER_DAYS": value}, "ARCHIVE_AFTER_DAYS: must be a whole number such as 14")
            for value in ("0", "-1", "two", "1.5")
        ),
    ],
)
def test_bad(env: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(env)
    assert caught.value.problems == [problem]


@pytest.mark.parametrize(
    ("env", "job", "watched"),
    [
        ({}, "nightly", True),
        ({}, "team/web/main", True),
        ({}, "team/web/PR-12", False),
        ({"WATCH_JOBS": "nightly"}, "nightly", True),
        ({"WATCH_JOBS": "nightly"}, "Nightly", False),
        ({"WATCH_JOBS": "nightly"}, "team/nightly", False),
        ({"WATCH_JOBS": "team/*, nightly"}, "team/web/main", True),
        ({"WATCH_JOBS": "team/*, !team/try-*"}, "team/try-1", False),
        ({"WATCH_JOBS": "!team/try-*, team/*"}, "team/try-1", False),  # in whichever order
        ({"WATCH_JOBS": "!*"}, "nightly", False),
        # The job that tests pull requests: a failure is its author's affair.
        ({**TWO_REPOS, "JENKINS_PR_JOB": "{repo}-pr"}, "web-pr", False),
        ({**TWO_REPOS, "JENKINS_PR_JOB": "{repo}-pr"}, "api-pr", True),
        ({**TWO_REPOS, "JENKINS_PR_JOB": "{repo}-pr", "WATCH_JOBS": "web-pr"}, "web-pr", False),
    ],
)
def test_which_jobs_are_watched(env: dict[str, str], job: str, watched: bool) -> None:
    assert is_watched(load(env), job) is watched
