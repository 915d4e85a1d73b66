"""Run an ASGI app on a loopback port in a thread of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


class NotStarted(Exception):
    """The port could not be opened."""


class Server:
    """One uvicorn server in a daemon thread; `url` is known as soon as `start` returns."""

    def __init__(self, app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        config = uvicorn.Config(
            app, host=host, port=port, log_level="warning", access_log=False, lifespan="off"
        )
        self._port = port
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self.url = ""

    def start(self, *, timeout: float = 15.0) -> "Server":
        """Start and wait, at most `timeout` seconds, until the port is open."""
        self._thread.start()
        give_up = time.monotonic() + timeout
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > give_up:
                raise NotStarted(f"Nothing could be started on port {self._port}; is it taken?")
            time.sleep(0.01)
        host, port = self._server.servers[0].sockets[0].getsockname()[:2]
        self.url = f"http://{host}:{port}"
        return self

    def stop(self) -> None:
        """Close the port and wait for the thread; idle connections are dropped."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)


@contextmanager
def serving(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Serve `app` for the length of a with block and give its URL."""
    server = Server(app, port=port).start()
    try:
        yield server.url
    finally:
        server.stop()
