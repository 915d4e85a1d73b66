"""Variables that are each in order, and do not go together."""

from pathlib import Path

import pytest

from bot.settings import ConfigurationError, load

REPO = {"REPOS": "web=acme/web"}
TWO_REPOS = {"REPOS": "web=acme/web,ops=acme/ops"}
STAGING = {"ENVIRONMENTS": "staging"}
TRELLO = {"TRELLO_KEY": "k", "TRELLO_TOKEN": "t", "TRELLO_TODO_LIST": "5abbe4b7"}


def problems(env: dict[str, str]) -> list[str]:
    try:
        load(env)
    except ConfigurationError as refusal:
        return refusal.problems
    return []


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (
            {"DINGTALK_APP_SECRET": "s", "DINGTALK_OUTGOING_TOKEN": "t"},
            ["DINGTALK_APP_SECRET, DINGTALK_OUTGOING_TOKEN: set exactly one of the two"],
        ),
        (
            {**STAGING, "PROTECTED_ENVIRONMENTS": "x"},
            ["PROTECTED_ENVIRONMENTS: each must be one of ENVIRONMENTS"],
        ),
        (
            {**STAGING, "SECOND_PERSON_ENVIRONMENTS": "x"},
            ["SECOND_PERSON_ENVIRONMENTS: each must be one of ENVIRONMENTS"],
        ),
        ({**STAGING, "PROTECTED_ENVIRONMENTS": "staging"}, []),
        # Where the cards live.
        ({"TRACKER": "none"}, []),
        ({"TRACKER": "trello"}, ["TRACKER: trello needs TRELLO_KEY, TRELLO_TOKEN, TRELLO_TODO_LIST"]),
        ({"TRACKER": "trello", **TRELLO}, []),
        *(
            ({"TRACKER": "trello", **TRELLO, name: ""}, [f"TRACKER: trello needs {name}"])
            for name in ("TRELLO_KEY", "TRELLO_TOKEN", "TRELLO_TODO_LIST")
        ),
        (TRELLO, []),  # not used yet
        ({"TRACKER": "gitee"}, ["TRACKER: gitee needs GITEE_TOKEN, TRACKER_REPO"]),
        ({"TRACKER": "gitee", **REPO}, ["TRACKER: gitee needs GITEE_TOKEN"]),
        ({"TRACKER": "gitee", "GITEE_TOKEN": "t", **REPO}, []),  # the only one there is
        ({"TRACKER": "gitee", "GITEE_TOKEN": "t", **TWO_REPOS}, ["TRACKER: gitee needs TRACKER_REPO"]),
        ({"TRACKER": "gitee", "GITEE_TOKEN": "t", **TWO_REPOS, "TRACKER_REPO": "ops"}, []),
        ({"TRACKER": "gitee", "GITEE_TOKEN": "t", **TRELLO, **REPO}, []),
    ],
)
def test_what_goes_together(env: dict[str, str], expected: list[str]) -> None:
    assert problems(env) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("[repos.web]\npr_job = 'web-pr'", []),
        ("[repos.api]\npr_job = 'api-pr'", ["[repos.api] is not in REPOS"]),
        ("[services.pay]\nbuild_job = 'pay'", ["[services.pay] is not in SERVICES"]),
        (
            "[services.hello]\nbuild_job = '{repo}'",
            ["a job's name has an empty part, a dot for a part, or an unknown {}"],
        ),
        (
            "[services.hello]\nenvironments = ['moon']",
            ["a service's environments must be among ENVIRONMENTS"],
        ),
    ],
)
def test_the_file_goes_with_the_variables(file: str, expected: list[str], tmp_path: Path) -> None:
    config = tmp_path / "sampan.toml"
    config.write_text(file, "utf-8")
    env = {**REPO, **STAGING, "SERVICES": "hello", "SAMPAN_CONFIG": str(config)}
    assert problems(env) == [f"SAMPAN_CONFIG: {problem}" for problem in expected]
