"""Text to commands, or to named faults with their position. Pure.

People type this on phones with Chinese input methods: full-width slashes, digits and spaces, smart quotes and
zero-width characters are forgiven.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique

MAX_COMMANDS = 10


@unique
class FaultKind(StrEnum):
    UNMATCHED_QUOTE = "unmatched quote"
    NO_NAME = "no name"


@dataclass(frozen=True)
class Word:
    """One argument and where it begins in its line."""

    text: str
    at: int


@dataclass(frozen=True)
class Command:
    """A line that asks for something: `/name` and its words."""

    line: str
    name: str  # lower case, without the slash
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Fault:
    """A line that meant to be a command, and the position where it went wrong."""

    line: str
    kind: FaultKind
    at: int


@dataclass(frozen=True)
class Parsed:
    """What a message holds: its commands in order, and the other lines."""

    commands: tuple[Command | Fault, ...]
    other: tuple[str, ...]


_INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xFE0F, 0xAD]
)
_FULL_WIDTH = {
    code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
}
_SIGNS = str.maketrans("／＝－＿．＃“”„‟＂‘’‚‛＇", "/=-_.#\"\"\"\"\"'''''")
_SPACES = dict.fromkeys([9, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")

_FENCE = re.compile(r"```[^`]*$|~~~")
_QUOTE = re.compile(r"[>＞]")
_MENTION = re.compile(r"(?:\s*[@＠][^\s/]*)*\s*")


def parse(text: str) -> Parsed:
    """Find the commands of a message; lines in code fences and quotes do not count."""
    commands: list[Command | Fault] = []
    other: list[str] = []
    fenced = False
    for raw in re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text):
        line = normal(raw)
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and not _QUOTE.match(line):
            if line.startswith("/"):
                commands.append(_command(line))
            elif line:
                other.append(line)
    return Parsed(tuple(commands), tuple(other))


def normal(raw: str) -> str:
    """A line without mentions before it, in the characters a keyboard has."""
    line = raw.translate(_INVISIBLE).translate(_SPACES).translate(_FULL_WIDTH).translate(_SIGNS)
    mention = _MENTION.match(line)
    return line[mention.end() if mention else 0 :].strip()


def _command(line: str) -> Command | Fault:
    words = _words(line)
    if isinstance(words, Fault):
        return words
    name = words[0].text[1:]
    if not name:
        if len(words) == 1:
            return Fault(line, FaultKind.NO_NAME, 1)
        # "/ merge 1": input methods put a space after the slash.
        words, name = words[1:], words[1].text
    return Command(line, name.lower(), tuple(words[1:]))


def _words(line: str) -> list[Word] | Fault:
    """Split at spaces; quotes group, at a word's beginning or as in KEY="two words"."""
    words: list[Word] = []
    text, began, quote, opened = "", -1, "", -1
    for at, ch in enumerate(line):
        if quote:
            text, quote = (text, "") if ch == quote else (text + ch, quote)
        elif ch in "\"'" and (began < 0 or text.endswith("=")):
            quote, opened, began = ch, at, at if began < 0 else began
        elif ch != " ":
            text, began = text + ch, at if began < 0 else began
        elif began >= 0:
            words.append(Word(text, began))
            text, began = "", -1
    if quote:
        return Fault(line, FaultKind.UNMATCHED_QUOTE, opened)
    return [*words, Word(text, began)] if began >= 0 else words
