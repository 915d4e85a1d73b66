"""How long ago, as people say it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.language import speaking
from bot.reply import plain
from bot.times import age

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "english", "chinese"),
    [
        (timedelta(seconds=-30), "just now", "刚刚"),
        (timedelta(seconds=59), "just now", "刚刚"),
        (timedelta(minutes=1), "1 min ago", "1 分钟前"),
        (timedelta(minutes=59, seconds=59), "59 min ago", "59 分钟前"),
        (timedelta(hours=1), "1 h ago", "1 小时前"),
        (timedelta(hours=47, minutes=59), "47 h ago", "47 小时前"),
        (timedelta(days=2), "2 days ago", "2 天前"),
        (timedelta(days=400), "400 days ago", "400 天前"),
    ],
)
def test_age(since: timedelta, english: str, chinese: str) -> None:
    for language, told in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert plain(age(NOW - since, now=NOW)) == told


def test_other_zones_are_the_same_moment() -> None:
    shanghai = datetime.fromisoformat("2026-03-01T19:30:00+08:00")
    assert plain(age(shanghai, now=NOW)) == "30 min ago"


def test_an_unknown_time_is_not_told() -> None:
    assert age(None, now=NOW) == ()
