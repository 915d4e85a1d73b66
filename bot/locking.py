"""What locks stop, and what a refusal says of them: whose, why, and since when."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.builds import Kind, Plan
from bot.language import mark
from bot.reply import Code, Line, Span, Strong, UserError, join, line
from bot.store.locks import Lock, Locked
from bot.times import ago, length

if TYPE_CHECKING:
    from bot.store import Store

NAMES = {
    Locked.EVERYTHING: mark("Everything is stopped."),
    Locked.ENVIRONMENT: mark("The environment {name} is locked."),
    Locked.SERVICE: mark("The service {name} is locked."),
    Locked.PULL: mark("{name} is held."),
    Locked.JOB: mark("The job {name} is muted."),
    Locked.ALERT: mark("The alert {name} is muted."),
}


def require_unlocked(store: "Store", plan: Plan, *, now: datetime) -> None:
    """Refuse a deploy whose service or environment is locked."""
    if plan.kind is not Kind.DEPLOY:
        return
    for kind, name in ((Locked.ENVIRONMENT, plan.environment), (Locked.SERVICE, plan.service)):
        lock = store.locks.on(kind, name) if name else None
        if lock:
            raise UserError(*told(lock, now=now), line("Nothing was started."))


def require_running(store: "Store", *, now: datetime) -> None:
    """Refuse while everything is stopped."""
    lock = store.locks.on(Locked.EVERYTHING)
    if lock:
        raise UserError(*told(lock, now=now))


def told(lock: Lock, *, now: datetime) -> list[Line]:
    """A lock, for whoever meets it."""
    return [line(NAMES[lock.kind], name=Strong(lock.name)), facts(lock, now=now)]


def facts(lock: Lock, *, now: datetime) -> Line:
    """Whose it is, why, since when, and for how long yet."""
    parts: list[Span | Line] = [Code(lock.reason), lock.who, ago(lock.at, now=now)]
    if lock.until is not None:
        left = length(lock.until - round(now.timestamp() * 1000))
        parts.append(line("{length} left", length=left))
    return join(parts)
