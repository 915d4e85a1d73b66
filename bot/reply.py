"""What the room will see, whatever the chat: lines of text, links and next commands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter

from bot.language import translate, translate_plural
from integrations.model import Code, Line, Link, Post, Say, Span, Strong

__all__ = [
    "Code",
    "Line",
    "Link",
    "Reply",
    "Say",
    "Span",
    "Strong",
    "UserError",
    "counted",
    "join",
    "line",
    "plain",
]

Value = Span | Line | int


@dataclass(frozen=True)
class Reply:
    """An answer; its `title` is what a phone's lock screen shows."""

    title: str
    lines: tuple[Line, ...] = field(default=())

    @classmethod
    def of(cls, *lines: Line) -> "Reply":
        """A reply whose first line is its title too."""
        return cls(plain(lines[0]), lines)

    def post(self, *, mentions: tuple[str, ...] = ()) -> Post:
        return Post(self.title[:60], self.lines, mentions)


class UserError(Exception):
    """A no that is written for the room."""

    def __init__(self, *lines: Line) -> None:
        super().__init__(plain(lines[0]))
        self.lines = lines


def line(template: str, /, **values: Value) -> Line:
    """Translate a template and put spans in its places; values are never read as templates."""
    return _filled(translate(template), values)


def counted(one: str, many: str, /, *, n: int, **values: Value) -> Line:
    """A line in the form that goes with the number `n`."""
    return _filled(translate_plural(one, many, n), {"n": n, **values})


def _filled(template: str, values: Mapping[str, Value]) -> Line:
    spans: list[Span] = []
    for text, name, _, _ in Formatter().parse(template):
        spans.append(text)
        if name is not None:
            spans.extend(_spans(values[name]))
    return tuple(span for span in spans if span != "")


def _spans(value: Value) -> Line:
    if isinstance(value, tuple):
        return value
    return (str(value) if isinstance(value, int) else value,)


def join(parts: Iterable[Span | Line], separator: str = " · ") -> Line:
    """The parts on one line with the separator between them."""
    spans: list[Span] = []
    for part in parts:
        if spans:
            spans.append(separator)
        spans.extend(_spans(part))
    return tuple(spans)


def plain(text: Line) -> str:
    """A line without its links, for a title or a log."""
    return "".join(_text(span) for span in text)


def _text(span: Span) -> str:
    match span:
        case Link(label, _) | Say(label, _):
            return label
        case Strong(text) | Code(text):
            return text
        case _:
            return span
