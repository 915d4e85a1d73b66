"""What a job has come to lately and why, on a Jenkins with builds: right, and at the cost of one request."""

import time
from collections.abc import Callable

import pytest

from integrations.errors import Garbled, IntegrationError, NotFound, Unauthorized
from integrations.jenkins.client import Jenkins
from integrations.jenkins.runs import MOST
from integrations.model import BuildRef, Result
from integrations.model.runs import Change, Run, Story
from sandbox.jenkins.builds import Result as Ended
from sandbox.jenkins.changes import Change as Commit
from tests.integrations.jenkins.conftest import JOB, SLOW, Yard
from tests.integrations.loopback import wait_until
from tests.integrations.standin import StandIn

AT_JOB, AT_BUILD = "GET /job/team/job/deploy/api/json", "GET /job/team/job/deploy/1/api/json"
AT_LOG = "/job/team/job/deploy/1/logText/progressiveText"
BEGAN = 1781000000.123
S, U, F, A, N = "SUCCESS", "UNSTABLE", "FAILURE", "ABORTED", "NOT_BUILT"
READS: list[Callable[[Jenkins], object]] = [
    lambda ci: ci.newest(JOB),
    lambda ci: ci.runs(JOB, after=0),
    lambda ci: ci.story(JOB, 1),
    lambda ci: ci.log(BuildRef(JOB, number=1), lines=3),
]


def recorded(yard: Yard, *results: str) -> Jenkins:
    for result in results:
        yard.server.record(JOB, result, began=BEGAN, seconds=2.5)
    return yard.client()


class TestNewest:
    @pytest.mark.parametrize(
        ("results", "newest"),
        [
            ((), None),
            ((A, N), None),
            ((S,), (1, Result.SUCCESS)),
            ((S, F), (2, Result.FAILURE)),
            ((F, U), (2, Result.UNSTABLE)),
            ((U, F, S), (3, Result.SUCCESS)),
            ((S, F, A, N), (2, Result.FAILURE)),
        ],
    )
    def test_is_the_last_that_says_something(
        self, yard: Yard, results: tuple[str, ...], newest: tuple[int, Result] | None
    ) -> None:
        found = recorded(yard, *results).newest(JOB)
        assert (found and (found.number, found.result)) == newest
        assert yard.asked == [AT_JOB]

    def test_tells_all_of_it(self, yard: Yard) -> None:
        url = f"{yard.url}/job/team/job/deploy/1/"
        assert recorded(yard, F).newest(JOB) == Run(1, Result.FAILURE, url, BEGAN, BEGAN + 2.5)

    def test_of_a_real_build(self, yard: Yard) -> None:
        _, build = yard.finish()
        found = yard.client().newest(JOB)
        assert found is not None
        assert found.began_at == pytest.approx(build.started, abs=0.002)
        assert found.ended_at == pytest.approx(time.time(), abs=5)


class TestRuns:
    @pytest.mark.parametrize(("after", "numbers"), [(0, [1, 2, 5]), (1, [2, 5]), (2, [5]), (5, []), (99, [])])
    def test_are_the_newer_ones_oldest_first(self, yard: Yard, after: int, numbers: list[int]) -> None:
        ci = recorded(yard, S, F, A, N, U)
        assert [run.number for run in ci.runs(JOB, after=after)] == numbers
        assert yard.asked == [AT_JOB]

    def test_are_of_the_newest_fifty(self, yard: Yard) -> None:
        ci = recorded(yard, *[S] * 60)
        assert [run.number for run in ci.runs(JOB, after=5)] == [*range(11, 61)]

    def test_may_end_out_of_order(self, yard: Yard) -> None:
        recorded(yard, S)
        yard.server.record(JOB, F, number=7)
        yard.server.record(JOB, S, number=5)
        assert [run.number for run in yard.client().runs(JOB, after=1)] == [5, 7]
        assert yard.server.jobs[JOB].next_number == 8

    def test_leave_out_what_runs(self, yard: Yard) -> None:
        recorded(yard, S)
        yard.job(SLOW, pipeline=True)
        _, build = yard.run()
        build.result = Ended.FAILURE  # currentBuild.result = of a pipeline
        ci = yard.client()
        assert (ci.newest(JOB), list(ci.runs(JOB, after=0))) == (None, [])


class TestStory:
    @pytest.mark.parametrize("pipeline", [False, True], ids=["freestyle", "pipeline"])
    def test_tells_who_and_what(self, yard: Yard, pipeline: bool) -> None:
        yard.job(pipeline=pipeline)
        yard.server.record(JOB, F, changes=[Commit("Half of it", "chen")])
        commits = [Commit("邀请页调整", "wu"), Commit("Other half", "lin")]
        yard.server.jobs[JOB].changes = commits
        yard.finish()
        told = yard.client().story(JOB, 2)
        assert told == Story(
            ("sampan",),
            tuple(Change(one.id[:7], one.title, one.author) for one in commits),
        )
        assert yard.asked[-1:] == [AT_BUILD.replace("/1/", "/2/")]

    def test_tells_which_build_triggered_it(self, yard: Yard) -> None:
        yard.server.add_job("team/build", script="true", downstream=[JOB])
        yard.server.jobs["team/build"].next_number = 33941
        ci = yard.client()
        ci.trigger(ci.find("team/build"), {})
        yard.server.wait_for("team/build", 33941)
        wait_until(lambda: bool(yard.server.jobs[JOB].builds))
        yard.server.wait_for(JOB)
        assert ci.story(JOB, 1).who == ("team/build #33941",)

    def test_of_a_huge_change_set_the_rest_is_counted(self, yard: Yard) -> None:
        yard.server.record(JOB, F, changes=[Commit(f"Change {one}", "wu") for one in range(700)])
        told = yard.client().story(JOB, 1)
        assert (len(told.changes), told.more, told.who) == (MOST, 690, ("timer",))

    def test_costs_one_request(self, yard: Yard) -> None:
        recorded(yard, F).story(JOB, 1)
        assert yard.asked == [AT_BUILD]


class TestLog:
    @pytest.mark.parametrize(
        ("version", "asked"), [((2, 533), [f"HEAD {AT_LOG}", f"GET {AT_LOG}"]), ((2, 534), [f"GET {AT_LOG}"])]
    )
    def test_of_a_number_alone_nothing_else_is_read(
        self, yard: Yard, version: tuple[int, int], asked: list[str]
    ) -> None:
        yard.server.version = version
        yard.server.record(JOB, F, log="one\ntwo")
        ci = yard.client()
        ci.newest(JOB)
        assert ci.log(BuildRef(JOB, number=1), lines=3) == ("one", "two", "Finished: FAILURE")
        assert yard.asked[1:] == asked


class TestWrong:
    """What is not there, hidden, or no Jenkins."""

    @pytest.fixture(params=READS, ids=["newest", "runs", "story", "log"])
    def read(self, request: pytest.FixtureRequest) -> Callable[[Jenkins], object]:
        found: Callable[[Jenkins], object] = request.param
        return found

    @pytest.mark.parametrize(("user", "kind"), [("stranger", NotFound), ("nobody", Unauthorized)])
    def test_login(
        self, yard: Yard, read: Callable[[Jenkins], object], user: str, kind: type[IntegrationError]
    ) -> None:
        recorded(yard, F)
        with pytest.raises(kind):
            read(yard.client(user))

    def test_job(self, yard: Yard, read: Callable[[Jenkins], object]) -> None:
        del yard.server.jobs[JOB]
        with pytest.raises(NotFound):
            read(yard.client())

    @pytest.mark.parametrize("read", READS[2:])
    def test_build(self, yard: Yard, read: Callable[[Jenkins], object]) -> None:
        with pytest.raises(NotFound):
            read(yard.client())

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'"x"', b"{}", b"[" * 100_000])
    @pytest.mark.parametrize("read", READS[:3])
    def test_answer(self, standin: StandIn, read: Callable[[Jenkins], object], body: bytes) -> None:
        standin.on(AT_JOB, body)
        standin.on(AT_BUILD, body)
        with pytest.raises(Garbled):
            read(Jenkins(standin.url, "sampan", ["token"]))


def test_asks_for_no_more_than_it_reads(standin: StandIn) -> None:
    standin.on(AT_JOB, {"lastFailedBuild": None, "builds": []})
    standin.on(AT_BUILD, {"number": 1})
    ci = Jenkins(standin.url, "sampan", ["token"])
    assert (ci.newest(JOB), ci.runs(JOB, after=0), ci.story(JOB, 1)) == (None, (), Story((), ()))
    newest, runs, _ = (one.query["tree"] for one in standin.requests)
    ended = "[number,result,building,timestamp,duration,url,artifacts[relativePath]{0,20}]"
    assert newest == ",".join(f"last{kind}Build{ended}" for kind in ("Stable", "Unstable", "Failed"))
    assert runs == f"builds{ended}{{0,50}}"
