"""A guard shuts the sockets of one exchange down when its time is up, so that reading from them ends."""

import logging
import socket
import threading
import time
from contextvars import ContextVar

IDLE = 60.0  # seconds the watchdog sleeps when there is nothing to watch

log = logging.getLogger(__name__)

_guard: "ContextVar[Guard | None]" = ContextVar("guard", default=None)


class Guard:
    """Shuts down the sockets of one exchange when its time is up."""

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.fired = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> "Guard":
        self._token = _guard.set(self)
        _watchdog.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        _watchdog.remove(self)
        _guard.reset(self._token)
        with self._lock:
            for one in self._sockets:
                one.close()
            self._sockets.clear()

    def watch(self, sock: socket.socket) -> None:
        # A duplicate of the descriptor: TLS detaches the original, and a shutdown reaches both.
        with self._lock:
            self._sockets.append(socket.fromfd(sock.fileno(), sock.family, sock.type))
        if self.fired:
            self.fire()

    def fire(self) -> None:
        """Time is up."""
        with self._lock:
            self.fired = True
            for one in self._sockets:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    log.debug("the other side was gone already")


class _Watchdog:
    """One thread for every guard: starting one for each exchange takes a tenth of a command's time."""

    def __init__(self) -> None:
        self._guards: set[Guard] = set()
        self._changed = threading.Condition()
        self._wakes_at = 0.0
        self._thread: threading.Thread | None = None

    def add(self, guard: Guard) -> None:
        with self._changed:
            self._guards.add(guard)
            if self._thread is None or not self._thread.is_alive():  # it does not survive a fork
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif guard.ends_at < self._wakes_at:
                self._changed.notify()

    def remove(self, guard: Guard) -> None:
        with self._changed:
            self._guards.discard(guard)

    def _run(self) -> None:
        while True:
            for guard in self._due():
                guard.fire()

    def _due(self) -> list[Guard]:
        """Wait until the nearest guard ends, or a nearer one comes; the ones whose time is up."""
        with self._changed:
            self._wakes_at = min((one.ends_at for one in self._guards), default=time.monotonic() + IDLE)
            self._changed.wait(max(self._wakes_at - time.monotonic(), 0))
            due = [one for one in self._guards if one.ends_at <= time.monotonic()]
            self._guards.difference_update(due)
            return due


_watchdog = _Watchdog()


def watch(sock: socket.socket) -> None:
    """Put a socket under the guard around us."""
    guard = _guard.get()
    if guard:
        guard.watch(sock)
