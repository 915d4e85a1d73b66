"""Looking for a build, and every answer that may come: also those a Jenkins gives too seldom to wait for."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from integrations.errors import Down, Garbled, Refused
from integrations.jenkins import sightings
from integrations.jenkins.client import Jenkins
from integrations.model import Account, BuildRef, Sighting, Stage
from tests.integrations.loopback import Port, saying
from tests.integrations.standin import HTML, StandIn, page, sample

TOKEN = "jenkins-s3cret"
QUEUE, BUILDS = "GET /ci/queue/api/json", "GET /ci/job/lint/api/json"


@pytest.fixture
def ci(standin: StandIn) -> Jenkins:
    return Jenkins(standin.url + "/ci", "sampan", [TOKEN])


class TestSearch:
    """After a lost answer: look in the queue, then among the builds."""

    WAITING, BEGUN, NOWHERE = (BuildRef("lint", marker) for marker in ("b12", "b11", "b99"))

    @pytest.fixture(autouse=True)
    def answers(self, standin: StandIn) -> None:
        standin.on(QUEUE, sample("jenkins/queue/two_waiting.json"))
        standin.on(BUILDS, sample("jenkins/builds/two.json"))

    def test_what_waits(self, ci: Jenkins, standin: StandIn) -> None:
        assert ci.read(self.WAITING) == Sighting(Stage.QUEUED, queue_id=24, why="Finished waiting")
        assert (standin.lines, standin.last.query) == ([QUEUE], {"tree": sightings.QUEUE_TREE})

    def test_what_has_begun(self, ci: Jenkins, standin: StandIn) -> None:
        seen = ci.read(self.BEGUN)
        assert (seen.stage, seen.queue_id, seen.number) == (Stage.ENDED, 22, 8)
        assert (standin.lines, standin.last.query) == ([QUEUE, BUILDS], {"tree": sightings.BUILDS_TREE})

    def test_nothing(self, ci: Jenkins, standin: StandIn) -> None:
        standin.on(QUEUE, sample("jenkins/queue/empty.json"))
        assert ci.read(self.NOWHERE) == Sighting(Stage.GONE)

    @pytest.mark.parametrize("line", [QUEUE, BUILDS])
    def test_a_failure_is_not_nothing(self, ci: Jenkins, standin: StandIn, line: str) -> None:
        standin.on(line, page("jenkins/pages/oops.html"), status=500)
        with pytest.raises(Down):
            ci.read(self.NOWHERE)

    @pytest.mark.parametrize("line", [QUEUE, BUILDS])
    @pytest.mark.parametrize("body", [[], {}, "x", HTML, b"[" * 100_000], ids=range(5))
    def test_what_is_no_list_is_garbled(self, ci: Jenkins, standin: StandIn, line: str, body: Any) -> None:
        standin.on(line, body)
        with pytest.raises(Garbled):
            ci.read(self.NOWHERE)


class TestLook:
    """A build, a queue item, a question and an account."""

    ITEM, BUILD = "GET /ci/queue/item/24/api/json", "GET /ci/job/lint/8/api/json"
    INPUT = "GET /ci/job/lint/8/wfapi/pendingInputActions"
    PIPELINE: ClassVar = {"_class": sightings.PIPELINE, "number": 8, "queueId": 24, "building": True}

    @pytest.mark.parametrize("body", [[], {}, {"number": 8}, {"building": True}, HTML], ids=range(5))
    def test_what_is_no_build_is_garbled(self, ci: Jenkins, standin: StandIn, body: Any) -> None:
        standin.on(self.BUILD, body)
        with pytest.raises(Garbled):
            ci.read(BuildRef("lint", number=8))

    @pytest.mark.parametrize("body", [[], {}, {"id": "24"}, HTML], ids=range(4))
    def test_what_is_no_item_is_garbled(self, ci: Jenkins, standin: StandIn, body: Any) -> None:
        standin.on(self.ITEM, body)
        with pytest.raises(Garbled):
            ci.read(BuildRef("lint", queue_id=24))

    @pytest.mark.parametrize("status", [403, 500])
    @pytest.mark.parametrize("line", [ITEM, BUILD, INPUT])
    def test_a_failure_is_not_nothing(self, ci: Jenkins, standin: StandIn, line: str, status: int) -> None:
        standin.on(self.ITEM, {"id": 24, "executable": {"number": 8}})
        standin.on(self.BUILD, self.PIPELINE)
        standin.on(line, page("jenkins/pages/oops.html"), status=status)
        with pytest.raises(Refused):
            ci.read(BuildRef("lint", queue_id=24))

    @pytest.mark.parametrize(
        ("actions", "shown", "why"),
        [
            ([], Stage.RUNNING, ""),
            ([{"message": "Go?"}, {"message": "Really?"}], Stage.INPUT, "Go?"),
            ([{"message": None}], Stage.INPUT, ""),
            ([None], Stage.INPUT, ""),
            ([{"message": "x" * 1000}], Stage.INPUT, "x" * 300),
        ],
        ids=range(5),
    )
    def test_what_a_pipeline_asks(
        self, ci: Jenkins, standin: StandIn, actions: Any, shown: Stage, why: str
    ) -> None:
        standin.on(self.BUILD, self.PIPELINE)
        standin.on(self.INPUT, actions)
        assert ci.read(BuildRef("lint", number=8)) == Sighting(shown, queue_id=24, number=8, why=why)

    @pytest.mark.parametrize("actions", [{}, None, "x", HTML], ids=range(4))
    def test_what_is_no_question_is_garbled(self, ci: Jenkins, standin: StandIn, actions: Any) -> None:
        standin.on(self.BUILD, self.PIPELINE)
        standin.on(self.INPUT, actions if actions is not None else b"null")
        with pytest.raises(Garbled):
            ci.read(BuildRef("lint", number=8))

    @pytest.mark.parametrize("body", [[], {}, {"id": 1}, HTML], ids=range(4))
    def test_what_is_no_account_is_garbled(self, ci: Jenkins, standin: StandIn, body: Any) -> None:
        standin.on("GET /ci/me/api/json", body)
        with pytest.raises(Garbled):
            ci.account()

    @pytest.mark.parametrize(
        ("date", "time"),
        [
            (b"Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n", datetime(2026, 11, 21, 12, tzinfo=UTC)),
            (b"Date: Sat, 99 Nov 2026 12:00:00 GMT\r\n", None),
            (b"Date: yesterday\r\n", None),
            (b"Date:\r\n", None),
            (b"", None),
        ],
    )
    def test_an_odd_clock_is_no_clock(self, date: bytes, time: datetime | None) -> None:
        head = b"HTTP/1.1 200 OK\r\nX-Jenkins: 2.541.1\r\nContent-Length: 15\r\nConnection: close\r\n"
        with Port(saying(head + date + b'\r\n{"id":"sampan"}')) as port:
            assert Jenkins(port.url, "sampan", [TOKEN]).account() == Account("sampan", "2.541.1", time)
