"""Markdown as DingTalk renders it: no tables, no code blocks, a blank line between lines.

Vendor's page: help.dingtalk.io/open/development/robot-message-type.
"""

import json
import re
from collections.abc import Sequence
from urllib.parse import quote

from integrations.model import Code, Line, Link, Post, Say, Strong

MAX_BYTES = 18_000  # the platform refuses 20,000 (460101); the rest is room for the envelope

LINK_BYTES = 500

_MARKUP = str.maketrans({"<": "＜", ">": "＞", "*": "＊", "`": "'", "\n": " ", "\r": " ", "\t": " "})
_LABEL = str.maketrans({"[": "［", "]": "］", "\\": "＼"})
_BLOCK = re.compile(r"(\s*)(#+|[+\-=_]+|\d+[.)])(?=\s|$)")
_LINKING = re.compile(r"\](?=[(\[:])")
_NOTHING = "\u200b"  # takes no room, and keeps two signs apart


def markdown(post: Post, *, cut: str, limit: int = MAX_BYTES) -> str:
    """The post's lines and mentions as markdown of at most `limit` bytes; `cut` tells what was left out."""
    tail = " ".join(f"@{_unlinked(_plain(who))}" for who in post.mentions)  # an @ needs its id in the text
    lines = [_line(line) for line in post.lines]
    kept = _fit(lines, limit - _size(tail) - _size(cut) - LINK_BYTES)
    if len(kept) < len(lines):
        kept.append(" ".join([cut, *_first_link(post.lines[len(kept) :])]))
    return "\n\n".join([*kept, *([tail] if tail else [])])


def _first_link(lines: Sequence[Line]) -> list[str]:
    """Where what was left out can be read, if it links anywhere."""
    links = [_link(span) for line in lines for span in line if isinstance(span, Link)]
    return [link for link in links[:1] if _size(link) < LINK_BYTES]


def _fit(lines: list[str], limit: int) -> list[str]:
    kept, size = [], 0
    for line in lines:
        size += _size(line)
        if size > limit:
            break
        kept.append(line)
    return kept


def _size(text: str) -> int:
    """The bytes on the wire, where JSON escapes quotes and line breaks."""
    return len(json.dumps(text + "\n\n", ensure_ascii=False).encode()) - 2


def _line(line: Line) -> str:
    """A line in which only our own links are links, however its spans meet."""
    text, tail = "", ""
    for span in line:
        if isinstance(span, Link | Say):
            text += _unlinked(tail) + _link(span)
            tail = ""
        else:
            tail += _text(span)
    text += _unlinked(tail)
    # Keeps what somebody wrote from becoming a heading or a list.
    return _BLOCK.sub(rf"\1\2{_NOTHING}", text, count=1) if _BLOCK.match(text) else text


def _unlinked(text: str) -> str:
    """A link needs brackets side by side, and an image a mark before them."""
    return _LINKING.sub("］", text) + (_NOTHING if text.endswith(("!", "\\")) else "")


def _link(span: Link | Say) -> str:
    label = _plain(span.label).translate(_LABEL)
    if isinstance(span, Link):
        return f"[{label}]({quote(span.url, safe='%/:=&?~#+!$,;@')})"
    return f"[{label}](dtmd://dingtalkclient/sendMessage?content={quote(span.command, safe='')})"


def _text(span: str | Strong | Code) -> str:
    match span:
        case Strong(text):
            return f"**{_plain(text)}**"
        case Code(text):
            return _plain(text)
        case _:
            return _plain(span)


def _plain(text: str) -> str:
    """Text without tags and emphasis, on one line."""
    return text.translate(_MARKUP)
