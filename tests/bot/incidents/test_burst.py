"""Two hundred notifications at once: none is lost, and each job has one card."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.store.migrating import migrate
from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import MINUTE, Scene

JOBS, BUILDS = 20, 10
HEALTHY = 5  # of the jobs


@pytest.fixture
def scene(make_scene: MakeScene, database_url: str) -> Scene:
    migrate(database_url)
    return make_scene("gitee", DATABASE_URL=database_url)


def test_a_burst_of_notifications(scene: Scene) -> None:
    results = {f"job-{job:02}": job >= HEALTHY for job in range(JOBS)}
    for job, fails in results.items():
        scene.job(job)
        scene.lost("SUCCESS", *["FAILURE"] * (BUILDS - 2), "FAILURE" if fails else "SUCCESS", job=job)
    hooks = [
        (number, "FAILURE" if 1 < number < BUILDS or results[job] else "SUCCESS", job)
        for number in range(1, BUILDS + 1)
        for job in results
    ]
    with ThreadPoolExecutor(25) as pool:
        heard = scene.bot.said(lambda: [*pool.map(lambda hook: scene.hook(*hook), hooks)])
    for _ in range(3):
        heard += scene.tick(after=MINUTE)
    assert scene.incidents.open_count() == JOBS - HEALTHY
    cards = scene.board.cards()
    titles = sorted(card.title for card in cards if not card.closed)
    assert titles == [f"{job} is failing" for job, fails in results.items() if fails]
    assert len({card.title for card in cards}) == len(cards)
    for incident in scene.incidents.open(at_most=JOBS):
        assert (incident.first, incident.last, incident.failures) == (2, BUILDS, BUILDS - 1)
    for job, fails in results.items():
        assert "".join(heard).count(f"**{job}** is failing") == fails
