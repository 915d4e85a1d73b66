"""The bounded pools of threads in which everything that may block runs."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

THREADS = 20
FRONT = 4  # for what must not wait behind the work: taking a delivery on, the clock, readiness
WAITING = 200  # deliveries that may wait for a thread

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """Runs blocking work for async routes."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="worker")
        self._unfinished = 0

    @property
    def full(self) -> bool:
        """Whether no more should be taken on."""
        return self._unfinished >= WAITING

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "asyncio.Future[T]":
        """Start the work; await the result or not."""
        context = copy_context()
        self._unfinished += 1
        future = asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: context.run(work, *args, **kwargs)
        )
        future.add_done_callback(self._finished)
        return future

    def _finished(self, _: object) -> None:
        self._unfinished -= 1


class Inline(Workers):
    """Runs the work at once: on Lambda a process has one event at a time, so a thread would free nobody."""

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "asyncio.Future[T]":
        """Do the work; the future is done already."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as problem:
            future.set_exception(problem)
        return future
