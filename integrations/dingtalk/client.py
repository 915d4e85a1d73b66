"""DingTalk as a chat: who may speak to us, how we answer, and how we speak later."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum, unique
from functools import partial

from integrations.dingtalk import protocol
from integrations.dingtalk.markdown import markdown
from integrations.dingtalk.openapi import API_URL, OpenApi
from integrations.errors import NotSent, Refused
from integrations.model import Account, InboundMessage, Post, Room
from integrations.transport import Session

REPLY_WAIT = 8.0  # seconds


@unique
class Carrier(StrEnum):
    """The robot that carries a message; the platform counts the messages of each."""

    APP = "app"
    GROUP = "group"
    NOBODY = ""


Say = Callable[..., None]  # of a post, and `cut`


class DingTalk:
    """One robot: `authenticate` and `read` what comes in, `reply` to it, `post` to its room later.

    `cut` is the line that ends a message which was too long.
    """

    def __init__(
        self,
        *,
        app_secrets: Iterable[str] = (),
        outgoing_tokens: Iterable[str] = (),
        group_secrets: Iterable[str] = (),
        hosts: Iterable[str],
        app_key: str = "",
        robot_code: str = "",
        group_webhook: str = "",
        conversations: Iterable[str] = (),
        api_url: str = API_URL,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app_secrets, self.outgoing_tokens = tuple(app_secrets), tuple(outgoing_tokens)
        self.group_secrets, self.hosts, self.clock = tuple(group_secrets), tuple(hosts), clock
        self.group_webhook, self.conversations = group_webhook, tuple(conversations)
        # More slots and a longer wait than elsewhere: an answer that is not sent is silence.
        self._session = Session(protocol.VENDOR, slots=16, slot_wait=REPLY_WAIT)
        self._openapi: OpenApi | None = None
        if app_key and self.app_secrets:
            self._openapi = OpenApi(
                app_key,
                self.app_secrets,
                robot_code=robot_code or app_key,  # the same, for an app robot
                url=api_url,
                session=self._session,
                clock=clock,
            )

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

    def account(self) -> Account:
        """The app whose key and secret DingTalk accepts; a read, for a diagnosis. Raises IntegrationError."""
        if self._openapi is None:
            raise NotSent(protocol.VENDOR, "no app key")
        return self._openapi.account()

    def may_answer(self, message: InboundMessage) -> bool:
        """Whether the message's own reply address is one of DingTalk's."""
        return protocol.webhook_allowed(message.reply_url, self.hosts)

    def reply(self, message: InboundMessage, post: Post, *, cut: str) -> None:
        """Answer in the message's room; raises IntegrationError."""
        if not self.may_answer(message):
            raise NotSent(protocol.VENDOR, "reply address not allowed")
        self._by_session(message.reply_url, post, cut=cut)

    def carrier(self, room: Room) -> str:
        """Which robot would carry a message to this room now, "" when none could."""
        return next((carrier for carrier, _ in self._ways(room)), Carrier.NOBODY)

    def post(self, room: Room, post: Post, *, cut: str) -> None:
        """Say something in a room, the best way there is now; raises IntegrationError."""
        gone: Refused | None = None
        for _, say in self._ways(room):
            try:
                say(post, cut=cut)
            except Refused as refusal:
                if refusal.status != protocol.NO_SESSION:
                    raise
                gone = refusal
            else:
                return
        raise gone or NotSent(protocol.VENDOR, "no way to this room")

    def _ways(self, room: Room) -> Iterator[tuple[Carrier, Say]]:
        """Each way to a room with the robot that goes it, the best first: only the first can mention."""
        if room.conversation_id and self._session_lives(room):
            own = Carrier.GROUP if self.outgoing_tokens else Carrier.APP
            yield own, partial(self._by_session, room.reply_url)
        if room.conversation_id and self._openapi:
            yield Carrier.APP, partial(self._openapi.send, room.conversation_id)
        elif self.group_webhook and self._is_its_group(room):
            yield Carrier.GROUP, partial(self._by_webhook, self.group_webhook, self.group_secrets)

    def _session_lives(self, room: Room) -> bool:
        return self.clock() < room.reply_until and protocol.webhook_allowed(room.reply_url, self.hosts)

    def _is_its_group(self, room: Room) -> bool:
        """Whether the group robot speaks in this room; its address does not say where it does."""
        # One conversation configured is its group, and none leaves its group as the only one there is. With
        # several nobody can tell, and what one group asked for is not for another to read.
        return not room.conversation_id or self.conversations in ((), (room.conversation_id,))

    def _by_session(self, url: str, post: Post, *, cut: str) -> None:
        self._by_webhook(url, self.group_secrets if self.outgoing_tokens else (), post, cut=cut)

    def _by_webhook(self, url: str, secrets: Sequence[str], post: Post, *, cut: str) -> None:
        from integrations.dingtalk.robot import Robot

        robot = Robot(url, session=self._session, secrets=secrets, clock=self.clock)
        text = markdown(post, cut=cut)
        encrypted = [who for who in post.mentions if who.startswith(protocol.ENCRYPTED)]
        staff = [who for who in post.mentions if who not in encrypted]
        if not encrypted:
            robot.send_markdown(post.title, text, at_dingtalk_ids=staff)
        else:
            # Encrypted ids go where the library does not put them.
            at = {"atDingtalkIds": encrypted} | ({"atUserIds": staff} if staff else {})
            robot.post({"msgtype": "markdown", "markdown": {"title": post.title, "text": text}, "at": at})
