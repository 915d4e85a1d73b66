"""What a process that lives holds on to: memory, and connections."""

from itertools import cycle, islice

from benchmarks.deliveries import delivery, event
from benchmarks.figures import Bound, Figure
from benchmarks.sides import Ground, Side, function, server
from benchmarks.speed import post

COMMANDS = 1000
MEMORY_LIMIT = 90
VENDORS = 3  # DingTalk, Gitee and Jenkins: one connection each is enough while commands come one by one


def connections(ground: Ground, *, commands: int = 20) -> Figure:
    """Connections that one process opens for commands which need all three vendors."""
    typed = islice(cycle(("/pr", "/build hello")), commands)
    before = ground.outside.count()
    with function(Side.SAMPAN, ground, database="connections") as process:
        process.invoke([event(text, reply_to=ground.outside.url) for text in typed])
    after = ground.outside.count()
    return Figure(
        f"connections opened by {commands} commands",
        after.connections - before.connections,
        Bound.AT_MOST,
        VENDORS,
        measured=f"{after.requests - before.requests} requests",
    )


def memory(ground: Ground) -> Figure:
    """Resident memory of a server after a thousand commands of every kind."""
    resident = {side: _resident_after(side, ground) for side in Side}
    sampan, bare = resident[Side.SAMPAN], resident[Side.BARE]
    return Figure(
        f"memory after {COMMANDS:,} commands",
        sampan,
        Bound.AT_MOST,
        MEMORY_LIMIT,
        unit="MB",
        measured=f"{sampan / bare:.2f} × bare",
        against=f"{bare:.0f} MB",
    )


def _resident_after(side: Side, ground: Ground) -> float:
    typed = islice(cycle(("/ping", "/pr", "/build hello", "/help", "/whoami")), COMMANDS)
    with server(side, ground, database="memory") as target:
        post(target, [delivery(text, reply_to=ground.outside.url) for text in typed])
        return target.resident
