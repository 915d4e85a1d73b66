"""What each way to trigger, read or stop is answered with."""

import json
from typing import Any

import pytest

from sandbox.jenkins.app import create_app
from sandbox.jenkins.jobs import Parameter, Type
from sandbox.jenkins.server import Server
from tests.sandbox.jenkins.calling import PASSWORD, READER, TOKEN, Caller, Stage

STRANGER = ("stranger", "stranger-token")
DEPLOY = (
    Parameter("ENVIRONMENT", Type.CHOICE, choices=("staging", "production")),
    Parameter("VERSION", default="latest"),
    Parameter("DEBUG", Type.BOOLEAN),
)
FORM = json.dumps({"parameter": [{"name": "VERSION", "value": "2"}, {"name": "DEBUG", "value": True}]})


@pytest.fixture(autouse=True)
def jobs(server: Server) -> None:
    """Nothing leaves the queue in these tests."""
    server.quiet_period = 60
    server.add_job("plain", script="true")
    server.add_job("deploy", script="true", parameters=DEPLOY)
    server.add_job("off", script="true", disabled=True)
    server.add_job("off-deploy", script="true", disabled=True, parameters=DEPLOY)
    server.add_job("remote", script="true", trigger_token="knock")
    server.add_job("picky", script="true", refuses=True)
    server.add_job("team/inner/部署 1", script="true")


def sent(**options: Any) -> dict[str, Any]:
    return options


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "says"),
    [
        ("POST", "/job/plain/build", sent(), 201, ""),
        ("POST", "/job/plain/build?delay=0sec", sent(), 201, ""),
        ("GET", "/job/plain/build", sent(), 405, "requires POST"),
        ("POST", "/job/plain/buildWithParameters", sent(), 400, "plain is not parameterized"),
        ("POST", "/job/deploy/buildWithParameters", sent(), 201, ""),
        ("POST", "/job/deploy/buildWithParameters?VERSION=1", sent(), 201, ""),
        ("POST", "/job/deploy/buildWithParameters", sent(data={"VERSION": "1", "MOON": "x"}), 201, ""),
        (
            "POST",
            "/job/deploy/buildWithParameters",
            sent(data={"ENVIRONMENT": "moon"}),
            500,
            "Illegal choice",
        ),
        ("POST", "/job/deploy/buildWithParameters?VERSION=1", sent(data={"VERSION": "1"}), 500, "number of"),
        ("GET", "/job/deploy/buildWithParameters", sent(), 405, "requires POST"),
        ("POST", "/job/deploy/build", sent(), 400, "Nothing is submitted"),
        ("POST", "/job/deploy/build", sent(data={"json": FORM}), 201, ""),
        ("POST", "/job/deploy/build", sent(data={"json": "[]"}), 400, "form submission"),
        ("GET", "/job/deploy/build", sent(), 405, "requires POST"),
        ("POST", "/job/off/build", sent(), 409, "off is not buildable"),
        ("POST", "/job/off-deploy/buildWithParameters", sent(), 409, "off-deploy is not buildable"),
        ("POST", "/job/picky/build", sent(), 302, ""),
        ("POST", "/job/nowhere/build", sent(), 404, ""),
        ("POST", "/job/team/job/inner/job/%E9%83%A8%E7%BD%B2%201/build", sent(), 201, ""),
        ("POST", "/job/team/build", sent(), 404, ""),
        ("POST", "/job/plain/build", sent(auth=PASSWORD), 403, "No valid crumb"),
        ("POST", "/job/plain/build", sent(auth=None), 403, "No valid crumb"),
        ("POST", "/job/plain/build", sent(auth=READER), 403, "missing the Job/Build permission"),
        ("POST", "/job/plain/build", sent(auth=STRANGER), 404, ""),
        ("GET", "/job/plain/api/json", sent(auth=STRANGER), 404, ""),
        ("GET", "/job/plain/api/json", sent(auth=PASSWORD), 200, ""),
        (
            "GET",
            "/job/plain/api/json",
            sent(auth=("sampan", "x")),
            401,
            "Invalid password/token for user: sampan",
        ),
        (
            "GET",
            "/job/plain/api/json",
            sent(auth=("nobody", "x")),
            401,
            "Invalid password/token for user: nobody",
        ),
        ("GET", "/job/remote/build?token=knock", sent(auth=None), 201, ""),
        ("GET", "/job/remote/build?token=wrong", sent(auth=None), 403, "Invalid token provided."),
        ("POST", "/job/remote/build?token=knock", sent(auth=None), 403, "No valid crumb"),
        ("GET", "/job/plain/7/api/json", sent(), 404, ""),
        ("GET", "/job/plain/lastBuild/api/json", sent(), 404, ""),
        ("GET", "/queue/item/99/api/json", sent(), 404, ""),
        ("GET", "/queue/cancelItem?id=99", sent(), 405, "requires POST"),
        ("POST", "/queue/cancelItem?id=99", sent(), 404, ""),
        ("GET", "/api/json?tree=jobs[", sent(), 500, "Malformed tree expression"),
        ("GET", "/job/plain/wfapi/describe", sent(), 404, ""),
        ("GET", "/login", sent(auth=None), 200, "Sign in"),
        ("GET", "/me/api/json", sent(), 200, "sampan"),
        ("GET", "/me/api/json", sent(auth=None), 403, "Authentication required"),
    ],
)
def test_answers(
    jenkins: Caller, method: str, path: str, options: dict[str, Any], status: int, says: str
) -> None:
    answer = jenkins.send(method, path, **options)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert (answer.headers.get("Allow") == "POST") == (status == 405)
    if status == 201:
        assert answer.headers["Location"] == f"{jenkins.url}/queue/item/1/"
    if status == 302:
        assert answer.headers["Location"] == f"{jenkins.url}/job/picky/"


@pytest.mark.parametrize(
    ("version", "path", "status"),
    [
        ((2, 523), "/job/plain/buildWithParameters", 500),
        ((2, 524), "/job/plain/buildWithParameters", 400),
        ((2, 468), "/queue/item/1/", 404),
        ((2, 469), "/queue/item/1/", 200),
    ],
)
def test_versions_differ(
    server: Server, jenkins: Caller, version: tuple[int, int], path: str, status: int
) -> None:
    server.version = version
    jenkins.post("/job/plain/build")
    answer = jenkins.send("GET" if "queue" in path else "POST", path)
    assert answer.status_code == status
    assert answer.headers["X-Jenkins"] == f"2.{version[1]}"


@pytest.mark.parametrize(
    ("options", "values"),
    [
        (sent(data={}), {"ENVIRONMENT": "staging", "VERSION": "latest", "DEBUG": False}),
        (sent(data={"VERSION": ""}), {"ENVIRONMENT": "staging", "VERSION": "", "DEBUG": False}),
        (sent(params={"DEBUG": "True"}), {"ENVIRONMENT": "staging", "VERSION": "latest", "DEBUG": True}),
        (
            sent(params={"ENVIRONMENT": "production"}, data={"VERSION": "1 二&", "MOON": "1"}),
            {"ENVIRONMENT": "production", "VERSION": "1 二&", "DEBUG": False},
        ),
    ],
)
def test_takes_values_from_query_and_form(
    jenkins: Caller, options: dict[str, Any], values: dict[str, object]
) -> None:
    item = jenkins.json(jenkins.post("/job/deploy/buildWithParameters", **options).headers["Location"])
    given = [one["parameters"] for one in item["actions"] if "parameters" in one]
    assert {one["name"]: one["value"] for one in given[0]} == values


def test_a_crumb_is_good_for_its_session_until_a_restart(server: Server, jenkins: Caller) -> None:
    answer = jenkins.get("/crumbIssuer/api/json", auth=PASSWORD)
    crumb = {answer.json()["crumbRequestField"]: answer.json()["crumb"]}
    cookies = answer.cookies.get_dict()
    known = sent(auth=PASSWORD, headers=crumb, cookies=cookies)
    assert jenkins.post("/job/plain/build", **known).status_code == 201
    assert jenkins.post("/job/plain/build", **{**known, "cookies": {}}).status_code == 403
    server.restart()
    assert jenkins.post("/job/plain/build", **known).status_code == 403


def test_a_closed_jenkins_shows_only_its_login(stage: Stage, server: Server) -> None:
    shut = Server(server.root / "shut", anonymous_read=False)
    stage.app = create_app(shut)
    stranger = Caller(stage.url, auth=None)
    assert [stranger.get(path).status_code for path in ("/", "/api/json", "/login")] == [403, 403, 200]
    shut.close()


def test_lives_below_a_prefix(stage: Stage, server: Server) -> None:
    stage.app = create_app(server, prefix="/ci")
    answer = Caller(stage.url).post("/ci/job/plain/build")
    assert answer.headers["Location"] == f"{stage.url}/ci/queue/item/1/"
    assert Caller(f"{stage.url}/ci").json("/job/plain")["url"] == f"{stage.url}/ci/job/plain/"


def test_counts_every_call_also_those_a_fault_answered(server: Server, jenkins: Caller) -> None:
    jenkins.send("PUT", "/_fault", json={"kind": "502", "times": 1})
    assert jenkins.get("/job/plain/api/json", params={"depth": "1"}).status_code == 502
    assert (
        jenkins.post("/job/deploy/buildWithParameters", data={"VERSION": "1"}, auth=TOKEN).status_code == 201
    )
    calls = [(one.method, one.path, one.query, one.form) for one in server.requests]
    assert calls == [
        ("GET", "/job/plain/api/json", {"depth": ["1"]}, {}),
        ("POST", "/job/deploy/buildWithParameters", {}, {"VERSION": ["1"]}),
    ]
