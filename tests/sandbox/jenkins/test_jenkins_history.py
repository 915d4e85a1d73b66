"""Builds put into a job without running, what is new in a build, who is to blame, and what starts what."""

import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.jenkins.builds import Result
from sandbox.jenkins.changes import Change
from sandbox.jenkins.server import Server
from sandbox.serving import serving
from tests.sandbox.jenkins.calling import Caller

BEGAN = 1781000000.5
FIX, OTHER = Change("Fix <it>", "wu", id="a" * 40, when=BEGAN), Change("Another", "chen")


@pytest.fixture(autouse=True)
def job(server: Server) -> None:
    server.add_job("hello", script="true")


class TestRecorded:
    def test_is_exported_like_any_other(self, server: Server, jenkins: Caller) -> None:
        server.record("hello", "FAILURE", began=BEGAN, seconds=2.5, log="one\n  two")
        about = jenkins.json("/job/hello/1")
        assert {key: about[key] for key in ("number", "result", "building", "inProgress", "queueId")} == {
            "number": 1,
            "result": "FAILURE",
            "building": False,
            "inProgress": False,
            "queueId": 1,
        }
        assert (about["timestamp"], about["duration"]) == (1781000000500, 2500)
        log = jenkins.get("/job/hello/1/consoleText").text
        assert log.splitlines() == ["Started by timer", "one", "  two", "Finished: FAILURE"]
        assert jenkins.get("/job/hello/1/").status_code == 200
        assert server.wait_for("hello", 1, timeout=0).result is Result.FAILURE

    def test_takes_its_place_by_its_number(self, server: Server, jenkins: Caller) -> None:
        for number in (5, 7, 6):
            server.record("hello", "SUCCESS", number=number)
        jenkins.post("/job/hello/build")
        server.wait_for("hello", 8)
        shown = jenkins.json("/job/hello", tree="builds[number,queueId],nextBuildNumber")
        assert [one["number"] for one in shown["builds"]] == [8, 7, 6, 5]
        assert len({one["queueId"] for one in shown["builds"]}) == 4

    def test_five_hundred_are_no_burden(self, server: Server, jenkins: Caller) -> None:
        for _ in range(500):
            server.record("hello", "FAILURE", changes=[OTHER])
        shown = jenkins.json(
            "/job/hello", tree="allBuilds[number],lastFailedBuild[number,culprits[fullName]]"
        )
        assert (len(shown["allBuilds"]), shown["lastFailedBuild"]["number"]) == (500, 500)

    @pytest.mark.parametrize("notify", [True, False])
    def test_is_told_of_if_wanted(self, server: Server, notify: bool) -> None:
        told: list[dict[str, Any]] = []

        async def hook(scope: Scope, receive: Receive, send: Send) -> None:
            told.append(json.loads(await Request(scope, receive).body())["build"])
            await Response()(scope, receive, send)

        with serving(hook) as address:
            server.notify = [address]
            server.record("hello", "UNSTABLE", began=BEGAN, seconds=2.5, changes=[FIX], notify=notify)
        assert [(one["phase"], one.get("status"), one["timestamp"]) for one in told] == notify * [
            ("QUEUED", None, 1781000000500),
            ("STARTED", None, 1781000000500),
            ("COMPLETED", "UNSTABLE", 1781000003000),
            ("FINALIZED", "UNSTABLE", 1781000003000),
        ]
        assert all(one["scm"]["culprits"] == ["wu"] for one in told)


class TestPermalinks:
    @pytest.mark.parametrize(
        ("link", "number"),
        [
            ("lastBuild", 6),
            ("lastCompletedBuild", 5),
            ("lastStableBuild", 1),
            ("lastUnstableBuild", 2),
            ("lastSuccessfulBuild", 2),
            ("lastFailedBuild", 3),
            ("lastUnsuccessfulBuild", 5),
        ],
    )
    def test_leave_out_what_runs(self, server: Server, jenkins: Caller, link: str, number: int) -> None:
        for result in ("SUCCESS", "UNSTABLE", "FAILURE", "ABORTED", "NOT_BUILT"):
            server.record("hello", result)
        server.jobs["hello"].script = "sleep 60"
        jenkins.post("/job/hello/build")
        server.wait_started(6).result = Result.FAILURE  # as a pipeline can have long before its end
        assert jenkins.json("/job/hello", tree=f"{link}[number]")[link]["number"] == number
        assert jenkins.json(f"/job/hello/{link}")["number"] == number


class TestChanges:
    def test_of_a_freestyle_build(self, server: Server, jenkins: Caller) -> None:
        server.jobs["hello"].changes = [FIX]
        jenkins.post("/job/hello/build")
        server.wait_for("hello")
        about = jenkins.json("/job/hello/1", tree="changeSet[kind,items[commitId,id,msg,author[fullName]]]")
        item = {"commitId": FIX.id, "id": FIX.id, "msg": "Fix <it>", "author": {"fullName": "wu"}}
        kind = "hudson.plugins.git.GitChangeSet"
        items = [{"_class": kind, **item}]
        assert about["changeSet"] == {"_class": f"{kind}List", "kind": "git", "items": items}
        assert "Fix &lt;it&gt;" in jenkins.get("/job/hello/1/").text
        assert "Fix &lt;it&gt;" in jenkins.get("/job/hello/").text

    def test_are_of_one_build(self, server: Server, jenkins: Caller) -> None:
        server.record("hello", "SUCCESS", changes=[FIX])
        server.record("hello", "SUCCESS")
        changes = jenkins.json("/job/hello/2")["changeSet"]
        assert changes == {"_class": "hudson.scm.EmptyChangeLogSet", "items": [], "kind": None}

    @pytest.mark.parametrize(("changes", "sets"), [([FIX, OTHER], [2]), ([], [])])
    def test_of_a_pipeline(
        self, server: Server, jenkins: Caller, changes: list[Change], sets: list[int]
    ) -> None:
        server.add_job("flow", script="true", pipeline=True)
        server.record("flow", "SUCCESS", changes=changes)
        about = jenkins.json("/job/flow/1")
        assert "changeSet" not in about
        assert [len(one["items"]) for one in about["changeSets"]] == sets

    @pytest.mark.parametrize(
        ("before", "culprits"),
        [
            ([], ["wu"]),
            (["SUCCESS"], ["wu"]),
            (["UNSTABLE"], ["wu"]),
            (["FAILURE"], ["chen", "wu"]),
            (["FAILURE", "ABORTED"], ["chen", "wu"]),
            (["FAILURE", "SUCCESS"], ["wu"]),
        ],
    )
    def test_of_broken_builds_stay_on_their_authors(
        self, server: Server, jenkins: Caller, before: list[str], culprits: list[str]
    ) -> None:
        for result in before:
            server.record("hello", result, changes=[OTHER])
        server.record("hello", "FAILURE", changes=[FIX])
        shown = jenkins.json("/job/hello/lastFailedBuild", tree="culprits[fullName]")["culprits"]
        assert [one["fullName"] for one in shown] == culprits


class TestDownstream:
    @pytest.fixture
    def chain(self, server: Server) -> None:
        server.add_job("team/after", script="true")
        server.jobs["hello"].downstream = ("team/after",)

    @pytest.mark.usefixtures("chain")
    def test_is_started_by_a_build_that_worked(self, server: Server, jenkins: Caller) -> None:
        server.jobs["hello"].next_number = 1234
        jenkins.post("/job/hello/build")
        first = server.wait_for("hello", 1234)
        server.wait_started(2)
        server.wait_for("team/after")
        assert "Triggering a new build of team/after" in first.log.read_text()
        [actions] = jenkins.json("/job/team/job/after/1")["actions"]
        assert actions["causes"] == [
            {
                "_class": "hudson.model.Cause$UpstreamCause",
                "shortDescription": 'Started by upstream project "hello" build number 1,234',
                "upstreamBuild": 1234,
                "upstreamProject": "hello",
                "upstreamUrl": "job/hello/",
            }
        ]

    @pytest.mark.usefixtures("chain")
    @pytest.mark.parametrize("script", ["false", "exit 42"])
    def test_is_not_started_by_another(self, server: Server, jenkins: Caller, script: str) -> None:
        server.jobs["hello"].script = script
        jenkins.post("/job/hello/build")
        server.wait_for("hello")
        assert server.queue.waiting == []
        assert server.jobs["team/after"].builds == {}
