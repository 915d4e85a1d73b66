"""dingtalkchatbot's robot with its message building kept and its transport replaced.

The stock class waits without a limit, sleeps a minute after twenty messages, follows redirects, rewrites
every link, and puts the access token into the text of its exceptions.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dingtalkchatbot.chatbot import DingtalkChatbot

from integrations.dingtalk import protocol
from integrations.errors import Garbled, Refused, TooMany, from_status
from integrations.transport import Session

VENDOR = protocol.VENDOR


class Robot(DingtalkChatbot):  # type: ignore[misc]
    """Posts to one webhook, signed with the first of `secrets` that is accepted; raises IntegrationError."""

    def __init__(
        self, webhook: str, *, session: Session, secrets: Sequence[str], clock: Callable[[], float]
    ) -> None:
        super().__init__(webhook, secret=None, fail_notice=False)
        self.session, self.signing_secrets, self.clock = session, secrets, clock

    def msg_open_type(self, url: str) -> str:
        """The link as it is."""
        return url

    def post(self, data: Mapping[str, Any]) -> None:
        """Send once; what was refused for its signature was not delivered, so the next secret may try."""
        # Chinese as it is: escaped it would count six bytes a character against the limit.
        body = json.dumps(data, ensure_ascii=False).encode()
        for left, url in self._addresses():
            try:
                self._send(url, body)
            except Refused as refusal:
                if refusal.status != protocol.WRONG_SIGNATURE or not left:
                    raise
            else:
                return

    def _addresses(self) -> Iterator[tuple[int, str]]:
        """The address under each signature, with how many come after it."""
        if not self.signing_secrets:
            yield 0, self.webhook
        for left, secret in zip(range(len(self.signing_secrets))[::-1], self.signing_secrets, strict=True):
            yield left, protocol.signed(self.webhook, secret, now=self.clock())

    def _send(self, url: str, body: bytes) -> None:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        _check(self.session.post_plain(url, body, headers))


def _check(response: Any) -> None:
    if response.status_code != 200:
        raise from_status(VENDOR, response.status_code)
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        raise Garbled(VENDOR, "not JSON") from None
    code = protocol.error_code(answer)
    if code in protocol.TOO_FAST:
        raise TooMany(VENDOR, status=code)
    if code != 0:
        raise Refused(VENDOR, status=code)
