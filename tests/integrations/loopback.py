"""A loopback port that treats its visitors badly, below the level of HTTP."""

import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
PATIENCE = 3.0  # seconds; a test that needs this long has failed


def wait_until(condition: Callable[[], bool]) -> None:
    """Look every five milliseconds; fail when it does not come about."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.005)


@dataclass
class Visit:
    """One connection, as the server sees it."""

    sock: socket.socket
    number: int  # 1 for the first connection
    over: threading.Event  # set when the test has seen enough
    heard: list[bytes]  # every request to this port so far

    def hear(self) -> bool:
        """Read one request, head and body; False when the visitor has gone."""
        data = b""
        while not _whole(data):
            more = self.sock.recv(65536)
            if not more:
                return False
            data += more
        self.heard.append(data)
        return True

    def say(self, data: bytes) -> None:
        self.sock.sendall(data)


Manners = Callable[[Visit], None]


@dataclass
class Port:
    """Serves each connection with `manners` in a thread of its own, for the length of a with block."""

    manners: Manners
    tls: ssl.SSLContext | None = None
    heard: list[bytes] = field(default_factory=list)

    def __enter__(self) -> "Port":
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        scheme = "https" if self.tls else "http"
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"{scheme}://{self.address}"
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    @property
    def visits(self) -> int:
        """How many connections came."""
        return len(self._sockets)

    def settle(self) -> None:
        """Wait until every visit so far has ended on this side."""
        for thread in self._threads[1:]:
            thread.join(PATIENCE)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._sockets.append(sock)
                thread = threading.Thread(target=self._serve, args=(sock, self.visits))
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        with sock, suppress(OSError):
            if self.tls and self.manners is not mute:
                sock = self.tls.wrap_socket(sock, server_side=True)
                self._sockets[number - 1] = sock
            with sock:
                self.manners(Visit(sock, number, self._over, self.heard))


def _whole(data: bytes) -> bool:
    head, blank, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return bool(blank) and len(body) >= int(length[1] if length else 0)


def answer(visit: Visit) -> None:
    """Answer every request, and keep the connection."""
    while visit.hear():
        visit.say(ANSWER)


def answer_once(visit: Visit) -> None:
    """Answer one request, and leave the connection to the visitor, saying nothing more."""
    visit.hear()
    visit.say(ANSWER)
    visit.over.wait(PATIENCE)


def mute(visit: Visit) -> None:
    """Accept, and never read nor answer, not even a TLS hello."""
    visit.over.wait(PATIENCE)


def hang(visit: Visit) -> None:
    """Read the request and never answer."""
    visit.hear()
    visit.over.wait(PATIENCE)


def hang_up(visit: Visit) -> None:
    """Read the request and close."""
    visit.hear()


def reset(visit: Visit) -> None:
    """Read the request and reset the connection."""
    visit.hear()
    visit.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def saying(*answers: bytes) -> Manners:
    """Give these answers in turn, the last one again and again, each on a connection of its own."""

    def manners(visit: Visit) -> None:
        if visit.hear():
            visit.say(answers[min(visit.number, len(answers)) - 1])

    return manners


def dripping(beginning: bytes) -> Manners:
    """Say the beginning, then a byte every twentieth of a second, so that no read of its own is ever late."""

    def manners(visit: Visit) -> None:
        visit.hear()
        visit.say(beginning)
        give_up = time.monotonic() + PATIENCE
        while not visit.over.wait(0.05) and time.monotonic() < give_up:
            visit.say(b"x")

    return manners
