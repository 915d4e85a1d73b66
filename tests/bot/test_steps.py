"""The steps of a command line: what becomes of it, and what the audit keeps."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ask import Ask
from bot.language import speaking
from bot.reply import Reply
from bot.steps import Turn, through
from bot.store.audit import Outcome
from bot.wiring import Wired
from tests.bot.asking import NOW, asked, texts

Asked = Callable[..., Ask]

# A port on which nothing listens.
NOWHERE = {"GITEE_URL": "http://127.0.0.1:1", "GITEE_TOKEN": "t", "DEFAULT_REPO": "web"}


@pytest.fixture
def here(tmp_path: Path) -> Asked:
    """Questions whose records are kept in this test's folder."""
    return lambda text, **changes: asked(
        text, **{"DATABASE_URL": f"sqlite:///{tmp_path}/sampan.db", **changes}
    )


def taken(ask: Ask) -> tuple[Outcome, Reply, list[tuple[str, ...]]]:
    outcome, reply = through(Turn(ask, ask.command.line))
    kept = [
        (one.staff_id, one.typed, one.command, one.outcome, one.detail)
        for one in ask.store.audit.of_delivery("d1")
    ]
    return outcome, reply, kept


def test_a_reading_command_leaves_no_start(here: Asked) -> None:
    outcome, reply, audit = taken(here("/ping"))
    assert (outcome, audit) == (Outcome.DONE, [])
    assert reply.title.startswith("pong")


STARTED = ("lead", "/merge 1", "merge", "started", "")


@pytest.mark.parametrize(
    ("text", "changes", "outcome", "told", "audit"),
    [
        ("/mrege 1", {}, Outcome.REFUSED, "There is no command /mrege.", []),
        ("/merge x", {}, Outcome.REFUSED, "x is not a pull request number.", []),
        (
            "/merge x",
            {"by": "dev"},
            Outcome.REFUSED,
            "This needs the role maintainer, which you do not have.",
            [],
        ),
        (
            "/merge 1",
            {**NOWHERE, "by": "dev"},
            Outcome.REFUSED,
            "This needs the role maintainer, which you do not have.",
            [],
        ),
        (
            "/merge 1",
            {**NOWHERE, "DINGTALK_CONVERSATIONS": "x"},
            Outcome.REFUSED,
            "This group can only read.",
            [],
        ),
        (
            "/merge 1",
            {"DEFAULT_REPO": "web"},
            Outcome.REFUSED,
            "Gitee is not configured: set GITEE_TOKEN.",
            [STARTED],
        ),
        ("/merge 1", NOWHERE, Outcome.FAILED, "Gitee cannot be reached. Nothing was done.", [STARTED]),
        ("/pr", NOWHERE, Outcome.FAILED, "Gitee cannot be reached. Nothing was done.", []),
    ],
)
def test_outcomes(
    here: Asked, text: str, changes: dict[str, str], outcome: Outcome, told: str, audit: list[tuple[str, ...]]
) -> None:
    became, reply, kept = taken(here(text, **changes))
    assert (became, reply.title, kept) == (outcome, told, audit)


@pytest.mark.parametrize(
    ("text", "by", "told"),
    [
        ("/test 1 web", "web-dev", "Gitee is not configured: set GITEE_TOKEN."),
        ("/test 1 api", "web-dev", "This needs the role developer, which you do not have."),
        (
            "/build hello",
            "hello-dev",
            "Jenkins is not configured: set JENKINS_URL, JENKINS_USER, JENKINS_TOKEN.",
        ),
        ("/build billing", "hello-dev", "This needs the role developer, which you do not have."),
        ("/deploy", "hello-dev", "This needs the role maintainer, which you do not have."),
    ],
)
def test_a_repo_and_a_service_have_their_own_people(
    here: Asked, tmp_path: Path, text: str, by: str, told: str
) -> None:
    file = tmp_path / "sampan.toml"
    file.write_text("[repos.web]\ndevelopers = ['web-dev']\n[services.hello]\ndevelopers = ['hello-dev']")
    _, reply = through(Turn(here(text, by=by, SAMPAN_CONFIG=str(file)), text))
    assert reply.title == told


@pytest.mark.parametrize(("text", "says_so"), [("/deploy", True), ("/help", False)])
def test_a_writing_command_says_that_records_are_temporary(here: Asked, text: str, says_so: bool) -> None:
    ask = here(text)
    function = Wired(replace(ask.settings, temporary_state=True), clock=lambda: NOW)
    _, reply = through(Turn(replace(ask, tools=function), text))
    note = "Sampan's records here are temporary: set DATABASE_URL."
    assert (texts(reply)[-1] == note) is says_so


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", r"Something went wrong inside Sampan\. Reference: (\w{8})"),
        ("zh", r"Sampan 内部出错了。编号：(\w{8})"),
    ],
)
def test_what_nobody_foresaw_is_told_by_reference(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, language: str, told: str
) -> None:
    # A folder is no database: the start cannot be noted, so nothing runs.
    ask = asked("/merge 1 web", DATABASE_URL=f"sqlite:///{tmp_path}")
    with speaking(language), caplog.at_level(logging.ERROR):
        outcome, reply = through(Turn(ask, "/merge 1 web"))
    (line,) = texts(reply)
    match = re.fullmatch(told, line)
    assert outcome is Outcome.BROKEN
    assert match
    assert f"reference {match[1]}, delivery d1" in caplog.text
    assert "unable to open database file" in caplog.text
    assert str(tmp_path) not in line
