"""Trello's limit of requests, kept on our side: 100 in ten seconds for each token.

developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits: who gets over 200 refusals has the key
blocked, so a refusal stops everybody who shares the token, not only the one who met it.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable

REQUESTS, SECONDS = 100, 11.0  # a second more than theirs: what leaves us in time may arrive too early


class Window:
    """A sliding window that the threads of one process share; times are those of `clock`."""

    def __init__(
        self,
        *,
        requests: int = REQUESTS,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds, self._clock, self._sleep = seconds, clock, sleep
        # When the newest requests went out, or will: whoever waits has a place already.
        self._starts: deque[float] = deque(maxlen=requests)
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def enter(self, *, patience: float) -> bool:
        """Wait for a place, at most `patience` seconds; False, at once, when it would take longer."""
        with self._lock:
            now = self._clock()
            start = max(now, self._closed_until, self._next())
            if start > now + max(patience, 0.0):
                return False
            self._starts.append(start)
        if start > now:
            self._sleep(start - now)
        return True

    def refused(self) -> None:
        """Let nobody in for as long as a window of theirs may last, as nothing says when it began."""
        jitter = random.uniform(0.0, 1.0)  # noqa: S311
        with self._lock:
            self._closed_until = self._clock() + self._seconds + jitter

    def _next(self) -> float:
        full = len(self._starts) == self._starts.maxlen
        return self._starts[0] + self._seconds if full else 0.0
