"""Old versions are forgotten by rule: the newest stay, the pinned, and what runs or ran last anywhere."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.store import Store
    from bot.store.versions import Version

EVERY = 24 * 3_600_000  # milliseconds
AT_ONCE = 500  # of a tick, which has other things to do

log = logging.getLogger(__name__)


def tidy_due(sampan: "Sampan") -> int:
    """Forget once a day; returns how many versions that were."""
    if not sampan.store.chores.begin("versions", every=EVERY):
        return 0
    found = spare(sampan.store, keep=sampan.settings.keep_versions)
    return len(forget(sampan.store, found[:AT_ONCE]))


def spare(store: "Store", *, keep: int, service: str = "") -> list["Version"]:
    """The versions that the rule leaves over, oldest first."""
    return [
        version
        for name in ([service] if service else store.versions.services())
        for version in _spare_of(store, name, keep=keep)
    ]


def _spare_of(store: "Store", service: str, *, keep: int) -> list["Version"]:
    runs = store.versions.deployed(service)
    before = [store.versions.ran_before(one.service, one.environment) for one in runs]
    used = {one.version for one in [*runs, *before] if one}
    return [one for one in store.versions.spare(service, keep=keep) if one.label not in used]


def forget(store: "Store", found: Sequence["Version"]) -> list["Version"]:
    """Forget them, unless they were pinned or deployed meanwhile; those that were forgotten."""
    forgotten = [version for version in found if store.versions.forget(version)]
    if forgotten:
        log.info("%d versions were forgotten", len(forgotten))
    return forgotten
