"""What an app says to a group by itself, long after the last reply address has expired.

Vendor's pages: help.dingtalk.io/open/development/the-robot-sends-a-group-message and
open.dingtalk.com/document/orgapp/obtain-the-access_token-of-an-internal-app.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.dingtalk.markdown import markdown
from integrations.dingtalk.protocol import ID_LENGTH, VENDOR
from integrations.errors import Garbled, IntegrationError, TooMany, Unauthorized, from_status
from integrations.model import Account, Post
from integrations.transport import Session

API_URL = "https://api.dingtalk.com"
PARAM_BYTES = 15_000
MARGIN = 300.0  # seconds before its end in which a token is not trusted: clocks differ

# The second is said of an expired token, with a 400 and not a 401: github.com/satorijs/satori/issues/240
_NO_CREDENTIAL = frozenset({"invalidClientIdOrSecret", "InvalidAuthentication"})
# open.dingtalk.com/document/development/how-to-process-api-throttling-on-the-dingtalk-server: a 403 of this
# kind is a matter of seconds, not of rights.
_TOO_OFTEN = "Forbidden.AccessDenied.QpsLimit"
_TOO_FAST = frozenset({"send.too.fast", "send.byToken.tooFast", "too.many.group"})
_CODE = re.compile(r"[A-Za-z]{1,40}(\.[A-Za-z]{1,40}){0,4}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Token:
    text: str = field(default="", repr=False)
    good_until: float = 0.0
    server_time: datetime | None = None


class OpenApi:
    """One app's group messages; its access token is fetched when it is needed, and kept."""

    def __init__(
        self,
        app_key: str,
        app_secrets: Sequence[str],
        *,
        robot_code: str,
        url: str,
        session: Session,
        clock: Callable[[], float],
    ) -> None:
        self._app_key, self._app_secrets, self._robot_code = app_key, app_secrets, robot_code
        self._url, self._session, self._clock = url, session, clock
        self._token = _Token()

    def send(self, conversation_id: str, post: Post, *, cut: str) -> None:
        """Say something in a conversation, mentioning nobody: this way cannot. Raises IntegrationError."""
        message = {
            "robotCode": self._robot_code,
            "openConversationId": conversation_id,
            "msgKey": "sampleMarkdown",
            "msgParam": _param(post, cut=cut),
        }
        token = self._kept()
        try:
            answer = self._send(message, token)
        except Unauthorized:
            answer = self._send(message, self._fetch())  # taken back before its time, and nothing was said
        _note(answer)

    def account(self) -> Account:
        """The app whose key and secret are accepted, asked afresh; raises IntegrationError."""
        return Account(self._app_key, "", self._fetch().server_time)

    def _kept(self) -> _Token:
        # Without a lock: two threads that ask at once are given the same token.
        return self._token if self._clock() < self._token.good_until else self._fetch()

    def _fetch(self) -> _Token:
        """A token by the first secret that is accepted."""
        *others, last = self._app_secrets
        for secret in others:
            with suppress(Unauthorized):
                return self._sign_in(secret)
        return self._sign_in(last)

    def _sign_in(self, secret: str) -> _Token:
        path, asked_at = "/v1.0/oauth2/accessToken", self._clock()
        answer, headers = self._call(path, {"appKey": self._app_key, "appSecret": secret})
        text, life = answer.get("accessToken"), answer.get("expireIn")
        if not (isinstance(text, str) and text and isinstance(life, int)):
            raise Garbled(VENDOR, "no access token")
        self._token = _Token(text, asked_at + life - MARGIN, _date(headers))
        return self._token

    def _send(self, message: Mapping[str, str], token: _Token) -> Mapping[str, Any]:
        return self._call("/v1.0/robot/groupMessages/send", message, token.text)[0]

    def _call(
        self, path: str, body: Mapping[str, str], token: str = ""
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """The answer and its headers, or an IntegrationError without the vendor's own words but its code."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token:
            headers["x-acs-dingtalk-access-token"] = token
        data = json.dumps(body, ensure_ascii=False).encode()
        response = self._session.post_plain(self._url + path, data, headers)
        try:
            answer = response.json()
        except (ValueError, RecursionError):
            answer = None
        if response.status_code != 200:
            raise _refusal(response.status_code, answer)
        if not isinstance(answer, dict):
            raise Garbled(VENDOR, "not an object")
        return answer, response.headers


def _param(post: Post, *, cut: str) -> str:
    """The message's own fields: JSON written into a string, and limited as such."""
    envelope = json.dumps({"title": post.title, "text": ""}, ensure_ascii=False)
    limit = PARAM_BYTES - len(envelope.encode())
    text = markdown(replace(post, mentions=()), cut=cut, limit=limit)
    return json.dumps({"title": post.title, "text": text}, ensure_ascii=False)


def _note(answer: Mapping[str, Any]) -> None:
    """Log what the vendor finds the message by: some were accepted and never seen in the room."""
    key = answer.get("processQueryKey")
    if not (isinstance(key, str) and key.isprintable() and 0 < len(key) <= ID_LENGTH):
        raise Garbled(VENDOR, "no processQueryKey")
    log.info("DingTalk accepted a group message: processQueryKey %s", key)


def _refusal(status: int, answer: object) -> IntegrationError:
    code = answer.get("code") if isinstance(answer, dict) else None
    code = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    if code in _NO_CREDENTIAL:
        return Unauthorized(VENDOR, status=status, message=code)
    if code in _TOO_FAST or code.startswith(_TOO_OFTEN):
        return TooMany(VENDOR, status=status, message=code)
    return from_status(VENDOR, status, code)


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
