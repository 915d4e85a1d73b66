"""Whose credential it is, for a diagnosis."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Account:
    """Who we are to an outside system, and what it says about itself."""

    name: str
    version: str
    server_time: datetime | None
