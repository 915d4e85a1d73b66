"""Versions that nobody asked for here: pipelines that people and pushes start, and Jenkins' own builds."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.versions import pipelines
from sandbox.gitlab.pipelines import Source
from tests.bot.versions.conftest import MakeScene
from tests.bot.versions.scene import MINUTE, Scene, variables

TWO = {"SERVICES": "hello,shop,mall,pay", "GITLAB_PROJECTS": "mall=acme/shop@main,pay=acme/shop@main"}
CONFIG = '[services.mall]\nrelease_refs = ["release/*", "v[0-9]*"]\nartifact = "{service}/{sha}"\n'


@pytest.fixture(params=["webhooks", "clock"])
def make(request: pytest.FixtureRequest, make_scene: MakeScene) -> MakeScene:
    """Make a scene that hears of everything, or of nothing."""

    def make(**env: str) -> Scene:
        scene = make_scene(**env)
        if request.param == "webhooks":
            scene.listen()
        return scene

    return make


def made(scene: Scene, *statuses: str, **more: Any) -> str:
    """How far the version is that somebody's pipeline makes, or nothing."""
    before = scene.states()
    ref = more.get("ref", "main")
    if ref not in scene.project.branches and ref not in scene.project.tags:
        scene.gitlab.commit(scene.project, ref, f"Begin {ref}", by="wu")
    scene.elsewhere(*(statuses or ("running", "success")), **more)
    scene.tick(after=MINUTE)
    return "".join(state for label, state in scene.states().items() if label not in before)


WHO = {"VERSION_ID": "7", "SERVICE_ID": "mall", "SERVICE_NAME": "mall", "USERNAME": "wu"}
STARTED: list[tuple[str, dict[str, Any], str]] = [
    ("by hand", {}, "success"),
    ("a push", {"source": Source.PUSH}, "success"),
    ("a schedule", {"source": Source.SCHEDULE}, "success"),
    ("a trigger", {"source": Source.TRIGGER, "variables": {"FAST": "1"}}, "success"),
    ("with our variables", {"variables": WHO}, "success"),
    ("another ref", {"ref": "topic/cart"}, ""),
    ("another ref, with our variables", {"ref": "topic/cart", "variables": WHO}, "success"),
    ("another ref, by its name", {"ref": "topic/cart", "variables": {"SERVICE_NAME": "mall"}}, "success"),
    ("another ref, by its id", {"ref": "topic/cart", "variables": {"SERVICE_ID": "mall"}}, "success"),
    ("another ref, another service", {"ref": "topic/cart", "variables": {"SERVICE_NAME": "hello"}}, ""),
    ("a ref that looks like it", {"ref": "main2"}, ""),
]


@pytest.mark.parametrize(("case", "more", "state"), STARTED, ids=[row[0] for row in STARTED])
def test_what_registers_itself(make: MakeScene, case: str, more: dict[str, Any], state: str) -> None:
    scene = make()
    assert made(scene, **more) == state
    assert scene.heard() == []  # it is nobody's here


def test_it_is_known_whose_it_is(make: MakeScene) -> None:
    scene = make()
    made(scene, variables=WHO)
    (pipeline,), version = scene.pipelines, scene.version()
    assert (version["ref"], version["sha"]) == ("main", pipeline.commit.sha)
    assert version["url"] == scene.town.gitlab_url + pipeline.path
    assert version["path"] == f"mall/{pipeline.id}"


def test_more_release_refs_and_where_a_version_lies(make: MakeScene, tmp_path: Path) -> None:
    (tmp_path / "sampan.toml").write_text(CONFIG, "utf-8")
    scene = make(SAMPAN_CONFIG=str(tmp_path / "sampan.toml"))
    assert made(scene, ref="release/2.1") == "success"
    assert made(scene, ref="releases") == made(scene, ref="vain") == ""
    scene.gitlab.tag(scene.project, "v2", by="chen")
    scene.turn("success")
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success", "v2": "success"}
    assert scene.version("v2")["path"] == f"mall/{scene.pipelines[-1].commit.sha}"


def test_what_is_built_here_knows_its_commit_and_its_place_too(make: MakeScene, tmp_path: Path) -> None:
    (tmp_path / "sampan.toml").write_text(CONFIG, "utf-8")
    scene = make(SAMPAN_CONFIG=str(tmp_path / "sampan.toml"))
    scene.built()
    sha = scene.pipelines[0].commit.sha
    assert (scene.version()["sha"], scene.version()["path"]) == (sha, f"mall/{sha}")
    assert scene.states() == {"v1": "success"}


# Two services of one project.


@pytest.mark.parametrize(
    ("given", "states"),
    [
        ({}, {"mall": 1, "pay": 1}),
        ({"SERVICE_NAME": "pay"}, {"mall": 0, "pay": 1}),
        ({"SERVICE_ID": "mall"}, {"mall": 1, "pay": 0}),
        ({"SERVICE_NAME": "neither"}, {"mall": 1, "pay": 1}),
    ],
)
def test_two_services(make: MakeScene, given: Mapping[str, str], states: dict[str, int]) -> None:
    scene = make(**TWO)
    scene.elsewhere("running", variables=given)
    for seconds in (MINUTE, 400, 400):  # so long that no list has it any more
        scene.tick(after=seconds)
    scene.turn("success")
    scene.tick(after=MINUTE)
    assert {name: len(scene.states(name)) for name in states} == states


def test_a_build_of_one_of_two_services_is_of_that_one(make: MakeScene) -> None:
    scene = make(**TWO)
    scene.ask("/build pay")
    assert variables(scene.pipelines[0])["SERVICE_NAME"] == "pay"
    for seconds in (MINUTE, 400, 400):
        scene.tick(after=seconds)
    scene.turn("success")
    scene.tick(after=MINUTE)
    assert scene.states("pay") == {"v1": "success"} and scene.states("mall") == {}


def test_where_the_variables_are_hidden_a_build_of_one_is_still_of_that_one(make_scene: MakeScene) -> None:
    scene = make_scene(**TWO)
    scene.ask("/build pay")
    scene.fault(kind="403", match="GET .*/variables")
    scene.turn("running")
    scene.tick(after=MINUTE)
    scene.turn("success")
    scene.tick(after=MINUTE)
    assert scene.states("pay") == {"v1": "success"} and scene.states("mall") == {}


# What is behind the clock.


def test_a_deleted_pipeline_does_not_hide_the_others(make_scene: MakeScene) -> None:
    scene = make_scene()
    assert made(scene, "running") == "running"
    scene.delete()
    assert made(scene) == "success"
    assert scene.states() == {"v1": "canceled", "v2": "success"}
    scene.calls()
    scene.tick(after=MINUTE)
    assert scene.calls() == ["GET /pipelines"]


@pytest.mark.parametrize("fault", [{"kind": "500"}, {"kind": "lost", "seconds": 20}])
def test_those_that_wait_for_somebody_do_not_hide_what_is_new(
    make_scene: MakeScene, fault: dict[str, Any]
) -> None:
    scene = make_scene()
    for _ in range(3):
        assert made(scene, "manual") == "pending"
    scene.tick(after=400)  # no list has them any more
    scene.fault(match=r"GET .*/pipelines/\d+$", **fault)
    before = scene.store.chores.done_until(f"pipelines of {scene.project.path}")
    scene.tick(after=MINUTE)
    after = scene.store.chores.done_until(f"pipelines of {scene.project.path}")
    assert before and after and after > before


def test_one_whose_variables_cannot_be_read_does_not_hide_the_others(make_scene: MakeScene) -> None:
    scene = make_scene()
    pipeline = scene.elsewhere("success", source=Source.TRIGGER)
    scene.fault(kind="500", match=f"GET .*/{pipeline.id}/variables")
    assert made(scene, source=Source.PUSH) == "success"
    scene.mend()
    scene.tick(after=MINUTE)
    assert list(scene.states().values()) == ["success", "success"]


@pytest.mark.parametrize("pause", [20, 60, 90])
def test_what_was_held_back_for_one_that_never_came_is_registered(
    make_scene: MakeScene, pause: float
) -> None:
    scene = make_scene()
    scene.tick(after=MINUTE)
    scene.fault(kind="502", match="POST .*/pipeline$", times=1)
    scene.ask("/build mall")
    scene.elsewhere("success", source=Source.TRIGGER)
    for _ in range(0, 600, int(pause)):
        scene.tick(after=pause)
    assert scene.states() == {"v1": "failed", "v2": "success"}


def test_a_quiet_project_costs_one_call_a_minute(make_scene: MakeScene) -> None:
    scene = make_scene()
    for _ in range(3):
        made(scene)
    scene.calls()
    for _ in range(6):
        scene.tick(after=20)
    assert scene.calls() == ["GET /pipelines"] * 2


def test_more_than_one_look_has_time_for(make_scene: MakeScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of other refs are not registered, but each has to be asked what it was started with."""
    monkeypatch.setattr(pipelines, "LOOK_TIME", 0.9)
    monkeypatch.setattr(pipelines, "SPARE", 0.4, raising=False)
    scene = make_scene()
    scene.gitlab.commit(scene.project, "topic", "Begin", by="wu")
    for _ in range(11):
        scene.gitlab.record(scene.project, ref="topic")
        time.sleep(0.002)  # GitLab's times have three digits
    scene.gitlab.record(scene.project)
    scene.fault(kind="slow", match="GET .*/variables", seconds=0.1)
    for _ in range(12):
        if not scene.states():
            scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success"}


@pytest.mark.parametrize("status", ["success", "failed", "canceled", "skipped", "manual", "on_the_moon"])
def test_what_is_known_is_not_asked_about_again(make_scene: MakeScene, status: str) -> None:
    scene = make_scene()
    made(scene, status)
    scene.calls()
    scene.tick(after=MINUTE)
    assert scene.calls() == ["GET /pipelines"]


# Jenkins.


def test_a_build_of_jenkins_asked_for_here(make_scene: MakeScene) -> None:
    scene = make_scene()
    script = "mkdir -p dist; echo 1 > dist/hello.tar"
    scene.bot.job("hello-build", script=script, parameters=())
    scene.ask("/build hello")
    scene.town.jenkins.wait_for("hello-build")
    scene.tick()
    assert scene.states("hello") == {"v1": "success"}
    version = scene.version()
    assert (version["path"], version["number"]) == ("hello/1", 1) and "林小满" in version["who"]
    assert "runs on" not in scene.ask("/versions hello")


@pytest.mark.parametrize("results", [("SUCCESS",), ("SUCCESS", "FAILURE", "SUCCESS", "UNSTABLE", "ABORTED")])
def test_builds_of_jenkins_that_somebody_else_started(
    make_scene: MakeScene, results: tuple[str, ...]
) -> None:
    scene = make_scene()
    scene.bot.job("hello-build", parameters=())
    watched(scene, "SUCCESS")
    for result in results:
        scene.bot.jenkins.record("hello-build", result)
    scene.tick(after=MINUTE)
    good = results.count("SUCCESS") + 1
    assert list(scene.states("hello").values()) == ["success"] * good


def test_a_build_of_jenkins_that_could_not_be_registered_is_met_again(make_scene: MakeScene) -> None:
    scene = make_scene()
    scene.bot.job("hello-build", parameters=())
    watched(scene, "SUCCESS")
    with scene.store.database.lent() as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON versions BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    scene.bot.jenkins.record("hello-build", "SUCCESS")
    scene.tick(after=MINUTE)
    with scene.store.database.lent() as connection:
        connection.execute("DROP TRIGGER full")
    for _ in range(3):
        scene.tick(after=MINUTE)
    assert len(scene.states("hello")) == 2


def test_a_success_of_a_healthy_job_makes_no_call_in_the_hook(make_scene: MakeScene) -> None:
    scene = make_scene()
    scene.bot.job("hello-build", parameters=())
    watched(scene, "SUCCESS")
    scene.bot.jenkins.requests.clear()
    watched(scene, "SUCCESS", tick=False)
    assert scene.bot.jenkins.requests == []
    scene.tick(after=MINUTE)
    assert len(scene.states("hello")) == 2


def watched(scene: Scene, result: str, *, tick: bool = True) -> None:
    """A build ends of which Jenkins tells."""
    scene.listen_to_jenkins()
    scene.bot.jenkins.record("hello-build", result, notify=True)
    if tick:
        scene.tick(after=MINUTE)
