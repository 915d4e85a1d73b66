"""The commit of a version that was asked for here, when no webhook tells of it."""

import pytest

from tests.bot.versions.scene import MINUTE, Scene


@pytest.mark.parametrize("status", ["success", "failed", "canceled"])
def test_the_poll_brings_the_commit(scene: Scene, status: str) -> None:
    scene.built(status)
    scene.tick(after=MINUTE)
    assert scene.version()["sha"] == scene.pipelines[-1].commit.sha
