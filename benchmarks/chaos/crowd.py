"""Many members who type: one to three commands a message, at random moments."""

import random
import threading
from collections.abc import Sequence

from sandbox.dingtalk.members import Member
from sandbox.dingtalk.room import Room

MEMBERS = tuple(Member(f"m{number}", f"Member {number}", f"m{number}") for number in range(1, 13))
SERVICES = ("anchor", "buoy", "crane", "dock", "engine", "ferry")
COMMANDS = (
    "/deploy {service} staging 1.{n}",
    "/deploy {service} staging 1.{n}",
    "/build {service}",
    "/jenkins test {service}",
    "/test {pull}",
    "/merge {pull}",
    "/merge {pull}",
    "/approve {pull}",
    "/pr",
    "/status {service}",
)
PAUSE = 0.02, 0.2  # seconds between two messages of all


class Crowd(threading.Thread):
    """Talks in a room until it is told to stop; `said` is every message, `pulls` what it can name."""

    def __init__(self, room: Room, *, pulls: Sequence[int], chance: random.Random) -> None:
        super().__init__(name="crowd", daemon=True)
        self._room, self._pulls, self._chance = room, pulls, chance
        self._over = threading.Event()
        self.said: list[str] = []

    def run(self) -> None:
        while not self._over.wait(self._chance.uniform(*PAUSE)):
            lines = dict.fromkeys(self._line() for _ in range(self._chance.choice((1, 1, 2, 3))))
            self.said.append("\n".join(lines))
            self._room.deliver(self.said[-1], as_=self._chance.choice(MEMBERS).key)

    def hush(self) -> None:
        """Let the last one finish the sentence."""
        self._over.set()
        self.join()

    def _line(self) -> str:
        return self._chance.choice(COMMANDS).format(
            service=self._chance.choice(SERVICES),
            pull=self._chance.choice(self._pulls),
            n=self._chance.randrange(100),
        )
