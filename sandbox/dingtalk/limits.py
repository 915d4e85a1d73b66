"""How much a robot may say, how often, and for how long a reply address or an access token lives."""

import secrets
from collections import defaultdict, deque
from collections.abc import Callable

from sandbox.dingtalk.errors import ApiRefused, ErrorCode, Refused

MESSAGE_BYTES = 20_000
API_PARAM_BYTES = 15_000
PER_MINUTE = 20
MINUTE, PENALTY = 60.0, 600.0
SESSION_MS = 90 * 60 * 1000
TOKEN_SECONDS = 7200


class Throttle:
    """Twenty messages a minute for each robot; one more, and it is muted for ten minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sent: defaultdict[str, deque[float]] = defaultdict(deque)
        self._muted_until: dict[str, float] = {}

    def count(self, robot: str) -> None:
        """Count a message of this robot, or refuse it."""
        now, sent = self._clock(), self._sent[robot]
        while sent and sent[0] <= now - MINUTE:
            sent.popleft()
        if len(sent) >= PER_MINUTE and not self._muted(robot, now):
            self._muted_until[robot] = now + PENALTY
        if self._muted(robot, now):
            raise Refused(ErrorCode.TOO_FAST)
        sent.append(now)

    def _muted(self, robot: str, now: float) -> bool:
        return now < self._muted_until.get(robot, now)


class Sessions:
    """The reply addresses given out with people's messages; each lives for ninety minutes."""

    def __init__(self) -> None:
        self._expires_ms: dict[str, int] = {}

    def open(self, session: str, *, now_ms: int) -> int:
        """Start a session and say when it ends, in milliseconds."""
        self._expires_ms[session] = now_ms + SESSION_MS
        return self._expires_ms[session]

    def check(self, session: str, *, now_ms: int) -> None:
        """Refuse a session that never was or is over."""
        if now_ms >= self._expires_ms.get(session, 0):
            raise Refused(ErrorCode.NO_SESSION)

    def expire(self) -> None:
        """End every session now."""
        self._expires_ms.clear()


class AccessToken:
    """The app's one token: asking again while it lives gives the same one, and lets it live on.

    https://open.dingtalk.com/document/orgapp/obtain-the-access_token-of-an-internal-app
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._text, self._ends = "", 0.0

    def give(self) -> str:
        """The token, a new one if the last is over."""
        now = self._clock()
        if now >= self._ends:
            self._text = secrets.token_hex(16)
        self._ends = now + TOKEN_SECONDS
        return self._text

    def check(self, token: str) -> None:
        """Refuse whatever is not the token, and the token itself when it is over."""
        if token != self._text or self._clock() >= self._ends:
            raise ApiRefused("InvalidAuthentication", "不合法的access_token")

    def revoke(self) -> None:
        """End the token now."""
        self._ends = 0.0
