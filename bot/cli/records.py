"""migrate and audit export: what an operator does with the records."""

import json
import os
import re
import sys
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from bot.settings import Settings, load
from bot.store.audit import Entry
from bot.store.health import is_there, why
from bot.times import moment


def migrate(_: Namespace) -> int:
    """Bring the database up to date."""
    return 0 if updated(load(os.environ).database_url) else 1


def updated(url: str) -> bool:
    """Apply what the database lacks and say what that was; False, with the reason told, when it fails."""
    from bot.store.migrating import migrate

    try:
        applied = migrate(url)
    except Exception as problem:
        print(f"The database could not be brought up to date: {why(problem)}", file=sys.stderr)
        return False
    print(f"Applied: {', '.join(applied)}" if applied else "The database is up to date.")
    return True


def export_audit(options: Namespace) -> int:
    """Write the audit as JSON lines, oldest first, with one page of it in memory at a time."""
    from bot.store import Store

    settings = load(os.environ)
    if not is_there(settings.database_url):
        print("There are no records at DATABASE_URL yet.", file=sys.stderr)
        return 1
    since, until = _at(options.since, settings), _at(options.until, settings)
    try:
        with closing(Store(settings.database_url, clock=time.time)) as store, _output(options.output) as out:
            for entry in store.audit.everything(since=since, until=until):
                out.write(f"{_as_json(entry)}\n")
    except BrokenPipeError:
        raise
    except Exception as problem:
        print(f"The audit could not be exported: {why(problem)}", file=sys.stderr)
        return 1
    return 0


def when(text: str) -> datetime:
    """2d or 12h ago, or a date with or without a time; raises ArgumentTypeError."""
    if found := re.fullmatch(r"(\d{1,4})([hd])", text):
        return datetime.now(UTC) - timedelta(**{{"h": "hours", "d": "days"}[found[2]]: int(found[1])})
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is neither like 2d nor like 2026-12-31T18:00") from None


def _at(given: datetime | None, settings: Settings) -> int | None:
    """As records have it; a time without a zone is one of TIMEZONE."""
    if given is None:
        return None
    return round((given if given.tzinfo else given.replace(tzinfo=settings.timezone)).timestamp() * 1000)


def _as_json(entry: Entry) -> str:
    # Milliseconds for programs, and beside them a time that people can read.
    shown = moment(entry.at).isoformat(timespec="milliseconds")
    return json.dumps({"time": shown, **vars(entry)}, ensure_ascii=False)


@contextmanager
def _output(path: str) -> Iterator[TextIO]:
    """A file that is there once it is whole, or the standard output."""
    if not path:
        yield sys.stdout
        return
    part = Path(f"{path}.part")
    with part.open("w", encoding="utf-8") as file:
        yield file
    part.replace(path)
