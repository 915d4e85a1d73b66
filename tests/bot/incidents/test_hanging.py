"""Others that hang: the room is told all the same, and in time."""

from typing import Any

import pytest
import requests

from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import Scene, alert
from tests.support.town import wait_until

HANGS: dict[str, Any] = {"kind": "slow", "seconds": 4.0}


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    return make_scene()


def test_a_jenkins_that_hangs_takes_half_of_a_ticks_time(scene: Scene) -> None:
    jobs = [f"job-{number}" for number in range(8)]
    for job in jobs:
        scene.job(job)
        scene.build("SUCCESS", job)
    fault = {"kind": "503", "times": 1}
    requests.put(f"{scene.bot.town.room.url}/_fault", json=fault, timeout=5).raise_for_status()
    assert scene.alerts(alert()) == []  # it waits to be said
    scene.bot.jenkins_fault(match="GET /job/", **HANGS)
    heard = scene.tick_of(scene.bot.another(), seconds=7)
    assert scene.heads(heard) == ["🔴 i1 **HighCPU** is failing"]


def test_a_tracker_that_hangs_does_so_too(scene: Scene) -> None:
    scene.builds("SUCCESS")
    scene.tick()
    scene.lost("FAILURE")
    scene.board.fault(match=scene.board.create, times=1, **HANGS)
    heard = scene.tick_of(scene.bot.another(), seconds=6.6)
    assert scene.heads(heard) == ["🔴 i1 **nightly** is failing"]
    wait_until(lambda: len(scene.board.cards()) == 1)  # it was only slow
    assert scene.tick() == [] and len(scene.board.cards()) == 1
