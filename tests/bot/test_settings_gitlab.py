"""The variables of GitLab and of versions: what they may be, and what is said of a wrong one."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.entries import Project
from bot.settings import ConfigurationError, load

SERVICES = {"SERVICES": "mall,till,hello"}
MALL = {**SERVICES, "GITLAB_PROJECTS": "mall=acme/shop@main"}


@pytest.mark.parametrize(
    ("env", "attribute", "value"),
    [
        ({}, "gitlab_url", "https://gitlab.com"),
        ({"GITLAB_URL": "https://git.example.com/gitlab/"}, "gitlab_url", "https://git.example.com/gitlab"),
        ({"GITLAB_URL": "http://127.0.0.1:8080"}, "gitlab_url", "http://127.0.0.1:8080"),
        ({}, "gitlab_tokens", ()),
        ({"GITLAB_TOKEN": "glpat-new, glpat-old"}, "gitlab_tokens", ("glpat-new", "glpat-old")),
        ({}, "gitlab_hook_tokens", ()),
        ({"GITLAB_HOOK_TOKEN": "one secret,whsec_dHdv"}, "gitlab_hook_tokens", ("one secret", "whsec_dHdv")),
        ({}, "gitlab_projects", {}),
        ({}, "keep_versions", 50),
        ({"KEEP_VERSIONS": "1"}, "keep_versions", 1),
    ],
)
def test_good(env: dict[str, str], attribute: str, value: Any) -> None:
    assert getattr(load(env), attribute) == value


@pytest.mark.parametrize(
    ("entry", "project"),
    [
        ("mall=acme/shop@main", Project("acme/shop", "main")),
        ("mall = acme/shop@main ", Project("acme/shop", "main")),
        ("mall=acme/shop", Project("acme/shop", "main")),
        ("mall=acme/team/web/shop@release/2.1", Project("acme/team/web/shop", "release/2.1")),
        ("mall=A_c-me/sh.op@v2.1", Project("A_c-me/sh.op", "v2.1")),
    ],
)
def test_where_the_versions_of_a_service_are_made(entry: str, project: Project) -> None:
    assert load({**SERVICES, "GITLAB_PROJECTS": entry}).gitlab_projects == {"mall": project}


def test_a_project_may_make_those_of_several_services() -> None:
    found = load({**SERVICES, "GITLAB_PROJECTS": "mall=acme/shop@main,till=acme/shop@till"}).gitlab_projects
    assert found == {"mall": Project("acme/shop", "main"), "till": Project("acme/shop", "till")}


FORM = "GITLAB_PROJECTS: entry 2 must be service=group/project@ref"
PAIRS = "GITLAB_PROJECTS: write each entry as name=value, separated by commas"
WHOLE = "KEEP_VERSIONS: must be a whole number such as 50"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("till", PAIRS),
        ("till=", PAIRS),
        ("mall=acme/other@main", PAIRS),  # given twice
        ("till=shop", FORM),
        ("till=shop@main", FORM),
        ("till=/shop", FORM),
        ("till=acme//shop", FORM),
        ("till=acme/", FORM),
        ("till=acme/../shop", FORM),
        ("till=acme/-shop", FORM),
        ("till=acme/shop?x", FORM),
        ("till=https://gitlab.com/acme/shop", FORM),
        ("till=组/商城@main", FORM),
        ("till=acme/shop@-x", FORM),
        ("till=acme/shop@a b", FORM),
        ("till=acme/shop@a..b", FORM),
        ("till=acme/shop@main@x", FORM),
        ("tlil=acme/till@main", "GITLAB_PROJECTS: entry 2 names a service that is not in SERVICES"),
    ],
)
def test_what_is_no_project(entry: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({**SERVICES, "GITLAB_PROJECTS": f"mall=acme/shop@main,{entry}"})
    assert caught.value.problems == [problem]


@pytest.mark.parametrize(
    ("env", "problem"),
    [
        ({"GITLAB_URL": "gitlab.com"}, "GITLAB_URL: must be an address that begins with https://"),
        *(({"KEEP_VERSIONS": value}, WHOLE) for value in ("0", "-1", "all", "1.5", "1000000", "５")),
    ],
)
def test_bad(env: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{re.escape(problem)}$"):
        load(env)


def test_a_service_of_gitlab_has_no_build_job_on_jenkins(tmp_path: Path) -> None:
    file = tmp_path / "sampan.toml"
    file.write_text('[services.till]\nbuild_job = "team/till"')
    settings = load({**MALL, "SAMPAN_CONFIG": str(file)})
    assert [settings.build_job_of(name) for name in ("mall", "till", "hello")] == [
        "",
        "team/till",
        "hello-build",
    ]
