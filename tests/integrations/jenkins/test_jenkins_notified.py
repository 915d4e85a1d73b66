"""What a notification says of the build itself: its result, its times, its address."""

import json
from typing import Any

import pytest

from integrations.jenkins.notification import read_notification
from integrations.model import Notification, Result

WORDS = ("SUCCESS", "UNSTABLE", "FAILURE", "ABORTED", "NOT_BUILT")


def read(body: bytes) -> Notification:
    return read_notification(body, root="https://ci.example")


def about(**build: Any) -> Notification:
    return read(json.dumps({"url": "job/x/", "build": build}).encode())


@pytest.mark.parametrize(
    ("status", "result"),
    [
        *((word, Result(word.replace("_", " ").lower())) for word in WORDS),
        *((word, None) for word in ("success", "MOSTLY_FINE", "", " FAILURE", None, 1, True, [], {})),
    ],
)
def test_an_unknown_status_is_no_result(status: Any, result: Result | None) -> None:
    assert about(phase="FINALIZED", status=status).result is result


AT, TOOK = 1781000000123, 2500


@pytest.mark.parametrize(
    ("build", "times"),
    [
        ({"phase": "QUEUED", "timestamp": AT}, (None, AT / 1000)),  # when it came into the queue
        ({"phase": "STARTED", "timestamp": AT, "duration": 0}, (AT / 1000, AT / 1000)),
        ({"phase": "COMPLETED", "timestamp": AT, "duration": TOOK}, (1780999997.623, AT / 1000)),
        ({"phase": "FINALIZED", "timestamp": AT, "duration": TOOK}, (1780999997.623, AT / 1000)),
        ({"phase": "FINALIZED", "timestamp": AT, "duration": 0}, (None, AT / 1000)),
        ({"phase": "FINALIZED", "timestamp": AT}, (None, AT / 1000)),
        ({"phase": "FINALIZED", "duration": TOOK}, (None, None)),
        ({"phase": "MY_OWN", "timestamp": AT, "duration": TOOK}, (None, AT / 1000)),
        *(
            ({"phase": "STARTED", "timestamp": one}, (None, None))
            for one in (0, -1, 1, 2**53, 10**400, 1e300, True, "1781000000123", None, [])
        ),
    ],
)
def test_times_are_seconds_if_they_can_be_true(
    build: dict[str, Any], times: tuple[float | None, ...]
) -> None:
    told = about(**build)
    assert (told.began_at, told.at) == times


def test_a_time_that_is_no_number_is_unknown() -> None:
    assert read(b'{"url": "job/x/", "build": {"phase": "STARTED", "timestamp": NaN}}').at is None


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://ci.example/job/x/1/", True),
        ("http://10.0.0.1:8080/ci/job/%E5%A4%9C/1/", True),
        ("https://ci.example/job/夜间/1/", True),
        *((f"{start}ci.example/job/x/1/", False) for start in ("javascript:", "ftp://", "//", "", "HTTP:/")),
        ("javascript://ci.example/job/x/1/%0aalert(1)", False),
        ("https:///job/x/1/", False),
        ("https://lin:secret@ci.example/job/x/1/", False),
        ("https://ci.example@evil.example/job/x/1/", False),
        ("https://ci.example/job/x/1/ and more", False),
        ("https://ci.example/job/x/1/\n", False),
        ("https://ci.example/job/\u202ex/1/", False),
        ("https://ci.example/job/\ud800/1/", False),
        ("https://[ci/job/x/1/", False),
        ("https://ci.example/job/x/1/?" + "a" * 1000, False),
        *((one, False) for one in (None, 7, True, [], {})),
    ],
)
def test_the_address_is_one_to_go_to_or_nothing(url: Any, kept: bool) -> None:
    assert about(full_url=url).url == (url if kept else "")
