"""Finding a build again and seeing how far it is, on a Jenkins that really runs it."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from integrations.errors import IntegrationError, NotFound, Unauthorized
from integrations.jenkins.client import Jenkins
from integrations.model import BuildRef, Result, Sighting, Stage
from tests.integrations.jenkins.conftest import JOB, SLOW, Yard

GONE = Sighting(Stage.GONE)
ITEM, QUEUE = "GET /queue/item/1/api/json", "GET /queue/api/json"
AT_JOB, AT_BUILD = "GET /job/team/job/deploy/api/json", "GET /job/team/job/deploy/1/api/json"
AT_INPUT = "GET /job/team/job/deploy/1/wfapi/pendingInputActions"
SetUp = Callable[..., Yard]


def by_number(ref: BuildRef) -> BuildRef:
    return replace(ref, number=1)


def by_item(ref: BuildRef) -> BuildRef:
    return replace(ref, marker="")


def by_marker(ref: BuildRef) -> BuildRef:
    return replace(ref, queue_id=None)


class TestQueued:
    @pytest.mark.parametrize("known", [by_item, by_marker])
    @pytest.mark.parametrize(
        ("options", "before", "why"),
        [
            ({"quiet_period": 60}, 0, "In the quiet period. Expires in "),
            ({"executors": 0}, 0, "Waiting for next available executor"),
            ({}, 1, "Build #1 is already in progress (ETA: N/A)"),
        ],
        ids=["quiet", "no executor", "blocked"],
    )
    def test_says_why(
        self, set_up: SetUp, options: dict[str, int], before: int, why: str, known: Callable[..., BuildRef]
    ) -> None:
        yard = set_up(**options)
        yard.job(SLOW)
        for number in range(before):
            yard.run(f"before-{number}")
        ref = yard.ask()
        seen = yard.client().read(known(ref))
        assert (seen.stage, seen.queue_id, seen.number) == (Stage.QUEUED, ref.queue_id, None)
        assert seen.why.startswith(why)

    def test_has_left_and_waits_for_its_number(self, set_up: SetUp) -> None:
        yard = set_up(start_delay=60)
        yard.job()
        ref = yard.ask()
        with yard.server.queue.changed:
            assert yard.server.queue.changed.wait_for(lambda: yard.server.jobs[JOB].running, 5)
        assert yard.client().read(ref) == Sighting(Stage.QUEUED, queue_id=1)

    def test_is_cancelled(self, set_up: SetUp) -> None:
        yard = set_up(quiet_period=60)
        yard.job()
        ref, ci = yard.ask(), yard.client()
        ci.cancel(ref)
        assert ci.read(ref) == Sighting(Stage.CANCELLED, queue_id=1)


@pytest.mark.parametrize(
    ("known", "asked"),
    [(by_number, [AT_BUILD]), (by_item, [ITEM, AT_BUILD]), (by_marker, [QUEUE, AT_JOB])],
)
class TestBuild:
    def test_runs(self, yard: Yard, known: Callable[..., BuildRef], asked: list[str]) -> None:
        yard.job(SLOW)
        ref, build = yard.run()
        seen = yard.client().read(known(ref))
        assert (seen.stage, seen.queue_id, seen.number) == (Stage.RUNNING, 1, 1)
        assert (seen.result, seen.seconds, seen.usual) == (None, None, None)
        assert seen.began_at == pytest.approx(build.started, abs=0.002)
        assert seen.url == f"{yard.url}/job/team/job/deploy/1/"
        assert yard.asked == asked

    @pytest.mark.parametrize(
        ("script", "result"),
        [
            ("true", Result.SUCCESS),
            ("exit 42", Result.UNSTABLE),
            ("false", Result.FAILURE),
        ],
    )
    def test_has_ended(
        self, yard: Yard, known: Callable[..., BuildRef], asked: list[str], script: str, result: Result
    ) -> None:
        yard.job(script)
        ref, build = yard.finish()
        seen = yard.client().read(known(ref))
        assert (seen.stage, seen.number, seen.result) == (Stage.ENDED, 1, result)
        assert seen.seconds == pytest.approx(build.duration, abs=0.002)
        assert yard.asked == asked

    def test_was_stopped(self, yard: Yard, known: Callable[..., BuildRef], asked: list[str]) -> None:
        yard.job(SLOW)
        ref, build = yard.run()
        build.stop()
        yard.server.wait_for(JOB)
        seen = yard.client().read(known(ref))
        assert (seen.stage, seen.result) == (Stage.ENDED, Result.ABORTED)


class TestLater:
    """Long after the trigger, when not everything is there any more."""

    @pytest.mark.parametrize("known", [by_item, by_marker, replace])
    def test_a_build_is_found_when_its_item_has_expired(
        self, yard: Yard, known: Callable[..., BuildRef]
    ) -> None:
        ref, _ = yard.finish()
        yard.server.queue.lifetime = 0
        seen = yard.client().read(known(ref))
        assert (seen.stage, seen.number) == (Stage.ENDED, 1)

    def test_a_build_is_found_behind_newer_ones(self, yard: Yard) -> None:
        ref, _ = yard.finish("b1-x")
        for number in (2, 3):
            yard.finish(f"b{number}-x")
        yard.server.queue.lifetime = 0
        assert yard.client().read(ref).number == 1

    def test_what_waited_is_gone_after_a_restart(self, set_up: SetUp) -> None:
        yard = set_up(quiet_period=60)
        yard.job()
        ref = yard.ask()
        yard.server.restart()
        assert yard.client().read(ref) == GONE
        assert yard.asked == [ITEM, QUEUE, AT_JOB]

    def test_what_ran_is_found_after_a_restart(self, yard: Yard) -> None:
        yard.job(SLOW)
        ref, _ = yard.run()
        yard.server.restart()
        yard.server.wait_for(JOB)
        seen = yard.client().read(ref)
        assert (seen.stage, seen.number, seen.result) == (Stage.ENDED, 1, Result.ABORTED)

    @pytest.mark.parametrize("known", [by_number, by_item, by_marker, replace])
    def test_a_deleted_build_is_gone(self, yard: Yard, known: Callable[..., BuildRef]) -> None:
        ref, _ = yard.finish()
        yard.server.delete_build(JOB, 1)
        assert yard.client().read(known(ref)) == GONE

    @pytest.mark.parametrize("known", [by_number, by_item, by_marker])
    def test_a_job_that_is_gone_is_said_to_be(self, yard: Yard, known: Callable[..., BuildRef]) -> None:
        ref, _ = yard.finish()
        yard.server.queue.lifetime = 0
        del yard.server.jobs[JOB]
        with pytest.raises(NotFound):
            yard.client().read(known(ref))

    @pytest.mark.parametrize("known", [by_number, by_item, by_marker])
    @pytest.mark.parametrize(("user", "kind"), [("nobody", Unauthorized), ("stranger", NotFound)])
    def test_a_wrong_login_is_not_gone(
        self, yard: Yard, known: Callable[..., BuildRef], user: str, kind: type[IntegrationError]
    ) -> None:
        ref, _ = yard.finish()
        with pytest.raises(kind):
            yard.client(user).read(known(ref))

    def test_of_a_build_nobody_triggered_nothing_is_known(self, yard: Yard) -> None:
        yard.finish()
        assert yard.client().read(BuildRef(JOB)) == GONE


class TestAnotherJenkins:
    """Set up again in the old one's place: numbers and queue ids begin anew."""

    @pytest.mark.parametrize(
        "stale",
        [
            BuildRef(JOB, "b1-old", 1, 1),
            BuildRef(JOB, "b1-old", 1),
            BuildRef(JOB, "b1-old", number=1),
            BuildRef(JOB, "", 7, 1),
            BuildRef(JOB, "b1-old", 7),
            BuildRef(JOB, "", 7),
            BuildRef(JOB, "b1-old"),
        ],
        ids=str,
    )
    def test_its_builds_are_not_ours(self, yard: Yard, stale: BuildRef) -> None:
        yard.finish("b9-new")
        assert yard.client().read(stale) == GONE

    def test_its_queue_items_are_not_ours(self, set_up: SetUp) -> None:
        yard = set_up(quiet_period=60)
        yard.job()
        yard.server.add_job("other", script="true")
        ci = yard.client()
        assert ci.trigger(ci.find("other"), {}).queue_id == 1
        assert ci.read(BuildRef(JOB, "", 1)) == GONE
        yard.ask("b9-new")
        assert ci.read(BuildRef(JOB, "b1-old", 2)) == GONE

    def test_ours_is_found_by_its_marker_behind_another_id(self, set_up: SetUp) -> None:
        yard = set_up()
        yard.job()
        yard.finish("b9-new")
        yard.finish("b1-x")
        seen = yard.client().read(BuildRef(JOB, "b1-x", 1))
        assert (seen.stage, seen.number, seen.queue_id) == (Stage.ENDED, 2, 2)

    def test_a_number_alone_is_taken_for_what_it_is(self, yard: Yard) -> None:
        yard.finish("b9-new")
        assert yard.client().read(BuildRef(JOB, number=1)).stage is Stage.ENDED


class TestInput:
    @pytest.fixture
    def asking(self, yard: Yard) -> BuildRef:
        yard.job("true", input="Deploy to\n production?")
        ref, build = yard.run()
        yard.until_it_asks(build)
        return by_number(ref)

    def test_waits_for_a_person(self, yard: Yard, asking: BuildRef) -> None:
        seen = yard.client().read(asking)
        assert (seen.stage, seen.number, seen.why) == (Stage.INPUT, 1, "Deploy to production?")
        assert yard.asked == [AT_BUILD, AT_INPUT]

    def test_goes_on(self, yard: Yard, asking: BuildRef) -> None:
        yard.server.jobs[JOB].builds[1].proceed(by="lin")
        yard.server.wait_for(JOB)
        assert yard.client().read(asking).result is Result.SUCCESS
        assert yard.asked == [AT_BUILD]

    def test_without_the_plugin_it_just_runs(self, yard: Yard, asking: BuildRef) -> None:
        yard.server.stage_view = False
        assert yard.client().read(asking).stage is Stage.RUNNING

    def test_a_pipeline_that_asks_nothing_runs(self, yard: Yard) -> None:
        yard.job(SLOW, pipeline=True)
        ref, _ = yard.run()
        assert yard.client().read(by_number(ref)).stage is Stage.RUNNING
        assert yard.asked == [AT_BUILD, AT_INPUT]


class TestUsual:
    def test_is_what_good_builds_took(self, yard: Yard) -> None:
        ci = yard.client()
        assert ci.find(JOB).usual is None
        ref, build = yard.finish()
        assert ci.find(JOB).usual == pytest.approx(build.duration, abs=0.002)
        assert ci.read(ref).usual == ci.find(JOB).usual

    def test_costs_no_request_of_its_own(self, yard: Yard) -> None:
        yard.finish()
        yard.server.requests.clear()
        yard.client().find(JOB)
        assert yard.asked == [AT_JOB]


class TestAccount:
    def test_tells_who_what_and_when(self, yard: Yard) -> None:
        account = yard.client().account()
        assert (account.name, account.version) == ("sampan", "2.528")
        assert account.server_time is not None
        assert abs(account.server_time.timestamp() - time.time()) < 5

    def test_of_a_wrong_token_is_unauthorized(self, yard: Yard) -> None:
        with pytest.raises(Unauthorized):
            Jenkins(yard.url, "sampan", ["wrong"]).account()
