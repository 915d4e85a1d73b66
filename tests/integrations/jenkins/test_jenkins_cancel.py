"""Taking back what was started, at every moment of its life."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from integrations.errors import Down, Forbidden, IntegrationError, NotAllowed, NotFound, Unauthorized, Unclear
from integrations.jenkins.client import Jenkins
from integrations.model import BuildRef, Result, Stage
from tests.integrations.jenkins.conftest import JOB, SLOW, Yard
from tests.integrations.standin import StandIn

STOP, TAKE_OUT = "POST /job/team/job/deploy/1/stop", "POST /queue/cancelItem"
NUMBERED, QUEUED = BuildRef(JOB, number=1), BuildRef(JOB, queue_id=1)


@pytest.fixture
def waiting(set_up: Callable[..., Yard]) -> Yard:
    """A Jenkins where nothing starts for a minute."""
    yard = set_up(quiet_period=60)
    yard.job()
    return yard


def test_what_waits_leaves_the_queue(waiting: Yard) -> None:
    ref, ci = waiting.ask(), waiting.client()
    ci.cancel(ref)
    assert waiting.asked == [TAKE_OUT]
    assert ci.read(ref).stage is Stage.CANCELLED


def test_what_runs_is_stopped(yard: Yard) -> None:
    yard.job(SLOW)
    ref, _ = yard.run()
    ref, ci = replace(ref, number=1), yard.client()
    ci.cancel(ref)
    assert yard.asked == [STOP]
    yard.server.wait_for(JOB)
    assert ci.read(ref).result is Result.ABORTED


def test_what_asks_is_stopped(yard: Yard) -> None:
    yard.job("true", input="Sure?")
    _, build = yard.run()
    yard.until_it_asks(build)
    yard.client().cancel(NUMBERED)
    assert yard.server.wait_for(JOB).result == "ABORTED"


def test_what_is_over_stays_as_it_is(yard: Yard) -> None:
    yard.finish()
    ci = yard.client()
    for _ in range(2):
        ci.cancel(NUMBERED)
    assert ci.read(NUMBERED).result is Result.SUCCESS


@pytest.mark.parametrize("ref", [BuildRef(JOB, number=9), BuildRef(JOB, queue_id=99)], ids=["build", "item"])
def test_what_is_gone_is_no_trouble(yard: Yard, ref: BuildRef) -> None:
    yard.client().cancel(ref)


def test_what_has_just_begun_is_told(yard: Yard) -> None:
    yard.job(SLOW)
    ref, _ = yard.run()
    with pytest.raises(NotAllowed):
        yard.client().cancel(ref)


def test_what_has_neither_number_nor_item_is_not_found(yard: Yard) -> None:
    with pytest.raises(NotFound):
        yard.client().cancel(BuildRef(JOB, "b1-x"))
    assert yard.asked == []


@pytest.mark.parametrize(
    ("user", "kind"), [("reader", Forbidden), ("nobody", Unauthorized)], ids=["reader", "nobody"]
)
def test_who_may_not_stops_nothing(yard: Yard, user: str, kind: type[IntegrationError]) -> None:
    yard.job(SLOW)
    yard.run()
    with pytest.raises(kind):
        yard.client(user).cancel(NUMBERED)
    assert yard.client().read(NUMBERED).stage is Stage.RUNNING


@pytest.mark.parametrize(
    ("user", "kind"), [("reader", Forbidden), ("nobody", Unauthorized)], ids=["reader", "nobody"]
)
def test_who_may_not_leaves_the_queue_alone(waiting: Yard, user: str, kind: type[IntegrationError]) -> None:
    ref = waiting.ask()
    with pytest.raises(kind):
        waiting.client(user).cancel(ref)
    assert waiting.client().read(ref).stage is Stage.QUEUED


@pytest.mark.parametrize("ref", [NUMBERED, QUEUED], ids=["build", "item"])
@pytest.mark.parametrize(
    ("status", "location", "kind"),
    [
        (302, "/login?from=x", Unauthorized),
        (403, "", Forbidden),
        (429, "", IntegrationError),
        (502, "", Unclear),
        (503, "", Down),
        (504, "", Unclear),
    ],
)
def test_an_odd_answer_is_an_error_and_is_not_asked_twice(
    standin: StandIn, ref: BuildRef, status: int, location: str, kind: type[IntegrationError]
) -> None:
    for line in (STOP, TAKE_OUT):
        standin.on(line, status=status, headers={"location": location})
    with pytest.raises(kind):
        Jenkins(standin.url, "sampan", ["token"]).cancel(ref)
    assert len(standin.requests) == 1


@pytest.mark.parametrize("status", [200, 204, 302, 303, 404])
@pytest.mark.parametrize("ref", [NUMBERED, QUEUED], ids=["build", "item"])
def test_every_version_s_way_to_say_yes(standin: StandIn, ref: BuildRef, status: int) -> None:
    for line in (STOP, TAKE_OUT):
        standin.on(line, status=status, headers={"location": "."})
    Jenkins(standin.url, "sampan", ["token"]).cancel(ref)
    assert standin.last.line == (STOP if ref.number else TAKE_OUT)
