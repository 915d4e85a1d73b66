"""Jobs: which builds count, what a notification is worth, and what no notification told."""

import pytest

from bot.incidents.jobs import is_watched
from bot.settings import load
from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import DAY, HOUR, JOB, MINUTE, Scene
from tests.support.town import wait_until

FAILING, FIXED = "🔴 i1 **nightly** is failing", "🟢 i1 **nightly** is fixed"
COUNTED: list[tuple[str, list[str], list[str]]] = [
    ("nothing", ["SUCCESS", "SUCCESS"], []),
    ("a failure", ["SUCCESS", "FAILURE"], [FAILING]),
    ("the first build", ["FAILURE"], [FAILING]),
    ("unstable", ["UNSTABLE"], [FAILING]),
    ("once", ["FAILURE", "FAILURE", "UNSTABLE"], [FAILING]),
    ("fixed", ["FAILURE", "SUCCESS"], [FAILING, FIXED]),
    ("stopped while healthy", ["SUCCESS", "ABORTED", "NOT_BUILT"], []),
    ("stopped while failing", ["FAILURE", "ABORTED", "NOT_BUILT"], [FAILING]),
    ("fixed after a stop", ["FAILURE", "ABORTED", "SUCCESS"], [FAILING, FIXED]),
    ("never ran", ["ABORTED"], []),
]


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    return make_scene(TRACKER="none")


@pytest.mark.parametrize(("case", "results", "heard"), COUNTED, ids=[row[0] for row in COUNTED])
@pytest.mark.parametrize("jenkins", ["asked", "not configured"])
def test_what_counts(
    make_scene: MakeScene, jenkins: str, case: str, results: list[str], heard: list[str]
) -> None:
    scene = make_scene(TRACKER="none", **({"JENKINS_URL": ""} if jenkins == "not configured" else {}))
    assert scene.heads(scene.builds(*results)) == heard
    assert scene.tick() == []
    assert bool(scene.spent()) is (jenkins == "asked")


def test_a_build_counts_once_though_it_is_told_twice(scene: Scene) -> None:
    scene.builds("FAILURE", "FAILURE")
    for number in (1, 2, 2):
        for phase in ("COMPLETED", "FINALIZED", "FINISHED"):
            assert scene.hook(number, "FAILURE", phase=phase) == []
    assert failures(scene) == 2
    assert scene.builds("SUCCESS") and scene.hook(3, "SUCCESS") == []


def test_a_success_of_a_healthy_job_costs_one_read_of_our_own(make_scene: MakeScene) -> None:
    scene = make_scene()
    scene.builds("SUCCESS")
    scene.tick()
    scene.spent()
    before = written(scene)
    assert scene.builds("SUCCESS", "SUCCESS", "SUCCESS") == []
    assert (scene.spent(), written(scene)) == ([], before)


def test_older_builds_change_nothing(scene: Scene) -> None:
    scene.builds("SUCCESS", "FAILURE", "SUCCESS")
    assert scene.hook(2, "FAILURE") == []
    scene.builds("FAILURE")
    assert scene.hook(3, "SUCCESS") == scene.hook(2, "FAILURE") == scene.tick() == []
    assert failures(scene) == 1


@pytest.mark.parametrize("jenkins", ["asked", "not configured"])
def test_a_build_that_ends_after_a_later_one_is_an_older_one(make_scene: MakeScene, jenkins: str) -> None:
    scene = make_scene(TRACKER="none", **({"JENKINS_URL": ""} if jenkins == "not configured" else {}))
    scene.build("SUCCESS", number=1)
    assert scene.heads(scene.build("FAILURE", number=3)) == [FAILING]
    assert scene.build("SUCCESS", number=2) == scene.tick() == []


def test_a_forged_notification_is_only_a_hint(scene: Scene) -> None:
    scene.builds("SUCCESS")
    assert scene.hook(99, "FAILURE") == scene.tick() == []  # there is no such build
    scene.builds("FAILURE")
    assert scene.hook(99, "SUCCESS") == scene.hook(2, "SUCCESS") == scene.tick() == []
    assert scene.heads(scene.builds("SUCCESS")) == [FIXED]


def test_a_notification_of_a_job_that_jenkins_does_not_have(scene: Scene) -> None:
    assert scene.hook(1, "FAILURE", "no-such-job") == scene.tick() == []
    assert scene.incidents.open_count() == 0


@pytest.mark.parametrize("broken", [False, True], ids=["a failure", "a success"])
def test_a_lost_notification_is_healed_within_a_minute(scene: Scene, broken: bool) -> None:
    scene.builds("SUCCESS", *["FAILURE"] * broken)
    scene.lost("SUCCESS" if broken else "FAILURE")
    heard = scene.tick(after=30) + scene.tick(after=30)
    assert scene.heads(heard) == [FIXED if broken else FAILING]


def test_builds_that_nobody_told_of_are_all_judged(scene: Scene) -> None:
    scene.builds("SUCCESS")
    scene.tick()
    scene.lost("FAILURE", "FAILURE", "ABORTED", "UNSTABLE", "SUCCESS", "SUCCESS")
    assert scene.heads(scene.tick()) == [FIXED]  # of what began and ended meanwhile, the end is news
    assert failures(scene) == 3


def test_a_success_that_is_told_does_not_hide_a_failure_that_was_not(scene: Scene) -> None:
    scene.builds("SUCCESS")
    scene.tick()
    scene.lost("FAILURE")
    assert scene.builds("SUCCESS") == []
    assert scene.heads(scene.tick()) == [FIXED]


def test_a_job_that_fails_when_it_is_first_seen_fails_since_its_last_success(scene: Scene) -> None:
    scene.lost("FAILURE", "SUCCESS", ago=3 * HOUR)
    scene.lost("FAILURE", ago=2 * HOUR)
    assert scene.heads(scene.build("FAILURE")) == [FAILING]
    [incident] = scene.incidents.open(at_most=5)
    assert (incident.first, incident.last, incident.failures) == (3, 4, 2)
    assert round(scene.bot.store.now() - incident.opened_at, -5) == 2 * HOUR * 1000


def test_more_builds_than_one_look_shows(scene: Scene) -> None:
    scene.builds("SUCCESS")
    scene.lost(*["FAILURE"] * 60)
    scene.tick()
    assert failures(scene) == 50  # which is all that is asked for


@pytest.mark.parametrize("fault", ["503", "401", "html", "empty"])
def test_while_jenkins_is_down_nothing_is_said_and_nothing_lost(scene: Scene, fault: str) -> None:
    scene.builds("SUCCESS")
    scene.bot.jenkins_fault(kind=fault, match="GET /job")
    assert scene.builds("FAILURE") == scene.tick() == []
    scene.bot.mend()
    assert scene.heads(scene.tick()) == [FAILING]
    assert failures(scene) == 1


def test_without_its_story_and_its_log_a_failure_is_told_all_the_same(make_scene: MakeScene) -> None:
    scene = make_scene()
    scene.bot.jenkins_fault(kind="500", match="/job/nightly/1/")
    [heard] = scene.builds("FAILURE")
    assert "is failing" in heard and "started by" not in heard
    assert "log" not in scene.board.cards()[0].text


def test_a_job_that_is_deleted_stays_as_it_was_and_holds_nobody_up(scene: Scene) -> None:
    scene.job("other")
    scene.builds("FAILURE")
    del scene.bot.jenkins.jobs[JOB]
    scene.spent()
    assert scene.hook(2, "SUCCESS") == scene.tick() == scene.tick() == []
    assert len(scene.spent()) == 1  # at the hint; after that it can wait
    assert scene.heads(scene.builds("FAILURE", job="other")) == ["🔴 i2 **other** is failing"]
    assert scene.incidents.open_count() == 2


@pytest.mark.parametrize("jenkins", ["asked", "not configured"])
def test_a_server_whose_clock_is_ahead(make_scene: MakeScene, jenkins: str) -> None:
    scene = make_scene(TRACKER="none", **({"JENKINS_URL": ""} if jenkins == "not configured" else {}))
    heard = []
    for result in ("FAILURE", "SUCCESS", "FAILURE", "SUCCESS"):
        heard += scene.heads(scene.build(result, ago=-DAY))
        heard += scene.heads(scene.tick(after=2 * HOUR))
    failing, lasting, fixed = "is failing", "is still failing", "is fixed"
    assert [text.partition("** ")[2] for text in heard] == [failing, lasting, fixed] * 2
    assert "broken for 2 h" in scene.bot.ask("/incidents i1")


def test_a_job_that_was_made_again_counts_from_one(scene: Scene) -> None:
    scene.builds("SUCCESS", "SUCCESS", "FAILURE", "FAILURE")
    scene.job()
    scene.tick(after=MINUTE)
    assert scene.builds("FAILURE") == scene.tick() == []
    assert failures(scene) == 3
    assert scene.heads([*scene.builds("SUCCESS"), *scene.tick()]) == [FIXED]


def test_a_build_that_somebody_asked_for_is_an_incident_as_well(scene: Scene) -> None:
    room = scene.bot.town.room
    scene.bot.job(script="exit 1")
    before = len(room.replies)
    scene.bot.say("/deploy hello", as_="chen")
    wait_until(lambda: "is failing" in room.replies[-1].text)
    heard = "".join(message.text for message in room.replies[before:])
    assert (heard.count("is queued"), heard.count("failed"), heard.count("is failing")) == (1, 1, 1)
    assert scene.tick() == []


def test_builds_that_were_deleted_are_no_new_ones(scene: Scene) -> None:
    scene.builds("SUCCESS", "FAILURE", "SUCCESS")
    scene.bot.jenkins.delete_build(JOB, 3)
    assert scene.tick() == []
    scene.bot.jenkins.delete_build(JOB, 2)
    scene.bot.jenkins.delete_build(JOB, 1)
    assert scene.tick() == []


WATCHED: list[tuple[str, dict[str, str], bool]] = [
    ("team/hello", {}, True),
    ("team/web/PR-233", {}, False),
    ("web-pr", {"JENKINS_PR_JOB": "{repo}-pr"}, False),
    ("web-pr", {}, True),
    ("nightly", {"WATCH_JOBS": "nightly"}, True),
    ("nightly-2", {"WATCH_JOBS": "nightly"}, False),
    ("team/nightly", {"WATCH_JOBS": "team/*"}, True),
    ("team/nightly", {"WATCH_JOBS": "*,!team/*"}, False),
    ("Nightly", {"WATCH_JOBS": "nightly"}, False),
]


@pytest.mark.parametrize(("job", "env", "watched"), WATCHED, ids=[f"{row[0]} {row[1]}" for row in WATCHED])
def test_which_jobs_are_watched(job: str, env: dict[str, str], watched: bool) -> None:
    assert is_watched(load({"REPOS": "web=acme/web", **env}), job) is watched


@pytest.mark.parametrize("job", ["web-pr", "team/web/PR-233", "hidden"])
def test_of_a_job_that_is_not_watched_nothing_is_known(make_scene: MakeScene, job: str) -> None:
    scene = make_scene(
        TRACKER="none", JENKINS_PR_JOB="{repo}-pr", WATCH_JOBS="*,!*/PR-*,!hidden", REPOS="web=acme/web"
    )
    scene.job(job)
    assert scene.builds("FAILURE", job=job) == scene.spent() == []
    assert scene.incidents.titles() == []


def test_a_job_that_is_watched_no_longer_is_not_asked_after(scene: Scene) -> None:
    scene.builds("SUCCESS")
    scene.lost("FAILURE")
    scene.spent()
    for env in ({"WATCH_JOBS": "*,!nightly"}, {"JENKINS_URL": ""}):
        scene.incidents.watch(JOB, look_at=0)
        assert scene.tick_of(scene.bot.another(**env)) == scene.spent() == []


def test_what_there_is_no_time_for_is_done_the_next_time(scene: Scene) -> None:
    scene.builds("SUCCESS")
    scene.lost("FAILURE")
    assert scene.tick_of(scene.bot.another(), seconds=2.5) == []
    assert scene.heads(scene.tick(after=0)) == [FAILING]


def failures(scene: Scene) -> int:
    """Of the first incident."""
    incident = scene.incidents.get(1)
    return incident.failures if incident else 0


def written(scene: Scene) -> int:
    """How many rows were ever written."""
    with scene.bot.store.database.lent() as connection:
        return int(connection.total_changes)
