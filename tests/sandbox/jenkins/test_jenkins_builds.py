"""Builds that really run: results, logs, environment, stopping."""

import subprocess
import threading
from pathlib import Path

import pytest

from sandbox.jenkins.app import create_app
from sandbox.jenkins.builds import Build
from sandbox.jenkins.jobs import Job, Parameter, Type
from sandbox.jenkins.seed import TOKEN, seed
from sandbox.jenkins.server import Server
from tests.sandbox.jenkins.calling import READER, Caller, Stage

FOREVER = "sleep 60 & echo $! > child; echo started; wait"


def start(server: Server, jenkins: Caller, job: str, **values: str) -> Build:
    verb = "buildWithParameters" if values else "build"
    location = jenkins.post(f"/job/{job}/{verb}", data=values).headers["Location"]
    return server.wait_started(int(location.rstrip("/").rpartition("/")[2]))


def until_it_says(build: Build, word: str) -> None:
    for _ in range(500):
        if word in build.log.read_text():
            return
        threading.Event().wait(0.01)
    raise AssertionError(build.log.read_text())


@pytest.mark.parametrize(
    ("script", "result", "color"),
    [
        ("true", "SUCCESS", "blue"),
        ("exit 42", "UNSTABLE", "yellow"),
        ("exit 3", "FAILURE", "red"),
        ("false; true", "FAILURE", "red"),
        ("kill -9 $$", "FAILURE", "red"),
    ],
)
def test_the_exit_code_is_the_result(
    server: Server, jenkins: Caller, script: str, result: str, color: str
) -> None:
    server.add_job("job", script=script)
    start(server, jenkins, "job")
    server.wait_for("job")
    build = jenkins.json("/job/job/1")
    assert (build["result"], build["building"], build["inProgress"]) == (result, False, False)
    assert jenkins.json("/job/job")["color"] == color


def test_knows_its_parameters_and_its_place(server: Server, jenkins: Caller) -> None:
    script = 'echo "$JOB_NAME #$BUILD_NUMBER $VERSION $DEBUG $MOON"; pwd; echo "a wärning" >&2'
    given = [Parameter("VERSION"), Parameter("DEBUG", Type.BOOLEAN)]
    server.add_job("team/hello", script=script, parameters=given)
    jenkins.post(
        "/job/team/job/hello/buildWithParameters", data={"VERSION": "$(id)", "DEBUG": "1", "MOON": "x"}
    )
    server.wait_for("team/hello")
    log = jenkins.get("/job/team/job/hello/1/consoleText")
    assert log.text.splitlines() == [
        "Started by user sampan",
        "team/hello #1 $(id) false ",
        str(server.root / "workspace/team/hello"),
        "a wärning",
        "Finished: SUCCESS",
    ]
    assert log.headers["Content-Type"] == "text/plain;charset=UTF-8"


def test_is_described_in_full(server: Server, jenkins: Caller) -> None:
    server.add_job("team/hello", script="true", parameters=[Parameter("KEY", Type.PASSWORD)])
    jenkins.post("/job/team/job/hello/buildWithParameters", data={"KEY": "secret"})
    build = server.wait_for("team/hello")
    about = jenkins.json("/job/team/job/hello/lastBuild")
    assert (about["number"], about["id"], about["queueId"]) == (1, "1", 1)
    assert (about["displayName"], about["fullDisplayName"]) == ("#1", "team » hello #1")
    assert about["url"] == f"{jenkins.url}/job/team/job/hello/1/"
    assert about["timestamp"] == int(build.started * 1000)
    assert about["duration"] == about["estimatedDuration"] == int(build.duration * 1000)
    parameters, causes = about["actions"]
    assert parameters["parameters"] == [{"_class": "hudson.model.PasswordParameterValue", "name": "KEY"}]
    assert causes["causes"][0]["userId"] == "sampan"
    assert "secret" not in jenkins.get("/job/team/job/hello/1/").text


def test_the_log_comes_in_pieces(server: Server, jenkins: Caller) -> None:
    go = 'until [ -e "$JENKINS_HOME/go" ]; do sleep 0.02; done'
    server.add_job("job", script=f"echo first; printf half; {go}; echo ' and half'")
    until_it_says(start(server, jenkins, "job"), "half")
    where = "/job/job/1/logText/progressiveText"
    first = jenkins.get(where, params={"start": "0"})
    assert first.text == "Started by user sampan\r\nfirst\r\n"
    size = first.headers["X-Text-Size"]
    # The size counts the log, in which a line ends with one byte.
    assert (size, first.headers["X-More-Data"]) == (str(len(first.content) - 2), "true")
    (server.root / "go").touch()
    server.wait_for("job")
    rest = jenkins.get(where, params={"start": size})
    assert rest.text == "half and half\r\nFinished: SUCCESS\r\n"
    assert "X-More-Data" not in rest.headers
    whole = jenkins.get("/job/job/1/consoleText").text
    assert jenkins.get(where, params={"start": "100000"}).text.replace("\r", "") == whole
    head = jenkins.send("HEAD", where)
    assert (head.headers["X-Text-Size"], head.content) == (str(len(whole)), b"")


def test_a_growing_log_comes_ten_thousand_lines_at_a_time(server: Server, jenkins: Caller) -> None:
    server.add_job("job", script="yes | head -n 10005; echo full >&2; sleep 60")
    until_it_says(start(server, jenkins, "job"), "full")
    first = jenkins.send("HEAD", "/job/job/1/logText/progressiveText").headers["X-Text-Size"]
    rest = jenkins.get("/job/job/1/logText/progressiveText", params={"start": first})
    assert rest.text == "y\r\n" * 6 + "full\r\n"


@pytest.mark.parametrize(
    ("version", "status", "says"),
    [((2, 533), 500, "Negative seek offset"), ((2, 534), 200, "Finished: SUCCESS")],
)
def test_the_tail_of_a_log_is_new(
    server: Server, jenkins: Caller, version: tuple[int, int], status: int, says: str
) -> None:
    server.version = version
    server.add_job("job", script="true")
    start(server, jenkins, "job")
    server.wait_for("job")
    tail = jenkins.get("/job/job/1/logText/progressiveText?start=-18")
    assert (tail.status_code, says in tail.text, "Started" in tail.text) == (status, True, False)


def test_is_stopped_with_its_children(server: Server, jenkins: Caller) -> None:
    job = server.add_job("job", script=FOREVER)
    until_it_says(start(server, jenkins, "job"), "started")
    running = jenkins.json("/job/job/1")
    assert (running["building"], running["result"], running["duration"]) == (True, None, 0)
    assert jenkins.json("/job/job")["color"] == "notbuilt_anime"
    assert jenkins.post("/job/job/1/stop", auth=READER).status_code == 403
    answer = jenkins.post("/job/job/1/stop")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{jenkins.url}/job/job/1/")
    build = server.wait_for("job")
    assert (build.result, survives(server, job)) == ("ABORTED", False)
    assert "Aborted by sampan\nFinished: ABORTED" in build.log.read_text()
    assert jenkins.post("/job/job/1/stop").status_code == 302


def test_what_a_script_leaves_behind_is_ended(server: Server, jenkins: Caller) -> None:
    job = server.add_job("job", script="sleep 60 & echo $! > child")
    start(server, jenkins, "job")
    assert (server.wait_for("job").result, survives(server, job)) == ("SUCCESS", False)


def test_a_restart_aborts_it(server: Server, jenkins: Caller) -> None:
    server.add_job("job", script=FOREVER)
    until_it_says(start(server, jenkins, "job"), "started")
    server.restart()
    assert server.wait_for("job").result == "ABORTED"
    assert jenkins.json("/job/job/1")["queueId"] == 1


def test_closing_ends_every_process_and_thread(tmp_path: Path, stage: Stage) -> None:
    before = set(threading.enumerate())
    server = Server(tmp_path, quiet_period=0)
    server.add_user("sampan", token="token")
    job = server.add_job("job", script=FOREVER)
    stage.app = create_app(server)
    until_it_says(start(server, Caller(stage.url), "job"), "started")
    server.close()
    assert {one.name for one in set(threading.enumerate()) - before if "jenkins" in one.name} == set()
    assert not survives(server, job)


def test_a_value_no_process_can_have_fails_the_build(server: Server, jenkins: Caller) -> None:
    server.add_job("job", script="true", parameters=[Parameter("VERSION")])
    start(server, jenkins, "job", VERSION="a\0b")
    build = server.wait_for("job")
    assert (build.result, "FATAL" in build.log.read_text()) == ("FAILURE", True)


def test_a_deleted_build_is_gone_and_its_number_stays_taken(server: Server, jenkins: Caller) -> None:
    server.add_job("job", script="true")
    for number in (1, 2):
        start(server, jenkins, "job")
        server.wait_for("job", number)
    server.delete_build("job", 2)
    assert jenkins.get("/job/job/2/api/json").status_code == 404
    about = jenkins.json("/job/job", tree="nextBuildNumber,lastBuild[number],builds[number]")
    assert (about["nextBuildNumber"], about["lastBuild"]["number"], len(about["builds"])) == (3, 1, 1)


def test_the_demo_deploys_to_a_host(server: Server, stage: Stage) -> None:
    seed(server)
    stage.app = create_app(server)
    jenkins = Caller(stage.url, auth=("sampan", TOKEN))
    start(server, jenkins, "hello-deploy", ENVIRONMENT="production", VERSION="1.2.3", SAMPAN_ID="b1")
    start(server, jenkins, "shop-test")
    assert server.wait_for("hello-deploy").result == "SUCCESS"
    assert (server.root / "hosts/production/hello/VERSION").read_text() == "1.2.3\n"
    assert server.wait_for("shop-test").result == "FAILURE"


def survives(server: Server, job: Job) -> bool:
    """Whether the child whose number the script wrote down still runs; a killed one takes a moment to go."""
    pid = (server.root / "workspace" / job.full_name / "child").read_text().strip()
    for _ in range(200):
        if not runs(pid):
            return False
        threading.Event().wait(0.01)
    return True


def runs(pid: str) -> bool:
    """Whether a process runs; a zombie does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")
