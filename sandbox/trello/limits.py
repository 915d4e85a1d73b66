"""Trello's limits: 100 requests in ten seconds a token, 300 a key.

developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.trello.refusals import KEY_LIMIT, TOKEN_LIMIT, Refused

WINDOW = timedelta(seconds=10)
EXCEEDED = "Rate limit exceeded"


class Limits:
    """Counts the requests of every key and token; a test may set the numbers, or switch it off."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.on = True
        self.per_token, self.per_key = 100, 300
        self._now = now
        self._times: dict[str, list[datetime]] = defaultdict(list)

    def count(self, *, key: str, token: str) -> None:
        """Take note of a request, or Refuse it; what is refused does not count."""
        if not self.on:
            return
        for name, most, error in (
            (f"token {token}", self.per_token, TOKEN_LIMIT),
            (f"key {key}", self.per_key, KEY_LIMIT),
        ):
            if len(self._recent(name)) >= most:
                raise Refused(429, EXCEEDED, error=error)
        for name in (f"token {token}", f"key {key}"):
            self._times[name].append(self._now())

    def _recent(self, name: str) -> list[datetime]:
        since = self._now() - WINDOW
        self._times[name] = [time for time in self._times[name] if time > since]
        return self._times[name]
