"""What holds for every test: the variables of whoever runs them do not count."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import NoPostgresql, Server
from tests.support.databases import postgresql as running_postgresql

# Everything that bot.settings reads, or will, and what the platforms and PostgreSQL's library read.
PREFIXES = ("DINGTALK_", "GITEE_", "GITLAB_", "JENKINS_", "TRELLO_", "ALERT_", "SAMPAN_", "VERCEL", "PG")
NAMES = {
    *("REPOS", "DEFAULT_REPO", "HOLD_LABELS", "SERVICES", "ENVIRONMENTS", "PROTECTED_ENVIRONMENTS"),
    *("ADMINS", "MAINTAINERS", "DEVELOPERS", "DATABASE_URL", "CRON_SECRET"),
    *("GRAFANA_HOOK_SECRET", "WATCH_JOBS", "TRACKER", "TRACKER_REPO", "ARCHIVE_AFTER_DAYS", "KEEP_VERSIONS"),
    *(
        "LANGUAGE",
        "TIMEZONE",
        "LOG_LEVEL",
        "COOLDOWN",
        "MESSAGES_A_MINUTE",
        "SECOND_PERSON_ENVIRONMENTS",
        "PUBLIC_URL",
        "ANSWER_FIRST",
        "AWS_LAMBDA_FUNCTION_NAME",
        "PORT",
    ),
}


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name in NAMES or name.startswith(PREFIXES)]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL for the whole run, started when the first test asks for it."""
    try:
        with running_postgresql() as server:
            yield server
    except NoPostgresql as problem:
        pytest.skip(f"no PostgreSQL: {problem}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'sampan.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield url
