"""Who may do what: unset means nobody, and a refusal names what to change."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.language import speaking
from bot.reply import UserError
from bot.rights import Role, highest_role, require, require_somewhere, role_of
from bot.settings import Settings, load
from tests.bot.asking import TEAM, texts

CONFIG = """
[repos.web]
maintainers = ["web-lead"]
[repos.api]
developers = ["*"]
[services.hello]
developers = []
maintainers = ["dev"]
"""


@pytest.fixture
def team(tmp_path: Path) -> Settings:
    file = tmp_path / "sampan.toml"
    file.write_text(CONFIG)
    return load({**TEAM, "SAMPAN_CONFIG": str(file)})


@pytest.mark.parametrize(
    ("staff_id", "where", "role"),
    [
        ("boss", {}, Role.ADMIN),
        ("lead", {}, Role.MAINTAINER),
        ("dev", {}, Role.DEVELOPER),
        ("stranger", {}, Role.READER),
        ("BOSS", {}, Role.READER),
        ("", {}, Role.READER),
        ("web-lead", {}, Role.READER),
        ("web-lead", {"repo": "web"}, Role.MAINTAINER),
        ("web-lead", {"repo": "api"}, Role.DEVELOPER),
        ("lead", {"repo": "web"}, Role.READER),
        ("lead", {"repo": "api"}, Role.MAINTAINER),
        ("boss", {"repo": "web"}, Role.ADMIN),
        ("stranger", {"repo": "api"}, Role.DEVELOPER),
        ("", {"repo": "api"}, Role.READER),
        ("dev", {"service": "hello"}, Role.MAINTAINER),
        ("lead", {"service": "hello"}, Role.READER),
        ("lead", {"service": "billing"}, Role.MAINTAINER),
    ],
)
def test_roles(team: Settings, staff_id: str, where: dict[str, str], role: Role) -> None:
    assert role_of(team, staff_id, **where) is role


@pytest.mark.parametrize(
    ("variable", "role"),
    [("DEVELOPERS", Role.DEVELOPER), ("MAINTAINERS", Role.MAINTAINER), ("ADMINS", Role.ADMIN)],
)
def test_a_star_is_everybody_who_is_vouched_for(variable: str, role: Role) -> None:
    settings = load({variable: "*"})
    assert role_of(settings, "anyone") is role
    assert role_of(settings, "") is Role.READER


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.MAINTAINER, Role.ADMIN])
def test_unset_means_nobody(role: Role) -> None:
    with pytest.raises(UserError):
        require(load({}), "anyone", role, conversation="room")


REFUSALS = [
    pytest.param(
        "dev",
        "room",
        Role.MAINTAINER,
        [
            "This needs the role maintainer, which you do not have.",
            "Ask for your staff id dev to be added to MAINTAINERS.",
        ],
        ["需要“维护者”角色，你还没有。", "请管理员把你的员工 ID dev 加入 MAINTAINERS。"],
        id="maintainer",
    ),
    pytest.param(
        "stranger",
        "room",
        Role.DEVELOPER,
        [
            "This needs the role developer, which you do not have.",
            "Ask for your staff id stranger to be added to DEVELOPERS.",
        ],
        ["需要“开发者”角色，你还没有。", "请管理员把你的员工 ID stranger 加入 DEVELOPERS。"],
        id="developer",
    ),
    pytest.param(
        "lead",
        "room",
        Role.ADMIN,
        [
            "This needs the role admin, which you do not have.",
            "Ask for your staff id lead to be added to ADMINS.",
        ],
        ["需要“管理员”角色，你还没有。", "请管理员把你的员工 ID lead 加入 ADMINS。"],
        id="admin",
    ),
    pytest.param(
        "boss",
        "elsewhere",
        Role.DEVELOPER,
        ["This group can only read.", "To allow more, add elsewhere to DINGTALK_CONVERSATIONS."],
        ["这个群只能查看。", "如需更多操作，请把 elsewhere 加入 DINGTALK_CONVERSATIONS。"],
        id="another room",
    ),
    pytest.param(
        "",
        "room",
        Role.DEVELOPER,
        [
            "The chat does not vouch for who you are, so you can only read here.",
            "Writing needs an app robot (DINGTALK_APP_SECRET) and a member of the robot's own company.",
        ],
        [
            "无法确认你的身份，你在这里只能查看。",
            "写操作需要应用机器人（DINGTALK_APP_SECRET），且操作人属于机器人所在的企业。",
        ],
        id="nobody",
    ),
]


@pytest.mark.parametrize(("staff_id", "room", "role", "english", "chinese"), REFUSALS)
def test_a_refusal_names_what_to_change(
    staff_id: str, room: str, role: Role, english: list[str], chinese: list[str]
) -> None:
    settings = load({**TEAM, "DINGTALK_CONVERSATIONS": "room,other"})
    for language, told in (("en", english), ("zh", chinese)):
        with speaking(language), pytest.raises(UserError) as refusal:
            require(settings, staff_id, role, conversation=room)
        assert texts(refusal.value) == told


@pytest.mark.parametrize(
    ("where", "role", "named"),
    [
        ({"repo": "web"}, Role.MAINTAINER, "[repos.web] maintainers (SAMPAN_CONFIG)"),
        ({"service": "billing"}, Role.DEVELOPER, "DEVELOPERS"),
        ({"repo": "web"}, Role.ADMIN, "ADMINS"),
        ({"repo": "api"}, Role.MAINTAINER, "MAINTAINERS"),
        ({"service": "hello"}, Role.DEVELOPER, "[services.hello] developers (SAMPAN_CONFIG)"),
        ({"service": "billing"}, Role.MAINTAINER, "MAINTAINERS"),
    ],
)
def test_a_refusal_names_the_list_that_counts_there(
    team: Settings, where: dict[str, str], role: Role, named: str
) -> None:
    asker = "dev" if role is Role.MAINTAINER else "web-lead"
    with pytest.raises(UserError) as refusal:
        require(replace(team, admins=()), asker, role, conversation="room", **where)
    assert texts(refusal.value)[1] == f"Ask for your staff id {asker} to be added to {named}."


@pytest.mark.parametrize(
    ("staff_id", "role", "room"),
    [
        ("", Role.READER, "elsewhere"),
        ("stranger", Role.READER, "room"),
        ("dev", Role.DEVELOPER, "room"),
        ("lead", Role.DEVELOPER, "other"),
        ("boss", Role.MAINTAINER, "room"),
    ],
)
def test_who_may_is_let_through(staff_id: str, role: Role, room: str) -> None:
    settings = load({**TEAM, "DINGTALK_CONVERSATIONS": "room,other"})
    require(settings, staff_id, role, conversation=room)


@pytest.mark.parametrize(
    ("staff_id", "role"),
    [
        ("stranger", Role.DEVELOPER),
        ("web-lead", Role.MAINTAINER),
        ("dev", Role.MAINTAINER),
        ("boss", Role.ADMIN),
        ("", Role.READER),
    ],
)
def test_the_highest_role_anywhere(team: Settings, staff_id: str, role: Role) -> None:
    assert highest_role(team, staff_id, conversation="room") is role


def test_no_role_in_a_room_that_only_reads() -> None:
    settings = load({**TEAM, "DINGTALK_CONVERSATIONS": "room"})
    assert highest_role(settings, "boss", conversation="elsewhere") is Role.READER


def test_a_role_somewhere_is_not_one_here(team: Settings) -> None:
    require_somewhere(team, "web-lead", Role.MAINTAINER, conversation="room")
    with pytest.raises(UserError):
        require(team, "web-lead", Role.MAINTAINER, conversation="room", repo="api")


def test_without_a_list_every_room_may() -> None:
    require(load(TEAM), "lead", Role.MAINTAINER, conversation="anywhere")
