"""Reading environment variables: each by its kind, with what is wrong collected and no value ever shown."""

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")


class ConfigurationError(Exception):
    """Variables that cannot be used, a sentence each; values are never shown."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Reader:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.env.get(name, "").strip() or default

    def listed(self, name: str, default: str = "") -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())

    def pairs(self, name: str) -> dict[str, str]:
        found = {}
        for part in self.listed(name):
            key, equals, value = (piece.strip() for piece in part.partition("="))
            if not (key and equals and value) or key in found:
                self.problems.append(f"{name}: write each entry as name=value, separated by commas")
                return {}
            found[key] = value
        return found

    def url(self, name: str, default: str = "") -> str:
        value = self.text(name, default)
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            good = not value or (good and not {"@", "?", "#"} & set(value))
        except ValueError:
            good = False
        if not good:
            self.problems.append(f"{name}: must be an address that begins with https://")
        return value.rstrip("/")

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value.lower() not in {one.lower() for one in allowed}:
            self.problems.append(f"{name}: must be one of {', '.join(allowed)}")
            return default
        return next(one for one in allowed if one.lower() == value.lower())

    def count(self, name: str, default: int, *, or_none: bool = False) -> int:
        """A whole number above nothing; `or_none` lets 0 say that there is no limit."""
        value = self.text(name, str(default))
        if not (re.fullmatch(r"[1-9][0-9]{0,5}", value) or (or_none and value == "0")):
            self.problems.append(f"{name}: must be a whole number such as {default}")
            return default
        return int(value)

    def secrets(self, name: str) -> tuple[str, ...]:
        """One or, while it is being rotated, two."""
        values = self.listed(name)
        if not all(value.isprintable() for value in values):
            self.problems.append(f"{name}: has a line break or another character that cannot be printed")
            return ()
        return values

    def tokens(self, name: str) -> tuple[str, ...]:
        """Secrets that go out in a header."""
        values = self.secrets(name)
        if not all(value.isascii() and " " not in value for value in values):
            self.problems.append(f"{name}: has a space or another character that no token has")
            return ()
        return values

    def hosts(self, name: str, default: str) -> tuple[str, ...]:
        """Host names, each with a port or without."""
        values = self.listed(name, default)
        if not all(_HOST.fullmatch(value) for value in values):
            self.problems.append(f"{name}: write host or host:port, without https://")
        return tuple(value for value in values if _HOST.fullmatch(value))

    def zone(self, name: str, default: str) -> tzinfo:
        """A time zone by its IANA name."""
        try:
            return ZoneInfo(self.text(name, default))
        except (ValueError, KeyError, OSError):
            self.problems.append(f"{name}: must be an IANA name such as {default}")
            return UTC

    def job(self, name: str, default: str, placeholder: str) -> str:
        """A job name pattern with one placeholder."""
        pattern = self.text(name, default)
        if pattern and not good_job(pattern, placeholder):
            self.problems.append(f"{name}: must be a job name in which only {{{placeholder}}} is filled in")
            return default
        return pattern


def good_job(pattern: str, placeholder: str) -> bool:
    try:
        name = pattern.format(**{placeholder: "x"})
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        return False
    return all(part.strip() and part not in (".", "..") for part in name.split("/"))
