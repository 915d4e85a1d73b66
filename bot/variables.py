"""Reading environment variables: each by its kind, with what is wrong collected and no value ever shown."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


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
            good = not value or (good and "@" not in parts.netloc)
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

    def made(self, name: str, make: Callable[[str], T], default: str, why: str) -> T:
        try:
            return make(self.text(name, default))
        except (ValueError, KeyError, OSError):
            self.problems.append(f"{name}: {why}")
            return make(default)

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
