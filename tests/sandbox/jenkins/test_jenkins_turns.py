"""The job that people break and mend with a click."""

import re

import pytest
import requests

from sandbox.jenkins.seed import TOKEN, USER, seed
from sandbox.jenkins.server import Server
from tests.sandbox.jenkins.calling import Caller

PAGE = "/job/nightly/"


@pytest.fixture
def visitor(server: Server, jenkins: Caller) -> Caller:
    """Somebody without an account, in front of the demo."""
    seed(server)
    return Caller(jenkins.url, auth=None)


def click(visitor: Caller, label: str) -> requests.Response:
    """Press a button, as a browser does: with the crumb in its form and the cookie of the page."""
    page = visitor.get(PAGE)
    form = next(one for one in re.findall(r"<form.*?</form>", page.text) if label in one)
    found = re.search(r"action='([^']+)'.*name=(\S+) value='([^']+)'", form)
    assert found, form
    return visitor.post(PAGE + found[1], data={found[2]: found[3]}, cookies=page.cookies)


def test_is_broken_and_mended(server: Server, visitor: Caller) -> None:
    for number, label, result, author in (
        (1, "Break it", "FAILURE", "wu"),
        (2, "Mend it", "SUCCESS", "chen"),
    ):
        answer = click(visitor, label)
        assert (answer.status_code, answer.headers["Location"]) == (302, visitor.url + PAGE)
        assert server.wait_for("nightly", number).result == result
        about = visitor.json(f"{PAGE}{number}")
        assert [one["author"]["fullName"] for one in about["changeSet"]["items"]] == [author]
        assert about["actions"][0]["causes"][0]["shortDescription"] == "Started by an SCM change"
    page = visitor.get(PAGE).text
    assert [word for word in ("夜间回归", "FAILURE", "SUCCESS", "wu: ", "chen: ") if word not in page] == []


def test_stays_broken_until_it_is_mended(server: Server, visitor: Caller) -> None:
    click(visitor, "Break it")
    server.wait_for("nightly", 1)
    Caller(visitor.url, auth=(USER, TOKEN)).post(f"{PAGE}build")
    assert server.wait_for("nightly", 2).result == "FAILURE"
    assert visitor.json(f"{PAGE}2")["changeSet"]["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{PAGE}turns/break", 405),
        ("POST", f"{PAGE}turns/break", 403),  # without a crumb
        ("POST", "/job/hello-test/turns/break", 403),
    ],
)
def test_is_not_broken_by_accident(
    server: Server, visitor: Caller, method: str, path: str, status: int
) -> None:
    assert visitor.send(method, path).status_code == status
    assert server.queue.waiting == []


@pytest.mark.parametrize("path", [f"{PAGE}turns/burn", "/job/hello-test/turns/break"])
def test_what_is_no_button_is_404(visitor: Caller, path: str) -> None:
    assert Caller(visitor.url, auth=(USER, TOKEN)).post(path).status_code == 404
