"""Which of a pipeline's jobs tells its story, and the end of that job's log. Pure.

docs.gitlab.com/ci/jobs/job_logs/ has the section markers, and docs.gitlab.com/ci/yaml/ci_job_log_timestamps/
what a runner of 17.0 and later writes before every line where FF_TIMESTAMPS is on.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.gitlab.protocol import LONGEST_NAME, LONGEST_WORD
from integrations.jenkins.protocol import mapping, number, words
from integrations.logs import tail

# The API gives a log as a whole, no range of it. A runner ends one at 4 MB (output_limit, for who wants it
# otherwise), and that is less than what is read of any answer.
TAIL = 64 * 1024  # bytes that are looked at

_STAMP = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z [0-9a-f]{2}[OE]"
_CONTINUED = re.compile(rb"\n" + _STAMP + rb"\+")  # the line before had not ended
_STAMPED = re.compile(rb"^" + _STAMP + rb"[ +]", re.M)
_SECTION = rb"section_(?:start|end):\d{1,19}:[^\s\[\]]{1,255}(?:\[[^\]\r\n]{0,255}\])?\r(?:\x1b\[0K)?"
_SECTIONS_ONLY = re.compile(rb"^(?:\x1b\[0K)*(?:" + _SECTION + rb"(?:\x1b\[0K)*)+\r?(?:\n|\Z)", re.M)
_ANY_SECTION = re.compile(_SECTION)


@dataclass(frozen=True)
class Trace:
    """A job that has something to tell, and what it is called."""

    id: int
    title: str  # compile: failed


def pick(jobs: Iterable[object]) -> Trace | None:
    """The first job that failed and mattered, else one that runs, else the last that began."""
    found = sorted(filter(_id, map(mapping, jobs)), key=_id)
    failed = [job for job in found if job.get("status") == "failed" and job.get("allow_failure") is not True]
    running = [job for job in found if job.get("status") == "running"]
    begun = [job for job in found if job.get("started_at")]
    chosen = failed[:1] or running[-1:] or begun[-1:]
    return _trace(chosen[0]) if chosen else None


def end(trace: Trace, raw: bytes, *, lines: int) -> tuple[str, ...]:
    """The job's title, and the end of its log: so many lines in all, but always one of the log."""
    text = _STAMPED.sub(b"", _CONTINUED.sub(b"", raw[-TAIL:]))
    text = _ANY_SECTION.sub(b"", _SECTIONS_ONLY.sub(b"", text))
    return (trace.title, *tail(text, lines=max(1, lines - 1), whole=len(raw) <= TAIL))


def _id(job: Mapping[str, Any]) -> int:
    return number(job.get("id")) or 0


def _trace(job: Mapping[str, Any]) -> Trace:
    name, status = words(job.get("name"), most=LONGEST_NAME), words(job.get("status"), most=LONGEST_WORD)
    # script_failure is the rule, and the log itself says it better.
    reason = words(job.get("failure_reason"), most=LONGEST_WORD).replace("_", " ")
    because = f", {reason}" if reason and reason != "script failure" else ""
    return Trace(_id(job), f"{name}: {status}{because}")
