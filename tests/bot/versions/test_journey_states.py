"""Pipelines that take other ways: retried, canceled, skipped, waiting for somebody, or where nobody knows."""

from collections.abc import Sequence

import pytest

from sandbox.gitlab.definition import Definition, JobDefinition, When, one_job
from tests.bot.versions.conftest import MakeScene
from tests.bot.versions.scene import MINUTE, Scene, ends


@pytest.fixture(params=["webhooks", "clock"])
def scene(request: pytest.FixtureRequest, make_scene: MakeScene) -> Scene:
    scene = make_scene()
    if request.param == "webhooks":
        scene.listen()
    return scene


def seen(scene: Scene, *statuses: str) -> str:
    """How far the version is once a pipeline has gone through these, and a minute has passed."""
    scene.turn(*statuses)
    scene.tick(after=MINUTE)
    return scene.states()["v1"]


ENDS: list[tuple[str, Sequence[str], str, str]] = [
    ("succeeds", ("running", "success"), "success", "✅ b1 build of **mall**: succeeded"),
    ("fails", ("running", "failed"), "failed", "❌ b1 build of **mall**: failed"),
    ("is canceled", ("running", "canceled"), "canceled", "⏹ b1 build of **mall**: stopped"),
    ("is skipped", ("skipped",), "canceled", "⏹ b1 build of **mall**: ended without a result"),
]


@pytest.mark.parametrize(("case", "statuses", "state", "told"), ENDS, ids=[row[0] for row in ENDS])
def test_a_build_of_ours(scene: Scene, case: str, statuses: Sequence[str], state: str, told: str) -> None:
    scene.ask("/build mall")
    scene.turn(*statuses)
    assert ends(scene.tick(after=MINUTE)) == [told]
    assert scene.states() == {"v1": state}
    assert bool(scene.version()["path"]) is (state == "success")


@pytest.mark.parametrize("ours", [True, False], ids=["asked here", "elsewhere"])
def test_a_retry_is_followed_to_its_success(scene: Scene, ours: bool) -> None:
    if ours:
        scene.ask("/build mall")
    else:
        scene.elsewhere()
    assert seen(scene, "running", "failed") == "failed"
    assert seen(scene, "running") == "running"
    assert seen(scene, "failed") == "failed"
    assert seen(scene, "pending", "running") == "running"
    assert seen(scene, "success") == "success"
    assert scene.version()["path"] == f"mall/{scene.pipelines[0].id}"
    assert len(ends(scene.heard())) == ours  # of ours the first end was told, and that it is over


def test_a_success_stays_when_one_of_its_jobs_is_run_again(scene: Scene) -> None:
    scene.elsewhere("running")
    for statuses in (("success",), ("running",), ("failed",), ("canceled",)):
        assert seen(scene, *statuses) == "success"


def test_a_retry_of_a_pipeline_that_really_ran(scene: Scene) -> None:
    scene.gitlab.coordinator.runners = 2
    scene.project.definition = one_job("test -f built || { touch built; exit 1; }")
    scene.ask("/build mall")
    pipeline = scene.gitlab.wait_for(scene.pipelines[0], "failed")
    (said,) = scene.tick(after=MINUTE)
    assert ends([said]) == ["❌ b1 build of **mall**: failed"] and "build: failed" in said
    scene.gitlab.retry(pipeline, by="wu")
    scene.gitlab.wait_for(pipeline, "success")
    scene.gitlab.hooks.settle()
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success"}


def test_one_that_waits_for_somebody_is_not_over(scene: Scene) -> None:
    scene.ask("/build mall")
    scene.turn("running", "manual")
    said = scene.tick(after=MINUTE)
    assert any("waits for an input" in text and "manual" in text for text in said) and ends(said) == []
    assert scene.states()["v1"] in ("pending", "running")
    scene.turn("running", "success")
    assert len(ends(scene.tick(after=MINUTE))) == 1 and scene.states() == {"v1": "success"}


def test_one_that_somebody_plays(scene: Scene) -> None:
    scene.gitlab.coordinator.runners = 2
    jobs = (
        JobDefinition("go", "build", when=When.MANUAL, allow_failure=False),
        JobDefinition("publish", "publish"),
    )
    scene.project.definition = Definition(jobs)
    pipeline = scene.gitlab.run(scene.project, by="wu")
    scene.gitlab.wait_for(pipeline, "manual")
    scene.gitlab.hooks.settle()
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "pending"}
    scene.gitlab.play(pipeline.jobs[0], by="chen")
    scene.gitlab.wait_for(pipeline, "success")
    scene.gitlab.hooks.settle()
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success"}


@pytest.mark.parametrize("word", ["waiting_for_callback", "canceling", "quarantined", "on_the_moon"])
def test_a_word_that_is_new_is_kept_and_shown(scene: Scene, word: str) -> None:
    scene.elsewhere("running")
    shown = {"waiting_for_callback": "pending", "canceling": "running"}.get(word, word)
    assert seen(scene, word) == shown
    if shown == word:
        assert word in scene.ask("/versions mall")
        assert f"was not built: {word}" in scene.ask("/deploy mall staging v1")
    assert seen(scene, "success") == "success"


def test_a_word_that_is_new_in_a_build_of_ours(scene: Scene) -> None:
    scene.ask("/build mall")
    scene.turn("running", "quarantined")
    assert ends(scene.tick(after=MINUTE)) == []
    assert "quarantined" in scene.ask("/status b1")
    scene.turn("success")
    assert len(ends(scene.tick(after=MINUTE))) == 1 and scene.states() == {"v1": "success"}


def test_one_that_runs_for_long_stays_what_it_is(scene: Scene) -> None:
    scene.elsewhere("running")
    for _ in range(4):
        scene.tick(after=400)
    assert scene.states() == {"v1": "running"}


def test_one_that_is_deleted_is_lost_and_no_version(scene: Scene) -> None:
    scene.ask("/build mall")
    scene.turn("running")
    scene.tick()
    scene.delete()
    said = scene.tick(after=MINUTE) + scene.tick(after=MINUTE)
    assert ends(said) == ["❓ b1 build of **mall**: GitLab shows it no longer, so I cannot tell how it ended"]
    assert scene.states() == {"v1": "failed"}
