"""AWS Lambda: the handler under the real runtime interface client, behind each of AWS's front doors."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from starlette.responses import JSONResponse

from sandbox.dingtalk.app import create_app as create_room_app
from sandbox.dingtalk.limits import Throttle
from sandbox.dingtalk.room import Room
from sandbox.faults import Faults
from sandbox.serving import serving
from tests.platforms.gateway import Gateway
from tests.platforms.lambda_events import SCHEDULES, SHAPES, Event, Shape
from tests.platforms.runtime_api import Function, InvocationFailed, running
from tests.support.bots import SECRET, environment

pytest.importorskip("awslambdaric", reason="the runtime interface client is for Linux")

ANSWER_WITHIN = 27.0  # seconds: a delivery's 25 and what lies around it; template.yaml gives 29

every_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    room = Room("http://127.0.0.1:0", app_secret=SECRET)
    room.throttle = Throttle(itertools.count(0, 3600).__next__)  # a test speaks faster than people may
    with serving(create_room_app(room)) as room.url:
        yield room


@pytest.fixture(scope="module")
def code_host() -> Iterator[str]:
    """A Gitee without pull requests that can be made slow."""
    with serving(Faults(JSONResponse([]))) as url:
        yield url


@pytest.fixture(scope="module")
def function(room: Room, code_host: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    folder = tmp_path_factory.mktemp("lambda")
    gitee = {"GITEE_URL": code_host, "GITEE_TOKEN": "token", "REPOS": "web=acme/web"}
    with running(environment(room, folder, CRON_SECRET="clock", **gitee), folder=folder) as function:
        yield function


@pytest.fixture(scope="module")
def gateway(function: Function, room: Room) -> Iterator[Gateway]:
    gateway = Gateway(function)
    with serving(gateway) as room.bot_url:
        yield gateway


@every_shape
def test_a_signed_message_is_answered_before_the_invocation_ends(
    gateway: Gateway, room: Room, shape: Shape
) -> None:
    gateway.shape = shape
    before = len(room.replies)
    answer = room.deliver("/ping")
    assert (answer.status_code, answer.json()) == (200, {"msgtype": "empty"})
    assert ["pong" in reply.text for reply in room.replies[before:]] == [True]
    # Nothing is ever done twice, whichever door it comes through.
    assert room.redeliver(answer).status_code == 200
    assert len(room.replies) == before + 1


@every_shape
@pytest.mark.parametrize("host", ["sampan.example.com", "[2001:db8::1]:9000", "[::1]"])
def test_health(gateway: Gateway, room: Room, shape: Shape, host: str) -> None:
    gateway.shape = shape
    answer = requests.get(f"{room.bot_url}/healthz?from=test", headers={"Host": host}, timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@every_shape
def test_a_forged_message_is_refused(gateway: Gateway, room: Room, shape: Shape) -> None:
    gateway.shape = shape
    assert room.deliver("/ping", headers={"sign": "AAAA"}).status_code == 401
    assert room.deliver("/ping", headers={"sign": None}).status_code == 401


def test_bytes_that_are_no_text_are_refused(gateway: Gateway, room: Room) -> None:
    gateway.shape = SHAPES["API Gateway v2, base64"]
    refused = requests.post(f"{room.bot_url}/chat/dingtalk", data=b"\x00\xff\xfe", timeout=10)
    assert refused.status_code == 401


SLOW = [
    pytest.param("/pr", 1.0, "no open pull requests", id="slow"),
    # The first commands wait for a vendor that hangs, the last one is named as not reached.
    pytest.param(
        "/pr\n/pr\n/whoami\n/pr", 40.0, "No time was left", id="hanging", marks=pytest.mark.platform
    ),
]


@pytest.mark.parametrize(("text", "seconds", "told"), SLOW)
def test_a_slow_vendor_is_waited_for_within_the_limit(
    gateway: Gateway, room: Room, code_host: str, text: str, seconds: float, told: str
) -> None:
    requests.put(f"{code_host}/_fault", json={"kind": "slow", "seconds": seconds}, timeout=5)
    before, began = len(room.replies), time.monotonic()
    assert room.deliver(text).status_code == 200
    assert time.monotonic() - began < ANSWER_WITHIN
    [reply] = room.replies[before:]
    assert told.lower() in reply.text.lower()


@pytest.mark.parametrize("event", SCHEDULES.values(), ids=SCHEDULES)
def test_a_schedule_reaches_the_tick(function: Function, event: Event) -> None:
    assert set(function.invoke(event).values()) == {0}


def test_the_clock_may_come_over_http(gateway: Gateway, room: Room) -> None:
    gateway.shape = SHAPES["function URL"]
    asked = requests.post(f"{room.bot_url}/tick", headers={"Authorization": "Bearer clock"}, timeout=10)
    assert (asked.status_code, set(asked.json().values())) == (200, {0})
    assert requests.post(f"{room.bot_url}/tick", timeout=10).status_code == 401


@pytest.mark.parametrize("event", [{}, {"Records": [{"eventSource": "aws:sqs"}]}, {"source": "acme"}])
def test_any_other_event_fails_loudly(function: Function, event: Event) -> None:
    with pytest.raises(InvocationFailed, match="neither HTTP nor a schedule"):
        function.invoke(event)


def test_a_schedule_fails_loudly_without_a_configuration(tmp_path: Path) -> None:
    broken = {"DINGTALK_APP_SECRET": "a", "DINGTALK_OUTGOING_TOKEN": "b"}
    with running(broken, folder=tmp_path) as function:
        with pytest.raises(InvocationFailed, match="not configured"):
            function.invoke(SCHEDULES["EventBridge Scheduler"])
        assert "set exactly one of the two" in function.log
