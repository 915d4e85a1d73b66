"""Everything outside in one small process: DingTalk's, Gitee's and Jenkins' shortest answers, and a counter.

It is small so that it takes little of the machine from what is measured.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.request import urlopen

ANSWERS = (
    (rb"POST /robot/", b"200 OK", b'{"errcode":0,"errmsg":"ok"}'),
    (rb"GET /repos/[^ ]*/pulls", b"200 OK", b"[]"),
    (rb"GET /job/[^ ]*=lastStableBuild", b"200 OK", b'{"lastStableBuild":null}'),
    (rb"GET /job/[^/]*/[0-9]+/", b"200 OK", b'{"number":1,"building":true}'),
    (rb"GET /job/", b"200 OK", b'{"url":"http://127.0.0.1/job/x/","buildable":true}'),
    (rb"POST /job/", b"201 Created\r\nLocation: http://127.0.0.1/queue/item/{n}/", b""),
)


class Receiver:
    """Counts connections that were accepted and requests that were answered, its own questions aside."""

    def __init__(self) -> None:
        self.connections = self.requests = 0
        self.more = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = False
        while head := await self._head(reader):
            if head.startswith(b"GET /_seen/"):
                await self._tell(writer, at_least=int(head.split()[1].rpartition(b"/")[2]))
                continue
            self.connections += not seen
            seen = True
            await self._answer(head, writer)
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        return head

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        unknown = (b"404 Not Found", b"{}")
        status, body = next((answer for line, *answer in ANSWERS if re.match(line, head)), unknown)
        _write(writer, status.replace(b"{n}", str(self.requests).encode()), body)
        async with self.more:
            self.requests += 1
            self.more.notify_all()

    async def _tell(self, writer: asyncio.StreamWriter, *, at_least: int) -> None:
        async with self.more:
            await self.more.wait_for(lambda: self.requests >= at_least)
        _write(writer, b"200 OK", json.dumps([self.connections, self.requests]).encode())


def _write(writer: asyncio.StreamWriter, status: bytes, body: bytes) -> None:
    length = str(len(body)).encode()
    writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body)


class Counts(NamedTuple):
    """What the receiver has counted."""

    connections: int
    requests: int


class Seen:
    """The receiver as the process that started it sees it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def count(self, *, at_least: int = 0) -> Counts:
        """What was counted so far, once there are `at_least` so many requests."""
        with urlopen(f"{self.url}/_seen/{at_least}", timeout=60) as answer:
            return Counts(*json.load(answer))


@contextmanager
def receiving() -> Iterator[Seen]:
    """Run a receiver in a process of its own."""
    with subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Seen(process.stdout.readline().strip())
        finally:
            process.terminate()


async def main() -> None:
    server = await asyncio.start_server(Receiver().serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
