"""Markdown as DingTalk renders it: no tables, no code blocks, a blank line between lines.

Vendor's page: help.dingtalk.io/open/development/robot-message-type.
"""

import re
from urllib.parse import quote

from integrations.model import Code, Line, Link, Post, Say, Span, Strong

MAX_BYTES = 18_000  # the platform refuses 20,000 (460101); the rest is room for the envelope

_MARKUP = str.maketrans({"<": "＜", ">": "＞", "*": "＊", "`": "'", "\n": " ", "\r": " ", "\t": " "})
_BRACKETS = str.maketrans({"[": "［", "]": "］"})
_BLOCK = re.compile(r"(\s*)([#+\-=]|\d+\.)(?=\s)")


def markdown(post: Post, *, cut: str, limit: int = MAX_BYTES) -> str:
    """The post's lines and mentions as markdown of at most `limit` bytes; `cut` tells what was left out."""
    tail = " ".join(f"@{_plain(who)}" for who in post.mentions)  # an @ works only if the text has the id too
    lines = [_line(line) for line in post.lines]
    kept = _fit(lines, limit - len(tail.encode()) - len(cut.encode()) - 4)
    if len(kept) < len(lines):
        kept.append(cut)
    return "\n\n".join([*kept, *([tail] if tail else [])])


def _fit(lines: list[str], limit: int) -> list[str]:
    kept, size = [], 0
    for line in lines:
        size += len(line.encode()) + 2
        if size > limit:
            break
        kept.append(line)
    return kept


def _line(line: Line) -> str:
    text = "".join(_span(span) for span in line)
    # A zero-width space keeps what somebody wrote from becoming a heading or a list.
    return _BLOCK.sub("\\1\\2\u200b", text, count=1) if _BLOCK.match(text) else text


def _span(span: Span) -> str:
    match span:
        case Link(label, url):
            return f"[{_label(label)}]({quote(url, safe='%/:=&?~#+!$,;@')})"
        case Say(label, command):
            return f"[{_label(label)}](dtmd://dingtalkclient/sendMessage?content={quote(command, safe='')})"
        case Strong(text):
            return f"**{_plain(text)}**"
        case Code(text):
            return _plain(text)
        case _:
            return _plain(span)


def _plain(text: str) -> str:
    """Text that stays text: no tag, no emphasis, and no link, which needs its two brackets side by side."""
    return text.translate(_MARKUP).replace("](", "］(")


def _label(text: str) -> str:
    return text.translate(_MARKUP).translate(_BRACKETS)
