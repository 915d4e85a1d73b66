"""/mute and /unmute: what the room need not hear for a while, and when it hears of it again."""

import pytest

from bot.incidents.life import Kind
from tests.bot.clockwork import MakeBot, Watch
from tests.bot.commands.test_incidents import clicks, rows, told

# Nobody else is asked, and when somebody has been answered all is done.
ALONE = {"TRACKER": "none", "JENKINS_URL": "", "ANSWER_FIRST": "no"}


def test_a_mute_names_owner_reason_and_time(watch: Watch) -> None:
    told(watch, 1)
    answer = watch.ask("/静音 nightly 2h 数据库 维护", as_="wu")
    facts = "数据库 维护 · 吴越 (wu) · just now · 2 h left"
    assert rows(answer) == [
        "The job **nightly** is muted.",
        facts,
        "Its card is kept all the same.",
        "To hear of it again: [/unmute nightly]",
    ]
    assert rows(watch.ask("/locks")) == ["The job **nightly** is muted.", facts]
    assert rows(watch.ask("/incidents"))[1] == "🔇 [i1] **nightly**"
    assert rows(watch.ask(clicks(answer)[0], as_="chen")) == [
        "You hear of **nightly** again.",
        "数据库 维护 · 吴越 (wu) · just now",
    ]
    assert rows(watch.ask("/取消静音 nightly")) == ["It was not muted."]
    assert rows(watch.ask("/locks")) == ["Nothing is locked."]


def test_whoever_mutes_once_more_says_anew_for_how_long(watch: Watch) -> None:
    told(watch, 1)
    watch.ask("/mute nightly 2h 维护", as_="wu")
    assert (
        rows(watch.ask("/mute nightly 30m 快好了", as_="chen"))[1]
        == "快好了 · 陈默 (chen) · just now · 30 min left"
    )
    assert len(watch.store.locks.all()) == 1


NAMES = ("nightly", "team/Nightly build", "disk full", '磁盘 "数据" 满', "＃ＣＰＵ－９５％")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("nightly", "nightly"),
        ("NIGHTLY", "nightly"),
        ("i1", "nightly"),
        ("I3", "disk full"),
        ('"team/nightly build"', "team/Nightly build"),
        ("“Disk full”", "disk full"),  # as a phone writes it
        ("""'磁盘 "数据" 满'""", '磁盘 "数据" 满'),
        ("＃ＣＰＵ－９５％", "＃ＣＰＵ－９５％"),
        ("#cpu-95％", "＃ＣＰＵ－９５％"),
    ],
)
def test_what_is_muted_by_which_name(watch: Watch, word: str, meant: str) -> None:
    for name in NAMES:
        told(watch, 1, name, kind=Kind.JOB if name in NAMES[:2] else Kind.ALERT)
    answer = watch.ask(f"/mute {word} 2h 维护")
    assert [lock.name for lock in watch.store.locks.all()] == [meant]
    assert "You hear of " in watch.ask(clicks(answer)[0])  # the click finds it again
    assert watch.store.locks.all() == []


def test_of_a_job_and_an_alert_of_one_name_the_job_is_meant(watch: Watch) -> None:
    told(watch, 1, "nightly", kind=Kind.ALERT)
    told(watch, 1, "nightly")
    assert rows(watch.ask("/mute nightly 2h 维护"))[0] == "The job **nightly** is muted."
    assert rows(watch.ask("/mute i1 2h 维护"))[0] == "The alert **nightly** is muted."
    assert len(watch.store.locks.all()) == 2


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/mute nigthly 2h 维护", ["I watch no job or alert nigthly.", "Known names: nightly · disk full"]),
        ("/mute disk full 2h 维护", ["I watch no job or alert disk.", "Known names: disk full · nightly"]),
        ("/unmute i9", ["I know no incident i9."]),
        ("/mute nightly", ["＜duration＞ is missing."]),
        ("/mute nightly 2h", ["＜reason＞ is missing."]),
        ("/mute nightly 维护", ["维护 is not a length of time such as 30m, 2h or 7d."]),
        (f"/mute nightly 2h {'长' * 201}", ["A reason has up to 200 characters."]),
    ],
)
def test_what_is_said_wrong_mutes_nothing(watch: Watch, line: str, why: list[str]) -> None:
    told(watch, 1)
    told(watch, 1, "disk full", kind=Kind.ALERT)
    found = rows(watch.ask(line))
    assert found[: len(why)] == why and found[len(why)].startswith("Usage: /")
    assert watch.store.locks.all() == []


def test_where_nothing_is_watched_no_name_is_known(watch: Watch) -> None:
    found = rows(watch.ask("/mute nightly 2h 维护"))
    assert found[:2] == [
        "I watch no job or alert nightly.",
        "Usage: /mute ＜job|alert＞ ＜duration＞ ＜reason＞",
    ]


# What the room hears, and when.


def test_a_mute_keeps_the_room_quiet_until_it_ends(bot: MakeBot) -> None:
    watch = bot(**ALONE)
    told(watch, 1, well=True)
    watch.ask("/mute nightly 30m 维护")
    told(watch, 2)
    assert watch.tick(after=0) == watch.tick(after=1700) == []
    (heard,) = watch.tick(after=100)
    assert rows(heard)[0] == "🔴 i1 **nightly** is failing"


def test_a_mute_that_is_made_shorter_ends_then(bot: MakeBot) -> None:
    watch = bot(**ALONE)
    told(watch, 1, well=True)
    watch.ask("/mute nightly 2h 维护")
    told(watch, 2)
    assert watch.tick() == []
    watch.ask("/mute nightly 30m 快好了")
    assert watch.tick() == []
    assert len(watch.tick(after=1800)) == 1


def test_what_is_broken_is_told_when_the_mute_is_taken_away(bot: MakeBot) -> None:
    watch = bot(**ALONE)
    told(watch, 1)
    watch.ask("/mute nightly 2h 维护")
    assert watch.tick() == []
    watch.ask("/unmute nightly")
    (heard,) = watch.tick()
    assert rows(heard)[0] == "🔴 i1 **nightly** is failing"


@pytest.mark.parametrize(
    "name", ["[点我](https://evil.example/)", "**@all** <b>x</b> `x`", "# 大标题 ![x](https://e/x.png)"]
)
def test_an_alert_with_a_hostile_name_is_only_text(bot: MakeBot, name: str) -> None:
    watch = bot(**ALONE)
    told(watch, 1, name, kind=Kind.ALERT)
    said = watch.tick()
    said += [
        watch.ask(line)
        for line in ("/incidents", "/incidents i1", "/ack i1", "/mute i1 2h x", "/mute x 2h x")
    ]
    assert len(said) == 6
    for text in said:
        assert "](https://e" not in text and "<b>" not in text and "**@" not in text and "\n# " not in text
