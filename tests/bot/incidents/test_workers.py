"""Workers that die, are slow, or come at once: one card, one comment, one message."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bot.incidents.jobs import compare_due
from bot.incidents.life import Kind, Told
from bot.store.migrating import migrate
from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import MINUTE, Scene
from tests.support.town import wait_until

FAILING, FIXED = "🔴 i1 **nightly** is failing", "🟢 i1 **nightly** is fixed"


@pytest.fixture(params=["trello", "gitee"])
def scene(request: pytest.FixtureRequest, make_scene: MakeScene) -> Scene:
    return make_scene(request.param)


def test_a_worker_that_dies_is_followed_by_another(scene: Scene) -> None:
    scene.known()
    scene.lost("FAILURE")
    scene.bot.clock.ahead += MINUTE
    compare_due(scene.bot.sampan)
    [held] = scene.incidents.take_due(owner="it dies", at_most=1)
    assert scene.tick(after=0) == [] and scene.board.cards() == []
    assert scene.heads(scene.tick(after=2 * MINUTE)) == [FAILING]
    assert not scene.card.comments
    scene.incidents.tended(held, look_at=0)  # the dead one's word counts no longer
    assert scene.tick() == [] and len(scene.board.cards()) == 1


def test_a_worker_that_lost_its_turn_says_nothing_any_more(make_scene: MakeScene) -> None:
    scene = make_scene(TRACKER="none")
    scene.known()
    scene.lost("FAILURE")
    scene.bot.jenkins_fault(kind="slow", seconds=0.7, match="/job/nightly/2/", times=1)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(scene.tick)
        wait_until(lambda: "GET /job/nightly/2/api/json" in scene.spent())
        assert scene.heads(scene.later()) == [FAILING]
        scene.lost("SUCCESS")
        assert scene.heads(scene.later()) == [FIXED]
        slow.result()
    incident = scene.incidents.get(1)
    assert incident and incident.told is Told.FIXED and scene.tick() == []


def test_a_worker_that_lost_its_turn_makes_no_card_any_more(scene: Scene) -> None:
    scene.known()
    scene.lost("FAILURE")
    scene.bot.jenkins_fault(kind="slow", seconds=2, match="/job/nightly/2/", times=1)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(scene.tick)
        wait_until(lambda: "GET /job/nightly/2/api/json" in scene.spent())
        assert scene.heads(scene.later()) == [FAILING]
        slow.result()
    incident = scene.incidents.get(1)
    assert incident and incident.card == scene.card.id


def test_what_comes_while_somebody_works_on_it_is_not_forgotten(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.bot.ask("/ack i1")
    [held] = scene.incidents.take_due(owner="slow", at_most=1)
    assert scene.builds("FAILURE") == []
    assert not scene.card.comments
    scene.incidents.tended(held, look_at=None)
    scene.tick(after=3)
    [comment] = scene.card.comments
    assert "#2" in comment and "looks after it" in comment


def test_a_message_that_was_kept_and_not_sent_goes_out_once(scene: Scene) -> None:
    fault = {"kind": "503", "times": 1}
    requests.put(f"{scene.bot.town.room.url}/_fault", json=fault, timeout=5).raise_for_status()
    assert scene.builds("FAILURE") == []
    assert scene.heads(scene.tick(after=20) + scene.tick()) == [FAILING]


def test_a_tracker_that_is_down_is_asked_once_a_turn(scene: Scene) -> None:
    for number in range(3):
        scene.job(f"job-{number}")
        scene.build("SUCCESS", f"job-{number}")
    scene.tick()
    for number in range(3):
        scene.lost("FAILURE", job=f"job-{number}")
    scene.spent()
    scene.board.fault(kind="503")
    scene.tick()
    assert len([call for call in scene.spent() if re.search(scene.board.create, call)]) == 1
    scene.board.mend()
    scene.later()
    assert len(scene.board.cards()) == 3


def test_one_that_cannot_be_worked_on_keeps_no_other_from_its_turn(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.builds("FAILURE")
    scene.incidents.note(1, "something that this version does not know")
    scene.incidents.soon(Kind.JOB, "nightly")
    scene.job("other")
    assert scene.heads(scene.builds("FAILURE", job="other")) == ["🔴 i2 **other** is failing"]
    assert "i1 could not be worked on" in caplog.text
    assert scene.tick(after=3) == [] and caplog.text.count("could not be worked on") == 1  # not at once
    scene.tick()
    assert caplog.text.count("could not be worked on") == 2


def test_workers_at_once_do_everything_once(make_scene: MakeScene, database_url: str) -> None:
    migrate(database_url)
    scene = make_scene(DATABASE_URL=database_url)
    jobs = [f"job-{number}" for number in range(6)]
    for job in jobs:
        scene.job(job)
        scene.lost("FAILURE", job=job)
        scene.incidents.watch(job, look_at=0)
    workers = [scene.bot.another() for _ in range(3)]
    heard: list[str] = []
    with ThreadPoolExecutor(3) as pool:
        for _ in range(2):
            heard += scene.bot.said(lambda: [*pool.map(scene.work_of, workers)], after=MINUTE)
    assert sorted(card.title for card in scene.board.cards()) == [f"{job} is failing" for job in jobs]
    assert sorted(text for text in heads_of_all(heard)) == sorted(f"**{job}** is failing" for job in jobs)


def heads_of_all(heard: list[str]) -> list[str]:
    """What piled up comes in one message."""
    found = [line for text in heard for line in text.splitlines() if line.startswith("🔴")]
    return [line.split(" ", 2)[2] for line in found]
