"""The language a room is spoken to in, through one gettext catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"

_current: ContextVar[NullTranslations | None] = ContextVar("translations", default=None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Translate everything inside to `language`; the source texts are English."""
    token = _current.set(_catalogue(language))
    try:
        yield
    finally:
        _current.reset(token)


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    with (LOCALES / language / "LC_MESSAGES" / "sampan.mo").open("rb") as compiled:
        return GNUTranslations(compiled)


def translate(text: str) -> str:
    """The text in the language that is being spoken."""
    catalogue = _current.get()
    return catalogue.gettext(text) if catalogue and text else text


def translate_plural(one: str, many: str, n: int) -> str:
    """The form of a text that goes with the number."""
    catalogue = _current.get() or NullTranslations()
    return catalogue.ngettext(one, many, n)


def mark(text: str) -> str:
    """Mark a text for the catalogue that is translated later."""
    return text
