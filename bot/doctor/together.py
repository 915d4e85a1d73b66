"""Checks side by side: one that hangs keeps nobody else waiting, and is told of."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import copy_context

from bot.doctor.findings import Finding, broken
from bot.reply import line

Check = Callable[[], Iterable[Finding]]

log = logging.getLogger(__name__)


def side_by_side(checks: Mapping[str, Check], *, within: float, at_once: int = 10) -> Iterator[Finding]:
    """What named checks find, in their order; what one had found when its time was up is kept."""
    give_up = time.monotonic() + within
    turns = threading.Semaphore(at_once)
    for running in [_Running(name, check, turns) for name, check in checks.items()]:
        running.thread.join(max(0.0, give_up - time.monotonic()))
        late = running.thread.is_alive()
        yield from tuple(running.found)
        if late:
            yield broken(running.name, line("It did not answer within {n} s.", n=round(within)))


class _Running:
    def __init__(self, name: str, check: Check, turns: threading.Semaphore) -> None:
        self.name, self.found = name, list[Finding]()
        self._check, self._turns = check, turns
        # A daemon: the process ends also while a look-up of a host's name hangs, which nothing can bound.
        self.thread = threading.Thread(target=copy_context().run, args=(self._run,), daemon=True)
        self.thread.start()

    def _run(self) -> None:
        with self._turns:
            try:
                for finding in self._check():
                    self.found.append(finding)
            except Exception as problem:
                # Its text may hold what is not to be shown.
                log.debug("the check of %s broke", self.name, exc_info=True)
                name = type(problem).__name__
                self.found.append(broken(self.name, line("The check itself broke: {name}", name=name)))
