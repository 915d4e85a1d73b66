"""Builds that are told of one job, and what is known of it afterwards: the words of the tests of intake."""

from bot.incidents.intake import take_in
from bot.incidents.life import Kind, Signal, Verdict
from bot.store import Store
from bot.store.incidents import Incident, Watched
from tests.bot.records import NOW

MINUTE = 60_000
START = round(NOW * 1000)
VERDICTS = {"F": Verdict.FAILURE, "S": Verdict.SUCCESS}


def signal(build: str, *, minute: int | None = None) -> Signal:
    """F7 is the failure of build 7, which ended as many minutes after the start unless told otherwise."""
    number = int(build[1:])
    at = START + (number if minute is None else minute) * MINUTE
    return Signal(VERDICTS[build[0]], number, at, f"https://ci/{number}", began_at=at - 1000)


def hear(store: Store, *builds: str, **options: bool) -> bool:
    """All of them together."""
    return take_in(store, Kind.JOB, "nightly", [signal(one) for one in builds], **options)


def known(store: Store) -> Watched:
    found = store.incidents.watched(Kind.JOB, "nightly")
    assert found
    return found


def incident(store: Store, number: int = 1) -> Incident:
    found = store.incidents.get(number)
    assert found
    return found


def story(store: Store) -> list[str]:
    """The incidents there are, each with its events: i1 F2 F3 S4."""
    letters = {"opened": "F", "failed again": "F", "fixed": "S"}
    told = []
    for number in range(1, 10):
        if store.incidents.get(number):
            events = store.incidents.events(number)
            told.append(" ".join([f"i{number}", *(f"{letters[one.what]}{one.mark}" for one in events)]))
    return told
