"""Times and lengths of time as people say them."""

from datetime import datetime

from bot.reply import Line, line


def age(moment: datetime | None, *, now: datetime) -> Line:
    """How long ago, in one unit."""
    if moment is None:
        return ()
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 60:
        return line("{n} min ago", n=minutes)
    if minutes < 48 * 60:
        return line("{n} h ago", n=minutes // 60)
    return line("{n} days ago", n=minutes // (24 * 60))
