"""What makes versions: which services a pipeline is for, what is kept of it, and Jenkins' build jobs."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.builds import GITLAB, Build, Kind, Plan, State
from bot.dispatch import Sampan
from bot.store.versions import Version
from bot.versions.making import built, saw_pipeline, saw_runs, services_of
from integrations.model import Result
from integrations.model.pipelines import Pipeline, PipelineStatus
from integrations.model.runs import Run
from tests.bot.asking import MESSAGE, NOW, asked

SHOP = f"{GITLAB}acme/shop"
SHA = "f4b15e66" * 5
AT = datetime(2026, 10, 1, 8, tzinfo=UTC)
VARIABLES = {
    "SERVICES": "mall,till,side,hello,team",
    "GITLAB_PROJECTS": "mall=acme/shop@main,till=acme/shop@till,side=acme/side@main",
}
FILE = """
[services.mall]
release_refs = ["release/*", "v[0-9]*"]
artifact = "{service}/{ref}/{sha}"

[services.team]
build_job = "team/build-all"
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("config") / "sampan.toml"
    path.write_text(FILE, "utf-8")
    return path


@pytest.fixture
def sampan(file: Path) -> Iterator[Sampan]:
    tools: Any = asked(**VARIABLES, SAMPAN_CONFIG=str(file)).tools
    with closing(tools.store):
        yield tools


def pipeline(
    status: str = "running", *, project: str = "acme/shop", ref: str = "main", **more: Any
) -> Pipeline:
    one = Pipeline(
        project, 116, ref, SHA, PipelineStatus(status), status, "https://git/116", "push", "wu", AT, AT, None
    )
    return replace(one, **more)


def seen(sampan: Sampan, *statuses: str, read: bool = False, **more: Any) -> Version:
    """The version of a pipeline after it was seen so."""
    for status in statuses or ("running",):
        found = saw_pipeline(sampan, pipeline(status, **more), read=read)
    assert len(found) == 1
    return found[0]


# Which services it is for.


@pytest.mark.parametrize(
    ("project", "ref", "variables", "services"),
    [
        ("acme/shop", "main", {}, ["mall"]),
        ("acme/shop", "till", {}, ["till"]),
        ("acme/side", "main", {}, ["side"]),
        ("acme/shop", "release/2.1", {}, ["mall"]),
        ("acme/shop", "v2.1.0", {}, ["mall"]),
        ("acme/shop", "topic", {}, []),
        ("acme/shop", "Main", {}, []),
        ("acme/shop", "xmain", {}, []),
        ("acme/shop", "", {}, []),
        ("acme/other", "main", {}, []),
        ("acme/other", "main", {"SERVICE_NAME": "mall"}, []),
        # By its variables, wherever it runs.
        ("acme/shop", "topic", {"SERVICE_NAME": "till"}, ["till"]),
        ("acme/shop", "topic", {"SERVICE_ID": "mall"}, ["mall"]),
        ("acme/shop", "main", {"SERVICE_NAME": "till"}, ["till"]),
        ("acme/shop", "topic", {"SERVICE_NAME": "till", "SERVICE_ID": "mall"}, ["mall", "till"]),
        # Variables are other people's input.
        ("acme/shop", "topic", {"SERVICE_NAME": "side"}, []),
        ("acme/shop", "topic", {"SERVICE_NAME": "../mall", "SERVICE_ID": "mall\n"}, []),
        ("acme/shop", "topic", {"SERVICE_NAME": "*", "SERVICE_ID": "hello"}, []),
        ("acme/shop", "topic", {"service_name": "mall", "VERSION_ID": "v1"}, []),
        ("acme/shop", "main", {"SERVICE_NAME": "nobody's"}, ["mall"]),
    ],
)
def test_whose_version_it_makes(
    sampan: Sampan, project: str, ref: str, variables: dict[str, str], services: list[str]
) -> None:
    one = pipeline(project=project, ref=ref, variables=variables)
    assert services_of(sampan.settings, one) == services
    assert [version.service for version in saw_pipeline(sampan, one, read=True)] == services


# What is kept of it.


@pytest.mark.parametrize("source", ["merge_request_event", "external_pull_request_event", "parent_pipeline"])
@pytest.mark.parametrize("ref", ["main", "release/2.1", "refs/merge-requests/1/head"])
def test_what_nobody_has_merged_releases_nothing(sampan: Sampan, source: str, ref: str) -> None:
    assert saw_pipeline(sampan, pipeline("success", ref=ref, source=source), read=False) == []


def test_everything_it_says_of_itself(sampan: Sampan) -> None:
    found = seen(sampan, "success", finished_at=AT)
    assert (found.place, found.number, found.state, found.ref, found.sha) == (
        SHOP,
        116,
        "success",
        "main",
        SHA,
    )
    assert (found.who, found.url, found.at, found.ended_at) == ("wu", "https://git/116", stamp(AT), stamp(AT))


def stamp(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", "pending"),
        ("blocked", "pending"),
        ("running", "running"),
        ("success", "success"),
        ("failed", "failed"),
        ("canceled", "canceled"),
        ("skipped", "canceled"),
    ],
)
def test_how_far_it_is(sampan: Sampan, status: str, state: str) -> None:
    assert seen(sampan, status).state == state


def test_a_word_that_nobody_knows_is_kept(sampan: Sampan) -> None:
    assert seen(sampan, "other", word="dreaming").state == "dreaming"
    assert seen(sampan, "success").state == "success"


def test_where_it_lies_is_known_once_it_is_built(sampan: Sampan) -> None:
    assert seen(sampan, "pending", "running").path == ""
    assert seen(sampan, "failed").path == ""
    assert seen(sampan, "success").path == f"mall/main/{SHA}"
    assert seen(sampan, "success", ref="till", id=117).path == "till/117"


def test_a_ref_that_is_not_fit_for_a_path_leaves_none(sampan: Sampan) -> None:
    found = seen(sampan, "success", ref="release/../../x")
    assert (found.service, found.state, found.path) == ("mall", "success", "")


def test_when_it_ended_is_known_until_it_goes_on(sampan: Sampan) -> None:
    assert seen(sampan, "running", "failed").ended_at == round(NOW * 1000)  # nobody says when
    assert seen(sampan, "running", read=True).ended_at is None
    assert seen(sampan, "success", finished_at=AT).ended_at == stamp(AT)


def test_what_a_list_left_out_is_filled_in(sampan: Sampan) -> None:
    first = seen(sampan, "running", sha="", who="")
    found = seen(sampan, "running")
    assert (first.sha, found.id, found.sha, found.who) == ("", first.id, SHA, "wu")


# One that was asked for here.


def requested(sampan: Sampan) -> tuple[Build, Version]:
    build = sampan.store.builds.ask(MESSAGE, Plan(Kind.BUILD, f"{SHOP}@main", service="mall"), marked=True)
    return build, sampan.store.versions.request(build, place=SHOP, ref="main", who="Lin (lead)")


def test_it_is_linked_by_its_name_and_our_marker(sampan: Sampan) -> None:
    build, version = requested(sampan)
    found = seen(sampan, "running", variables={"VERSION_ID": version.label, "SAMPAN_ID": build.marker})
    assert (found.id, found.number, found.state, found.who) == (version.id, 116, "running", "Lin (lead)")


@pytest.mark.parametrize("marker", ["", "b1", "b1-000000000000"])
@pytest.mark.parametrize("name", ["v1", "v01", "1", "V1", "v1 ", "v１", "v1\n", "v" + "9" * 30, "v0", ""])
def test_a_name_alone_links_nothing(sampan: Sampan, name: str, marker: str) -> None:
    _, version = requested(sampan)
    said = pipeline(source="api", variables={"VERSION_ID": name, "SAMPAN_ID": marker})
    assert saw_pipeline(sampan, said, read=True) == []  # it may be that one, which its number will tell
    assert sampan.store.versions.get(version.id) == version


def test_a_build_whose_pipeline_cannot_be_read_has_its_place_all_the_same(sampan: Sampan) -> None:
    build = sampan.store.builds.ask(MESSAGE, Plan(Kind.BUILD, f"{SHOP}@till", service="till"), marked=True)
    version = sampan.store.versions.request(build, place=SHOP, ref="till", who="Lin (lead)")
    sampan.store.builds.change(build, State.SUCCEEDED, look_at=None, number=116)
    built(sampan, build)  # there is no GitLab to ask for its commit
    found = sampan.store.versions.get(version.id)
    assert found and (found.path, found.sha) == ("till/116", "")


@pytest.mark.parametrize(("number", "kept"), [(None, []), (7, [("hello/7", "success", [])])])
def test_a_build_of_jenkins_that_cannot_be_read_made_a_version_all_the_same(
    sampan: Sampan, number: int | None, kept: list[object]
) -> None:
    build = sampan.store.builds.ask(MESSAGE, Plan(Kind.BUILD, "hello-build", service="hello"), marked=True)
    built(sampan, replace(build, number=number))  # there is no Jenkins to ask
    found = sampan.store.versions.of_service("hello", at_most=9)
    assert [(one.path, one.state, one.artifacts) for one in found] == kept


@pytest.mark.parametrize(
    ("source", "variables", "held_back"),
    [
        ("push", {}, False),
        ("push", {"ANY": "thing"}, True),
        ("api", {}, True),  # variables may be hidden from our account
        ("word that is new", {}, True),
    ],
)
def test_what_may_be_the_one_on_its_way_is_held_back(
    sampan: Sampan, source: str, variables: dict[str, str], held_back: bool
) -> None:
    requested(sampan)
    found = saw_pipeline(sampan, pipeline(source=source, variables=variables), read=True)
    assert (found == []) is held_back


def test_one_that_its_build_has_finished_gets_its_place(sampan: Sampan) -> None:
    build, version = requested(sampan)
    built(sampan, build)  # nobody knows its pipeline yet
    assert sampan.store.versions.get(version.id) == version
    seen(sampan, "running", variables={"VERSION_ID": version.label, "SAMPAN_ID": build.marker})
    built(sampan, build)
    found = sampan.store.versions.get(version.id)
    assert found and found.path == f"mall/main/{SHA}"


# Jenkins.


def run(number: int, result: Result = Result.SUCCESS, **more: Any) -> Run:
    return Run(number, result, f"https://ci/{number}", None, AT.timestamp(), **more)


def known(sampan: Sampan, service: str) -> list[int | None]:
    return [one.number for one in sampan.store.versions.of_service(service, at_most=9)]


def test_a_build_that_worked_makes_a_version(sampan: Sampan) -> None:
    failed = [run(n, result) for n, result in enumerate(Result, 1) if result is not Result.SUCCESS]
    for _ in range(2):
        saw_runs(sampan, "hello-build", [*failed, run(9, artifacts=("dist/a.jar", "dist/b.jar"))], who="Lin")
    (found,) = sampan.store.versions.of_service("hello", at_most=9)
    assert (found.place, found.number, found.state, found.path) == ("hello-build", 9, "success", "hello/9")
    assert (found.artifacts, found.who, found.url) == (["dist/a.jar", "dist/b.jar"], "Lin", "https://ci/9")
    assert (found.at, found.ended_at, found.sha) == (stamp(AT), stamp(AT), "")


@pytest.mark.parametrize(
    ("job", "service", "numbers"),
    [
        ("team/build-all", "team", [1]),
        ("team-build", "team", []),  # it has a job of its own
        ("mall-build", "mall", []),  # it is built on GitLab
        ("hello-deploy", "hello", []),
        ("hello-build-2", "hello", []),
    ],
)
def test_whose_build_job_it_is(sampan: Sampan, job: str, service: str, numbers: list[int]) -> None:
    saw_runs(sampan, job, [run(1)])
    assert known(sampan, service) == numbers


def test_one_whose_end_nobody_knows_is_of_now(sampan: Sampan) -> None:
    saw_runs(sampan, "hello-build", [replace(run(1), ended_at=None)])
    assert sampan.store.versions.of_service("hello", at_most=1)[0].at == round(NOW * 1000)
