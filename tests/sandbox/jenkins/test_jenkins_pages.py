"""The pages people click on: they find their way, see a log grow, and no name becomes markup."""

import re

import pytest

from sandbox.jenkins.jobs import Parameter
from sandbox.jenkins.server import Server
from tests.sandbox.jenkins.calling import Caller

EVIL = "<script>alert('1')</script>"
PLACE = "/job/team/job/hello"


@pytest.fixture
def visitor(server: Server, jenkins: Caller) -> Caller:
    """Somebody without an account, after one build with an evil parameter."""
    parameters = [Parameter("VERSION", description=EVIL), Parameter(EVIL)]
    server.add_job("team/hello", script='echo "$VERSION"', parameters=parameters)
    jenkins.post(f"{PLACE}/buildWithParameters", data={"VERSION": EVIL, EVIL: EVIL})
    server.wait_for("team/hello")
    return Caller(jenkins.url, auth=None)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", ["team/hello", "SUCCESS"]),
        ("/job/team/", ["team/hello", "SUCCESS"]),
        (f"{PLACE}/", ["#1", "SUCCESS", "VERSION", "Parameters"]),
        (f"{PLACE}/1/", ["SUCCESS", "Started by user sampan", "Console output", "&lt;script&gt;"]),
        (f"{PLACE}/1/console", ["Finished: SUCCESS", "&lt;script&gt;"]),
    ],
)
def test_shows_what_happened(visitor: Caller, path: str, says: list[str]) -> None:
    page = visitor.get(path)
    assert (page.status_code, [word for word in says if word not in page.text]) == (200, [])
    assert "<script" not in page.text
    assert "http-equiv=refresh" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/job/nope/", f"{PLACE}/2/", f"{PLACE}/2/console", "/job/tea/"])
def test_what_is_not_there_is_404(visitor: Caller, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_every_link_leads_somewhere(visitor: Caller) -> None:
    for path in ("/", f"{PLACE}/", f"{PLACE}/1/", f"{PLACE}/1/console"):
        for link in re.findall(r"href='([^']+)'", visitor.get(path).text):
            url = link if link.startswith("http") else visitor.url + path.rpartition("/")[0] + "/" + link
            assert visitor.get(url).status_code == 200, url


def test_the_page_of_a_job_that_is_queued_loads_itself_again(server: Server, jenkins: Caller) -> None:
    server.add_job("later", script="true")
    jenkins.post("/job/later/build?delay=60sec")
    assert "http-equiv=refresh" in jenkins.get("/job/later/").text


def test_a_running_build_loads_itself_again(server: Server, jenkins: Caller) -> None:
    server.add_job("slow", script="sleep 60")
    jenkins.post("/job/slow/build")
    server.wait_started(1)
    for page in ("/job/slow/", "/job/slow/1/", "/job/slow/1/console"):
        assert "http-equiv=refresh" in jenkins.get(page).text
