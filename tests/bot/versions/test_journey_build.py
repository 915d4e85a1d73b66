"""From a wish in the room to a version that was built, with every webhook and with none."""

import pytest

from sandbox.gitlab.definition import one_job
from tests.bot.versions.conftest import MakeScene
from tests.bot.versions.scene import MINUTE, Scene, ends, variables

QUICK = one_job("true")
BUILT = "✅ b1 build of **mall**: succeeded"


# What is asked of GitLab.


def test_a_pipeline_is_told_what_it_makes_and_for_whom(scene: Scene) -> None:
    answer = scene.ask("/build mall")
    (pipeline,) = scene.pipelines
    build = scene.store.builds.get(1)
    assert "b1 build of **mall**" in answer and "It makes v1." in answer
    assert build and variables(pipeline) == {
        "VERSION_ID": "v1",
        "SERVICE_ID": "mall",
        "SERVICE_NAME": "mall",
        "USERNAME": build.name,
        "SAMPAN_ID": build.marker,
    }
    assert (pipeline.ref, pipeline.source, pipeline.user.username) == ("main", "api", "sampan")


@pytest.mark.parametrize(
    "pair",
    [
        *("VERSION_ID=v9", "version_id=v9", "SERVICE_ID=hello", "Service_Name=hello", "USERNAME=wu"),
        *("SAMPAN_ID=b9-0", "VERSION_PATH=../x", "VERSION=9"),
    ],
)
def test_what_is_ours_to_say_nobody_else_says(scene: Scene, pair: str) -> None:
    assert "cannot be given by hand" in scene.ask(f"/build mall {pair}")
    assert scene.pipelines == [] and scene.states() == {}


@pytest.mark.parametrize("pair", ["CI_DEBUG_TRACE=1", "PATH=.", "GITLAB_CI=x", "fast=yes"])
def test_a_variable_that_is_not_listed_is_not_sent(own: Scene, pair: str) -> None:
    name = pair.partition("=")[0]
    told = own.ask(f"/build mall {pair}")
    assert f"{name}: not for a pipeline of mall." in told and "Known variables: " in told
    assert own.pipelines == [] and own.states() == {}


def test_without_a_list_there_is_none(scene: Scene) -> None:
    assert "None is configured: set [services.mall] variables." in scene.ask("/build mall FAST=yes")
    assert scene.pipelines == []


def test_a_team_may_have_variables_of_its_own(own: Scene) -> None:
    scene = own
    scene.ask('/build mall FAST=yes NOTE="a b"')
    given = variables(scene.pipelines[0])
    assert (given["FAST"], given["NOTE"], given["VERSION_ID"]) == ("yes", "a b", "v1")


@pytest.mark.parametrize("ref", ["--force", "../main", "a b", "main@{1}", "x;id", "-", "a..b"])
def test_what_is_no_ref_is_not_sent(scene: Scene, ref: str) -> None:
    scene.ask(f'/build mall "{ref}"')
    assert scene.triggers() == 0 and scene.states() == {}


def test_another_ref(scene: Scene) -> None:
    scene.gitlab.commit(scene.project, "topic/cart", "Try a cart", by="wu")
    scene.ask("/build mall topic/cart")
    scene.turn("success")
    assert ends(scene.tick()) == [BUILT]
    version = scene.version()
    assert (version["state"], version["ref"]) == ("success", "topic/cart")
    assert version["path"] == f"mall/{scene.pipelines[0].id}"


def test_who_may_not_build_starts_nothing(make_scene: MakeScene) -> None:
    scene = make_scene(DEVELOPERS="", MAINTAINERS="")
    assert "DEVELOPERS" in scene.ask("/build mall", as_="wu")
    assert scene.pipelines == [] and scene.states() == {}


def test_a_rehearsal_sends_nothing_and_keeps_nothing(scene: Scene) -> None:
    scene.ask("/build mall --dry-run")
    assert scene.triggers() == 0 and scene.pipelines == [] and scene.states() == {}


# How it ends.


def test_webhooks_alone(told: Scene) -> None:
    told.project.definition = QUICK
    told.gitlab.coordinator.runners = 2
    told.bot.hear(2, "/build mall")
    assert ends(told.heard(1)) == [BUILT]
    pipeline = told.pipelines[0]
    version = told.version()
    assert (version["state"], version["path"]) == ("success", f"mall/{pipeline.id}")
    assert (version["sha"], version["url"]) == (pipeline.commit.sha, told.town.gitlab_url + pipeline.path)
    assert ends(told.tick(after=MINUTE)) == []


def test_no_webhook_at_all(scene: Scene) -> None:
    scene.ask("/build mall")
    assert scene.states() == {"v1": "pending"}
    scene.turn("running")
    assert ends(scene.tick(after=MINUTE)) == [] and scene.states() == {"v1": "running"}
    scene.turn("success")
    assert ends(scene.tick(after=MINUTE)) == [BUILT] and scene.states() == {"v1": "success"}
    assert ends(scene.tick(after=MINUTE)) == []


@pytest.mark.parametrize("end", ["success", "failed", "canceled"])
@pytest.mark.parametrize("first", ["webhook", "clock"])
def test_whoever_learns_first_tells_once(scene: Scene, first: str, end: str) -> None:
    scene.listen()
    scene.ask("/build mall")
    scene.turn("running")
    with scene.gitlab.hooks.held() as held:
        scene.gitlab.turn(scene.pipelines[0], end)
        if first == "clock":
            assert len(ends(scene.tick(after=MINUTE))) == 1
    assert len(held) == 1
    scene.gitlab.hooks.settle()
    assert scene.states() == {"v1": end}
    scene.tick()
    scene.tick(after=MINUTE)
    assert len(ends(scene.heard())) == 1 and scene.states() == {"v1": end}


def test_a_webhook_that_comes_before_the_answer_to_the_trigger(told: Scene) -> None:
    told.project.definition = QUICK
    told.gitlab.coordinator.runners = 2
    told.fault(kind="lost", match="POST .*/pipeline", seconds=1.0, times=1)
    told.bot.hear(2, "/build mall")
    assert ends(told.heard(1)) == [BUILT]
    assert told.states() == {"v1": "success"} and told.version()["path"] == f"mall/{told.pipelines[0].id}"


def test_nothing_of_it_is_in_the_log(own: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene = own
    caplog.set_level("DEBUG")
    scene.listen()
    scene.ask("/build mall PASSWORD=s3cret-in-a-variable")
    scene.turn("running", "failed")
    scene.tick(after=MINUTE)
    marker = variables(scene.pipelines[0])["SAMPAN_ID"]
    ours = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith("uvicorn"))
    for secret in ("sandbox-gitlab-token", "sandbox-gitlab-hook", "s3cret-in-a-variable", marker):
        assert secret not in ours
