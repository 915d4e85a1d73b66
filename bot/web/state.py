"""What the routes share: the wired Sampan, or why there is none, and the pool."""

from dataclasses import dataclass, field

from fastapi import Request

from bot.web.workers import FRONT, Workers
from bot.wiring import Wired


@dataclass
class State:
    """One for each app; without a usable configuration every route that needs one answers 503."""

    sampan: Wired | None
    problem: str = ""
    workers: Workers = field(default_factory=Workers)
    front: Workers = field(default_factory=lambda: Workers(FRONT))
    ticking: bool = False  # for somebody who asked: one more would only take a thread from what comes in

    @property
    def ready(self) -> Wired:
        assert self.sampan is not None
        return self.sampan


def state_of(request: Request) -> State:
    state: State = request.app.state.shared
    return state
