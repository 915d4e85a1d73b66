"""What /build and /deploy refuse before anything is asked of Jenkins."""

from pathlib import Path

import pytest

from bot.registry import registry
from tests.bot.asking import answered, clicks, texts

# Whatever is not refused gets this far, as there is no Jenkins here.
GOES = ["Jenkins is not configured: set JENKINS_URL, JENKINS_USER, JENKINS_TOKEN."]
KNOWN = "Known environments: staging · production"
TWICE = " is given twice, and differently."


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("/deploy hello", GOES),
        ("/deploy hello staging", GOES),
        ("/deploy hello staging 1.4.2", GOES),
        ("/deploy hello 1.4.2", GOES),
        ("/jenkins deploy hello", GOES),
        ("/deploy hello ENVIRONMENT=staging", GOES),
        ("/deploy hello environment=STAGING", GOES),
        ("/deploy hello staging Environment=staging", GOES),
        ("/deploy hello VERSION=nightly", GOES),
        ("/deploy hello 1.4.2 version=1.4.2", GOES),
        ("/deploy hello TARGET=x", GOES),
        ("/deploy hello production", GOES),
        ("/deploy hello ENVIRONMENT=production", GOES),
        ("/deploy hello environment=Production", GOES),
        ("/deploy hello staging ENVIRONMENT=production", [f"ENVIRONMENT{TWICE}"]),
        ("/deploy hello production environment=staging", [f"environment{TWICE}"]),
        ("/deploy hello 1.4.2 VERSION=1.4.3", [f"VERSION{TWICE}"]),
        (
            "/deploy hello ENVIRONMENT=prod",
            ["I do not know the environment prod.", "Known environments: production · staging"],
        ),
        ("/deploy hello ENVIRONMENT=", ["I do not know the environment .", KNOWN]),
        ("/deploy hello VERSION=../x", ["../x is not a version."]),
        ("/deploy hello VERSION=", [" is not a version."]),
        ("/deploy hello VERSION=１．２", GOES),
        ("/deploy hello SAMPAN_ID=b1", ["SAMPAN_ID cannot be given by hand here."]),
        ("/deploy hello pr_sha=x Repo=y", ["pr_sha, Repo cannot be given by hand here."]),
        ("/build hello", GOES),
        ("/build hello BRANCH=main", GOES),
        ("/build hello VERSION=1", ["VERSION cannot be given by hand here."]),
        ("/jenkins test hello environment=x", ["environment cannot be given by hand here."]),
        ("/jenkins test hello A=1", GOES),
    ],
)
def test_what_goes_and_what_does_not(text: str, lines: list[str]) -> None:
    assert texts(answered(text)) == lines


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("/deploy hello production 1.4.2 version=2", "version 给了两次，而且不一致。"),
        ("/deploy hello staging ENVIRONMENT=production", "ENVIRONMENT 给了两次，而且不一致。"),
        ("/deploy hello ENVIRONMENT=prod", "没有名为 prod 的环境。"),
        ("/deploy hello SAMPAN_ID=b1", "SAMPAN_ID 不能在这里手动指定。"),
        ("/deploy hello prod", "没有名为 prod 的环境。"),
    ],
)
def test_in_chinese(text: str, first: str) -> None:
    assert answered(text, language="zh").title == first


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"ENVIRONMENTS": "", "PROTECTED_ENVIRONMENTS": ""}, GOES),
        ({"ENVIRONMENTS": "production,staging"}, GOES),
        (
            {"ENVIRONMENTS": "production"},
            ["Every environment here is protected; name the one you mean.", "Known environments: production"],
        ),
    ],
)
def test_no_environment_is_named(changes: dict[str, str], lines: list[str]) -> None:
    assert texts(answered("/deploy hello", **changes)) == lines


ROOMS = """
[services.billing]
environments = ["production"]
[conversations.test-room]
environments = ["qa"]
"""


@pytest.fixture
def rooms(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "sampan.toml"
    file.write_text(ROOMS)
    return {"SAMPAN_CONFIG": str(file), "ENVIRONMENTS": "staging,qa,production"}


@pytest.mark.parametrize(
    ("room", "text", "lines"),
    [
        ("test-room", "/deploy hello", GOES),
        ("test-room", "/deploy hello qa", GOES),
        (
            "test-room",
            "/deploy hello staging",
            ["hello does not go to staging from here.", "Known environments: qa"],
        ),
        (
            "test-room",
            "/deploy hello production",
            ["hello does not go to production from here.", "Known environments: qa"],
        ),
        (
            "room",
            "/deploy billing",
            ["Every environment here is protected; name the one you mean.", "Known environments: production"],
        ),
        (
            "room",
            "/deploy billing staging",
            ["billing does not go to staging from here.", "Known environments: production"],
        ),
    ],
)
def test_a_room_and_a_service_have_their_own_environments(
    rooms: dict[str, str], room: str, text: str, lines: list[str]
) -> None:
    assert texts(answered(text, room=room, **rooms)) == lines


def test_a_room_without_any_environment_of_the_service(rooms: dict[str, str]) -> None:
    assert "None is configured: set ENVIRONMENTS." not in texts(
        answered("/deploy billing", room="test-room", **rooms)
    )


@pytest.mark.parametrize(
    ("room", "lines", "offered"),
    [
        (
            "room",
            [
                "What can be deployed",
                "hello  staging · qa · production (asks first)",
                "billing  production (asks first)",
            ],
            [
                *("/deploy hello staging", "/deploy hello qa", "/deploy hello production"),
                "/deploy billing production",
            ],
        ),
        (
            "test-room",
            ["What can be deployed", "hello  qa", "billing  nowhere from here"],
            ["/deploy hello qa"],
        ),
    ],
)
def test_what_can_be_deployed(rooms: dict[str, str], room: str, lines: list[str], offered: list[str]) -> None:
    reply = answered("/deploy", room=room, **rooms)
    assert (texts(reply), clicks(reply)) == (lines, offered)


def test_what_can_be_deployed_in_chinese() -> None:
    assert texts(answered("/deploy", language="zh"))[0] == "可以部署的服务"
    no_environments = {"ENVIRONMENTS": "", "PROTECTED_ENVIRONMENTS": "", "SERVICES": "hello"}
    assert clicks(answered("/deploy", language="zh", **no_environments)) == ["/deploy hello"]
    assert texts(answered("/deploy hello x", language="zh"))[1] == "可用的环境：staging · production"


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Nothing can be deployed: set SERVICES."), ("zh", "没有可部署的服务：请设置 SERVICES。")],
)
def test_nothing_can_be_deployed(language: str, told: str) -> None:
    assert texts(answered("/deploy", language=language, SERVICES="")) == [told]


def test_deploying_is_one_command_under_many_names() -> None:
    assert {registry.find(*name)[0] for name in (("部署", None), ("发布", None), ("jenkins", "deploy"))} == {
        registry.specs["deploy"]
    }
