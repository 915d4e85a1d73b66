"""Bad weather for Gitee and Jenkins: refused, lost after the work was done, cut off, at random."""

import random
import threading
from collections.abc import Sequence
from typing import Any

import requests

FAULTS: Sequence[dict[str, Any]] = (
    {"kind": "502"},
    {"kind": "500"},
    {"kind": "502", "match": "POST|PUT"},
    {"kind": "lost", "seconds": 0.3},  # the work is done, its answer a 504
    {"kind": "lost", "seconds": 0.3, "match": "POST|PUT"},
    {"kind": "drip", "seconds": 0},  # the connection is cut after the headers
    {"kind": "slow", "seconds": 0.5},
)
FEWEST, MOST = 1, 3  # requests that suffer
CALM = 0.1, 0.8  # seconds between two faults


class Weather(threading.Thread):
    """Makes these addresses misbehave until it is told to stop; `faults` counts how often."""

    def __init__(self, addresses: Sequence[str], *, chance: random.Random) -> None:
        super().__init__(name="weather", daemon=True)
        self._addresses, self._chance = addresses, chance
        self._over = threading.Event()
        self.faults = 0

    def run(self) -> None:
        while not self._over.wait(self._chance.uniform(*CALM)):
            times = self._chance.randint(FEWEST, MOST)
            fault = {**self._chance.choice(FAULTS), "times": times}
            requests.put(f"{self._chance.choice(self._addresses)}/_fault", json=fault, timeout=10)
            self.faults += 1

    def clear_up(self) -> None:
        """Stop, and have everything behave again."""
        self._over.set()
        self.join()
        for address in self._addresses:
            requests.delete(f"{address}/_fault", timeout=10)
