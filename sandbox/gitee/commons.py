"""What everything in one world shares: the people, the clock, the numbers and the lock."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum

CHINA = timezone(timedelta(hours=8))


class Permission(IntEnum):
    """What somebody may do in a repo; each level includes those below it."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True)
class User:
    """An account; git knows its login and an address made from it."""

    id: int
    login: str
    name: str


class Commons:
    """The shared things; `lock` is held around everything a request or a test does to the world."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.users: dict[str, User] = {}
        self.tokens: dict[str, User] = {}
        self.lock = threading.RLock()
        self._clock = clock or (lambda: datetime.now(UTC))
        self._ids = itertools.count(10_000_001)

    def now(self) -> datetime:
        """The time as Gitee writes it: whole seconds at +08:00."""
        return self._clock().astimezone(CHINA).replace(microsecond=0)

    def now_ms(self) -> int:
        """The time as webhooks have it: milliseconds since the epoch."""
        return int(self._clock().timestamp() * 1000)

    def next_id(self) -> int:
        """A number no other thing has."""
        return next(self._ids)

    def user(self, login: str, *, name: str = "") -> User:
        """The account of that login, made if it is new."""
        if login not in self.users:
            self.users[login] = User(self.next_id(), login, name or login)
        return self.users[login]
