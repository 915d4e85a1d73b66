"""One group with one bot in it, seen from DingTalk's side.

The bot is called either as an app robot, with a signature made from `app_secret`, or as a group robot with
"Outgoing" switched on, with `outgoing_token`.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import requests

from sandbox.dingtalk import payloads
from sandbox.dingtalk.errors import Refused
from sandbox.dingtalk.limits import AccessToken, Sessions, Throttle
from sandbox.dingtalk.members import MEMBERS, Member
from sandbox.dingtalk.payloads import Kind
from sandbox.dingtalk.replies import MsgType, message_from
from sandbox.dingtalk.signing import signed_headers
from sandbox.dingtalk.transcript import By, Channel, Message, Transcript

GROUP_TOKEN, GROUP_SECRET = "sandbox-group-token", "SECsandboxgroupsecret"
BOT_TIMEOUT = (3.0, 60.0)
ANSWERED_IN_THE_BODY = (MsgType.TEXT, MsgType.MARKDOWN)
SHOWN_AS = {Kind.TEXT: "{}", Kind.RICH_TEXT: "{} [图片]", Kind.PICTURE: "[图片]", Kind.AUDIO: "[语音] {}"}
SHOWN_AS |= {Kind.VIDEO: "[视频]", Kind.FILE: "[文件] {}", Kind.UNKNOWN: "[暂不支持的消息]"}


class Room:
    """Tells the bot at `bot_url` what people say, shows what robots answer; set `url` once it is served."""

    def __init__(
        self,
        bot_url: str,
        *,
        app_secret: str | None,
        outgoing_token: str | None = None,
        app_key: str = "dingsandboxappkey",
        group_token: str = GROUP_TOKEN,
        group_secret: str | None = GROUP_SECRET,
        members: Iterable[Member] = MEMBERS,
        title: str = "舢板发布群",
        robot_name: str = "Sampan",
        clock: Callable[[], float] = time.time,
    ) -> None:
        if bool(app_secret) == bool(outgoing_token):
            raise ValueError("a room needs either app_secret or outgoing_token")
        self.bot_url, self.url = bot_url.rstrip("/"), ""
        self.app_secret, self.outgoing_token, self.app_key = app_secret, outgoing_token, app_key
        self.group_token, self.group_secret = group_token, group_secret
        self.title, self.robot_name = title, robot_name
        self.members = {member.key: member for member in members}
        self.conversation_id = "cid6KeBBLoveMJOGXoYKF5x7A=="
        self.clock = clock
        self.sessions, self.throttle, self.transcript = Sessions(), Throttle(clock), Transcript()
        self.access_token = AccessToken(clock)

    @property
    def robot_code(self) -> str:
        """What the bot is called in a payload: an app robot by its app's key."""
        return self.app_key if self.app_secret else payloads.GROUP_ROBOT

    @property
    def group_webhook(self) -> str:
        """The address announcements are posted to, unsigned."""
        return f"{self.url}/robot/send?access_token={self.group_token}"

    @property
    def now_ms(self) -> int:
        """This room's time in milliseconds."""
        return int(self.clock() * 1000)

    @property
    def messages(self) -> list[Message]:
        """Everything the room shows, people's own messages included."""
        return self.transcript.after()

    @property
    def replies(self) -> list[Message]:
        """Only what robots said."""
        return self.transcript.by(By.ROBOT)

    def wait_for(self, number: int, *, timeout: float = 5.0) -> list[Message]:
        """Wait until robots have said so much in all and give it; TimeoutError after `timeout` seconds."""
        return self.transcript.wait_for(number, By.ROBOT, timeout=timeout)

    def expire_sessions(self) -> None:
        """End every session, as ninety minutes would."""
        self.sessions.expire()

    def deliver(
        self,
        text: str = "",
        /,
        *,
        as_: str = "lin",
        kind: Kind = Kind.TEXT,
        headers: Mapping[str, str | None] | None = None,
        **fields: Any,
    ) -> requests.Response:
        """Say something, give the bot's answer; `fields` and `headers` replace what is sent, None removes."""
        return self._post(self._speak(text, self.members[as_], kind, fields), headers)

    def redeliver(self, last: requests.Response) -> requests.Response:
        """Send the very same message once more, with a new signature."""
        body = last.request.body
        return self._post(body if isinstance(body, bytes) else str(body).encode(), None)

    def say(self, text: str, *, as_: str) -> None:
        """Say something without waiting for the bot; a bot that fails is noted in the room."""
        body = self._speak(text, self.members[as_], Kind.TEXT, {})
        threading.Thread(target=self._post_or_note, args=(body,), daemon=True).start()

    def show(self, message: Message) -> None:
        """Put a robot's message on the page."""
        self.transcript.add(message)

    def _speak(self, text: str, member: Member, kind: Kind, fields: dict[str, Any]) -> bytes:
        mention = "" if f"@{self.robot_name}" in text else f"@{self.robot_name} "
        shown = mention + SHOWN_AS[kind].format(text)
        mentions = (self.robot_name, *(other.name for other in self._mentioned(text)))
        payload = self._payload(text, member, kind) | fields
        spoken = Message(By.MEMBER, member.key, member.name, kind, shown.strip(), mentions=mentions)
        self.transcript.add(self._stamped(spoken))
        present = {key: value for key, value in payload.items() if value is not None}
        return json.dumps(present, ensure_ascii=False).encode()

    def _payload(self, text: str, member: Member, kind: Kind) -> dict[str, Any]:
        now_ms, session, verified = self.now_ms, secrets.token_hex(16), bool(self.app_secret)
        names = [self.robot_name, *(other.name for other in self.members.values())]
        mentioned = self._mentioned(text)
        return {
            "msgtype": kind,
            "msgId": payloads.message_id(),
            "createAt": now_ms,
            "conversationType": "2",
            "conversationId": self.conversation_id,
            "openThreadId": self.conversation_id,
            "conversationTitle": self.title,
            "senderPlatform": "Mac",
            "sessionWebhook": f"{self.url}/robot/sendBySession?session={session}",
            "sessionWebhookExpiredTime": self.sessions.open(session, now_ms=now_ms),
            **payloads.sender_of(member, verified=verified),
            **payloads.robot_of(self.robot_code),
            **payloads.mentions_of(mentioned, robot_code=self.robot_code, verified=verified),
            **payloads.body_of(kind, text, robot_name=self.robot_name, names=names),
        }

    def _mentioned(self, text: str) -> list[Member]:
        return [member for member in self.members.values() if f"@{member.name}" in text]

    def _post(self, body: bytes, headers: Mapping[str, str | None] | None) -> requests.Response:
        sent = {"Content-Type": "application/json; charset=utf-8", **self._credentials(), **(headers or {})}
        with requests.Session() as http:
            http.trust_env = False  # a proxy of the machine has no business on loopback
            url = f"{self.bot_url}/chat/dingtalk"
            answer = http.post(url, data=body, headers=sent, timeout=BOT_TIMEOUT, allow_redirects=False)
        self._show_answer(answer)
        return answer

    def _credentials(self) -> dict[str, str]:
        if self.app_secret:
            return signed_headers(self.app_secret, now_ms=self.now_ms)
        return {"token": str(self.outgoing_token)}

    def _show_answer(self, answer: requests.Response) -> None:
        """Show a message that came in the body of the bot's answer; anything else means no reply now."""
        try:
            reply = answer.json() if answer.ok else None
            if isinstance(reply, dict) and reply.get("msgtype") in ANSWERED_IN_THE_BODY:
                self.show(self.read(reply, channel=Channel.ANSWER))
        except (ValueError, Refused):
            return

    def read(self, reply: dict[str, Any], *, channel: Channel) -> Message:
        """What this room makes of a robot's message, or Refused."""
        message = message_from(reply, robot=self.robot_name, members=self.members.values())
        return self._stamped(replace(message, channel=channel))

    def _post_or_note(self, body: bytes) -> None:
        try:
            answer = self._post(body, None)
            problem = "" if answer.ok else f"HTTP {answer.status_code}"
        except requests.RequestException as failure:
            problem = type(failure).__name__
        if problem:
            notice = Message(By.NOTICE, "", "", MsgType.TEXT, f"{self.robot_name}: {problem}")
            self.transcript.add(self._stamped(notice))

    def _stamped(self, message: Message) -> Message:
        return replace(message, sent_ms=self.now_ms)
