"""What signals change: the incident they open, go on with, or close, in one transaction."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.incidents.life import CHANGES, Health, Kind, Signal, Step, Verdict, flaps_until, step

if TYPE_CHECKING:
    from bot.store import Store
    from bot.store.incidents import Watched

log = logging.getLogger(__name__)

_HEALTH = {Verdict.SUCCESS: Health.HEALTHY, Verdict.FAILURE: Health.FAILING}


def take_in(
    store: "Store",
    kind: Kind,
    name: str,
    signals: Sequence[Signal],
    *,
    title: str = "",
    about: Mapping[str, str] | None = None,
    anew: bool = False,
) -> bool:
    """Judge a thing by signals, oldest first; returns whether anything follows.

    `anew` says that its builds are numbered from the beginning again.
    """
    with store.transaction():
        met = store.incidents.meet(kind, name, title=title or name)
        # Somebody else may have begun to count anew meanwhile.
        restarts = anew and all(signal.mark < met.mark for signal in signals)
        known = replace(met, mark=0) if restarts else met
        steps = []
        for signal in signals:
            what = step(kind, known.health, known.mark, signal)
            known = _taken(store, known, what, signal, about or {})
            steps.append(what)
        if known != met:
            store.incidents.judged(known)
    followed = [str(what) for what in steps if what is not Step.NOTHING]
    if followed:
        log.info("%s %s: %s", kind, title or name, ", ".join(followed))
    return bool(followed)


def _taken(
    store: "Store", known: "Watched", what: Step, signal: Signal, about: Mapping[str, str]
) -> "Watched":
    """Keep one step, and what is known after it."""
    incident = known.incident
    if what is Step.OPENED:
        incident = _open(store, known, signal, about)
    elif what is Step.AGAIN and incident:
        store.incidents.again(incident, signal)
    elif what is Step.FIXED and incident:
        store.incidents.fixed(incident, signal)
    elif signal.mark <= known.mark:
        return known
    health = known.health if what is Step.NOTHING else _HEALTH[signal.verdict]
    newer = signal.mark >= known.mark
    return replace(
        known,
        health=health,
        mark=max(known.mark, signal.mark),
        began_at=signal.began_at if newer else known.began_at,
        incident=incident,
    )


def _open(store: "Store", known: "Watched", signal: Signal, about: Mapping[str, str]) -> int:
    """A new incident; but what breaks again and again goes on with the one it had, and with its card."""
    before = store.incidents.changes(known.kind, known.name, at_most=CHANGES)
    if known.incident and flaps_until([signal.at, *before]) > signal.at:
        store.incidents.reopen(known.incident, signal)
        return known.incident
    return store.incidents.open_one(known, signal, about=about)
