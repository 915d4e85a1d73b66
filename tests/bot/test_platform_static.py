"""The files that a platform reads: what can be said of them without the platform."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml  # type: ignore[import-untyped]

HERE = Path(__file__).parents[2]
DOCUMENTED = set(re.findall(r"^([A-Z_]+)=", (HERE / ".env.example").read_text("utf-8"), re.MULTILINE))
SECRET = re.compile(r"Secret|Token|DatabaseUrl")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    loaded: dict[str, Any] = cfn_yaml.load(str(HERE / "template.yaml"))
    return loaded


@pytest.fixture(scope="module")
def vercel() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((HERE / "vercel.json").read_text())
    return loaded


def lines(name: str) -> list[str]:
    """A file's lines without comments."""
    text = (HERE / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_folder_of_functions_holds_one_file_and_the_two_names_that_platforms_look_for() -> None:
    assert [path.name for path in (HERE / "api").iterdir() if path.is_file()] == ["index.py"]
    body = ast.parse((HERE / "api" / "index.py").read_text("utf-8")).body
    # Vercel reads the file without running it: only a plain assignment at the top level counts.
    targets = [one.targets[0] for one in body if isinstance(one, ast.Assign)]
    assert [target.id for target in targets if isinstance(target, ast.Name)] == ["app", "handler"]


def test_vercel_is_told_the_framework_and_nothing_that_publishes_files(vercel: dict[str, Any]) -> None:
    assert vercel["framework"] == "fastapi"
    assert not set(vercel) & {"rewrites", "routes", "builds", "outputDirectory", "public"}
    assert not (HERE / "public").exists()


def test_vercel_gets_one_function_with_time_for_a_whole_message(vercel: dict[str, Any]) -> None:
    [(name, function)] = vercel["functions"].items()
    assert (name, function["maxDuration"]) == ("api/index.py", 300)
    assert "!(api|bot|integrations" in function["excludeFiles"]
    # Longer ones are refused: https://openapi.vercel.sh/vercel.json
    assert len(function["excludeFiles"]) <= 256


def test_vercel_calls_the_tick_once_a_day_which_every_plan_allows(vercel: dict[str, Any]) -> None:
    [cron] = vercel["crons"]
    assert cron["path"] == "/tick"
    assert re.fullmatch(r"\d+ \d+ \* \* \*", cron["schedule"])


@pytest.mark.parametrize(
    ("name", "everything", "needed"),
    [
        (".vercelignore", "/*", {"/api", "/bot", "/integrations", "/pyproject.toml", "/requirements.txt"}),
        (".dockerignore", "*", {"bot", "integrations", "requirements.txt"}),
    ],
)
def test_only_what_is_listed_leaves_the_house(name: str, everything: str, needed: set[str]) -> None:
    first, *rest = lines(name)
    allowed = {line[1:] for line in rest if line.startswith("!")}
    assert first == everything
    assert allowed >= needed
    private = ("env", ".git", "tests", "docs", "sandbox", "benchmarks", "scripts", ".db")
    assert not [line for line in allowed if any(word in line for word in private)]


def test_the_template_is_one_that_cloudformation_takes() -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), "template.yaml"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_template_runs_our_handler_from_the_bundle(template: dict[str, Any]) -> None:
    function = template["Resources"]["Sampan"]["Properties"]
    assert (function["Handler"], function["Runtime"]) == ("api.index.handler", "python3.12")
    assert function["CodeUri"] == "build/sampan.zip"
    assert function["Timeout"] == 29


def test_the_template_schedules_the_tick(template: dict[str, Any]) -> None:
    events = template["Resources"]["Sampan"]["Properties"]["Events"]
    assert {name: event["Type"] for name, event in events.items()} == {
        "Http": "HttpApi",
        "Tick": "ScheduleV2",
    }
    assert json.loads(events["Tick"]["Properties"]["Input"]) == {"schedule": "tick"}


def test_the_template_hides_every_secret(template: dict[str, Any]) -> None:
    parameters = template["Parameters"]
    secret = {name for name in parameters if SECRET.search(name)}
    assert {name for name, one in parameters.items() if one.get("NoEcho") is True} == secret


def test_the_template_sets_variables_that_exist(template: dict[str, Any]) -> None:
    variables = template["Resources"]["Sampan"]["Properties"]["Environment"]["Variables"]
    assert set(variables) <= DOCUMENTED
    assert {value["Ref"] for value in variables.values()} == set(template["Parameters"]) - {"Architecture"}


def test_the_image_is_made_from_files_that_exist() -> None:
    copied = [line.split()[1] for line in lines("Dockerfile") if line.startswith("COPY")]
    assert {"bot", "integrations", "requirements.txt"} == set(copied)
    assert all((HERE / name).exists() for name in copied)
    assert "USER sampan" in lines("Dockerfile")
