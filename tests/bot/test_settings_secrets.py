"""No value of a variable is ever shown, and what can be no secret is refused."""

import logging

import pytest

from bot.settings import ConfigurationError, load
from bot.web.app import create_app
from tests.bot.test_settings import variables, wrong

CANARY = "c4n4ry"
SHAPES = [
    CANARY,
    f"{CANARY}={CANARY}",
    f"x={CANARY}",
    f"https://{CANARY}:{CANARY}@[",
    f"{{{CANARY}}}",
    f"{CANARY}://{CANARY}/{CANARY}",
]


ALIAS = ("REPOS", f"{CANARY}={CANARY}")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        *((name, shape) for name in sorted(variables()) for shape in SHAPES if (name, shape) != ALIAS),
        wrong("the alias of a wrong entry is shown, and with it what was pasted there by mistake", *ALIAS),
    ],
)
def test_an_error_does_not_show_the_value(name: str, shape: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        app = create_app({name: shape})
    assert CANARY not in caplog.text
    assert CANARY not in app.state.shared.problem
    assert not app.state.shared.problem or app.state.shared.problem.startswith(name)


SECRETS = (
    *("DINGTALK_APP_SECRET", "DINGTALK_OUTGOING_TOKEN", "DINGTALK_GROUP_SECRET"),
    *("GITLAB_TOKEN", "GITLAB_HOOK_TOKEN"),
    *("GITEE_TOKEN", "JENKINS_TOKEN", "CRON_SECRET", "GRAFANA_HOOK_SECRET", "TRELLO_TOKEN"),
)


TOKENS = ("GITEE_TOKEN", "GITLAB_TOKEN", "JENKINS_TOKEN", "TRELLO_TOKEN")  # they go out in a header
UNPRINTABLE = "has a line break or another character that cannot be printed"
NO_TOKEN = "has a space or another character that no token has"


@pytest.mark.parametrize(
    ("names", "value", "why"),
    [
        (SECRETS, f"{CANARY}\nx", UNPRINTABLE),
        (SECRETS, f"x\t{CANARY}", UNPRINTABLE),
        (SECRETS, f"good,{CANARY}\x7f", UNPRINTABLE),
        (TOKENS, f"{CANARY} x", NO_TOKEN),
        (TOKENS, f"good,{CANARY} x", NO_TOKEN),
        (TOKENS, f"{CANARY}密", NO_TOKEN),
    ],
)
def test_a_secret_that_cannot_be_one_is_refused(names: tuple[str, ...], value: str, why: str) -> None:
    for name in names:
        with pytest.raises(ConfigurationError) as caught:
            load({name: value})
        assert caught.value.problems == [f"{name}: {why}"]


@pytest.mark.parametrize("name", sorted({*SECRETS} - {*TOKENS}))
@pytest.mark.parametrize("value", ["this is a secret", "密钥"])
def test_a_secret_that_stays_here_may_be_any_text(name: str, value: str) -> None:
    load({name: value})


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_not_in_the_repr(name: str) -> None:
    assert CANARY not in repr(load({name: f"{CANARY},{CANARY}"}))


def test_a_password_in_the_databases_address_is_not_in_the_repr() -> None:
    assert CANARY not in repr(load({"DATABASE_URL": f"postgresql://sampan:{CANARY}@db.example.com/sampan"}))


@pytest.mark.parametrize("name", ["JENKINS_URL", "GITEE_URL", "TRELLO_URL"])
def test_an_address_with_a_password_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError):
        load({name: f"https://bot:{CANARY}@ci.example.com"})


@pytest.mark.parametrize("name", ["ALERT_HOOK_TOKEN", "JENKINS_HOOK_TOKEN", "TRELLO_KEY"])
def test_what_stands_in_an_address_or_goes_with_a_token_is_not_in_the_repr(name: str) -> None:
    assert CANARY not in repr(load({name: f"{CANARY}-0123456789"}))
