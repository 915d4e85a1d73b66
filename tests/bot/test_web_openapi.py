"""The app's own description, thrown at the app: whatever is sent, never a 5xx."""

import time
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from bot.web.app import create_app
from sandbox.dingtalk.signing import signed_headers
from tests.support.bots import SECRET, Pair, bot_and_room

schema = schemathesis.openapi.from_dict(create_app({}).openapi())


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with bot_and_room(tmp_path_factory.mktemp("bot"), env={"CRON_SECRET": "cron"}) as pair:
        yield pair


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@schema.parametrize()
@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_never_a_server_error(case: schemathesis.Case, pair: Pair, signed: bool) -> None:
    headers = signed_headers(SECRET, now_ms=round(time.time() * 1000)) | {"authorization": "Bearer cron"}
    case.call_and_validate(
        base_url=pair.url, headers=headers if signed else {}, checks=[not_a_server_error], timeout=10
    )
