"""Which job's log is shown, and what of it: without colours, section markers and stamps."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.gitlab.traces import TAIL, Trace, end, pick
from integrations.logs import LONGEST
from tests.integrations.standin import page, sample

UNIT = Trace(903, "unit: failed")
SCRIPT = (
    'Executing "step_script" stage of the job script',
    "$ pytest -q",
    "Downloading 100%",
    "FAILED tests/test_price.py::test_list",
)
STAMP = "2026-11-20T01:05:14.123456Z 00O"


def job(id: Any, status: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "name": f"j{id}", "status": status, "started_at": "2026-11-20T01:05:14Z", **more}


WAITING = {"started_at": None}


class TestPick:
    def test_of_the_sample(self) -> None:
        assert pick(sample("gitlab/jobs.json")) == UNIT

    @pytest.mark.parametrize(
        ("jobs", "title"),
        [
            ([job(3, "failed"), job(2, "failed"), job(1, "success")], "j2: failed"),
            ([job(2, "success"), job(1, "failed", allow_failure=True)], "j2: success"),
            ([job(3, "running"), job(2, "failed")], "j2: failed"),
            ([job(3, "pending", **WAITING), job(2, "running"), job(1, "success")], "j2: running"),
            ([job(3, "manual", **WAITING), job(2, "success"), job(1, "success")], "j2: success"),
            ([job(1, "failed", failure_reason="script_failure")], "j1: failed"),
            ([job(1, "failed", failure_reason="runner_system_failure")], "j1: failed, runner system failure"),
            ([job(1, "failed", failure_reason="stuck_or_timeout_failure", **WAITING)], None),
            ([job(1, "running", name="x\n\u202e" + "y" * 999)], f"x {'y' * 78}: running"),
        ],
        ids=range(9),
    )
    def test_the_one_that_tells_most(self, jobs: list[Any], title: str | None) -> None:
        found = pick(jobs)
        assert found and found.title == (title or "j1: failed, stuck or timeout failure")

    @pytest.mark.parametrize(
        "jobs",
        [[], [None], [7], [{}], [job(0, "failed")], [job("1", "failed")], [job(1, "created", **WAITING)]],
    )
    def test_there_may_be_none(self, jobs: list[Any]) -> None:
        assert pick(jobs) is None


class TestEnd:
    @pytest.mark.parametrize("case", ["plain", "stamped"])
    def test_shows_what_the_job_wrote(self, case: str) -> None:
        shown = end(UNIT, page(f"gitlab/traces/{case}.log"), lines=50)
        assert (shown[0], shown[1]) == ("unit: failed", "Running with gitlab-runner 18.1.0 (0731d300)")
        assert [line for line in shown if line in SCRIPT] == list(SCRIPT)
        assert shown[-1] == "ERROR: Job failed: exit code 1"
        assert not [line for line in shown if not line or "section_" in line or "2026" in line]

    @pytest.mark.parametrize(("lines", "count"), [(1, 2), (2, 2), (3, 3), (50, 11)])
    def test_is_as_long_as_asked_for(self, lines: int, count: int) -> None:
        assert len(end(UNIT, page("gitlab/traces/plain.log"), lines=lines)) == count

    @pytest.mark.parametrize(
        ("raw", "shown"),
        [
            (b"", ()),
            (b"\x1b[0;m\n", ()),
            (b"section_start:1:x\r\x1b[0K", ()),
            (b"a\n\nb\n", ("a", "", "b")),
            (b"a\nsection_end:1:x\r\x1b[0K\nb\n", ("a", "b")),
            (b"a\nsection_start:1:x[collapsed=true]\r\x1b[0KHead\n", ("a", "Head")),
            (b"no newline section_end:1:x\r\x1b[0K", ("no newline",)),
            (b"section_start: a word of mine\n", ("section_start: a word of mine",)),
            (b"\xff\xfe\n", ("\ufffd\ufffd",)),
            (f"{STAMP} a\n{STAMP}+b\n{STAMP}+c\n{STAMP} d\n".encode(), ("abc", "d")),
            (f"{STAMP.replace('00O', '01E')} oops\n".encode(), ("oops",)),
            (b"2026-11-20T01:05:14Z my own time\n", ("2026-11-20T01:05:14Z my own time",)),
        ],
        ids=range(12),
    )
    def test_is_fit_to_be_shown(self, raw: bytes, shown: tuple[str, ...]) -> None:
        assert end(UNIT, raw, lines=50) == ("unit: failed", *shown)

    def test_of_a_long_one_only_the_end_is_looked_at(self) -> None:
        raw = b"".join(b"line %d\n" % one for one in range(500_000))
        shown = end(UNIT, raw, lines=100_000)
        assert shown[-1] == "line 499999" and len(shown) < TAIL // 10
        assert all(line.startswith("line ") for line in shown[1:])

    @given(st.binary(max_size=300))
    def test_nothing_in_it_breaks_a_room(self, raw: bytes) -> None:
        for line in end(UNIT, raw, lines=50):
            assert len(line) <= LONGEST and not set(line) & set("\x00\x1b\r\n\u202e")
