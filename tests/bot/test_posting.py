"""From the outbox to the room: the best way, not too fast, merged when it piles up, nothing lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bot.posting import AT_ONCE, DOUBTS, LARGEST, SHARE, post_due
from bot.reply import Code, Line
from integrations.model import Post, Room
from sandbox.dingtalk.limits import Throttle
from sandbox.dingtalk.transcript import Channel
from sandbox.town import Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.town import wait_until

PERHAPS = "(perhaps you have read this already)"
MINUTE, DAY = 60.0, 24 * 3600.0


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@contextmanager
def bot(town: Town, folder: Path, *ways: str) -> Iterator[Watch]:
    """A bot that has these ways to the room, beside the reply address of a message."""
    room = town.room
    env = {
        "api": {"DINGTALK_APP_KEY": room.app_key, "DINGTALK_API_URL": room.url},
        "group": {
            "DINGTALK_GROUP_WEBHOOK": room.group_webhook,
            "DINGTALK_GROUP_SECRET": room.group_secret or "",
        },
    }
    none = dict.fromkeys(("DINGTALK_APP_KEY", "DINGTALK_GROUP_WEBHOOK", "DINGTALK_GROUP_SECRET"), "")
    with bot_in(town, folder, **none | {key: text for way in ways for key, text in env[way].items()}) as here:
        yield here


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot(town, tmp_path) as here:
        yield here


def room_of(here: Watch, *, alive: bool = True, conversation: str | None = None) -> Room:
    """The room, with a reply address that is good for ninety minutes."""
    room, until = here.town.room, here.clock() + 5400 if alive else here.clock() - 1
    here.town.room.sessions.open("s", now_ms=round(here.clock() * 1000))
    url = f"{room.url}/robot/sendBySession?session=s"
    return Room(room.conversation_id if conversation is None else conversation, url, until)


def put(here: Watch, *texts: str, room: Room | None = None) -> None:
    """Put messages into the outbox, each about itself."""
    for text in texts:
        post = Post(text[:20], ((text,),), ("lin",))
        assert here.store.outbox.add(room or room_of(here), post, about=text[:20])


def post(here: Watch, *, after: float = 0.0) -> list[str]:
    return here.said(lambda: post_due(here.sampan), after=after)


def channels(here: Watch, number: int) -> list[Channel]:
    return [message.channel for message in here.town.room.replies[-number:]]


# Which way.


@pytest.mark.parametrize(
    ("ways", "session", "channel"),
    [
        ((), "alive", Channel.SESSION),
        (("api", "group"), "alive", Channel.SESSION),
        (("api",), "over", Channel.API),
        (("api", "group"), "over", Channel.API),
        (("group",), "over", Channel.GROUP),
        (("api",), "ended early", Channel.API),
        (("group",), "ended early", Channel.GROUP),
    ],
)
def test_the_best_way_there_is(
    town: Town, tmp_path: Path, ways: tuple[str, ...], session: str, channel: Channel
) -> None:
    with bot(town, tmp_path, *ways) as here:
        put(here, "hello", room=room_of(here, alive=session != "over"))
        if session == "ended early":
            town.room.expire_sessions()
        (said,) = post(here)
        assert said.startswith("hello")
        assert channels(here, 1) == [channel]
        assert post(here, after=DAY) == []


def test_what_can_go_no_way_is_kept_for_a_day(here: Watch, caplog: pytest.LogCaptureFixture) -> None:
    put(here, "b1 end", room=room_of(here, alive=False))
    for _ in range(3):
        assert post(here, after=DAY / 4) == []
        assert here.store.outbox.waiting() == 1
    assert post(here, after=DAY / 2) == []
    assert here.store.outbox.waiting() == 0
    assert "given up, its room cannot be reached: b1 end" in caplog.text


def test_a_way_that_opens_within_the_day_is_taken(here: Watch) -> None:
    put(here, "one", room=room_of(here, alive=False))
    assert post(here) == []
    put(here, "two")  # somebody has spoken in the room
    (said,) = post(here, after=61)
    assert said.split("\n\n")[:2] == ["one", "two"]


def test_what_goes_to_no_room_in_particular_goes_to_the_group_robot(town: Town, tmp_path: Path) -> None:
    with bot(town, tmp_path, "api", "group") as here:
        put(here, "news", room=Room())
        assert len(post(here)) == 1
        assert channels(here, 1) == [Channel.GROUP]


# Not too fast.


def test_a_robot_that_spoke_too_fast_rests_and_nothing_is_lost(here: Watch) -> None:
    here.town.room.throttle = Throttle(here.clock)
    for _ in range(20):
        here.town.room.throttle.count(here.town.room.robot_code)
    put(here, "one")
    assert post(here) == []
    put(here, "two")
    assert post(here) == [] == post(here, after=5 * MINUTE)
    (said,) = post(here, after=5 * MINUTE + 1)
    assert said.split("\n\n")[:2] == ["one", "two"] and PERHAPS not in said


def test_the_work_goes_on_while_a_robot_rests(here: Watch) -> None:
    here.store.outbox.pause("app", until=here.store.now() + 600_000)
    here.job()
    here.town.room.deliver("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    assert here.tick() == []
    assert here.store.builds.open_count() == 0
    (said,) = here.tick(after=600)
    assert "is queued as" in said and "✅ b1" in said


def test_a_robot_that_rests_does_not_keep_the_other_quiet(town: Town, tmp_path: Path) -> None:
    with bot(town, tmp_path, "group") as here:
        here.store.outbox.pause("app", until=here.store.now() + 600_000)
        put(here, "quiet")
        put(here, "news", room=Room())
        (said,) = post(here)
        assert said.startswith("news")


def test_announcements_leave_room_for_answers(here: Watch) -> None:
    said = 0
    for number in range(SHARE + 5):
        put(here, f"number {number}")
        said += len(post(here, after=1))
    assert said == SHARE
    (rest,) = post(here, after=MINUTE)
    assert [f"number {number}" in rest for number in range(SHARE, SHARE + 5)] == [True] * 5


def test_news_wait_while_people_were_answered_a_lot(town: Town, tmp_path: Path) -> None:
    """Or else the news are the message too many, and the robot is muted for ten minutes."""
    with bot_in(town, tmp_path, MESSAGES_A_MINUTE="20") as here:
        town.room.throttle = Throttle(here.clock)
        for person in ("lin", "chen"):
            for _ in range(9):
                assert "pong" in here.ask("/ping", as_=person)
        assert "pong" in here.ask("/ping", as_="wu")
        put(here, "news")
        assert post(here) == []
        assert here.store.outbox.paused_until("app") == 0
        (said,) = post(here, after=MINUTE)
        assert said.startswith("news")


def test_answers_that_would_get_the_robot_muted_wait_and_come_as_one(town: Town, tmp_path: Path) -> None:
    with bot_in(town, tmp_path, MESSAGES_A_MINUTE="20") as here:
        town.room.throttle, before = Throttle(here.clock), len(town.room.replies)
        for person in ("lin", "chen", "wu"):
            for _ in range(8):
                here.say("/version", as_=person, senderId=f"$:LWCP_v1:${person}")
        wait_until(lambda: len(list(here.store.audit.everything())) == 24)
        said = len(town.room.replies) - before
        assert said == 19 and here.store.outbox.paused_until("app") == 0
        (rest,) = post(here, after=MINUTE)
        assert rest.count("Sampan") == 24 - said


def test_one_person_who_floods_leaves_room_for_news(town: Town, tmp_path: Path) -> None:
    with bot_in(town, tmp_path, MESSAGES_A_MINUTE="20") as here:
        town.room.throttle = Throttle(here.clock)
        for _ in range(30):
            here.say("/ping", senderId="$:LWCP_v1:$one")
        wait_until(lambda: len(list(here.store.audit.everything())) == 30)
        put(here, "news")
        assert len(post(here)) == 1
        assert here.store.outbox.paused_until("app") == 0


def test_what_piled_up_is_one_message_in_order(here: Watch) -> None:
    for number in range(AT_ONCE + 1):
        put(here, f"number {number};")
        here.clock.ahead += 0.002
    first, second = post(here) + post(here)
    assert [text for text in first.split("\n\n") if text.startswith("number")] == [
        f"number {number};" for number in range(AT_ONCE)
    ]
    assert second.startswith(f"number {AT_ONCE};")
    assert first.count("@") == 1  # everybody is mentioned once


@pytest.mark.parametrize("text", ["字", "`", "<&>", "\\"])
def test_a_merged_message_is_never_too_large(here: Watch, text: str) -> None:
    for number in range(6):
        put(here, f"{number} {text * (LARGEST // 3 // len(text))}")
        here.clock.ahead += 0.002
    said = [message for _ in range(4) for message in post(here, after=1)]
    assert here.store.outbox.waiting() == 0 and 2 <= len(said) <= 4
    assert [number for message in said for number in "012345" if f"{number} " in message] == list("012345")
    assert not any("cut: too long" in message for message in said)


def test_one_that_is_too_large_by_itself_is_cut_and_says_so(here: Watch) -> None:
    lines: tuple[Line, ...] = tuple((Code("字" * 90),) for _ in range(200))
    here.store.outbox.add(room_of(here), Post("long", lines), about="long")
    put(here, "short")
    first, second = post(here) + post(here)
    assert "(cut: too long for one message)" in first and second.startswith("short")


# Nothing twice, nothing lost.


def test_what_was_acknowledged_is_never_said_again(here: Watch) -> None:
    put(here, "once")
    assert len(post(here)) == 1
    assert [post(here, after=later) for later in (1, 60, 3600)] == [[], [], []]


def test_a_process_that_died_while_it_sent_is_followed_by_a_perhaps(here: Watch) -> None:
    put(here, "hello")
    here.store.outbox.take(here.town.room.conversation_id, owner="dead", at_most=5)
    assert post(here, after=59) == []
    (said,) = post(here, after=2)
    assert said.split("\n\n")[:2] == [PERHAPS, "hello"]


def test_an_acknowledgement_that_was_lost_is_followed_by_a_perhaps(here: Watch) -> None:
    put(here, "hello")
    fault = {"kind": "502", "match": "POST /robot", "times": 1}
    requests.put(f"{here.town.room.url}/_fault", json=fault, timeout=5)
    assert post(here) == []
    (said,) = post(here, after=11)
    assert PERHAPS in said and "hello" in said


def test_a_platform_that_cannot_be_reached_leaves_no_doubt(here: Watch) -> None:
    nowhere = Room(here.town.room.conversation_id, "http://127.0.0.1:1/robot?session=s", here.clock() + 5400)
    with bot_in(
        here.town, here.town.root, DINGTALK_WEBHOOK_HOSTS=f"127.0.0.1:1,{here.town.room.url[7:]}"
    ) as own:
        put(own, "hello", room=nowhere)
        assert post(own) == []
        put(own, "more")
        (said,) = post(own, after=11)
        assert "hello" in said and PERHAPS not in said


def test_a_refusal_is_tried_for_ten_minutes(here: Watch, caplog: pytest.LogCaptureFixture) -> None:
    put(here, "hello")
    here.town.room.expire_sessions()
    assert post(here) == [] == post(here, after=5 * MINUTE)
    assert here.store.outbox.waiting() == 1
    assert post(here, after=6 * MINUTE) == []
    assert here.store.outbox.waiting() == 0
    assert "refused: hello (1 given up)" in caplog.text


def test_one_that_cannot_be_sent_does_not_take_the_others_with_it(
    here: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    here.store.outbox.add(room_of(here), Post("", (("no title",),)), about="poison")
    here.clock.ahead += 0.002
    put(here, "one", "two")
    assert post(here) == []
    (said,) = post(here, after=1)
    assert "one" in said and "two" in said and PERHAPS not in said
    for number in range(20):
        put(here, f"number {number}")
        assert len(post(here, after=3 * MINUTE) + post(here, after=1)) == 1
    assert here.store.outbox.waiting() == 0
    assert caplog.text.count("not sent by a fault of ours, tried again: poison") == DOUBTS
    assert "given up, perhaps sent: poison" in caplog.text


def test_what_is_never_acknowledged_is_not_said_for_ever(
    here: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    """The platform does its work, and its answer is lost: as often as it is asked."""
    put(here, "hello")
    fault = {"kind": "html", "match": "POST /robot", "times": -1}
    requests.put(f"{here.town.room.url}/_fault", json=fault, timeout=5)
    try:
        for _ in range(40):
            post(here, after=3 * MINUTE)
    finally:
        requests.delete(f"{here.town.room.url}/_fault", timeout=5)
    assert caplog.text.count("perhaps sent, tried again: hello") == DOUBTS
    assert "given up, perhaps sent: hello" in caplog.text
    assert post(here, after=DAY) == [] and here.store.outbox.waiting() == 0


def test_two_processes_send_each_message_once(here: Watch) -> None:
    for number in range(12):
        put(here, f"number {number};")
    both = [here.sampan, here.another()]
    with ThreadPoolExecutor(4) as pool:
        said = here.said(lambda: list(pool.map(post_due, both * 4)))
    both[1].store.close()
    assert sorted("\n".join(said).count(f"number {number};") for number in range(12)) == [1] * 12


def test_one_room_that_cannot_be_told_does_not_keep_the_others_waiting(here: Watch) -> None:
    broken = Room("elsewhere", "http://[/robot?session=s", here.clock() + 5400)
    put(here, "lost", room=broken)
    here.clock.ahead += 1
    put(here, "hello")
    (said,) = post(here)
    assert said.startswith("hello")
