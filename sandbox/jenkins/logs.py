"""The log of a build, in one piece or as it grows.

Read from org.kohsuke.stapler.framework.io.LargeText: of a log that still grows only whole lines are sent.
"""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.jenkins.answers import plain
from sandbox.jenkins.builds import Build
from sandbox.jenkins.server import Server

TAIL_SINCE = (2, 534)


def console_text(_: Request, __: Server, build: Build) -> Response:
    """.../consoleText: everything so far."""
    return plain(build.log.read_text(encoding="utf-8", errors="replace"))


def progressive_text(request: Request, server: Server, build: Build) -> Response:
    """.../logText/progressiveText?start=N: what came after N, and where to go on."""
    growing = build.in_progress  # before the log is read, so that the last answer has the last line
    log = build.log.read_bytes()
    end = log.rfind(b"\n") + 1 if growing else len(log)
    start = _start(request, end, tail=server.version >= TAIL_SINCE)
    answer = plain(log[start:end].decode("utf-8", "replace"))
    answer.headers["X-Text-Size"] = str(end)
    if growing:
        answer.headers["X-More-Data"] = "true"
    return answer


def _start(request: Request, size: int, *, tail: bool) -> int:
    """Where to start: at the beginning if `start` is past the end; a negative one counts from the end."""
    try:
        start = int(request.query_params.get("start", 0))
    except ValueError:
        return 0
    if start < 0:
        return max(0, size + start) if tail else 0
    return start if start <= size else 0
