"""What holds for every test: the variables of whoever runs them do not count."""

import os

import pytest

# Everything that bot.settings reads, or will, and what the platforms set.
PREFIXES = ("DINGTALK_", "GITEE_", "GITLAB_", "JENKINS_", "TRELLO_", "ALERT_", "SAMPAN_", "VERCEL")
NAMES = {
    *("REPOS", "DEFAULT_REPO", "HOLD_LABELS", "SERVICES", "ENVIRONMENTS", "PROTECTED_ENVIRONMENTS"),
    *("ADMINS", "MAINTAINERS", "DEVELOPERS", "DATABASE_URL", "CRON_SECRET", "TRACKER", "ARCHIVE_AFTER_DAYS"),
    *("LANGUAGE", "TIMEZONE", "LOG_LEVEL", "ANSWER_FIRST", "AWS_LAMBDA_FUNCTION_NAME", "PORT"),
}


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name in NAMES or name.startswith(PREFIXES)]:
        monkeypatch.delenv(name)
