"""What the words and numbers of a build mean."""

from typing import Any

import pytest

from integrations.jenkins.sightings import find_build, find_item, is_it, is_of, read_build, read_input
from integrations.model import BuildRef, Result, Sighting, Stage
from tests.integrations.standin import sample

RUNNING = {"number": 8, "queueId": 22, "building": True, "result": None}


def carrying(value: object) -> list[Any]:
    return [{}, {"parameters": [{"name": "VERSION", "value": "b1"}, {"name": "SAMPAN_ID", "value": value}]}]


@pytest.mark.parametrize(
    ("data", "stage", "result"),
    [
        ({}, Stage.RUNNING, None),
        ({"result": "FAILURE"}, Stage.RUNNING, None),  # currentBuild.result = of a pipeline
        ({"building": False}, Stage.RUNNING, None),
        ({"building": False, "result": "SUCCESS"}, Stage.ENDED, Result.SUCCESS),
        ({"building": False, "result": "UNSTABLE"}, Stage.ENDED, Result.UNSTABLE),
        ({"building": False, "result": "FAILURE"}, Stage.ENDED, Result.FAILURE),
        ({"building": False, "result": "ABORTED"}, Stage.ENDED, Result.ABORTED),
        ({"building": False, "result": "NOT_BUILT"}, Stage.ENDED, Result.NOT_BUILT),
        ({"building": False, "result": "MOSTLY_FINE"}, Stage.ENDED, Result.NOT_BUILT),
        ({"building": False, "result": {}}, Stage.RUNNING, None),
        ({"building": False, "result": 7}, Stage.ENDED, Result.NOT_BUILT),
    ],
)
def test_over_is_over_when_both_say_so(data: dict[str, Any], stage: Stage, result: Result | None) -> None:
    assert read_build(RUNNING | data) == Sighting(stage, queue_id=22, number=8, result=result)


@pytest.mark.parametrize(
    ("data", "times"),
    [
        ({"timestamp": 1781000000123, "duration": 0, "estimatedDuration": -1}, (1781000000.123, None, None)),
        ({"duration": 1500, "estimatedDuration": 2500}, (None, None, 2.5)),
        ({"building": False, "result": "SUCCESS", "duration": 1500}, (None, 1.5, None)),
        ({"building": False, "result": "SUCCESS", "duration": 0}, (None, None, None)),
        ({"building": False, "result": "SUCCESS", "duration": -1}, (None, None, None)),
        ({"building": False, "result": "SUCCESS", "duration": "1500"}, (None, None, None)),
    ],
)
def test_times_are_seconds_or_unknown(data: dict[str, Any], times: tuple[float | None, ...]) -> None:
    seen = read_build(RUNNING | data)
    assert (seen.began_at, seen.seconds, seen.usual) == times


@pytest.mark.parametrize(
    ("ref", "data", "same"),
    [
        (BuildRef("x", "b1"), carrying("b1"), True),
        (BuildRef("x", "b1"), carrying("b2"), False),
        (BuildRef("x", "b1", 7), carrying("b1"), True),  # restored from a backup, and the ids began anew
        (BuildRef("x", "b1", 22), carrying("b2"), False),
        (BuildRef("x", "b1", 22), [], True),  # the job lost its parameter
        (BuildRef("x", "b1", 7), [], False),
        (BuildRef("x", "", 22), carrying("b2"), True),
        (BuildRef("x", "b1"), [], True),
        (BuildRef("x", "b1"), carrying(None), True),
        (BuildRef("x"), carrying("b2"), True),
    ],
)
def test_a_build_of_that_number_is_ours(ref: BuildRef, data: list[Any], same: bool) -> None:
    assert is_it({**RUNNING, "actions": data}, ref) is same


@pytest.mark.parametrize(
    ("task", "ours"),
    [
        ({"url": "http://ci/job/team/job/x/"}, True),
        ({"url": "http://inside:8080/jenkins/job/team/job/x/"}, True),
        ({"url": "http://ci/job/x/"}, False),
        ({"url": "http://ci/job/other/job/team/job/x/"}, False),
        ({}, True),  # hidden from us
        (None, True),
    ],
)
def test_a_queue_item_is_of_one_job(task: object, ours: bool) -> None:
    assert is_of({"id": 22, "task": task}, BuildRef("team/x", queue_id=22)) is ours


def waiting(marker: str = "", queue_id: int | None = None) -> int | None:
    found = find_item(sample("jenkins/queue/two_waiting.json"), BuildRef("lint", marker, queue_id))
    return found and found["id"]


def built(marker: str = "", queue_id: int | None = None) -> int | None:
    found = find_build(sample("jenkins/builds/two.json"), BuildRef("lint", marker, queue_id))
    return found and found["number"]


class TestFinding:
    def test_by_marker(self) -> None:
        assert (waiting("b13"), built("b11")) == (25, 8)

    def test_by_queue_id(self) -> None:
        assert (waiting(queue_id=24), built(queue_id=21)) == (24, 7)

    @pytest.mark.parametrize("marker", ["b1", "b130", "B13", "", "1.4"])
    def test_only_the_whole_value_of_our_parameter_counts(self, marker: str) -> None:
        assert (waiting(marker), built(marker)) == (None, None)

    def test_only_of_that_job(self) -> None:
        queue = sample("jenkins/queue/two_waiting.json")
        assert find_item(queue, BuildRef("team/lint", "b13")) is None

    @pytest.mark.parametrize("thing", [None, {}, {"actions": None}, {"actions": [None, {"parameters": {}}]}])
    def test_strange_things_are_passed_over(self, thing: Any) -> None:
        data = {"items": [thing], "builds": [thing]}
        assert find_item(data, BuildRef("x", "b1", 1)) is None
        assert find_build(data, BuildRef("x", "b1", 1)) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (" Go\n on? ", "Go on?"),
        ("a\x00b\ud800c\x1b[31m\u202ed", "abc[31md"),  # a store would choke on it, and a room be misled
        ("继续?", "继续?"),
        (None, ""),
    ],
)
def test_words_are_fit_to_be_kept_and_shown(said: object, words: str) -> None:
    assert read_input([{"message": said}]) == words
