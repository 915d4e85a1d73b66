"""What every page has around it, and the small things that several show."""

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape

from starlette.responses import HTMLResponse, Response

# Commit messages, variables and traces are anybody's text: should an escape ever be missing, nothing runs.
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
COLORS = {"32;1": "green", "31;1": "red", "36;1": "cyan"}
SECTION = re.compile(r"section_(?:start|end):\d+:[^\r\n]*\r")
ESCAPE = re.compile(r"\x1b\[([\d;]*)([mK])")


def page(
    title: str, body: str, *, trail: Iterable[tuple[str, str]] = (), refresh: bool = False, status: int = 200
) -> Response:
    """A page; with `refresh` it loads itself again after a second."""
    links = " / ".join(
        f"<a href='{escape(url)}'>{escape(text)}</a>" for url, text in [("/", "GitLab"), *trail]
    )
    again = "<meta http-equiv=refresh content=1>" if refresh else ""
    text = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>{again}"
        "<meta name=viewport content='width=device-width'><link rel=stylesheet href=/style.css>"
        f"<nav>{links}</nav><main><h1>{escape(title)}</h1>{body}</main></html>"
    )
    return HTMLResponse(text, status_code=status, headers=SECURITY)


def badge(status: str) -> str:
    """A status in its colour."""
    return f"<span class='badge {escape(status)}'>{escape(status.replace('_', ' '))}</span>"


def listed(rows: Iterable[str], *, empty: str) -> str:
    """Rows, or a word about there being none."""
    items = "".join(f"<li>{row}" for row in rows)
    return f"<ul>{items}</ul>" if items else f"<p class=quiet>{escape(empty)}"


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values."""
    return f"<table>{''.join(f'<tr><th>{escape(name)}<td>{escape(value)}' for name, value in rows)}</table>"


def button(action: str, text: str, **fields: str) -> str:
    """A form of one button."""
    hidden = "".join(
        f"<input type=hidden name='{escape(name)}' value='{escape(value)}'>" for name, value in fields.items()
    )
    return f"<form method=post action='{escape(action)}'>{hidden}<button>{escape(text)}</button></form>"


def when(moment: datetime | None) -> str:
    """A time where this runs, or nothing."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""


def took(seconds: float | None) -> str:
    """How long something ran."""
    return "" if seconds is None else f"{round(seconds, 1):g} s"


def colored(trace: str) -> str:
    """A trace with its colours, and without the marks of its sections."""
    parts = ESCAPE.split(escape(SECTION.sub("", trace)))
    shown = parts[0]
    for code, kind, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        color = COLORS.get(code) if kind == "m" else None
        shown += f"<span class={color}>{text}</span>" if color else text
    return shown
