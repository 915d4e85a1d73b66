"""Times and lengths of time as people say them."""

from datetime import UTC, datetime, timedelta

from bot.reply import Line, line


def age(moment: datetime | None, *, now: datetime) -> Line:
    """How long ago, in one unit."""
    if moment is None:
        return ()
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 1:
        return line("just now")
    if minutes < 60:
        return line("{n} min ago", n=minutes)
    if minutes < 48 * 60:
        return line("{n} h ago", n=minutes // 60)
    return line("{n} days ago", n=minutes // (24 * 60))


def ago(at: int, *, now: datetime) -> Line:
    """How long ago a time of the store's was, which is in milliseconds."""
    return age(now - timedelta(milliseconds=now.timestamp() * 1000 - at), now=now)


def moment(at: int) -> datetime:
    """A time of the store's as a datetime, UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)


def length(milliseconds: int) -> Line:
    """How long something takes, in one or two units."""
    seconds = max(1, round(milliseconds / 1000))
    if seconds < 60:
        return line("{n} s", n=seconds)
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return line("{n} min {rest} s", n=minutes, rest=rest) if rest else line("{n} min", n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        days, rest = divmod(hours, 24)
        return line("{n} d {rest} h", n=days, rest=rest) if rest else line("{n} d", n=days)
    return line("{n} h {rest} min", n=hours, rest=rest) if rest else line("{n} h", n=hours)
