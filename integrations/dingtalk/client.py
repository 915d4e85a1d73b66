"""DingTalk as a chat: who may speak to us, and how we answer."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from integrations.dingtalk import protocol
from integrations.dingtalk.markdown import markdown
from integrations.errors import NotSent
from integrations.model import InboundMessage, Post
from integrations.transport import Session

REPLY_WAIT = 8.0  # seconds


class DingTalk:
    """One robot: `authenticate` and `read` what comes in, `reply` to it.

    `cut` is the line that ends a message which was too long.
    """

    def __init__(
        self,
        *,
        app_secrets: Iterable[str] = (),
        outgoing_tokens: Iterable[str] = (),
        group_secrets: Iterable[str] = (),
        hosts: Iterable[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app_secrets, self.outgoing_tokens = tuple(app_secrets), tuple(outgoing_tokens)
        self.group_secrets, self.hosts, self.clock = tuple(group_secrets), tuple(hosts), clock
        # More slots and a longer wait than elsewhere: an answer that is not sent is silence.
        self._session = Session(protocol.VENDOR, slots=16, slot_wait=REPLY_WAIT)

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
            raise NotSent(protocol.VENDOR, "reply address not allowed")
        secrets = self.group_secrets if self.outgoing_tokens else ()
        from integrations.dingtalk.robot import Robot

        robot = Robot(message.reply_url, session=self._session, secrets=secrets, clock=self.clock)
        text = markdown(post, cut=cut)
        if message.staff_id or not post.mentions:
            robot.send_markdown(post.title, text, at_dingtalk_ids=list(post.mentions))
        else:
            # Encrypted ids go where the library does not put them.
            at = {"atDingtalkIds": list(post.mentions)}
            robot.post({"msgtype": "markdown", "markdown": {"title": post.title, "text": text}, "at": at})
