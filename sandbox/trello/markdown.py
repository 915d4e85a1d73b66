"""As much of Trello's markdown as cards here are written in: links, strong, code, escapes, paragraphs."""

import re
from html import escape

_SPANS = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>(?:\\.|[^*\\])+)\*\*"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<url>https?://[^\s()]+)\)"
    r"|(?P<address>https?://[^\s<>()\u200b]+)"
)


def html(text: str) -> str:
    """The text as paragraphs; whatever is no markup is shown as it is."""
    parts = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{_line(part)}</p>" for part in parts if part)


def _line(text: str) -> str:
    found, end = [], 0
    for span in _SPANS.finditer(text):
        found += [escape(text[end : span.start()]), _span(span)]
        end = span.end()
    return "".join([*found, escape(text[end:])]).replace("\n", "<br>")


def _span(span: re.Match[str]) -> str:
    match span.lastgroup:
        case "code":
            return f"<code>{escape(span['code'])}</code>"
        case "strong":
            return f"<strong>{_line(span['strong'])}</strong>"
        case "url":
            return f'<a href="{escape(span["url"])}">{_line(span["label"])}</a>'
        case "address":
            return f'<a href="{escape(span["address"])}">{escape(span["address"])}</a>'
    return escape(span["escaped"])
