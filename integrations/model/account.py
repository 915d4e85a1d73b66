"""Whose credential it is and what it is good for, for a diagnosis."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, unique


@dataclass(frozen=True)
class Account:
    """Who we are to an outside system, and what it says about itself."""

    name: str
    version: str
    server_time: datetime | None


@unique
class Access(IntEnum):
    """What an account may do in a project of a build server; each may do what those before it may."""

    UNKNOWN = 0
    READ = 1
    BUILD = 2
    MANAGE = 3  # builds what is protected, too, and sees what others' builds were started with
