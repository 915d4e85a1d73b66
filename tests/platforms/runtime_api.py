"""AWS Lambda on loopback: the Runtime API, and a function's process under the real runtime interface client.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

HERE = Path(__file__).parents[2]
LIMIT = 29.0  # seconds, as in template.yaml
ARN = "arn:aws:lambda:eu-west-1:000000000000:function:sampan"


class InvocationFailed(Exception):
    """What the platform would log and count as an error."""


class RuntimeApi(ThreadingHTTPServer):
    """Hands events to the runtime interface client and takes its results, one at a time."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Calls)
        self.events: Queue[tuple[str, bytes]] = Queue()
        self.results: Queue[tuple[str, Any]] = Queue()

    @property
    def address(self) -> str:
        host, port = self.server_address[:2]
        return f"{host!s}:{port}"


class _Calls(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: RuntimeApi

    def do_GET(self) -> None:
        """The client asks for the next invocation."""
        invocation, event = self.server.events.get()
        # All of them: awslambdaric 4.2 dies of a segmentation fault when one is missing.
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + LIMIT) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-0-0;Sampled=0",
        }
        self._answer(200, event, headers)

    def do_POST(self) -> None:
        """The client brings a response, or an error of an invocation or of the start."""
        body = json.loads(self._body())
        self.server.results.put((self.path.rpartition("/")[2], body))
        self._answer(202, b'{"status":"OK"}', {})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Function:
    """A running function; `log` is what it wrote."""

    def __init__(self, api: RuntimeApi, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._api, self._process, self._log = api, process, log

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def invoke(self, event: Any) -> Any:
        """The result of one invocation; raises InvocationFailed, also when there is none."""
        self._api.events.put((str(uuid.uuid4()), json.dumps(event).encode()))
        kind, result = self._next_result(time.monotonic() + LIMIT)
        if kind == "error":
            raise InvocationFailed(f"{result['errorType']}: {result['errorMessage']}")
        return result

    def _next_result(self, give_up: float) -> tuple[str, Any]:
        while time.monotonic() < give_up and self._process.poll() is None:
            with suppress(Empty):
                return self._api.results.get(timeout=0.5)
        raise InvocationFailed(f"no result, exit code {self._process.poll()}: {self.log}")


@contextmanager
def running(
    env: Mapping[str, str],
    *,
    folder: Path,
    task: Path = HERE,
    python: Sequence[str] = (sys.executable,),
    path: Sequence[Path] = (),
) -> Iterator[Function]:
    """Start `api.index.handler` of the task folder; its log goes to `folder`, `path` has more modules."""
    api = RuntimeApi()
    threading.Thread(target=api.serve_forever, daemon=True).start()
    platform = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, (task, *path))),
        "PYTHONDONTWRITEBYTECODE": "1",  # the task folder is read-only there
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": "sampan",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "LAMBDA_TASK_ROOT": str(task),
    }
    log = folder / "function.log"
    command = [*python, "-m", "awslambdaric", "api.index.handler"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=task, env={**platform, **env}, stdout=output, stderr=output)
        try:
            yield Function(api, process, log)
        finally:
            process.kill()
            process.wait()
            api.shutdown()
            api.server_close()
