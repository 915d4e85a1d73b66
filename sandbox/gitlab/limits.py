"""Refuse those who call too often, as lib/gitlab/rack_attack.rb of gitlabhq/gitlabhq does."""

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

MINUTE = 60
TEXT = "Retry later\n"


class Throttled(Exception):
    """One request too many; `headers` say when to come back."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(TEXT)
        self.headers = headers


@dataclass
class Limit:
    """So many requests in each period of so many seconds, for each token."""

    requests: int
    period: int = MINUTE
    _seen: Counter[tuple[str, int]] = field(default_factory=Counter)

    def count(self, token: str, *, now: datetime) -> None:
        """Count one request, or raise Throttled."""
        window = int(now.timestamp()) // self.period
        self._seen[token, window] += 1
        observed = self._seen[token, window]
        if observed > self.requests:
            raise Throttled(self._headers(observed, window, now))

    def _headers(self, observed: int, window: int, now: datetime) -> dict[str, str]:
        reset = (window + 1) * self.period
        return {
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Limit": str(math.ceil(self.requests * MINUTE / self.period)),
            "RateLimit-Observed": str(observed),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(reset),
            "RateLimit-ResetTime": format_datetime(datetime.fromtimestamp(reset, now.tzinfo), usegmt=True),
            "Retry-After": str(reset - int(now.timestamp())),
        }
