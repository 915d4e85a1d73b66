"""The log of a build, in one piece or as it grows.

Read from LargeText and LineEndNormalizingWriter in jenkinsci/stapler: of a log that still grows only whole
lines are sent, at most ten thousand at a time, and every line ends with CRLF.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.jenkins.answers import plain
from sandbox.jenkins.builds import Build
from sandbox.jenkins.server import Server

TAIL_SINCE = (2, 534)
MOST_LINES = 10_000


def console_text(_: Request, __: Server, build: Build) -> Response:
    """.../consoleText: everything so far."""
    return plain(build.log.read_text(encoding="utf-8", errors="replace"))


def progressive_text(request: Request, server: Server, build: Build) -> Response:
    """.../logText/progressiveText?start=N: what came after N, and where to go on."""
    growing = build.in_progress  # before the log is read, so that the last answer has the last line
    log = build.log.read_bytes()
    start = _start(request, len(log), tail=server.version >= TAIL_SINCE)
    shown = _whole_lines(log[start:]) if growing else log[start:]
    text = shown.decode("utf-8", "replace").replace("\r\n", "\n").replace("\n", "\r\n")
    answer = plain(text)
    answer.headers["X-Text-Size"] = str(start + len(shown))
    if growing:
        answer.headers["X-More-Data"] = "true"
    return answer


def _whole_lines(log: bytes) -> bytes:
    lines = log.splitlines(keepends=True)[:MOST_LINES]
    return b"".join(lines if not lines or lines[-1].endswith((b"\n", b"\r")) else lines[:-1])


def _start(request: Request, size: int, *, tail: bool) -> int:
    """Where to start: at the beginning if `start` is past the end; a negative one counts from the end."""
    try:
        start = int(request.query_params.get("start", 0))
    except ValueError:
        raise HTTPException(500, "For input string") from None
    if start < 0 and not tail:
        raise HTTPException(500, "Negative seek offset")
    if start < 0:
        return max(0, size + start)
    return start if start <= size else 0
