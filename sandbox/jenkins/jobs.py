"""Jobs, the parameters they define, and what becomes of the values somebody sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sandbox.jenkins.changes import Change, Turn

if TYPE_CHECKING:
    from sandbox.jenkins.builds import Build

Value = str | bool
Submitted = Mapping[str, Sequence[str]]


class Illegal(ValueError):
    """A value that Jenkins answers with a 500, as IllegalArgumentException does there."""


class Type(StrEnum):
    """A kind of parameter, by the beginning of its class names in Jenkins."""

    STRING = "String"
    CHOICE = "Choice"
    BOOLEAN = "Boolean"
    PASSWORD = "Password"


@dataclass(frozen=True)
class Parameter:
    """One parameter a job defines; a choice without a default takes its first one."""

    name: str
    type: Type = Type.STRING
    choices: tuple[str, ...] = ()
    default: str = ""
    description: str = ""

    @property
    def default_value(self) -> Value:
        """What a build gets when nothing was sent."""
        return self._read(self.default or (self.choices[0] if self.choices else ""))

    @property
    def secret(self) -> bool:
        """Whether its value must not be shown."""
        return self.type is Type.PASSWORD

    def value(self, submitted: Sequence[str]) -> Value:
        """The value a build gets, or Illegal."""
        if not submitted:
            return self.default_value
        if len(submitted) > 1:
            raise Illegal(f"Illegal number of parameter values for {self.name}: {len(submitted)}")
        if self.type is Type.CHOICE and submitted[0] not in self.choices:
            raise Illegal(f"Illegal choice for parameter {self.name}: {submitted[0]}")
        return self._read(submitted[0])

    def _read(self, text: str) -> Value:
        return text.lower() == "true" if self.type is Type.BOOLEAN else text


@dataclass(eq=False)
class Job:
    """A shell script that can be run many times; `folder/name` lies in a folder."""

    full_name: str
    script: str
    folder: Path
    parameters: tuple[Parameter, ...] = ()
    disabled: bool = False
    concurrent: bool = False
    notify: tuple[str, ...] = ()
    trigger_token: str = ""
    refuses: bool = False  # as a QueueDecisionHandler can make it
    pipeline: bool = False
    input: str = ""  # what a pipeline asks before it runs its script
    description: str = ""
    downstream: tuple[str, ...] = ()  # the jobs it starts when it has worked
    turns: Mapping[str, Turn] = field(default_factory=dict)  # its buttons, by the last part of their address
    changes: Sequence[Change] = ()  # commits that its next build will have
    next_number: int = 1
    running: int = 0
    builds: dict[int, "Build"] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of its name."""
        return self.full_name.rpartition("/")[2]

    @property
    def path(self) -> str:
        """Its address below the root: job/team/job/hello/."""
        return path_of(self.full_name)

    @property
    def newest(self) -> list["Build"]:
        """Its builds, the newest first."""
        return list(self.builds.values())[::-1]

    def add(self, build: "Build") -> None:
        """Put a build in its place by its number."""
        behind = bool(self.builds) and build.number < next(reversed(self.builds))
        self.builds[build.number] = build
        if behind:
            self.builds = dict(sorted(self.builds.items()))

    def values(self, submitted: Submitted) -> dict[str, Value]:
        """What a build gets: what the job does not define is dropped without a word."""
        return {one.name: one.value(submitted.get(one.name, ())) for one in self.parameters}

    def shown(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Values as text, without the secret ones."""
        return {one.name: as_text(values[one.name]) for one in self.parameters if not one.secret}


def as_text(value: Value) -> str:
    """A value as a script has it in its environment."""
    return str(value).lower() if isinstance(value, bool) else value


def path_of(full_name: str) -> str:
    """The address of a job or folder below the root."""
    return "".join(f"job/{quote(part, safe='')}/" for part in full_name.split("/"))
