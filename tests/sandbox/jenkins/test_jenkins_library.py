"""python-jenkins, the stock one, works against the stand-in as its documentation says it does."""

from collections.abc import Iterator

import pytest
from jenkins import EmptyResponseException, Jenkins, JenkinsException, NotFoundException

from sandbox.jenkins.jobs import Parameter
from sandbox.jenkins.server import Server
from tests.sandbox.jenkins.calling import Caller

JOB = "team/hello"


@pytest.fixture(autouse=True)
def jobs(server: Server) -> None:
    server.add_job(JOB, script='echo "hi $NAME"', parameters=[Parameter("NAME", default="you")])
    server.add_job("slow", script="sleep 60")


@pytest.fixture(params=["token", "password"])
def library(request: pytest.FixtureRequest, jenkins: Caller) -> Iterator[Jenkins]:
    """One client that proves itself with an API token, and one that needs crumbs."""
    client = Jenkins(jenkins.url, "sampan", request.param, timeout=10)
    yield client
    client._session.close()


def test_builds_and_follows(library: Jenkins, server: Server) -> None:
    item = library.build_job(JOB, {"NAME": "wu"})
    server.wait_for(JOB)
    assert library.get_queue_item(item)["executable"]["number"] == 1
    about = library.get_build_info(JOB, 1)
    assert (about["result"], about["queueId"]) == ("SUCCESS", item)
    assert library.get_build_console_output(JOB, 1).splitlines()[1:] == ["hi wu", "Finished: SUCCESS"]
    assert library.get_job_info(JOB)["lastSuccessfulBuild"]["number"] == 1


def test_stops(library: Jenkins, server: Server) -> None:
    server.wait_started(library.build_job("slow"))
    library.stop_build("slow", 1)
    assert server.wait_for("slow").result == "ABORTED"


def test_cancels(library: Jenkins, server: Server) -> None:
    server.quiet_period = 60
    item = library.build_job("slow")
    assert [one["id"] for one in library.get_queue_info()] == [item]
    library.cancel_queue(item)
    assert library.get_queue_info() == []


def test_looks_around(library: Jenkins) -> None:
    assert library.get_version() == "2.528"
    assert library.get_whoami()["id"] == "sampan"
    assert [one["fullname"] for one in library.get_all_jobs()] == ["slow", "team", "team/hello"]
    assert (bool(library.job_exists(JOB)), bool(library.job_exists("nope"))) == (True, False)
    assert library.get_build_stages(JOB, 1) is None


@pytest.mark.parametrize(
    ("version", "error"), [((2, 528), EmptyResponseException), ((2, 468), NotFoundException)]
)
def test_takes_a_merged_build_for_an_error(
    library: Jenkins, server: Server, version: tuple[int, int], error: type[JenkinsException]
) -> None:
    server.version, server.quiet_period = version, 60
    assert library.build_job(JOB, {"NAME": "wu"}) == 1
    with pytest.raises(error):
        library.build_job(JOB, {"NAME": "wu"})


@pytest.mark.parametrize(("secret", "works"), [("token", True), ("password", False)])
def test_only_a_token_outlives_a_restart(server: Server, jenkins: Caller, secret: str, works: bool) -> None:
    client = Jenkins(jenkins.url, "sampan", secret, timeout=10)
    assert client.build_job("slow") == 1
    server.restart()
    if works:
        assert client.build_job("slow") == 2
    else:
        with pytest.raises(JenkinsException, match="403"):
            client.build_job("slow")
    client._session.close()
