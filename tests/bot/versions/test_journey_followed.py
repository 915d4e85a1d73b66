"""A build of GitLab's is followed, shown, stopped and repeated as every build is; on PostgreSQL as well."""

import pytest

from bot.store.migrating import migrate
from sandbox.gitlab.definition import one_job
from tests.bot.versions.conftest import MakeScene
from tests.bot.versions.scene import MINUTE, Scene, ends, variables

FAILS = ("seq 1 30", "echo 'the basket forgets'", "exit 1")


def test_how_far_it_is(scene: Scene) -> None:
    scene.ask("/build mall")
    assert "queued" in scene.ask("/status b1")
    pipeline = scene.turn("running")
    scene.tick()
    shown = scene.ask("/status b1")
    assert "running" in shown and f"[acme/shop@main #{pipeline.id}](" in shown
    assert "b1" in scene.ask("/status mall")
    scene.turn("success")
    scene.tick()
    assert "succeeded" in scene.ask("/status b1")


def test_the_end_of_its_log(scene: Scene) -> None:
    scene.gitlab.coordinator.runners = 2
    scene.project.definition = one_job(*FAILS)
    scene.ask("/build mall")
    scene.gitlab.wait_for(scene.pipelines[0])
    (said,) = scene.tick(after=MINUTE)
    assert ends([said]) == ["❌ b1 build of **mall**: failed"]
    assert "build: failed" in said and "the basket forgets" in said and "content=%2Fretry%20b1)" in said
    log = scene.ask("/logs b1")
    assert "the basket forgets" in log and "section_" not in log and "\x1b" not in log


def test_a_log_before_anything_ran(scene: Scene) -> None:
    scene.ask("/build mall")
    scene.pending()
    assert "b1" in scene.ask("/logs b1")


@pytest.mark.parametrize("running", [False, True], ids=["it waits", "it runs"])
def test_it_is_stopped(scene: Scene, running: bool) -> None:
    if running:
        scene.gitlab.coordinator.runners = 2
        scene.project.definition = one_job("sleep 60")
    scene.ask("/build mall")
    pipeline = scene.pipelines[0]
    scene.gitlab.wait_for(pipeline, "running" if running else "pending")
    assert "I asked GitLab to stop b1 build of **mall**." in scene.ask("/cancel b1")
    scene.gitlab.wait_for(pipeline, "canceled")
    assert ends(scene.tick()) == ["⏹ b1 build of **mall**: stopped"]
    assert scene.states() == {"v1": "canceled"}
    assert "over" in scene.ask("/cancel b1")


def test_one_that_ended_meanwhile_is_not_stopped(scene: Scene) -> None:
    scene.gitlab.coordinator.runners = 2
    scene.project.definition = one_job("true")
    scene.ask("/build mall")
    scene.gitlab.wait_for(scene.pipelines[0])
    scene.ask("/cancel b1")
    assert ends(scene.tick()) == ["✅ b1 build of **mall**: succeeded"]
    assert scene.states() == {"v1": "success"}


def test_it_is_repeated_as_another_version(own: Scene) -> None:
    scene = own
    scene.gitlab.commit(scene.project, "topic", "Begin", by="wu")
    scene.ask("/build mall topic FAST=1")
    assert "is not over yet" in scene.ask("/retry b1")
    scene.turn("failed")
    scene.tick()
    assert "It makes v2." in scene.ask("/retry b1")
    old, new = scene.pipelines
    assert (new.ref, variables(new)["FAST"], variables(new)["VERSION_ID"]) == ("topic", "1", "v2")
    assert variables(new)["SAMPAN_ID"] != variables(old)["SAMPAN_ID"]
    scene.turn("success")
    scene.tick()
    assert scene.states() == {"v1": "failed", "v2": "success"}


def test_what_is_no_longer_let_through_is_not_repeated(own: Scene, make_scene: MakeScene) -> None:
    own.ask("/build mall FAST=1")
    own.turn("failed")
    own.tick()
    for env, why in (
        ({"SAMPAN_CONFIG": ""}, "FAST: not for a pipeline of mall."),
        ({"GITLAB_PROJECTS": "mall=acme/other@main"}, "mall is not built there any more."),
    ):
        assert why in make_scene(**env).ask("/retry b1")
    assert len(own.pipelines) == 1


def test_one_that_may_not_build_may_not_stop_or_repeat(make_scene: MakeScene) -> None:
    scene = make_scene(DEVELOPERS="", MAINTAINERS="")
    scene.ask("/build mall")
    for line in ("/cancel b1", "/retry b1"):
        assert "DEVELOPERS" in scene.ask(line, as_="wu")
    assert scene.pending().status == "pending" and len(scene.pipelines) == 1


def test_a_stop_that_gitlab_refuses(scene: Scene) -> None:
    scene.ask("/build mall")
    scene.fault(kind="403", match="POST .*/cancel")
    assert "GitLab does not let Sampan's account do that." in scene.ask("/cancel b1")
    assert scene.states() == {"v1": "pending"}


def test_what_is_new_in_a_version(scene: Scene) -> None:
    scene.built()
    scene.deployed("staging")
    scene.gitlab.commit(scene.project, "main", "feat: 优惠券", by="wu")
    scene.built()
    shown = scene.ask("/versions mall v2")
    assert "New against v1 on **staging**" in shown and "feat: 优惠券" in shown
    scene.fault(kind="503", match="GET .*/compare")
    assert "cannot be told" in scene.ask("/versions mall v2")


# The whole way, on either database.


def test_built_deployed_and_taken_back(make_scene: MakeScene, database_url: str) -> None:
    migrate(database_url)
    scene = make_scene(DATABASE_URL=database_url)
    scene.listen()
    scene.gitlab.coordinator.runners = 2
    scene.project.definition = one_job("true")
    for number in (1, 2):
        scene.ask("/build mall")
        scene.gitlab.wait_for(scene.pipelines[-1])
        scene.gitlab.hooks.settle()
        assert ends(scene.tick()) == [f"✅ b{number} build of **mall**: succeeded"]
    scene.gitlab.wait_for(scene.gitlab.run(scene.project, by="wu"))
    scene.gitlab.hooks.settle()
    assert scene.states() == {"v1": "success", "v2": "success", "v3": "success"}
    scene.deployed("staging", "v1")
    scene.deployed("staging")
    assert scene.where() == {"staging": "v3"}
    assert "Ran before: v1" in scene.ask("/rollback mall")
    assert ends(scene.deploy_ends()) == ["✅ b5 **mall v1** to **staging**: succeeded"]
    assert scene.where() == {"staging": "v1"}
    assert "runs on **staging**" in scene.ask("/versions mall")
    scene.ask("/build mall")
    scene.gitlab.hooks.settle()
    scene.tick(after=MINUTE)
    assert scene.version("v1")["path"] == f"mall/{scene.pipelines[0].id}"
