"""Markdown as code hosts and trackers render it: what others wrote stays text, and nobody is mentioned."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from integrations.model import Code, Line, Link, Say, Strong

LINK_LENGTH = 300

_MARKUP = re.compile(r"([\\`*\[\]<>~|!]|(?<![^\W_])_|_(?![^\W_]))")
# A heading, a list, a quote; and a /command, which other people's robots would obey.
_BLOCK = re.compile(r"(\s*[0-9]*)([#+\-=/.)])")
_SPACES = str.maketrans("\n\r\t", "   ")


def markdown(lines: Sequence[Line], *, cut: str, limit: int) -> str:
    """Lines as a text of at most `limit` characters; `cut` tells what was left out."""
    written = [_line(line) for line in lines]
    text = "\n\n".join(written)
    if len(text) <= limit:
        return text
    kept = _fit(written, limit - len(cut) - LINK_LENGTH - 2)
    ending = " ".join([cut, *_first_link(lines[len(kept) :])])
    return "\n\n".join([*kept, ending])


def _fit(lines: Sequence[str], limit: int) -> list[str]:
    kept, size = [], 0
    for line in lines:
        size += len(line) + 2
        if size > limit:
            break
        kept.append(line)
    return kept


def _first_link(lines: Sequence[Line]) -> list[str]:
    """Where what was left out can be read, if it links anywhere."""
    links = [_span(span) for line in lines for span in line if isinstance(span, Link)]
    return [link for link in links[:1] if len(link) < LINK_LENGTH]


def _line(line: Line) -> str:
    text = "".join(_span(span) for span in line)
    return _BLOCK.sub(r"\1\\\2", text, count=1) if _BLOCK.match(text) else text


def _span(span: str | Link | Say | Strong | Code) -> str:
    match span:
        case Link(label, url):
            return f"[{_plain(label)}]({quote(url, safe='%/:=&?~#+!$,;@')})"
        case Say(label, command):
            # Nothing can be tapped here: people copy it.
            return _code(command) if label == command else f"{_plain(label)}: {_code(command)}"
        case Strong(text):
            return f"**{_plain(text)}**" if text.strip() else ""
        case Code(text):
            return _code(text)
    return _plain(span)


def _code(text: str) -> str:
    """Text to be read letter by letter; backticks inside would end it."""
    plain = _unaddressed(text).replace("`", "'").strip()
    return f"`{plain}`" if plain else ""


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", _unaddressed(text))


def _unaddressed(text: str) -> str:
    """One line in which no @ means anybody."""
    return text.translate(_SPACES).replace("@", "@\u200b")
