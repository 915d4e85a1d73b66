"""The store: there, up to date, willing to be written to, and how much is left undone in it."""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from bot.builds import GIVE_UP_AFTER
from bot.doctor.findings import Finding, broken, setting, warning, works
from bot.doctor.systems import Site
from bot.reply import Code, counted, join, line, plain
from bot.settings import Runtime
from bot.store.database import Database, open_database
from bot.store.health import OVERDUE, Figures, Health, is_there, why
from bot.store.migrating import files, pending
from bot.times import length, moment

BACKLOG = 20  # messages: what one robot may say in a minute
MIGRATE = "python -m bot migrate"


def records(site: Site) -> Iterator[Finding]:
    """The database of DATABASE_URL, without a change to it: even a new file is not made."""
    url, what = site.settings.database_url, plain(line("Records"))
    if not is_there(url):
        yield _new_file(what, url)
        return
    address = setting("DATABASE_URL", value="postgresql://USER:PASSWORD@HOST/DATABASE")
    with closing(open_database(url, warn=False)) as database:
        try:
            yield from _migrations(what, database)
            if not pending(database):
                yield _writable(what, database)
                yield from _undone(what, database, site)
        except Exception as problem:
            yield broken(what, line("The database cannot be used: {why}", why=why(problem)), address)


def _new_file(what: str, url: str) -> Finding:
    folder = Path(url.removeprefix("sqlite:///")).parent
    if os.access(folder, os.W_OK):
        return works(what, line("There are none yet; the file is made when Sampan first starts."))
    told = line("The folder of the file is not there, or cannot be written to.")
    return broken(what, told, setting("DATABASE_URL", value="sqlite:////FOLDER/sampan.db"))


def _migrations(what: str, database: Database) -> Iterator[Finding]:
    ours, applied = {file.stem for file in files(database.dialect)}, database.applied()
    if lacking := sorted(ours - applied):
        names = join([Code(name) for name in lacking], ", ")
        yield broken(what, line("The database lacks migrations: {names}", names=names), MIGRATE)
    else:
        kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database.dialect]
        told = line("{kind} answers, and has every migration up to {name}.", kind=kind, name=Code(max(ours)))
        yield works(what, told)
    if unknown := sorted(applied - ours):
        names = join([Code(name) for name in unknown], ", ")
        yield warning(what, line("The database is of a newer Sampan than this: {names}", names=names))


class _Undone(Exception):
    """Nothing of it is kept."""


def _writable(what: str, database: Database) -> Finding:
    try:
        with suppress(_Undone), database.transaction() as connection:
            connection.execute("DELETE FROM outbox WHERE id = ''")
            raise _Undone
    except Exception as problem:
        return broken(what, line("The database cannot be written to: {why}", why=why(problem)))
    return works(what, line("The database can be written to."))


def _undone(what: str, database: Database, site: Site) -> Iterator[Finding]:
    now = round(site.now().timestamp() * 1000)
    health = Health(database, lambda: now)
    figures, oldest = health.figures(), health.oldest_open()
    builds = counted("{n} build open", "{n} builds open", n=figures.open)
    messages = counted("{n} message waiting", "{n} messages waiting", n=figures.waiting)
    level = warning if figures.waiting > BACKLOG else works
    yield level(what, join([builds, messages]))
    if oldest and now - oldest.at > GIVE_UP_AFTER:
        age, label = length(now - oldest.at), f"b{oldest.id}"
        told = line("The build {id} has been open for {age}.", id=Code(label), age=age)
        yield warning(what, told, f"/cancel {label}")
    yield from _broken(health, site, now=now)
    yield from _clock(what, figures, site, now=now)
    if figures.paused_until:
        until = f"{moment(figures.paused_until).astimezone(site.settings.timezone):%H:%M}"
        yield warning(what, line("DingTalk has sent a robot to rest until {time}.", time=until))


def _broken(health: Health, site: Site, *, now: int) -> Iterator[Finding]:
    """What is watched and broken, and whether its cards could be made."""
    figures, what = health.broken(), plain(line("Incidents"))
    jobs = counted("{n} job watched", "{n} jobs watched", n=figures.jobs)
    yield works(what, join([jobs, counted("{n} incident open", "{n} incidents open", n=figures.open)]))
    age = now - (figures.cardless_since or now)
    if site.settings.tracker != "none" and age > OVERDUE:
        told = counted(
            "{n} incident has no card, the oldest for {age}.",
            "{n} incidents have no card, the oldest for {age}.",
            n=figures.cardless,
            age=length(age),
        )
        yield warning(what, told, "grep 'its card is left for later' LOG")


def _clock(what: str, figures: Figures, site: Site, *, now: int) -> Iterator[Finding]:
    """Whether anything is done in time; nothing has to be written for that to be known."""
    late = now - (figures.due_since or now)
    if late <= OVERDUE:
        return
    process = site.settings.runtime is Runtime.PROCESS
    fix = "python -m bot serve" if process else 'curl -H "Authorization: Bearer $CRON_SECRET" .../tick'
    yield broken(what, line("Something has been due for {age}: nobody ticks.", age=length(late)), fix)
