"""Make what a monitoring system sends fit to keep and to show: one line, a sane length, a real address."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

LONGEST_LABEL = 100  # characters of a label's name, and of its value
LONGEST_ADDRESS = 2000  # one that is cut leads nowhere, so a longer one is left out
MOST_LABELS = 20

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = {"alertname", "grafana_folder"}  # the one is the name, the other where Grafana keeps the rule


def line(value: Any, longest: int) -> str:
    """One line of text without anything that steers a terminal or turns writing round; "" for no text."""
    if not isinstance(value, str):
        return ""
    seen = "".join(char if char.isprintable() else " " for char in value[: 10 * longest])
    return " ".join(seen.split())[:longest].rstrip()


def labels(value: Any) -> dict[str, str]:
    """What tells an alert from others of its name, sorted; without what Grafana keeps for itself."""
    told = sorted(mapping(value).items())
    shown = {line(key, LONGEST_LABEL): line(text, LONGEST_LABEL) for key, text in told if _tells(key)}
    return dict([(key, text) for key, text in shown.items() if key and text][:MOST_LABELS])


def instant(value: Any) -> datetime | None:
    """A time of RFC 3339 in UTC, to the microsecond; None for Go's zero time (the year 1) and for rubbish."""
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo and read >= _EPOCH else None
    except (TypeError, ValueError, OverflowError):
        return None


def address(value: Any) -> str:
    """A web address a person may follow, or ""; one with a password in it is nobody's to see."""
    if not (isinstance(value, str) and len(value) <= LONGEST_ADDRESS and value.isprintable()):
        return ""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return ""
    return value if good and " " not in value else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """An object of a payload, or nothing."""
    return value if isinstance(value, dict) else {}


def _tells(key: str) -> bool:
    return key not in _NAMES and not (key.startswith("__") and key.endswith("__"))
