"""--dry-run: everything is read and checked, and the calls that would write are shown instead of made."""

from collections.abc import Callable

from bot.reply import Code, Line, Reply, line
from integrations.transport import Rehearsed, rehearsing


def rehearsed(*writes: Callable[[], object]) -> Reply:
    """The calls that these would make, in order; none of them is made."""
    lines: list[Line] = []
    for write in writes:
        try:
            with rehearsing():
                write()
        except Rehearsed as call:
            lines.append(shown(call))
    return Reply.of(line("Nothing was done. I would call:"), *lines)


def only_own() -> Line:
    """What is said where no call would be made."""
    return line("Nothing was done. I would call nobody, and only change my own records.")


def shown(call: Rehearsed) -> Line:
    """One call: where to, which, and with what."""
    form = " ".join(f"{name}={value}" for name, value in call.form.items())
    return (f"{call.vendor}: ", Code(f"{call.method} {call.path}"), *((" ", Code(form)) if form else ()))
