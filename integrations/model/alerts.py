"""Alerts: what a monitoring system says is wrong, or right again.

Apart from the other values, which a cold start pays for: only who reads alerts imports them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Alert:
    """One alert of a delivery; its key is the same from the first firing to the last word."""

    key: str  # alertmanager:191bf832fbaf9946
    name: str  # what people call it: its alertname
    firing: bool
    began_at: datetime | None  # None where the sender does not say
    labels: Mapping[str, str] = field(default_factory=dict)  # those that tell it from others of its name
    summary: str = ""  # its sender's own words
    url: str = ""  # where a person looks into it


@dataclass(frozen=True)
class Delivery:
    """What one webhook call told, and how many more alerts there were that it or we left out."""

    alerts: Sequence[Alert]
    truncated: int = 0
