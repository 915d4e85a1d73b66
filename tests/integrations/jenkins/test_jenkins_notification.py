"""What the Notification plugin posts: recorded, from the stand-in, and from somebody who means harm."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from integrations.errors import Malformed
from integrations.jenkins.notification import read_notification
from integrations.model import Notification, Result
from sandbox.serving import serving
from tests.integrations.jenkins.conftest import Yard
from tests.integrations.standin import page

ROOT = "https://ci.example/jenkins"


def read(body: bytes | dict[str, Any], *, root: str = ROOT) -> Notification:
    return read_notification(body if isinstance(body, bytes) else json.dumps(body).encode(), root=root)


def about(**build: Any) -> Notification:
    return read({"name": "x", "url": "job/x/", "build": build})


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            "finalized",
            Notification(
                "notification-plugin",
                *(81, None, "", True, "FINALIZED"),
                result=Result.SUCCESS,
                url="http://localhost:8080/job/notification-plugin/81/",
            ),
        ),
        ("started", Notification("Jobname", 69, 69, "", False, "STARTED")),
        (
            "folder",
            Notification(
                "team/deploy",
                *(12, 345, "b12-k3v9", True, "COMPLETED"),
                result=Result.FAILURE,
                url="https://ci.example/jenkins/job/team/job/deploy/12/",
                began_at=1469453903.123 - 9.452,
                at=1469453903.123,
            ),
        ),
    ],
)
def test_a_recorded_one_is_read(case: str, expected: Notification) -> None:
    assert read(page(f"jenkins/notification/{case}.json")) == expected


@pytest.mark.parametrize("served", [True, False], ids=["with its address", "without"])
def test_the_stand_in_s_own_are_read(set_up: Callable[..., Yard], served: bool) -> None:
    heard: list[bytes] = []

    async def hook(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append(await Request(scope, receive).body())
        await Response()(scope, receive, send)

    yard = set_up()
    with serving(hook) as address:
        yard.server.notify = [address]
        yard.server.url = yard.url if served else ""
        yard.job()
        _, build = yard.finish("b7-x")
    told = [read(body, root=yard.url) for body in heard]
    assert {(one.job, one.number, one.queue_id, one.marker) for one in told} == {
        ("team/deploy", 1, 1, "b7-x")
    }
    assert [(one.phase, one.ended) for one in told] == [
        ("QUEUED", False),
        ("STARTED", False),
        ("COMPLETED", True),
        ("FINALIZED", True),
    ]
    assert [one.result for one in told] == [None, None, Result.SUCCESS, Result.SUCCESS]
    assert {one.url for one in told} == {f"{yard.url}/job/team/job/deploy/1/" if served else ""}
    assert [one.began_at for one in told] == [
        None,
        *[pytest.approx(build.started, abs=0.005)] * 3,
    ]


@pytest.mark.parametrize(
    ("payload", "job"),
    [
        ({"url": "job/x/"}, "x"),
        ({"url": "job/team/job/my%20svc/", "name": "my svc"}, "team/my svc"),
        ({"url": "job/mb/job/feature%252Fx/"}, "mb/feature%2Fx"),
        ({"build": {"url": "job/team/job/x/12/"}}, "team/x"),
        ({"build": {"full_url": f"{ROOT}/job/team/job/x/12/"}}, "team/x"),
        ({"build": {"full_url": "http://inside:8080/ci/job/team/job/x/12/"}}, "team/x"),
        ({"url": None, "build": {"full_url": f"{ROOT}/job/x/1/?a=1"}}, "x"),
    ],
)
def test_the_job_is_known_by_its_address(payload: dict[str, Any], job: str) -> None:
    assert read(payload).job == job


@pytest.mark.parametrize(
    ("phase", "read_as", "ended"),
    [
        ("QUEUED", "QUEUED", False),
        ("FINISHED", "FINISHED", True),  # before 1.6
        ("finalized", "FINALIZED", True),
        ("MY_OWN", "MY_OWN", False),
        ("two words", "", False),
        ("X" * 33, "", False),
        ("", "", False),
        (7, "", False),
        (None, "", False),
    ],
)
def test_an_unknown_phase_is_no_end(phase: Any, read_as: str, ended: bool) -> None:
    told = about(phase=phase, status="FAILURE")
    result = Result.FAILURE if ended else None
    assert told == Notification("x", None, None, "", ended, read_as, result=result)


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "12", None, [], {}, 2**63, 10**400])
def test_what_is_no_number_is_unknown(value: Any) -> None:
    assert about(number=value, queue_id=value) == Notification("x", None, None, "", False, "")


@pytest.mark.parametrize(
    ("parameters", "marker"),
    [
        ({"SAMPAN_ID": "b12-k3v9"}, "b12-k3v9"),
        ({"sampan_id": "b12"}, ""),
        ({"SAMPAN_ID": ""}, ""),
        ({"SAMPAN_ID": "b1 or 1=1"}, ""),
        ({"SAMPAN_ID": "b1\n"}, ""),
        ({"SAMPAN_ID": "\ud800"}, ""),
        ({"SAMPAN_ID": "b" * 65}, ""),
        ({"SAMPAN_ID": ["b1"]}, ""),
        (["SAMPAN_ID"], ""),
        ("SAMPAN_ID", ""),
        (None, ""),
    ],
)
def test_the_marker_is_ours_or_nothing(parameters: Any, marker: str) -> None:
    assert about(parameters=parameters).marker == marker


@pytest.mark.parametrize("build", [None, [], "x", 1, {}])
def test_a_job_alone_is_enough(build: Any) -> None:
    assert read({"url": "job/x/", "build": build}) == Notification("x", None, None, "", False, "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"job/x/"',
        b"{}",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"url":' * 100_000,
        b'{"url": "job/x/", "n": ' + b"9" * 5000 + b"}",
    ],
    ids=range(10),
)
def test_what_is_no_payload_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize(
    "url",
    [
        *("", "/", "x", "job/", "job//", "../job/x/", "view/all/", "job/x/console", "job/x/axis=a/1/"),
        *("job/../", "job/%2e%2e/job/x/", "job/./", "job/a%2Fb/", "job/%20/", "job/%0A/", "job/a%00b/"),
        *(
            "job/\ud800/",
            "job/" + "x" * 600 + "/",
            "http://[/job/x/",
            "javascript:alert(1)",
            "job/%E2%80%AEx/",
        ),
    ],
)
def test_an_address_that_leads_to_no_job_is_malformed(url: str) -> None:
    for payload in ({"url": url}, {"build": {"url": url}}, {"build": {"full_url": f"{ROOT}/{url}"}}):
        with pytest.raises(Malformed):
            read(payload)


@pytest.mark.parametrize("url", [7, [], {}, None, True])
def test_an_address_of_another_type_is_malformed(url: Any) -> None:
    with pytest.raises(Malformed):
        read({"name": "x", "url": url, "build": {"url": url, "full_url": url}})


def test_a_full_address_that_is_none_is_malformed() -> None:
    with pytest.raises(Malformed):
        read({"build": {"full_url": "http://[/job/x/"}})
