"""What the Notification plugin tells, in which order, and what it does about answers."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.jenkins.app import create_app
from sandbox.jenkins.jobs import Parameter, Type
from sandbox.jenkins.server import Server
from sandbox.serving import serving
from tests.sandbox.jenkins.calling import Caller, Stage

GIVEN = (Parameter("version", default="1"), Parameter("DEBUG", Type.BOOLEAN), Parameter("KEY", Type.PASSWORD))


@dataclass
class Endpoint:
    """Keeps what it is told, answers with `status`, and asks Jenkins about the build meanwhile."""

    server: Server
    url: str
    status: int = 200
    hangs: bool = False
    heard: threading.Event = field(default_factory=threading.Event)
    told: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    states: list[tuple[bool, bool]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = json.loads(await request.body())
        jobs = {job.path: job for job in self.server.jobs.values()}
        build = jobs[body["url"]].builds[body["build"]["number"]]
        self.told.append(body)
        self.headers.append(dict(request.headers))
        self.states.append((build.building, build.in_progress))
        self.heard.set()
        if self.hangs:
            await receive()  # until Jenkins hangs up
        await Response(status_code=self.status)(scope, receive, send)

    @property
    def phases(self) -> list[tuple[str, str | None]]:
        return [(one["build"]["phase"], one["build"].get("status")) for one in self.told]


@pytest.fixture(scope="module")
def endpoint_stage() -> Iterator[Stage]:
    empty = Stage()
    with serving(empty) as empty.url:
        yield empty


@pytest.fixture
def endpoint(endpoint_stage: Stage, server: Server) -> Endpoint:
    made = Endpoint(server, endpoint_stage.url + "/hooks/jenkins/secret?a=1")
    endpoint_stage.app = made
    return made


def run(server: Server, jenkins: Caller, endpoint: Endpoint, *, script: str = "true") -> None:
    server.add_job("hello", script=script, notify=[endpoint.url])
    jenkins.post("/job/hello/build")
    server.wait_for("hello")


@pytest.mark.parametrize(
    ("script", "status"), [("true", "SUCCESS"), ("false", "FAILURE"), ("exit 42", "UNSTABLE")]
)
def test_tells_four_phases_in_order(
    server: Server, jenkins: Caller, endpoint: Endpoint, script: str, status: str
) -> None:
    run(server, jenkins, endpoint, script=script)
    both = [("COMPLETED", status), ("FINALIZED", status)]
    assert endpoint.phases == [("QUEUED", None), ("STARTED", None), *both]
    # COMPLETED is told while the build is no longer building, but in progress.
    assert endpoint.states == [(True, True), (True, True), (False, True), (False, False)]


def test_every_job_may_report_to_one_address(server: Server, jenkins: Caller, endpoint: Endpoint) -> None:
    server.notify = [endpoint.url]
    server.add_job("hello", script="true")
    jenkins.post("/job/hello/build")
    server.wait_for("hello")
    assert [phase for phase, _ in endpoint.phases] == ["QUEUED", "STARTED", "COMPLETED", "FINALIZED"]


def test_tells_everything_but_secrets(server: Server, jenkins: Caller, endpoint: Endpoint) -> None:
    server.url = "https://ci.example.com/jenkins"
    server.add_job("team/hello", script="true", parameters=GIVEN, notify=[endpoint.url])
    jenkins.post("/job/team/job/hello/buildWithParameters", data={"KEY": "secret", "version": "2"})
    build = server.wait_for("team/hello")
    last = endpoint.told[-1]
    assert {key: last[key] for key in ("name", "display_name", "url")} == {
        "name": "hello",
        "display_name": "hello",
        "url": "job/team/job/hello/",
    }
    assert last["build"].pop("timestamp") == int(build.started * 1000) + int(build.duration * 1000)
    assert last["build"] == {
        "full_url": "https://ci.example.com/jenkins/job/team/job/hello/1/",
        "number": 1,
        "queue_id": 1,
        "duration": int(build.duration * 1000),
        "phase": "FINALIZED",
        "status": "SUCCESS",
        "url": "job/team/job/hello/1/",
        "scm": {"changes": [], "culprits": []},
        "parameters": {"version": "2", "VERSION": "2", "DEBUG": "false"},
        "log": "",
        "notes": "",
        "artifacts": {},
    }
    assert endpoint.headers[0]["content-type"] == "application/json;charset=UTF-8"


def test_leaves_out_what_it_does_not_know(server: Server, jenkins: Caller, endpoint: Endpoint) -> None:
    run(server, jenkins, endpoint)
    assert {"full_url", "parameters", "status"} & set(endpoint.told[0]["build"]) == set()


def test_sends_the_name_and_password_of_an_address(
    server: Server, jenkins: Caller, endpoint: Endpoint
) -> None:
    endpoint.url = endpoint.url.replace("http://", "http://bot:p%40ss@")
    run(server, jenkins, endpoint)
    assert endpoint.headers[0]["authorization"] == "Basic Ym90OnBAc3M="


def test_a_refusal_is_a_success_and_is_not_repeated(
    server: Server, jenkins: Caller, endpoint: Endpoint
) -> None:
    endpoint.status = 500
    run(server, jenkins, endpoint)
    assert len(endpoint.told) == 4
    assert "Failed to notify" not in server.jobs["hello"].builds[1].log.read_text()


def test_nobody_listening_does_not_fail_the_build(server: Server, jenkins: Caller) -> None:
    server.add_job("hello", script="true", notify=["http://127.0.0.1:1/secret"])
    jenkins.post("/job/hello/build")
    build = server.wait_for("hello")
    assert (build.result, "secret" in build.log.read_text()) == ("SUCCESS", False)
    assert build.log.read_text().count("Failed to notify endpoint") == 4


def test_a_slow_listener_holds_the_build_up_until_jenkins_closes(
    stage: Stage, server: Server, endpoint: Endpoint
) -> None:
    other = Server(server.root / "other", quiet_period=0, start_delay=0, executors=1)
    other.add_user("sampan", token="token")
    stage.app = create_app(other)
    endpoint.server, endpoint.hangs = other, True
    other.add_job("hello", script="touch ran", notify=[endpoint.url])
    Caller(stage.url).post("/job/hello/build")
    assert endpoint.heard.wait(5)
    other.close()
    assert endpoint.phases == [("QUEUED", None)]
    assert not list(other.root.rglob("ran"))
