"""The life of a queue item: it waits, is merged, blocked, cancelled, leaves, and is forgotten."""

import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.jenkins.app import create_app
from sandbox.jenkins.jobs import Parameter
from sandbox.jenkins.server import Server
from tests.sandbox.jenkins.calling import READER, Caller, Stage

UNTIL_TOLD = 'while [ ! -e "$JENKINS_HOME/go" ]; do sleep 0.02; done'


@pytest.fixture
def quiet(server: Server) -> None:
    server.quiet_period = 60


@pytest.fixture(autouse=True)
def jobs(server: Server) -> None:
    server.add_job("quick", script="true")
    server.add_job("slow", script=UNTIL_TOLD)
    server.add_job("versioned", script="true", parameters=[Parameter("VERSION")])
    server.add_job("slow-versioned", script=UNTIL_TOLD, parameters=[Parameter("VERSION")], concurrent=True)


def trigger(jenkins: Caller, job: str, **values: str) -> tuple[int, str]:
    verb = "buildWithParameters" if values else "build"
    answer = jenkins.post(f"/job/{job}/{verb}", data=values)
    return answer.status_code, answer.headers["Location"].removeprefix(jenkins.url).rstrip("/")


def kind(item: dict[str, Any]) -> str:
    return str(item["_class"].removeprefix("hudson.model.Queue$"))


@pytest.mark.parametrize(
    ("version", "job", "values", "then", "second"),
    [
        ((2, 528), "versioned", {"VERSION": "1"}, {"VERSION": "1"}, (303, "/queue/item/1")),
        ((2, 528), "versioned", {"VERSION": "1"}, {"VERSION": "2"}, (201, "/queue/item/2")),
        ((2, 307), "versioned", {"VERSION": "1"}, {"VERSION": "1"}, (201, "/queue/item/1")),
        ((2, 528), "quick", {}, {}, (201, "/queue/item/1")),
    ],
)
def test_equal_waiting_builds_are_merged(
    quiet: None,
    server: Server,
    jenkins: Caller,
    version: tuple[int, int],
    job: str,
    values: dict[str, str],
    then: dict[str, str],
    second: tuple[int, str],
) -> None:
    server.version = version
    assert trigger(jenkins, job, **values) == (201, "/queue/item/1")
    assert trigger(jenkins, job, **then) == second


def test_a_merged_build_keeps_both_causes(quiet: None, server: Server, jenkins: Caller) -> None:
    server.add_user("lin", token="lin-token")
    trigger(jenkins, "quick")
    trigger(Caller(jenkins.url, auth=("lin", "lin-token")), "quick")
    causes = jenkins.json("/queue/item/1", tree="actions[causes[userId]]")["actions"][0]["causes"]
    assert [one["userId"] for one in causes] == ["sampan", "lin"]


def test_waits_for_its_quiet_period(quiet: None, jenkins: Caller) -> None:
    trigger(jenkins, "versioned", VERSION="1")
    item = jenkins.json("/queue/item/1")
    assert (kind(item), item["blocked"], item["buildable"]) == ("WaitingItem", False, False)
    assert re.fullmatch(r"In the quiet period. Expires in (59.\d|60.0) sec", item["why"])
    assert item["timestamp"] - item["inQueueSince"] == pytest.approx(60_000, abs=500)
    assert (item["params"], item["url"]) == ("\nVERSION=1", "queue/item/1/")
    assert item["task"]["url"] == f"{jenkins.url}/job/versioned/"
    assert [one["id"] for one in jenkins.json("/queue")["items"]] == [1]
    assert jenkins.json("/job/versioned", tree="inQueue,queueItem[id]")["queueItem"]["id"] == 1


def test_waits_for_the_build_before_it(server: Server, jenkins: Caller) -> None:
    trigger(jenkins, "slow")
    server.wait_started(1)
    trigger(jenkins, "slow")
    item = jenkins.json("/queue/item/2")
    assert (kind(item), item["blocked"]) == ("BlockedItem", True)
    assert item["why"] == "Build #1 is already in progress (ETA: N/A)"
    (server.root / "go").touch()
    assert server.wait_for("slow", 2).queue_id == 2


def test_waits_for_an_executor(server: Server, jenkins: Caller) -> None:
    for version in "123":
        trigger(jenkins, "slow-versioned", VERSION=version)
    server.wait_started(1)
    server.wait_started(2)
    item = jenkins.json("/queue/item/3")
    assert (kind(item), item["buildable"], item["pending"]) == ("BuildableItem", True, False)
    assert item["why"] == "Waiting for next available executor"
    (server.root / "go").touch()
    server.wait_for("slow-versioned", 3)


def test_waits_while_there_is_no_executor(server: Server, jenkins: Caller) -> None:
    server.executors = 0
    trigger(jenkins, "quick")
    item = jenkins.json("/queue/item/1")
    assert (kind(item), item["why"]) == ("BuildableItem", "Waiting for next available executor")
    server.executors = 1
    assert server.wait_for("quick").queue_id == 1


def test_becomes_a_build_and_is_forgotten(server: Server, jenkins: Caller) -> None:
    trigger(jenkins, "quick")
    server.wait_for("quick")
    item = jenkins.json("/queue/item/1")
    assert (kind(item), item["why"], item["cancelled"]) == ("LeftItem", None, False)
    assert (item["executable"]["number"], item["executable"]["url"]) == (1, f"{jenkins.url}/job/quick/1/")
    server.queue.lifetime = 0
    assert jenkins.get("/queue/item/1/api/json").status_code == 404
    assert jenkins.json("/job/quick", tree="builds[number,queueId]")["builds"][0]["queueId"] == 1


def test_has_left_a_moment_before_it_has_a_number(tmp_path: Path, stage: Stage) -> None:
    late = Server(tmp_path, quiet_period=0, start_delay=60)
    late.add_user("sampan", token="token")
    late.add_job("quick", script="true")
    stage.app = create_app(late)
    jenkins = Caller(stage.url)
    trigger(jenkins, "quick")
    with late.queue.changed:
        assert late.queue.changed.wait_for(lambda: late.jobs["quick"].running, 5)
    item = jenkins.json("/queue/item/1")
    assert (kind(item), item["cancelled"], item["executable"]) == ("LeftItem", False, None)
    late.close()


def test_is_cancelled_once(quiet: None, server: Server, jenkins: Caller) -> None:
    trigger(jenkins, "quick")
    assert jenkins.post("/queue/cancelItem?id=1", auth=READER).status_code == 422
    assert jenkins.post("/queue/cancelItem?id=1").status_code == 204
    item = jenkins.json("/queue/item/1")
    assert (kind(item), item["cancelled"], item["executable"]) == ("LeftItem", True, None)
    assert jenkins.post("/queue/cancelItem?id=1").status_code == 500
    assert trigger(jenkins, "quick") == (201, "/queue/item/2")


def test_is_lost_by_a_restart(quiet: None, server: Server, jenkins: Caller) -> None:
    trigger(jenkins, "quick")
    server.restart()
    assert jenkins.get("/queue/item/1/api/json").status_code == 404
    assert jenkins.json("/queue")["items"] == []
    assert trigger(jenkins, "quick") == (201, "/queue/item/2")
