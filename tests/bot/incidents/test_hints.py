"""A notification of Jenkins has its own job looked at; whatever else is due is the clock's."""

from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import JOB, MINUTE


def test_nobody_waits_for_other_jobs_that_are_due(make_scene: MakeScene) -> None:
    scene = make_scene(TRACKER="none")
    others = [f"other-{number}" for number in range(5)]
    for job in (JOB, *others):
        scene.job(job)
        scene.build("SUCCESS", job)
    scene.bot.clock.ahead += MINUTE
    scene.spent()
    assert scene.heads(scene.build("FAILURE")) == [f"🔴 i1 **{JOB}** is failing"]
    assert all(f"/job/{JOB}/" in call for call in scene.spent())
    scene.tick(after=0)
    asked = " ".join(scene.spent())
    assert all(f"/job/{job}/" in asked for job in others)
