"""The diagnosis as a table for people, or as JSON for programs."""

import json
from collections.abc import Sequence
from unicodedata import east_asian_width

from bot.doctor.findings import Finding, Level
from bot.reply import counted, join, plain

MARKS = {Level.WORKS: "✅", Level.WARNING: "⚠️ ", Level.BROKEN: "❌"}
WIDEST = 24  # columns of the second column; a longer name moves only its own row


def table(findings: Sequence[Finding]) -> str:
    """A row for each finding, the lines that mend it below, and at the end how many of each there are."""
    width = min(WIDEST, max(_width(one.what) for one in findings))
    rows = [row for one in findings for row in _rows(one, width)]
    return "\n".join([*rows, "", _summary(findings)])


def _rows(finding: Finding, width: int) -> list[str]:
    pad = " " * (width - _width(finding.what))
    row = f"{MARKS[finding.level]} {finding.what}{pad}  {plain(finding.told)}"
    return [row, *(" " * (width + 5) + f"→ {fix}" for fix in finding.fix.splitlines())]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(ch) in "WF" else 1 for ch in text)


def _summary(findings: Sequence[Finding]) -> str:
    levels = [one.level for one in findings]
    good = counted("{n} works", "{n} work", n=levels.count(Level.WORKS))
    doubtful = counted("{n} warning", "{n} warnings", n=levels.count(Level.WARNING))
    bad = counted("{n} broken", "{n} broken", n=levels.count(Level.BROKEN))
    return plain(join([good, doubtful, bad]))


def as_json(findings: Sequence[Finding]) -> str:
    """One object; `ok` is what the exit code says."""
    rows = [
        {"level": one.level, "what": one.what, "told": plain(one.told), "fix": one.fix} for one in findings
    ]
    return json.dumps({"ok": is_fine(findings), "findings": rows}, ensure_ascii=False, indent=2)


def is_fine(findings: Sequence[Finding]) -> bool:
    """Whether nothing is broken."""
    return all(one.level is not Level.BROKEN for one in findings)
