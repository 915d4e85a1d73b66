"""The time, which tests and the demo move, and ids that hold it."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

MACHINE = "5a2d9c0f71"  # five bytes that are random on a real server


class Clock:
    """The time of one world, in UTC."""

    def __init__(self, base: Callable[[], datetime] | None = None) -> None:
        self._base = base or (lambda: datetime.now(UTC))
        self._ahead = timedelta(0)
        self._numbers = itertools.count(1)

    def now(self) -> datetime:
        """The time in this world."""
        return self._base().astimezone(UTC) + self._ahead

    def pass_time(self, time: timedelta) -> None:
        """Move on; or back, with a negative time, to write history."""
        self._ahead += time

    def next_id(self) -> str:
        """An id as MongoDB makes them: the second, the machine, a number."""
        return f"{int(self.now().timestamp()):08x}{MACHINE}{next(self._numbers):06x}"
