"""GitLab's words: statuses, times, refusals, and what is kept of other people's input."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.gitlab.protocol import (
    LONGEST_VALUE,
    MOST_VARIABLES,
    exactly,
    instant,
    is_project,
    message_of,
    read_account,
    read_pipeline,
    read_variables,
    split,
)
from integrations.gitlab.sightings import read_sighting
from integrations.jenkins.protocol import Unreadable
from integrations.model import Account, Result, Stage
from integrations.model.pipelines import PipelineStatus
from tests.integrations.standin import sample

QUEUED, RUNNING, INPUT, ENDED = Stage.QUEUED, Stage.RUNNING, Stage.INPUT, Stage.ENDED
P = PipelineStatus
STATUSES = [
    ("created", P.PENDING, QUEUED, None, "created"),
    ("waiting_for_resource", P.PENDING, QUEUED, None, "waiting for resource"),
    ("preparing", P.PENDING, QUEUED, None, "preparing"),
    ("waiting_for_callback", P.PENDING, QUEUED, None, "waiting for callback"),
    ("pending", P.PENDING, QUEUED, None, "pending"),
    ("running", P.RUNNING, RUNNING, None, ""),
    ("canceling", P.RUNNING, RUNNING, None, "canceling"),
    ("success", P.SUCCESS, ENDED, Result.SUCCESS, ""),
    ("failed", P.FAILED, ENDED, Result.FAILURE, ""),
    ("canceled", P.CANCELED, ENDED, Result.ABORTED, ""),
    ("skipped", P.SKIPPED, ENDED, Result.NOT_BUILT, ""),
    ("manual", P.BLOCKED, INPUT, None, "manual"),
    ("scheduled", P.BLOCKED, QUEUED, None, "scheduled"),
    ("hibernating_deeply", P.OTHER, RUNNING, None, "hibernating deeply"),
    ("SUCCESS", P.OTHER, RUNNING, None, "SUCCESS"),
]
NO_PIPELINES = [
    *(None, [], 7, "x", {}, {"id": 7}, {"status": "running"}, {"id": 0, "status": "running"}),
    *({"id": "7", "status": "x"}, {"id": True, "status": "x"}, {"id": 2**63, "status": "x"}),
    *({"id": 7, "status": None}, {"id": 7, "status": ["running"]}, {"id": 7, "status": " \n"}),
]
NOON = datetime(2016, 8, 12, 15, 23, 28, tzinfo=UTC)


def pipeline(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = sample("gitlab/pipeline.json")
    return data | changes


class TestStatus:
    @pytest.mark.parametrize(("word", "status", "stage", "result", "why"), STATUSES)
    def test_every_word_means_something(
        self, word: str, status: PipelineStatus, stage: Stage, result: Result | None, why: str
    ) -> None:
        told = read_pipeline({"id": 7, "status": word}, project="acme/web")
        assert (told.status, told.word) == (status, word)
        seen = read_sighting({"id": 7, "status": word})
        assert (seen.stage, seen.result, seen.why) == (stage, result, why)

    def test_of_a_pipeline_alone_gitlab_says_why(self) -> None:
        detailed = {"label": "waiting for manual action"}
        assert read_sighting(pipeline(status="manual", detailed_status=detailed)).why == detailed["label"]

    @pytest.mark.parametrize("data", NO_PIPELINES)
    def test_what_is_no_pipeline_is_unreadable(self, data: Any) -> None:
        for read in (read_sighting, lambda it: read_pipeline(it, project="acme/web")):
            with pytest.raises(Unreadable):
                read(data)


class TestDuration:
    @pytest.mark.parametrize(
        ("changes", "seconds"),
        [
            ({}, 34),
            ({"duration": 0.5}, 0.5),
            ({"duration": None}, 35.978),
            ({"duration": -3}, 35.978),
            ({"duration": True}, 35.978),
            ({"duration": "34"}, 35.978),
            ({"duration": None, "started_at": None}, None),
            ({"duration": None, "finished_at": "yesterday"}, None),
            ({"duration": None, "finished_at": "2026-11-20T01:05:14.000Z"}, None),
            ({"status": "running"}, None),
        ],
        ids=str,
    )
    def test_is_that_of_the_jobs_or_from_first_to_last(
        self, changes: dict[str, Any], seconds: float | None
    ) -> None:
        assert read_sighting(pipeline(**changes)).seconds == pytest.approx(seconds)


class TestInstant:
    @pytest.mark.parametrize(
        "text",
        [
            "2016-08-12T15:23:28Z",
            "2016-08-12T15:23:28.000Z",
            "2016-08-12T23:23:28+08:00",
            "2016-08-12T23:23:28.000+0800",
            "2016-08-12 15:23:28 UTC",
            "2016-08-12 23:23:28 +0800",
            "2016-08-12 23:23:28 +08:00",
            "2016-08-12 10:53:28 -0430",
            "2016-08-12 15:23:28",
        ],
    )
    def test_is_in_utc_from_the_api_and_from_a_hook(self, text: str) -> None:
        assert instant(text) == NOON

    @pytest.mark.parametrize(
        "value",
        [
            *(None, "", "now", "UTC", " UTC", 1471015408, 1.5, True, [], {}),
            *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z"),
            *("2016-13-12T15:23:28Z", "2016-08-12 15:23:28 CEST", "2016-08-12 15:23:28 +9999", "x" * 100_000),
        ],
        ids=lambda value: repr(value)[:30],
    )
    def test_anything_else_is_none(self, value: Any) -> None:
        assert instant(value) is None

    @pytest.mark.parametrize(
        ("headers", "time"),
        [
            ({"Date": "Fri, 12 Aug 2016 15:23:28 GMT"}, NOON),
            ({"Date": "once"}, None),
            ({"Date": ""}, None),
            ({}, None),
        ],
        ids=str,
    )
    def test_of_an_answer_is_in_its_head(self, headers: dict[str, str], time: datetime | None) -> None:
        assert read_account({"username": "sampan"}, {"version": 18}, headers) == Account("sampan", "", time)

    @given(st.text())
    def test_never_fails(self, text: str) -> None:
        instant(text)


class TestOthersInput:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("main", "main"),
            ("修复/订单", "修复/订单"),
            ("../../etc/passwd", "../../etc/passwd"),
            ('\'; DROP TABLE "x"', '\'; DROP TABLE "x"'),
            ("main\n", "main\ufffd"),
            ("ma\x00in", "ma\ufffdin"),
            ("main\u200b", "main\ufffd"),
            ("\u202eniam", "\ufffdniam"),
            ("\ud800", "\ufffd"),
            ("x" * 21, "x" * 19 + "…"),
            ("x" * 1_000_000, "x" * 19 + "…"),
            (None, ""),
            (7, ""),
            (["main"], ""),
        ],
        ids=lambda value: repr(value)[:30],
    )
    def test_is_kept_so_that_it_passes_for_nothing_else(self, given: Any, kept: str) -> None:
        assert exactly(given, most=20) == kept

    @given(st.text(alphabet=st.characters()))
    def test_is_itself_or_plainly_not(self, text: str) -> None:
        kept = exactly(text, most=20)
        assert len(kept) <= 20 and kept.isprintable()
        assert kept == text or set(kept) & {"\ufffd", "…"}

    def test_a_megabyte_and_two_hundred_variables(self) -> None:
        many = [{"key": f"V{one}", "value": "x" * 10_000} for one in range(MOST_VARIABLES + 50)]
        kept = read_variables(many)
        assert len(kept) == MOST_VARIABLES
        assert {len(value) for value in kept.values()} == {LONGEST_VALUE}

    @pytest.mark.parametrize(
        "entry",
        [
            *(None, 7, "x", [], {}, {"key": "A"}, {"value": "x"}, {"key": "A", "value": 7}),
            *({"key": "A", "value": None}, {"key": "A B", "value": "x"}, {"key": "A\n", "value": "x"}),
            *({"key": "", "value": "x"}, {"key": "../A", "value": "x"}, {"key": "变量", "value": "x"}),
            *({"key": "A" * 256, "value": "x"}, {"key": ["A"], "value": "x"}, {"key": {}, "value": "x"}),
        ],
        ids=lambda entry: repr(entry)[:30],
    )
    def test_what_is_no_variable_is_left_out(self, entry: Any) -> None:
        assert read_variables([entry, {"key": "B", "value": "1"}]) == {"B": "1"}

    @pytest.mark.parametrize("data", [None, {}, 7, "x", {"A": "1"}])
    def test_what_is_no_list_has_none(self, data: Any) -> None:
        assert read_variables(data) == {}

    @pytest.mark.parametrize(
        ("changes", "field", "kept"),
        [
            ({"sha": "HEAD"}, "sha", ""),
            ({"sha": "A" * 40}, "sha", ""),
            ({"sha": "a" * 64}, "sha", "a" * 64),
            ({"web_url": "javascript:alert(1)"}, "url", ""),
            ({"web_url": "https://u:p@gitlab.example.com/"}, "url", ""),
            ({"user": None}, "who", ""),
            ({"user": {"name": "吴 磊\n"}}, "who", "吴 磊"),
            ({"user": {"username": "\u202e" + "x" * 999}}, "who", "x" * 80),
            ({"source": ["api"]}, "source", ""),
            ({"ref": "v1.4\x00"}, "ref", "v1.4\ufffd"),
        ],
        ids=str,
    )
    def test_of_a_pipeline(self, changes: dict[str, Any], field: str, kept: Any) -> None:
        assert getattr(read_pipeline(pipeline(**changes), project="acme/web"), field) == kept


class TestNames:
    @pytest.mark.parametrize(
        ("name", "project", "ref"),
        [
            ("acme/web@main", "acme/web", "main"),
            ("acme/shop/api.v2@release/1.4", "acme/shop/api.v2", "release/1.4"),
            ("_a/.b/c-d@v1@2", "_a/.b/c-d", "v1@2"),
            ("a/..b@x", "a/..b", "x"),
        ],
    )
    def test_are_a_project_and_a_ref(self, name: str, project: str, ref: str) -> None:
        assert split(name) == (project, ref)

    @given(st.text(alphabet="a./-_@ \n"))
    def test_no_part_climbs_out(self, path: str) -> None:
        if is_project(path):
            assert not {"", ".", ".."} & set(path.split("/"))


class TestMessage:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"message": "404 Project Not Found"}, "404 Project Not Found"),
            ({"message": {"base": ["a", "b"], "ref": "c"}}, "a, b; ref: c"),
            ({"message": {"base": []}}, ""),
            ({"error": "ref is missing"}, "ref is missing"),
            ({"message": "x\n\u202ey" + "z" * 999}, "x y" + "z" * 197),
            ({"message": ["x"]}, ""),
            ({"message": None}, ""),
            ("Retry later", ""),
            (None, ""),
        ],
        ids=lambda value: repr(value)[:40],
    )
    def test_is_short_and_on_one_line(self, data: Any, message: str) -> None:
        assert message_of(data) == message
