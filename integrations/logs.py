"""The end of a build's log, fit to be shown. Pure."""

import re

LONGEST = 500  # characters of a line

_ANSI = re.compile(r"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|\[[0-?]*[ -/]*[@-~]|[@-Z\\^_])")
# Those that turn the direction of writing would reach beyond the log.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def tail(raw: bytes, *, lines: int, whole: bool) -> tuple[str, ...]:
    """The last lines of a log; unless it is `whole`, its first line is only the end of one."""
    found = raw.decode("utf-8", "replace").rstrip().split("\n")
    if not whole and len(found) > 1:
        del found[0]
    shown = [_clean(line) for line in found]
    while shown and not shown[-1]:  # nothing but colours, perhaps
        shown.pop()
    return tuple(shown[-lines:])


def _clean(line: str) -> str:
    """A line as a terminal would show it: what a progress bar wrote over is not there."""
    text = _CONTROL.sub("", _ANSI.sub("", line.rstrip("\r").rpartition("\r")[2])).rstrip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
