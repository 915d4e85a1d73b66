"""What programs are told of versions: the same as the room, as plain values; times are ISO 8601, UTC."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.times import moment
from bot.versions.differences import Tools, compared
from bot.versions.names import number_of
from bot.versions.tidying import forget, spare

if TYPE_CHECKING:
    from bot.store import Store
    from bot.store.versions import Version


class Unknown(Exception):
    """There is nothing by that name."""


def versions(store: "Store", service: str, *, at_most: int = 20) -> list[dict[str, Any]]:
    """The versions of a service, newest first, each with the environments in which it runs."""
    runs = store.versions.running(service)
    return [_shown(one, runs) for one in store.versions.of_service(service, at_most=at_most)]


def version(store: "Store", label: str) -> dict[str, Any]:
    """One version by its id, v30 or 30; raises Unknown."""
    found = _found(store, label)
    return _shown(found, store.versions.running(found.service))


def _found(store: "Store", label: str) -> "Version":
    number = number_of(label, bare=True)
    found = store.versions.get(number) if number else None
    if found is None:
        raise Unknown(f"There is no version {label}.")
    return found


def news(tools: Tools, label: str) -> list[dict[str, Any]]:
    """What is new in a version against what runs in each environment, asked of the code host; raises Unknown.

    Where nobody can tell, `changes` is None.
    """
    return [
        {
            "environment": one.environment,
            "against": one.running.label,
            "changes": None if one.story is None else [asdict(change) for change in one.story.changes],
            "more": one.story.more if one.story else 0,
        }
        for one in compared(tools, _found(tools.store, label))
    ]


def pin(store: "Store", label: str, *, by: str) -> dict[str, Any]:
    """Keep a version from being forgotten; by nobody, let it be. Raises Unknown."""
    store.versions.pin(_found(store, label).id, by=by)
    return version(store, label)


def where(store: "Store", service: str = "") -> list[dict[str, Any]]:
    """What runs where, by deploys that succeeded."""
    return [
        {
            "service": one.service,
            "environment": one.environment,
            "version": one.version,
            "since": _time(one.at),
            "by": one.name,
            "build": f"b{one.build}",
        }
        for one in store.versions.deployed(service)
    ]


def prune(store: "Store", *, keep: int, service: str = "", dry_run: bool = False) -> list[dict[str, Any]]:
    """Forget what the rule leaves over, and give it; with `dry_run` it stays."""
    found = spare(store, keep=keep, service=service)
    gone = found if dry_run else forget(store, found)
    return [_shown(one, {}) for one in gone]


def _shown(one: "Version", runs: dict[int, list[str]]) -> dict[str, Any]:
    return {
        "id": one.label,
        "service": one.service,
        "state": one.state,
        "ref": one.ref,
        "sha": one.sha,
        "at": _time(one.at),
        "who": one.who,
        "path": one.path,
        "artifacts": one.artifacts,
        "number": one.number,
        "url": one.url,
        "runs_on": runs.get(one.id, []),
        "pinned": bool(one.pinned_by),
    }


def _time(at: int) -> str:
    return moment(at).isoformat(timespec="seconds")
