"""What the diagnosis says of GitLab: the token, each project and what a role costs there, the webhook."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from bot.doctor.pipelines import judged
from bot.reply import plain
from integrations.model import Job
from integrations.model.account import Access
from sandbox.gitlab.people import Role
from sandbox.gitlab.projects import Project
from tests.bot.clinic import Clinic
from tests.support.town import place

TOKEN = "GITLAB_TOKEN=...  # an access token with the scope api and the role Maintainer"
MALL = "mall (acme/shop)"


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    with place() as here:
        yield Clinic(here)


@pytest.fixture(autouse=True)
def _mended(clinic: Clinic) -> Iterator[None]:
    town = clinic.here.town
    for system in (town.gitee, town.gitlab, town.jenkins):
        system.requests.clear()
    yield
    requests.delete(f"{town.gitlab_url}/_fault", timeout=5).raise_for_status()


@pytest.fixture
def shop(clinic: Clinic) -> Iterator[Project]:
    """The project, with its members as they were afterwards."""
    project = clinic.here.town.gitlab.projects["acme/shop"]
    members = project.members
    yield project
    project.members = members


def test_everything_right(clinic: Clinic) -> None:
    found = [(one.what, plain(one.told)) for one in clinic.findings() if one.level == "works"]
    assert ("GitLab", "signed in: sampan 17.8.0") in found
    assert (MALL, "Its versions are built on main.") in found
    where = "each project's Webhooks (Pipeline events), with the same secret or signing token"
    base = clinic.env["PUBLIC_URL"]
    assert ("GITLAB_HOOK_TOKEN", f"{base}/hooks/gitlab belongs in {where}.") in found


@pytest.mark.parametrize(
    ("env", "level", "what", "told", "fix"),
    [
        (
            {"GITLAB_TOKEN": "canary-wrong"},
            "broken",
            "GitLab",
            "GitLab refused Sampan's credential. Check GITLAB_TOKEN. It says: 401 Unauthorized",
            TOKEN,
        ),
        (
            {"GITLAB_URL": "http://127.0.0.1:9"},
            "broken",
            "GitLab",
            "GitLab cannot be reached. Nothing was done.",
            "GITLAB_URL=...  # the root address, with https",
        ),
        (
            {"GITLAB_TOKEN": ""},
            "broken",
            "GITLAB_TOKEN",
            "No pipeline can be started, and none becomes a version.",
            TOKEN,
        ),
        (
            {"GITLAB_PROJECTS": "mall=acme/shpo@main"},
            "broken",
            "mall (acme/shpo)",
            "GitLab has no such project, or hides it from sampan.",
            "GITLAB_PROJECTS=mall=group/project@main  # group/project as in its address; or let sampan in",
        ),
        (
            {"GITLAB_HOOK_TOKEN": "", "PUBLIC_URL": ""},
            "warning",
            "GITLAB_HOOK_TOKEN",
            "The hook is off: how a pipeline ends is noticed only when Sampan looks, within a minute.",
            "GITLAB_HOOK_TOKEN=...  # the secret or signing token of GitLab's webhook; "
            "then paste https://.../hooks/gitlab",
        ),
    ],
)
def test_one_thing_wrong(
    clinic: Clinic, env: dict[str, str], level: str, what: str, told: str, fix: str
) -> None:
    assert (level, what, told, fix) in clinic.trouble(**env)


REPORTER = "The role of sampan is below Developer: no pipeline can be started."
DEVELOPER = (
    "sampan is a Developer: protected branches may refuse it, and the variables of other people's pipelines "
    "are known by the webhook alone."
)


@pytest.mark.parametrize(
    ("role", "trouble"),
    [
        (Role.REPORTER, [("broken", MALL, REPORTER, TOKEN)]),
        (Role.DEVELOPER, [("warning", MALL, DEVELOPER, TOKEN)]),
        (Role.MAINTAINER, []),
    ],
)
def test_what_a_role_costs(
    clinic: Clinic, shop: Project, role: Role, trouble: list[tuple[str, str, str, str]]
) -> None:
    shop.members = {**shop.members, "sampan": role}
    assert clinic.trouble() == trouble


@pytest.mark.parametrize(
    ("change", "access", "level", "told", "fix"),
    [
        ({}, Access.MANAGE, "works", "Its versions are built on main.", ""),
        ({}, Access.UNKNOWN, "works", "Its versions are built on main.", ""),
        (
            {"buildable": False},
            Access.MANAGE,
            "broken",
            "It is archived, or CI/CD is switched off in it.",
            "https://gitlab.example/acme/shop/edit",
        ),
    ],
)
def test_a_project(change: dict[str, Any], access: Access, level: str, told: str, fix: str) -> None:
    job = Job("acme/shop@main", "https://gitlab.example/acme/shop/-/pipelines?ref=main", True, (), open=True)
    found = judged(MALL, replace(job, **change), access, ref="main", login="sampan", token=TOKEN)
    assert (found.level, plain(found.told), found.fix) == (level, told, fix)


def test_a_clock_that_is_wrong(clinic: Clinic) -> None:
    told = [(level, text) for level, what, text, _ in clinic.trouble(ahead=400) if what == "GitLab"]
    assert [level for level, _ in told] == ["broken"]
    assert told[0][1].endswith("A signature is good for 300 s, and no longer.")


def test_a_project_on_a_bad_day(clinic: Clinic) -> None:
    url = f"{clinic.here.town.gitlab_url}/_fault"
    requests.put(url, json={"kind": "503", "match": ".*/projects/.*"}, timeout=5).raise_for_status()
    assert [one[:2] for one in clinic.trouble()] == [("broken", MALL)]


def test_a_team_without_gitlab_is_left_alone(clinic: Clinic) -> None:
    found = clinic.findings(GITLAB_PROJECTS="", GITLAB_TOKEN="", GITLAB_HOOK_TOKEN="", SERVICES="hello")
    assert [one.what for one in found if "GitLab" in one.what or "GITLAB" in one.what] == []
