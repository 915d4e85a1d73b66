"""Webhooks, and the rule by which GitLab stops sending to one that fails.

Read from app/models/concerns/web_hooks/auto_disabling.rb of gitlabhq/gitlabhq, where the first pause is a
minute, at the fourth failure in a row.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

MOST_FAILURES = 3
MOST_PAUSES = 39
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)


class Alert(StrEnum):
    """Whether a hook is sent to."""

    EXECUTABLE = "executable"
    TEMPORARILY_DISABLED = "temporarily_disabled"
    DISABLED = "disabled"


@dataclass
class Delivery:
    """One webhook call; `status` is None until it is answered, and when it never is."""

    hook: "Hook" = field(repr=False)
    key: str  # the same when it is sent again
    about: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    at: datetime | None = None
    status: int | None = None
    error: str = ""
    seconds: float = 0.0

    @property
    def accepted(self) -> bool:
        """GitLab does not follow a redirect, and is content with it."""
        return self.status is not None and 200 <= self.status < 400


@dataclass(eq=False)
class Hook:
    """One address that is told about a project's pipelines; `missed` counts what it was not told."""

    id: int
    url: str
    token: str = field(default="", repr=False)
    signing_token: str = field(default="", repr=False)
    failures: int = 0
    disabled_until: datetime | None = None
    missed: int = 0
    deliveries: list[Delivery] = field(default_factory=list, repr=False)

    def alert(self, now: datetime) -> Alert:
        """Whether it is sent to now."""
        if self.failures > MOST_PAUSES:
            return Alert.DISABLED
        resting = self.failures > MOST_FAILURES and self.disabled_until and now <= self.disabled_until
        return Alert.TEMPORARILY_DISABLED if resting else Alert.EXECUTABLE

    def learn(self, *, accepted: bool, now: datetime) -> None:
        """Count how it ended; whatever fails while it is switched off does not count."""
        if accepted:
            self.failures, self.disabled_until = 0, None
        elif self.alert(now) is Alert.EXECUTABLE:
            self.failures += 1
            if self.failures > MOST_FAILURES:
                self.disabled_until = now + _pause(self.failures)


def signature(delivery_id: str, timestamp: str, body: bytes, *, token: str) -> str:
    """The value of webhook-signature, as standardwebhooks.com has it; `token` is whsec_ and base64."""
    key = base64.b64decode(token.removeprefix("whsec_"))
    signed = b".".join((delivery_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _pause(failures: int) -> timedelta:
    doubled: timedelta = FIRST_PAUSE * 2 ** (failures - MOST_FAILURES - 1)
    return min(doubled, LONGEST_PAUSE)
