"""Jenkins through its client: a trigger that happens once, and every answer it may meet."""

import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import jenkins as library
import pytest

from integrations.errors import (
    Down,
    Forbidden,
    Garbled,
    IntegrationError,
    NotAllowed,
    NotFound,
    Refused,
    TooMany,
    Unauthorized,
    Unclear,
)
from integrations.jenkins import protocol
from integrations.jenkins.client import Jenkins
from integrations.model import Job, Parameter, Queued
from tests.integrations.standin import HTML, StandIn, page, sample

TOKEN = "jenkins-s3cret"
DEPLOY = Job(
    "team/deploy", "http://ci/job/team/job/deploy/", True, (Parameter("VERSION"), Parameter("SAMPAN_ID"))
)
PLAIN = Job("lint", "http://ci/job/lint/", True, ())
TRIGGER, BUILD = "POST /ci/job/team/job/deploy/buildWithParameters", "POST /ci/job/lint/build"
JOB = "GET /ci/job/team/job/deploy/api/json"
ITEM = "http://ci/queue/item/24/"


@pytest.fixture
def ci(standin: StandIn) -> Jenkins:
    return Jenkins(standin.url + "/ci", "sampan", [TOKEN])


Laid = Callable[..., None]


@pytest.fixture
def answer(standin: StandIn) -> Laid:
    """Lay an answer to a trigger ready."""

    def lay(status: int, location: str | None = None, body: Any = b"") -> None:
        headers = {} if location is None else {"location": location}
        standin.on(TRIGGER, body, status=status, headers=headers)

    return lay


def test_the_library_is_the_one_whose_private_part_is_replaced() -> None:
    assert version("python-jenkins") == "1.8.3"
    assert list(inspect.signature(library.Jenkins._request).parameters) == ["self", "req", "stream"]
    assert list(inspect.signature(library.Jenkins._response_handler).parameters) == ["self", "response"]


class TestTrigger:
    def test_sends_parameters_in_the_form_only(self, ci: Jenkins, standin: StandIn, answer: Laid) -> None:
        answer(201, ITEM)
        given = {"VERSION": "1.4 测试&x=1", "SAMPAN_ID": "b12"}
        assert ci.trigger(DEPLOY, given) == Queued(24, DEPLOY.url)
        assert standin.lines == [TRIGGER]
        assert (standin.last.form, standin.last.query) == (given, {})

    def test_without_values_takes_the_defaults(self, ci: Jenkins, standin: StandIn, answer: Laid) -> None:
        answer(201, ITEM)
        ci.trigger(DEPLOY, {})
        assert (standin.lines, standin.last.body) == ([TRIGGER], b"")

    def test_of_a_job_without_parameters(self, ci: Jenkins, standin: StandIn) -> None:
        standin.on(BUILD, status=201, headers={"location": ITEM})
        assert ci.trigger(PLAIN, {}).queue_id == 24

    def test_asks_for_english(self, ci: Jenkins, standin: StandIn, answer: Laid) -> None:
        answer(201, ITEM)
        ci.trigger(DEPLOY, {})
        assert standin.last.headers["accept-language"] == "en"

    def test_that_joined_a_waiting_item_says_so(self, ci: Jenkins, answer: Laid) -> None:
        answer(303, ITEM)
        assert ci.trigger(DEPLOY, {}) == Queued(24, DEPLOY.url, merged=True)

    @pytest.mark.parametrize(
        ("status", "location", "kind"),
        [
            (303, "http://ci/login?from=%2Fjob%2Fteam%2Fjob%2Fdeploy%2Fbuild", Unauthorized),
            (302, "http://ci/ci/login", Unauthorized),
            (302, "/securityRealm/commenceLogin?from=%2F", Unauthorized),
            (302, ".", NotAllowed),
            (302, "http://ci/job/team/job/deploy/", NotAllowed),
            (302, None, NotAllowed),
            (302, "http://[", NotAllowed),
            (303, "http://ci/", NotAllowed),
            (301, "https://ci/", Garbled),
            (307, "https://ci/", Garbled),
            (201, None, Garbled),
            (201, "http://ci/job/x/", Garbled),
            (200, None, Garbled),
            (200, ITEM, Garbled),
        ],
    )
    def test_elsewhere_is_no_start(
        self, ci: Jenkins, standin: StandIn, answer: Laid, status: int, location: str | None, kind: type
    ) -> None:
        answer(status, location, page("jenkins/pages/login.html"))
        with pytest.raises(IntegrationError) as caught:
            ci.trigger(DEPLOY, {})
        assert type(caught.value) is kind
        assert standin.lines == [TRIGGER]

    @pytest.mark.parametrize(
        "location", ["http://ci/job/login-deploy/", "http://ci/job/login/", "http://login.example/job/x/"]
    )
    def test_a_job_may_be_called_login(self, ci: Jenkins, answer: Laid, location: str) -> None:
        answer(302, location)
        with pytest.raises(NotAllowed):
            ci.trigger(DEPLOY, {})

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, Refused),
            (401, Unauthorized),
            (403, Forbidden),
            (404, NotFound),
            (405, NotAllowed),
            (409, NotAllowed),
            (413, Refused),
            (414, Refused),
            (422, NotAllowed),
            (429, TooMany),
            (500, Down),
            (502, Unclear),
            (503, Down),
            (504, Unclear),
        ],
    )
    @pytest.mark.parametrize("body", [b"", page("jenkins/pages/oops.html")], ids=["empty", "page"])
    def test_fails_by_status_and_is_never_repeated(
        self, ci: Jenkins, standin: StandIn, answer: Laid, status: int, kind: type, body: bytes
    ) -> None:
        answer(status, body=body)
        with pytest.raises(IntegrationError) as caught:
            ci.trigger(DEPLOY, {"VERSION": "very-s3cret"})
        assert type(caught.value) is kind
        assert standin.lines == [TRIGGER]
        assert not [word for word in ("s3cret", "Oops", standin.url) if word in str(caught.value)]


class TestJob:
    def test_is_read_with_what_it_takes(self, ci: Jenkins, standin: StandIn) -> None:
        standin.on(JOB, sample("jenkins/job/with_parameters.json"))
        job = ci.find("team/deploy")
        assert [one.name for one in job.parameters] == ["ENVIRONMENT", "VERSION", "SAMPAN_ID"]
        assert (standin.lines, standin.last.query) == ([JOB], {"tree": protocol.JOB_TREE})

    def test_of_an_odd_name_is_quoted(self, ci: Jenkins, standin: StandIn) -> None:
        line = "GET /ci/job/team/job/my%20svc%3F/job/feature%252Fx/api/json"
        standin.on(line, sample("jenkins/job/without_parameters.json"))
        assert ci.find("team/my svc?/feature%2Fx").parameters == ()

    @pytest.mark.parametrize("name", ["..", "../x", "a/../../b", "", "/a"])
    def test_that_would_climb_out_is_never_asked_for(self, ci: Jenkins, standin: StandIn, name: str) -> None:
        with pytest.raises(ValueError, match="job name"):
            ci.find(name)
        with pytest.raises(ValueError, match="job name"):
            ci.trigger(Job(name, "", True, ()), {})
        assert standin.requests == []

    @pytest.mark.parametrize(
        ("status", "kind"),
        [(302, Garbled), (401, Unauthorized), (403, Forbidden), (404, NotFound), (500, Down), (201, Refused)],
    )
    def test_fails_by_status(self, ci: Jenkins, standin: StandIn, status: int, kind: type) -> None:
        standin.on(JOB, page("jenkins/pages/login.html"), status=status, headers={"location": "/login"})
        with pytest.raises(kind) as caught:
            ci.find("team/deploy")
        assert TOKEN not in str(caught.value)

    def test_that_a_gateway_lost_is_asked_for_again_and_not_called_absent(
        self, ci: Jenkins, standin: StandIn
    ) -> None:
        standin.on(JOB, page("jenkins/pages/oops.html"), status=502)
        with pytest.raises(Unclear):
            ci.find("team/deploy")
        assert standin.lines == [JOB] * 3

    @pytest.mark.parametrize(
        "body", [b"", HTML, b"{", page("jenkins/pages/login.html")], ids=["empty", "page", "half", "login"]
    )
    def test_that_is_no_json_is_garbled(self, ci: Jenkins, standin: StandIn, body: bytes) -> None:
        standin.on(JOB, body)
        with pytest.raises(Garbled):
            ci.find("team/deploy")

    @pytest.mark.parametrize("body", [b"null", [], "x", 1, {}, b"[" * 100_000], ids=range(6))
    def test_that_is_no_job_is_garbled(self, ci: Jenkins, standin: StandIn, body: Any) -> None:
        standin.on(JOB, body)
        with pytest.raises(Garbled):
            ci.find("team/deploy")
