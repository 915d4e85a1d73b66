"""How a command is declared; help, usage, aliases and did-you-mean all come from the declaration."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Any

from bot.rights import Role

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.reply import Line, Reply

Convert = Callable[["Ask", str], Any]


@unique
class Group(StrEnum):
    """The order in which help lists commands."""

    PULLS = "pull requests"
    BUILDS = "builds and deploys"
    INCIDENTS = "incidents"
    CONTROL = "control"
    ABOUT = "about"


@dataclass(frozen=True)
class Argument:
    """A positional argument; one that `skips` leaves a word that does not suit it to the next."""

    name: str
    convert: Convert
    required: bool = True
    skips: bool = False
    rest: bool = False  # takes all the words that are left, as one text
    default: "Callable[[Ask], Any] | None" = None
    shown: str = ""  # its name for people, where that is not a word

    @property
    def usage(self) -> str:
        name = self.shown or self.name
        return f"<{name}>" if self.required else f"[{name}]"


@dataclass(frozen=True)
class Option:
    """`--name`, or with a `convert` `--name value`; at most one of those that share an `exclusive` word."""

    name: str
    convert: Convert | None = None
    exclusive: str = ""
    value: str = "n"

    @property
    def usage(self) -> str:
        return f"--{self.name}" if self.convert is None else f"--{self.name} {self.value}"


DRY_RUN = Option("dry-run")


@dataclass(frozen=True)
class Spec:
    """One declared command."""

    name: str
    run: Callable[..., "Reply"] = field(repr=False)
    summary: str
    group: Group
    role: Role
    aliases: tuple[str, ...]
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]
    pairs: bool
    examples: tuple[str, ...]
    own: bool = False  # changes nothing but Sampan's own records
    reads: bool = False  # changes nothing, and is not for everybody all the same
    always: bool = False  # may be used while everything is stopped
    look: "Callable[..., Sequence[Line]] | None" = field(
        default=None, repr=False
    )  # what came of it, if cut short

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.role > Role.READER and not self.reads

    @property
    def usage(self) -> str:
        own = [one for one in self.options if one is not DRY_RUN]  # every command that writes has that one
        parts = [f"/{self.name}", *(one.usage for one in self.arguments), *_option_usages(own)]
        return " ".join([*parts, "[key=value ...]"] if self.pairs else parts)


def _option_usages(options: Iterable[Option]) -> list[str]:
    grouped: dict[str, list[str]] = {}
    for option in options:
        grouped.setdefault(option.exclusive or option.name, []).append(option.usage)
    return [f"[{'|'.join(usages)}]" for usages in grouped.values()]


class Registry:
    """The commands there are, under all their names."""

    def __init__(self) -> None:
        self.specs: dict[str, Spec] = {}
        self._names: dict[str, Spec] = {}

    def command(
        self,
        name: str,
        *,
        summary: str,
        group: Group,
        role: Role = Role.READER,
        aliases: tuple[str, ...] = (),
        arguments: tuple[Argument, ...] = (),
        options: tuple[Option, ...] = (),
        pairs: bool = False,
        examples: tuple[str, ...] = (),
        own: bool = False,
        reads: bool = False,
        always: bool = False,
        look: "Callable[..., Sequence[Line]] | None" = None,
    ) -> Callable[[Callable[..., "Reply"]], Callable[..., "Reply"]]:
        """Declare the decorated function as a command; names may be two words, such as `jenkins test`."""

        def declare(run: Callable[..., "Reply"]) -> Callable[..., "Reply"]:
            spec = Spec(
                name=name,
                run=run,
                summary=summary,
                group=group,
                role=role,
                aliases=aliases,
                arguments=arguments,
                options=options if role is Role.READER or reads else (*options, DRY_RUN),
                pairs=pairs,
                examples=examples,
                own=own,
                reads=reads,
                always=always,
                look=look,
            )
            for one in (name, *aliases):
                if one in self._names:
                    raise ValueError(f"two commands are called /{one}")
                self._names[one] = spec
            self.specs[name] = spec
            return run

        return declare

    def find(self, first: str, second: str | None) -> tuple[Spec | None, int]:
        """The command of a line's first words, and how many of the words after the first its name took."""
        if second is not None and (spec := self._names.get(f"{first} {second.lower()}")):
            return spec, 1
        return self._names.get(first), 0

    def named(self, name: str) -> Spec | None:
        """The command of this whole name."""
        return self._names.get(name)

    def nearest(self, words: Sequence[str]) -> list[str]:
        """The words of a line with its name replaced by the likeliest one; empty when none is likely."""
        first, rest = words[0].lower(), list(words[1:])
        longer = [name for name in self._names if name.startswith(f"{first} ")]
        if longer and rest:
            near = difflib.get_close_matches(f"{first} {rest[0].lower()}", longer, n=1, cutoff=0.0)
            return [*near, *rest[1:]]
        glued = re.fullmatch(r"(\D+)(\d+)", first)
        if glued and glued[1] in self._names:
            return [glued[1], glued[2], *rest]
        near = difflib.get_close_matches(first, self._names, n=1, cutoff=0.6)
        return [*near, *rest] if near else []


registry = Registry()
command = registry.command
