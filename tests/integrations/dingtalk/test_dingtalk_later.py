"""Saying something later: which robot carries it, and what a room that behaves like DingTalk shows."""

import logging
from typing import Any

import pytest

from integrations.errors import NotSent, Refused, TooMany, Unauthorized
from integrations.model import Post, Room
from sandbox.dingtalk.limits import SESSION_MS
from tests.integrations.dingtalk.conftest import KEY, SECRET, TOKEN, Group, Open

SESSION_LIFE = SESSION_MS / 1000
NEWS = Post("b12", (("b12 succeeded",),), ("lin",))

ALIVE, EXPIRED = 0.0, SESSION_LIFE
OTHERS, HERE = ("cidX", "cidY"), ("cid6KeBBLoveMJOGXoYKF5x7A==",)
WAYS = [
    # what the client has, the conversations configured, seconds since somebody spoke: channel and carrier
    ((), (), ALIVE, "session", "app"),
    (("key", "webhook"), (), ALIVE, "session", "app"),
    (("key",), OTHERS, SESSION_LIFE - 1, "session", "app"),
    ((), (), EXPIRED, "", ""),
    (("key",), (), EXPIRED, "api", "app"),
    (("key", "webhook"), HERE, EXPIRED, "api", "app"),
    (("key", "webhook"), OTHERS, EXPIRED, "api", "app"),
    (("webhook",), (), EXPIRED, "group", "group"),
    (("webhook",), HERE, EXPIRED, "group", "group"),
    (("webhook",), OTHERS[:1], EXPIRED, "", ""),
    (("webhook",), (*HERE, *OTHERS), EXPIRED, "", ""),
]


@pytest.mark.parametrize(("have", "conversations", "later", "channel", "carrier"), WAYS)
def test_the_best_way_there_is(
    group: Group,
    have: tuple[str, ...],
    conversations: tuple[str, ...],
    later: float,
    channel: str,
    carrier: str,
) -> None:
    room, chat = group.room(), group.client(*have, conversations=conversations)
    group.clock.now += later
    assert chat.carrier(room) == carrier
    if channel:
        chat.post(room, NEWS, cut="")
    else:
        with pytest.raises(NotSent):
            chat.post(room, NEWS, cut="")
    assert group.channels == [channel] * bool(channel)


@pytest.mark.parametrize(
    ("have", "later", "channel"),
    [((), ALIVE, "session"), ((), EXPIRED, ""), (("webhook",), EXPIRED, "group"), (("key",), EXPIRED, "")],
)
def test_with_outgoing_it_is_always_the_group_robot(
    opened: Open, have: tuple[str, ...], later: float, channel: str
) -> None:
    group = opened(app_secret=None, outgoing_token=TOKEN)
    room, chat = group.room(), group.client(*have)
    group.clock.now += later
    assert chat.carrier(room) == ("group" if channel else "")
    if channel:
        chat.post(room, NEWS, cut="")
    assert group.channels == [channel] * bool(channel)


@pytest.mark.parametrize("conversations", [(), HERE, (*HERE, *OTHERS)])
def test_an_announcement_goes_to_the_group_robots_group(group: Group, conversations: tuple[str, ...]) -> None:
    chat = group.client("key", "webhook", conversations=conversations)
    assert chat.carrier(Room()) == "group"
    chat.post(Room(), NEWS, cut="")
    assert group.channels == ["group"]


def test_an_announcement_without_a_group_robot_is_not_sent(group: Group) -> None:
    assert group.client("key").carrier(Room()) == ""
    with pytest.raises(NotSent):
        group.client("key").post(Room(), NEWS, cut="")


@pytest.mark.parametrize("url", ["", "https://evil.example/robot", "http://oapi.dingtalk.com/robot"])
def test_a_session_that_may_not_be_contacted_is_no_way(group: Group, url: str) -> None:
    chat, room = group.client("key"), group.room(reply_url=url)
    chat.post(room, NEWS, cut="")
    assert group.channels == ["api"]
    assert group.client().carrier(room) == ""


class TestASessionThatEndsEarly:
    """Its own clock says it lives, DingTalk says 300001."""

    @pytest.mark.parametrize(("have", "channel"), [(("key", "webhook"), "api"), (("webhook",), "group")])
    def test_is_gone_around_at_once(self, group: Group, have: tuple[str, ...], channel: str) -> None:
        room = group.room()
        group.dingtalk.expire_sessions()
        group.client(*have).post(room, NEWS, cut="")
        assert group.channels == [channel]

    def test_is_told_when_there_is_no_other_way(self, group: Group) -> None:
        room = group.room()
        group.dingtalk.expire_sessions()
        with pytest.raises(Refused) as caught:
            group.client().post(room, NEWS, cut="")
        assert caught.value.status == 300001


class TestAMentionIs:
    @pytest.mark.parametrize(
        ("later", "have", "mentioned"),
        [(ALIVE, (), ("林小满",)), (EXPIRED, ("webhook",), ("林小满",)), (EXPIRED, ("key",), ())],
    )
    def test_made_where_the_way_allows(
        self, group: Group, later: float, have: tuple[str, ...], mentioned: tuple[str, ...]
    ) -> None:
        room = group.room()
        group.clock.now += later
        group.client(*have).post(room, NEWS, cut="")
        (shown,) = group.dingtalk.replies
        assert (shown.mentions, "@" in shown.text) == (mentioned, bool(mentioned))

    def test_made_by_whichever_id_there_is(self, group: Group) -> None:
        guest = group.dingtalk.members["guest"].dingtalk_id
        group.client().post(group.room(), Post("t", (("x",),), ("lin", guest)), cut="")
        assert set(group.dingtalk.replies[0].mentions) == {"林小满", "外部顾问"}


@pytest.mark.parametrize(
    ("have", "later", "status"),
    [
        (("key", "webhook"), ALIVE, 130101),
        (("key", "webhook"), EXPIRED, 400),
        (("webhook",), EXPIRED, 130101),
    ],
)
def test_too_many_is_told_as_that_and_not_tried_elsewhere(
    group: Group, have: tuple[str, ...], later: float, status: int
) -> None:
    room, chat = group.room(), group.client(*have)
    group.clock.now += later
    for _ in range(20):
        chat.post(room, NEWS, cut="")
    with pytest.raises(TooMany) as caught:
        chat.post(room, NEWS, cut="")
    assert caught.value.status == status
    assert len(group.channels) == 20 and len(set(group.channels)) == 1


class TestTheAppsCredentials:
    @pytest.mark.parametrize("secrets", [[SECRET], ["next", SECRET], [SECRET, "last"]])
    def test_are_any_of_the_secrets_while_they_change(self, group: Group, secrets: list[str]) -> None:
        group.client("key", app_secrets=secrets).post(group.room(reply_url=""), NEWS, cut="")
        assert group.channels == ["api"]

    @pytest.mark.parametrize("wrong", [{"app_key": "other"}, {"app_secrets": ["wr0ng", "wr0ng2"]}])
    def test_are_refused_when_wrong(
        self, group: Group, wrong: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        chat = group.client("key", **wrong)
        with caplog.at_level(logging.DEBUG):
            for call in (chat.account, lambda: chat.post(group.room(reply_url=""), NEWS, cut="")):
                with pytest.raises(Unauthorized) as caught:
                    call()
                assert caught.value.message == "invalidClientIdOrSecret"
                assert "wr0ng" not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
        assert "wr0ng" not in caplog.text

    def test_are_told_with_the_servers_time(self, group: Group) -> None:
        account = group.client("key").account()
        assert (account.name, account.version) == (KEY, "")
        assert account.server_time is not None and account.server_time.tzinfo is not None
        assert group.channels == []

    def test_cannot_be_told_when_there_are_none(self, group: Group) -> None:
        with pytest.raises(NotSent):
            group.client().account()

    @pytest.mark.parametrize("happens", ["expires", "revoked"])
    def test_give_a_new_token_when_the_last_one_is_over(self, group: Group, happens: str) -> None:
        chat, room = group.client("key"), group.room(reply_url="")
        chat.post(room, NEWS, cut="")
        if happens == "expires":
            group.clock.now += 7200
        else:
            group.dingtalk.access_token.revoke()
        chat.post(room, NEWS, cut="")
        assert group.channels == ["api", "api"]

    def test_of_another_robot_are_refused(self, group: Group) -> None:
        chat = group.client("key", robot_code="another")
        with pytest.raises(Refused) as caught:
            chat.post(group.room(reply_url=""), NEWS, cut="")
        assert (caught.value.status, caught.value.message) == (400, "invalidParameter.robotCode.auth")
        assert group.channels == []


@pytest.mark.parametrize("have", ["key", "webhook"])
@pytest.mark.parametrize("line", ["构建", '"' * 300, "\\" * 300, "x"])
def test_what_is_long_is_cut_to_what_the_way_takes(group: Group, have: str, line: str) -> None:
    post = Post("长" * 60, ((line,),) * 9000, ("lin",))
    group.client(have).post(group.room(reply_url=""), post, cut="(cut)")
    assert "(cut)" in group.dingtalk.replies[0].text
