"""Who asks, and what their room and their service come with."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.ask import Ask
from bot.reply import UserError
from bot.rights import Role
from tests.bot.asking import MESSAGE, asked, bound

ROOMS = """
[conversations.web-room]
default_repo = "web"
[conversations.test-room]
environments = ["qa", "staging"]
[services.billing]
environments = ["production", "staging"]
"""


@pytest.fixture
def rooms(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "sampan.toml"
    file.write_text(ROOMS)
    return {"SAMPAN_CONFIG": str(file), "ENVIRONMENTS": "staging,qa,production"}


@pytest.mark.parametrize(
    ("room", "default", "used"),
    [("web-room", "", "web"), ("web-room", "api", "web"), ("test-room", "api", "api"), ("x", "api", "api")],
)
def test_a_room_may_have_its_own_default_repo(
    rooms: dict[str, str], room: str, default: str, used: str
) -> None:
    assert bound("/pr", room=room, DEFAULT_REPO=default, **rooms)["repo"].alias == used


def test_without_any_default_repo_it_is_asked_for(rooms: dict[str, str]) -> None:
    with pytest.raises(UserError, match="Which repo"):
        bound("/pr", room="test-room", **rooms)


@pytest.mark.parametrize(
    ("room", "service", "environments"),
    [
        ("x", "hello", ("staging", "qa", "production")),
        ("x", "billing", ("staging", "production")),
        ("test-room", "hello", ("staging", "qa")),
        ("test-room", "billing", ("staging",)),
        ("web-room", "hello", ("staging", "qa", "production")),
    ],
)
def test_environments(rooms: dict[str, str], room: str, service: str, environments: tuple[str, ...]) -> None:
    assert asked(room=room, **rooms).environments(service) == environments


@pytest.mark.parametrize(
    ("name", "staff_id", "who"),
    [("Lin", "s1", "Lin (s1)"), ("Lin", "", "Lin"), ("s1", "s1", "s1"), ("", "s1", "? (s1)"), ("", "", "?")],
)
def test_who(name: str, staff_id: str, who: str) -> None:
    ask = asked()
    assert Ask(ask.tools, replace(MESSAGE, name=name, staff_id=staff_id), ask.command).who == who


@pytest.mark.parametrize(
    ("staff_id", "login", "role"),
    [
        ("dev", "dev-on-gitee", Role.DEVELOPER),
        ("lead", "", Role.MAINTAINER),
        ("dev-on-gitee", "", Role.READER),
        ("", "", Role.READER),
    ],
)
def test_login_and_role(staff_id: str, login: str, role: Role) -> None:
    ask = asked(by=staff_id)
    assert (ask.staff_id, ask.login, ask.role) == (staff_id, login, role)
