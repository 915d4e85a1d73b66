"""Lines as the text of a card or of a comment on Trello."""

import re
from collections.abc import Sequence

from integrations.markdown import markdown
from integrations.model import Code, Line, Link, Say, Span, Strong

MAX_LENGTH = 16_384  # of a description as of a comment
MAX_NAME = 512  # Trello takes more; on a board nobody reads it
MORE = "…"

# What becomes a link without any markup: github.github.com/gfm/#autolinks-extension-
_ADDRESS = re.compile(r"(:)(//)|(www)(\.)|(mailto)(:)", re.IGNORECASE)


def comment(lines: Sequence[Line], *, cut: str) -> str:
    """A comment; `cut` tells what was left out."""
    return _written(lines, cut=cut, limit=MAX_LENGTH)


def description(lines: Sequence[Line], *, marker: str, cut: str) -> str:
    """A card's text, which ends in `marker` on a line of its own, never cut and never escaped."""
    text = _written(lines, cut=cut, limit=MAX_LENGTH - len(marker) - 2)
    return f"{text}\n\n{marker}" if text else marker


def name(title: str) -> str:
    """A card's name: one line, which Trello shows as text."""
    line = " ".join(title.split())
    return line if len(line) <= MAX_NAME else line[: MAX_NAME - len(MORE)] + MORE


def _written(lines: Sequence[Line], *, cut: str, limit: int) -> str:
    return markdown([tuple(_unlinked(span) for span in line) for line in lines], cut=cut, limit=limit)


def _unlinked(span: Span) -> Span:
    """The same without an address that Trello would make a link of; a Link of ours stays one."""
    match span:
        case Link(label, url):
            return Link(_broken(label), url)
        case Say(label, command):
            return span if label == command else Say(_broken(label), command)
        case Strong(text):
            return Strong(_broken(text))
        case Code():
            return span
    return _broken(span)


def _broken(text: str) -> str:
    return _ADDRESS.sub(lambda found: "\u200b".join(filter(None, found.groups())), text)
