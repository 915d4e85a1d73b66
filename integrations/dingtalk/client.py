"""DingTalk as a chat: who may speak to us, and how we answer."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from integrations.dingtalk import protocol
from integrations.dingtalk.markdown import markdown
from integrations.errors import Garbled, NotSent, Refused, TooMany, from_status
from integrations.model import InboundMessage, Post
from integrations.transport import Session

VENDOR = "DingTalk"


@cache
def _robot_class() -> type[Any]:
    """dingtalkchatbot's robot with its message building kept and its transport replaced.

    The stock class waits without a limit, sleeps a minute after twenty messages, follows redirects, rewrites
    every link, and puts the access token into the text of its exceptions.
    """
    from dingtalkchatbot.chatbot import DingtalkChatbot

    class Robot(DingtalkChatbot):  # type: ignore[misc]
        def __init__(
            self, webhook: str, *, session: Session, secret: str, clock: Callable[[], float]
        ) -> None:
            super().__init__(webhook, secret=None, fail_notice=False)
            self.session, self.signing_secret, self.clock = session, secret, clock

        def msg_open_type(self, url: str) -> str:
            return url

        def post(self, data: Mapping[str, Any]) -> None:
            url, secret = self.webhook, self.signing_secret
            if secret:
                url = protocol.signed(url, secret, now=self.clock())
            # Chinese as it is: escaped it would count six bytes a character against the limit.
            body = json.dumps(data, ensure_ascii=False).encode()
            headers = {"Content-Type": "application/json; charset=utf-8"}
            _check(self.session.post(url, data=body, headers=headers, auth=_no_auth))

    return Robot


def _no_auth(request: Any) -> Any:
    """Keep requests from looking for credentials in a .netrc."""
    return request


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


class DingTalk:
    """One robot: `authenticate` and `read` what comes in, `reply` to it.

    `cut` is the line that ends a message which was too long.
    """

    def __init__(
        self,
        *,
        app_secrets: Iterable[str] = (),
        outgoing_tokens: Iterable[str] = (),
        group_secret: str = "",
        hosts: Iterable[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app_secrets, self.outgoing_tokens = tuple(app_secrets), tuple(outgoing_tokens)
        self.group_secret, self.hosts, self.clock = group_secret, tuple(hosts), clock
        self._session = Session(VENDOR)

    def authenticate(self, headers: Mapping[str, str]) -> None:
        """Raise Unauthenticated unless the headers are DingTalk's; the other mode's headers never count."""
        if self.app_secrets:
            protocol.check_signature(headers, self.app_secrets, now=self.clock())
        else:
            protocol.check_token(headers, self.outgoing_tokens)

    def read(self, body: bytes) -> InboundMessage:
        """The message in a callback's body; raises Malformed."""
        message = protocol.read_message(body)
        # Nobody vouches for who wrote to a group robot.
        return message if self.app_secrets else replace(message, staff_id="")

    def may_answer(self, message: InboundMessage) -> bool:
        """Whether the message's own reply address is one of DingTalk's."""
        return protocol.webhook_allowed(message.reply_url, self.hosts)

    def reply(self, message: InboundMessage, post: Post, *, cut: str) -> None:
        """Answer in the message's room; raises IntegrationError."""
        if not self.may_answer(message):
            raise NotSent(VENDOR, "reply address not allowed")
        secret = self.group_secret if self.outgoing_tokens else ""
        robot = _robot_class()(message.reply_url, session=self._session, secret=secret, clock=self.clock)
        text = markdown(post, cut=cut)
        if message.staff_id or not post.mentions:
            robot.send_markdown(post.title, text, at_dingtalk_ids=list(post.mentions))
        else:
            # Encrypted ids go where the library does not put them.
            at = {"atDingtalkIds": list(post.mentions)}
            robot.post({"msgtype": "markdown", "markdown": {"title": post.title, "text": text}, "at": at})
