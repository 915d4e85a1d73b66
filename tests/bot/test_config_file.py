"""The TOML file: what it may hold, and how a wrong one is told."""

from pathlib import Path

import pytest

from bot.config_file import ConfigFile, Conversation, RepoConfig, ServiceConfig, read_config
from bot.settings import ConfigurationError, load
from tests.bot.asking import TEAM

GOOD = """
[repos.web]
pr_job = "team/web-pr"
hold_labels = ["wait"]
developers = ["a"]
maintainers = []

[services.hello]
test_job = "t"
build_job = "b"
deploy_job = "d"
release_refs = ["release/*"]
artifact = "{service}/{ref}/{number}"
environments = ["staging"]
parameters = { TARGET = "x" }
developers = ["*"]
maintainers = ["m"]

[conversations."cid="]
default_repo = "web"
environments = ["staging"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sampan.toml"


def problems_of(file: Path, text: str) -> list[str]:
    file.write_text(text, "utf-8")
    problems: list[str] = []
    read_config(str(file), problems)
    return sorted(problems)


def test_everything(file: Path) -> None:
    file.write_text(GOOD, "utf-8")
    problems: list[str] = []
    assert read_config(str(file), problems) == ConfigFile(
        repos={"web": RepoConfig("team/web-pr", ("wait",), ("a",), ())},
        services={
            "hello": ServiceConfig(
                *("t", "b", "d"),
                release_refs=("release/*",),
                artifact="{service}/{ref}/{number}",
                environments=("staging",),
                parameters={"TARGET": "x"},
                developers=("*",),
                maintainers=("m",),
            )
        },
        conversations={"cid=": Conversation("web", ("staging",))},
    )
    assert problems == []


@pytest.mark.parametrize("text", ["", "[repos]", "# nothing"])
def test_nothing(file: Path, text: str) -> None:
    assert problems_of(file, text) == []


def test_what_is_not_given_is_left_to_the_variables(file: Path) -> None:
    file.write_text("[repos.web]\n[services.hello]\n[conversations.c]")
    found = read_config(str(file), [])
    assert found.repos["web"] == RepoConfig()
    assert found.services["hello"] == ServiceConfig()
    assert found.conversations["c"] == Conversation()


def test_no_file_is_no_problem() -> None:
    problems: list[str] = []
    assert read_config("", problems) == ConfigFile()
    assert problems == []


@pytest.mark.parametrize("content", [b"[repos", b"\xff\xfe", b"a = 1\na = 2"])
def test_not_toml(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    problems: list[str] = []
    assert read_config(str(file), problems) == ConfigFile()
    assert problems == ["SAMPAN_CONFIG: names a file that cannot be read as TOML"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[repo.web]", "repo is not known; did you mean repos?"),
        ("[xyzzy]", "xyzzy is not known; did you mean services?"),
        ("[repos.web]\npr_jobs = 'x'", "[repos.web] pr_jobs is not known; did you mean pr_job?"),
        ("[services.hello]\nenv = []", "[services.hello] env is not known; did you mean environments?"),
        (
            "[conversations.c]\nrepo = 'web'",
            "[conversations.c] repo is not known; did you mean default_repo?",
        ),
        ("repos = 1", "[repos] must hold tables such as [repos.name]"),
        ("[repos]\nweb = 1", "[repos] must hold tables such as [repos.name]"),
        ("[repos.web]\npr_job = 1", "[repos.web] pr_job must be a text"),
        ("[repos.web]\nhold_labels = 'x'", "[repos.web] hold_labels must be a list of texts"),
        ("[repos.web]\nhold_labels = [1]", "[repos.web] hold_labels must be a list of texts"),
        ("[services.hello]\nparameters = []", "[services.hello] parameters must be a table of texts"),
        ("[services.hello]\nparameters = {A = 1}", "[services.hello] parameters must be a table of texts"),
    ],
)
def test_wrong(file: Path, text: str, problem: str) -> None:
    assert problems_of(file, text) == [f"SAMPAN_CONFIG: {problem}"]


ARTIFACT = "an artifact is a path below another, of {service}, {number}, {ref} and {sha}"
JOB = "a job's name has an empty part, a dot for a part, or an unknown {}"


def test_every_problem_at_once(file: Path) -> None:
    assert len(problems_of(file, "[repo]\n[repos.web]\npr_job = 1\nx = 1")) == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[repos.wbe]", "[repos.wbe] is not in REPOS"),
        ("[services.helo]", "[services.helo] is not in SERVICES"),
        ("[repos.web]\npr_job = '{service}-pr'", JOB),
        ("[services.hello]\ntest_job = '{service.name}'", JOB),
        ("[services.hello]\nbuild_job = 'a//b'", JOB),
        ("[services.hello]\ndeploy_job = '../{service}'", JOB),
        ("[services.hello]\nartifact = '{service}/{version}'", ARTIFACT),
        ("[services.hello]\nartifact = '{service'", ARTIFACT),
        ("[services.hello]\nartifact = '/{service}'", ARTIFACT),
        ("[services.hello]\nartifact = '{service}/../{number}'", ARTIFACT),
        ("[conversations.c]\ndefault_repo = 'x'", "a conversation's default_repo must be an alias of REPOS"),
        (
            "[conversations.c]\nenvironments = ['x']",
            "a conversation's environments must be among ENVIRONMENTS",
        ),
        pytest.param(
            "[services.hello]\nenvironments = ['stagin']",
            "a service's environments must be among ENVIRONMENTS",
        ),
    ],
)
def test_it_agrees_with_the_variables(file: Path, text: str, problem: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load({**TEAM, "SAMPAN_CONFIG": str(file)})
    assert caught.value.problems == [f"SAMPAN_CONFIG: {problem}"]
