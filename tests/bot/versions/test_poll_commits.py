"""What the poll brings of a version that was asked for here, when nobody else has told it."""

import pytest

from bot.builds import State
from tests.bot.versions.scene import MINUTE, Scene


@pytest.mark.parametrize("status", ["success", "failed", "canceled"])
def test_the_poll_brings_the_commit(scene: Scene, status: str) -> None:
    scene.built(status)
    scene.tick(after=MINUTE)
    assert scene.version()["sha"] == scene.pipelines[-1].commit.sha


def test_the_poll_keeps_where_it_lies_when_a_process_died_before(scene: Scene) -> None:
    scene.listen()
    scene.ask("/build mall")
    scene.turn("running")  # the webhook has its commit
    scene.project.hooks.clear()
    scene.turn("success")
    build = scene.store.builds.get(1)
    assert build and scene.store.builds.change(build, State.SUCCEEDED, look_at=None)
    assert scene.version()["path"] == ""
    scene.tick(after=MINUTE)
    assert scene.version()["path"] == f"mall/{scene.pipelines[-1].id}"
