"""versions: what the room is told of versions, for terminals and, with --json, for programs."""

import json
import os
import re
import sys
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from bot.settings import load
from bot.store.health import is_there, why
from bot.versions import catalog

if TYPE_CHECKING:
    from bot.store import Store


def versions(options: Namespace) -> int:
    """Run one of the subcommands on the records; 1 when there are none, or nothing by that name."""
    from bot.store import Store

    settings = load(os.environ)
    if not is_there(settings.database_url):
        print("There are no records at DATABASE_URL yet.", file=sys.stderr)
        return 1
    try:
        with closing(Store(settings.database_url, clock=time.time)) as store:
            found = options.look(store, settings, options)
    except catalog.Unknown as problem:
        print(str(problem), file=sys.stderr)
        return 1
    except Exception as problem:
        print(f"The versions could not be read: {why(problem)}", file=sys.stderr)
        return 1
    _print(found, as_json=options.json)
    return 0


def count(text: str) -> int:
    """A whole number that is not negative; raises ArgumentTypeError."""
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise ArgumentTypeError(f"{text!r} is no whole number such as 20")
    return int(text)


def listed(store: "Store", _: Any, options: Namespace) -> Iterable[dict[str, Any]]:
    return catalog.versions(store, options.service, at_most=options.limit)


def shown(store: "Store", _: Any, options: Namespace) -> Iterable[dict[str, Any]]:
    return [catalog.version(store, options.id)]


def news(_: "Store", settings: Any, options: Namespace) -> Iterable[dict[str, Any]]:
    from bot.wiring import Wired

    sampan = Wired(settings)
    with closing(sampan.store):
        return catalog.news(sampan, options.id)


def pinned(store: "Store", _: Any, options: Namespace) -> Iterable[dict[str, Any]]:
    return [catalog.pin(store, options.id, by="the command line")]


def unpinned(store: "Store", _: Any, options: Namespace) -> Iterable[dict[str, Any]]:
    return [catalog.pin(store, options.id, by="")]


def where(store: "Store", _: Any, options: Namespace) -> Iterable[dict[str, Any]]:
    return catalog.where(store, options.service)


def pruned(store: "Store", settings: Any, options: Namespace) -> Iterable[dict[str, Any]]:
    keep = settings.keep_versions if options.keep is None else options.keep
    return catalog.prune(store, keep=keep, service=options.service, dry_run=options.dry_run)


def _print(found: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    rows = list(found)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        print("  ".join(_shown(name, value) for name, value in row.items() if value))


def _shown(name: str, value: Any) -> str:
    """A value for people: a list as its parts, what is so by its name."""
    if isinstance(value, list):
        return ", ".join(value)
    return name if value is True else f"{value}"
