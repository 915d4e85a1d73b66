"""The account Jenkins knows us by, and its one or two API tokens."""

import base64

import pytest

from integrations.errors import Forbidden, IntegrationError, Unauthorized
from integrations.jenkins.client import Jenkins
from integrations.model import Job, Queued
from tests.integrations.standin import StandIn, page

LINT = Job("lint", "http://ci/job/lint/", True, ())
BUILD, ITEM = "POST /job/lint/build", "http://ci/queue/item/24/"


def basic(user: str, token: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()


OLD, NEW = basic("sampan", "old"), basic("sampan", "new")


@pytest.fixture
def ci(standin: StandIn) -> Jenkins:
    standin.on(BUILD, status=201, headers={"location": ITEM})
    return Jenkins(standin.url, "sampan", ["old", "new"])


@pytest.mark.parametrize(
    ("revoked", "shown"), [(set(), [OLD]), ({NEW}, [OLD]), ({OLD}, [OLD, NEW])], ids=["none", "new", "old"]
)
def test_the_second_token_is_for_when_the_first_is_refused(
    ci: Jenkins, standin: StandIn, revoked: set[str], shown: list[str]
) -> None:
    standin.revoked = revoked
    assert ci.trigger(LINT, {}) == Queued(24, LINT.url)
    assert [request.headers["authorization"] for request in standin.requests] == shown


def test_when_both_are_it_is_unauthorized(ci: Jenkins, standin: StandIn) -> None:
    standin.revoked = {OLD, NEW}
    with pytest.raises(Unauthorized):
        ci.trigger(LINT, {})
    assert standin.lines == [BUILD] * 2


@pytest.mark.parametrize("status", [302, 303, 400, 403, 404, 409, 500, 502, 504])
def test_nothing_but_401_tries_the_second(ci: Jenkins, standin: StandIn, status: int) -> None:
    standin.on(BUILD, status=status, headers={"location": "/login"})
    with pytest.raises(IntegrationError):
        ci.trigger(LINT, {})
    assert standin.lines == [BUILD]


def test_an_account_may_have_a_chinese_name(standin: StandIn) -> None:
    standin.on(BUILD, status=201, headers={"location": ITEM})
    Jenkins(standin.url, "部署", ["t"]).trigger(LINT, {})
    assert standin.last.headers["authorization"] == basic("部署", "t")


def test_a_password_lacks_a_crumb(ci: Jenkins, standin: StandIn) -> None:
    standin.on(BUILD, page("jenkins/pages/crumb.html"), status=403)
    with pytest.raises(Unauthorized) as caught:
        ci.trigger(LINT, {})
    assert caught.value.status == 403
    assert standin.lines == [BUILD]


def test_another_403_is_about_rights(ci: Jenkins, standin: StandIn) -> None:
    standin.on(BUILD, b"sampan is missing the Job/Build permission", status=403)
    with pytest.raises(Forbidden):
        ci.trigger(LINT, {})


def test_no_crumb_is_ever_asked_for(ci: Jenkins, standin: StandIn) -> None:
    ci.trigger(LINT, {})
    assert not [line for line in standin.lines if "crumb" in line.lower()]
