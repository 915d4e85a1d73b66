"""Pipelines that ask before they go on: over the API, on the page, and without the plugin."""

import re
import threading

import pytest
import requests

from sandbox.jenkins.builds import Build
from sandbox.jenkins.server import Server
from tests.sandbox.jenkins.calling import READER, Caller

ASKS = "Deploy to <production>?"
BUILD = "/job/team/job/deploy/1"
PENDING = f"{BUILD}/wfapi/pendingInputActions"


def until_it_asks(build: Build) -> None:
    for _ in range(500):
        if build.question:
            return
        threading.Event().wait(0.01)
    raise AssertionError("it does not ask")


@pytest.fixture
def build(server: Server, jenkins: Caller) -> Build:
    """A pipeline that waits for a person."""
    server.add_job("team/deploy", script="echo deployed", input=ASKS)
    jenkins.post("/job/team/job/deploy/build")
    asking = server.wait_started(1)
    until_it_asks(asking)
    return asking


def test_is_a_pipeline_that_runs(build: Build, jenkins: Caller) -> None:
    about = jenkins.json(BUILD)
    assert about["_class"] == "org.jenkinsci.plugins.workflow.job.WorkflowRun"
    assert (about["building"], about["result"], about["changeSets"]) == (True, None, [])
    job = jenkins.json("/job/team/job/deploy")
    assert job["_class"] == "org.jenkinsci.plugins.workflow.job.WorkflowJob"


def test_says_what_it_asks(build: Build, jenkins: Caller) -> None:
    (asked,) = jenkins.get(PENDING).json()
    assert (asked["message"], asked["proceedText"], asked["inputs"]) == (ASKS, "Proceed", [])
    assert asked["proceedUrl"] == f"{BUILD}/wfapi/inputSubmit?inputId={asked['id']}"
    assert asked["abortUrl"] == f"{BUILD}/input/{asked['id']}/abort"


@pytest.mark.parametrize(
    ("url", "status", "result", "says"),
    [
        ("proceedUrl", 200, "SUCCESS", ["Approved by sampan", "deployed"]),
        ("abortUrl", 302, "ABORTED", ["Rejected by sampan", "Build was aborted"]),
    ],
)
def test_is_answered_over_the_api(
    build: Build, server: Server, jenkins: Caller, url: str, status: int, result: str, says: list[str]
) -> None:
    where = jenkins.get(PENDING).json()[0][url]
    assert jenkins.post(where, auth=READER).status_code == 400
    assert jenkins.get(where).status_code == 405
    assert jenkins.post(where).status_code == status
    assert server.wait_for("team/deploy").result == result
    log = jenkins.get(f"{BUILD}/consoleText").text
    assert [word for word in [ASKS, *says] if word not in log] == []
    assert jenkins.get(PENDING).json() == []
    assert jenkins.post(where).status_code == 404


@pytest.mark.parametrize(("label", "result"), [("Proceed", "SUCCESS"), ("Abort", "ABORTED")])
def test_is_answered_on_its_page(
    build: Build, server: Server, jenkins: Caller, label: str, result: str
) -> None:
    with requests.Session() as browser:
        page = browser.get(f"{jenkins.url}{BUILD}/", timeout=10)
        assert "Deploy to &lt;production&gt;?" in page.text
        forms = re.findall(
            r"action='([^']+)'><input type=hidden name=(\S+) value='(\w+)'><button>(\w+)", page.text
        )
        action, field, crumb = next(one[:3] for one in forms if one[3] == label)
        answer = browser.post(f"{jenkins.url}{BUILD}/{action}", data={field: crumb}, timeout=10)
    assert (answer.status_code, answer.url) == (200, f"{jenkins.url}{BUILD}/")
    assert server.wait_for("team/deploy").result == result
    assert "<button>" not in jenkins.get(f"{BUILD}/").text


def test_a_click_from_elsewhere_lacks_the_crumb(build: Build, jenkins: Caller) -> None:
    where = jenkins.get(PENDING).json()[0]["proceedUrl"]
    assert jenkins.post(where, auth=None).status_code == 403


def test_is_stopped_while_it_asks(build: Build, server: Server, jenkins: Caller) -> None:
    jenkins.post(f"{BUILD}/stop")
    assert server.wait_for("team/deploy").result == "ABORTED"


def test_a_pipeline_may_ask_nothing(server: Server, jenkins: Caller) -> None:
    server.add_job("quiet", script="true", pipeline=True)
    jenkins.post("/job/quiet/build")
    assert server.wait_for("quiet").result == "SUCCESS"
    assert jenkins.get("/job/quiet/1/wfapi/pendingInputActions").json() == []


def test_only_the_plugin_tells_and_only_of_pipelines(build: Build, server: Server, jenkins: Caller) -> None:
    server.stage_view = False
    assert jenkins.get(PENDING).status_code == 404
    server.stage_view = True
    server.add_job("plain", script="true")
    jenkins.post("/job/plain/build")
    server.wait_for("plain")
    assert jenkins.get("/job/plain/1/wfapi/pendingInputActions").status_code == 404
