"""The build queue: what waits, why, and what left it a while ago.

Read from hudson.model.Queue: an item waits for its quiet period, then for its job, then for an executor.
"""

import itertools
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.jenkins.builds import Build, Cause, Progress
from sandbox.jenkins.jobs import Job, Value


class Stage(StrEnum):
    """Where an item stands, by its class name in Jenkins."""

    WAITING = "hudson.model.Queue$WaitingItem"
    BLOCKED = "hudson.model.Queue$BlockedItem"
    BUILDABLE = "hudson.model.Queue$BuildableItem"
    LEFT = "hudson.model.Queue$LeftItem"


@dataclass(eq=False)
class Item:
    """One wish for a build; `build` is None for a moment even after it left the queue."""

    id: int
    job: Job
    values: dict[str, Value]
    causes: list[Cause]
    due: float
    since: float = field(default_factory=time.time)
    left: float | None = None
    cancelled: bool = False
    build: Build | None = None

    @property
    def path(self) -> str:
        """Its address below the root."""
        return f"queue/item/{self.id}/"

    @property
    def stage(self) -> Stage:
        """Where it stands now."""
        if self.left is not None:
            return Stage.LEFT
        if time.time() < self.due:
            return Stage.WAITING
        return Stage.BLOCKED if self.job.running and not self.job.concurrent else Stage.BUILDABLE


class Queue:
    """Every item that waits, and for `lifetime` seconds those that left; safe to use from any thread."""

    def __init__(self, *, lifetime: float) -> None:
        self.lifetime = lifetime
        self.changed = threading.Condition()
        self.slots = 0
        self._busy = 0
        self._ids = itertools.count(1)
        self._items: dict[int, Item] = {}
        self._closed = False

    def schedule(
        self, job: Job, values: dict[str, Value], cause: Cause, *, delay: float
    ) -> tuple[Item, bool]:
        """Put a build in the queue, or join the one that waits with equal values; tells whether it is new."""
        due = time.time() + delay
        with self.changed:
            self.changed.notify_all()
            for item in self.waiting:
                if item.job is job and item.values == values:
                    item.causes.append(cause)
                    item.due = min(item.due, due)
                    return item, False
            item = Item(self.new_id(), job, values, [cause], due)
            self._items[item.id] = item
            return item, True

    def new_id(self) -> int:
        """The next number for an item."""
        return next(self._ids)

    @property
    def waiting(self) -> list[Item]:
        """The items that did not leave yet, oldest first."""
        return [item for item in list(self._items.values()) if item.left is None]

    def open(self, slots: int) -> None:
        """Let so many items be builds at a time."""
        with self.changed:
            self.slots = slots
            self.changed.notify_all()

    def find(self, number: int) -> Item | None:
        """An item that waits, or left less than `lifetime` seconds ago."""
        with self.changed:
            item = self._items.get(number)
            if item and item.left is not None and time.time() - item.left >= self.lifetime:
                del self._items[number]
                return None
            return item

    def cancel(self, item: Item) -> bool:
        """Take an item out; False if it had left already."""
        with self.changed:
            if item.left is not None:
                return False
            item.left, item.cancelled = time.time(), True
            return True

    def take(self) -> Item | None:
        """Wait for the next buildable item, which leaves the queue; None once the queue is closed."""
        with self.changed:
            while not self._closed:
                waiting = self.waiting
                ready = next((item for item in waiting if item.stage is Stage.BUILDABLE), None)
                if ready and self._busy < self.slots:
                    self._busy += 1
                    ready.left = time.time()
                    ready.job.running += 1
                    return ready
                quiet = [item.due - time.time() for item in waiting if item.stage is Stage.WAITING]
                self.changed.wait(max(min(quiet), 0.001) if quiet else None)
        return None

    def begin(self, item: Item, build: Build) -> None:
        """Say which build an item that was taken has become."""
        with self.changed:
            item.build = build
            self.changed.notify_all()

    def release(self, item: Item) -> None:
        """Say that an item that was taken needs its executor no more."""
        with self.changed:
            self._busy -= 1
            item.job.running -= 1
            if item.build:
                item.build.progress = Progress.TOLD
            self.changed.notify_all()

    def lose(self) -> None:
        """Forget everything, as a restart does; the ids go on."""
        with self.changed:
            for item in self._items.values():
                item.cancelled = item.build is None
            self._items.clear()

    def close(self) -> None:
        """Let everybody who waits in `take` go home."""
        with self.changed:
            self._closed = True
            self.changed.notify_all()
