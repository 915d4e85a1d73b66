"""What a check finds: whether it works, what was looked at, and the line that mends it."""

from dataclasses import dataclass
from enum import StrEnum, unique

from bot.explain import explain
from bot.reply import Line, join, plain
from integrations.errors import Forbidden, IntegrationError, Unauthorized


@unique
class Level(StrEnum):
    """How bad it is."""

    WORKS = "works"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One row of the diagnosis; no part of it ever holds a secret."""

    level: Level
    what: str
    told: Line
    fix: str = ""  # to be pasted where it belongs


def works(what: str, told: Line) -> Finding:
    return Finding(Level.WORKS, what, told)


def warning(what: str, told: Line, fix: str = "") -> Finding:
    return Finding(Level.WARNING, what, told, fix)


def broken(what: str, told: Line, fix: str = "") -> Finding:
    return Finding(Level.BROKEN, what, told, fix)


def setting(name: str, why: Line = (), *, value: str = "...") -> str:
    """The line of a .env file that sets a variable, with what belongs there."""
    return f"{name}={value}  # {plain(why)}" if why else f"{name}={value}"


def failed(what: str, problem: IntegrationError, *, url: str, credential: str) -> Finding:
    """A system that does not answer as it should: its address is wrong, or what we show it."""
    fix = credential if isinstance(problem, Unauthorized | Forbidden) else url
    return broken(what, join(explain(problem), " "), fix)
