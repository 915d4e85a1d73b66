"""The catalogue: complete, in step with the source, and compiled."""

import ast
import io
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import bot
from bot.language import LOCALES, mark, speaking, translate, translate_plural
from bot.registry import registry
from tests.bot import asking as _loaded  # noqa: F401  so that every command is declared

SOURCE = Path(bot.__file__).parent
KEYWORDS: dict[str, Any] = {"line": None, "mark": None, "counted": (1, 2)}  # as in the Makefile
CHINESE = LOCALES / "zh" / "LC_MESSAGES"


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def messages(found: Catalog) -> dict[tuple[str, ...], Message]:
    return {forms(message.id): message for message in found if message.id}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


TRANSLATED = messages(catalogue(CHINESE / "sampan.po"))


def test_the_template_is_what_the_source_says_now() -> None:
    extracted = {forms(found[2]) for found in extract_from_dir(SOURCE, keywords=KEYWORDS)}
    assert messages(catalogue(LOCALES / "sampan.pot")).keys() == extracted


def test_the_translation_has_every_message_and_no_other() -> None:
    assert TRANSLATED.keys() == messages(catalogue(LOCALES / "sampan.pot")).keys()


@pytest.mark.parametrize("message", TRANSLATED.values(), ids=lambda message: forms(message.id)[0])
def test_a_message_is_translated_with_the_same_places(message: Message) -> None:
    assert not message.fuzzy
    for told in forms(message.string):
        assert told.strip()
        assert places(told) == places(forms(message.id)[-1])


def test_the_compiled_catalogue_is_the_translation() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(CHINESE / "sampan.po"))
    assert (CHINESE / "sampan.mo").read_bytes() == compiled.getvalue()


def calls() -> Iterator[tuple[str, int, str, ast.expr]]:
    """Every call of the functions that translate: file, line, function, first argument."""
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                yield file.name, node.lineno, node.func.id, node.args[0]


def test_no_text_is_put_together_where_it_is_translated() -> None:
    for file, number, function, text in calls():
        literal = isinstance(text, ast.Constant) and isinstance(text.value, str)
        looked_up = function == "line" and isinstance(text, (ast.Name, ast.Attribute, ast.Subscript))
        assert literal or looked_up, f"{file}:{number}"


def test_every_summary_is_translated() -> None:
    assert {(spec.summary,) for spec in registry.specs.values()} <= TRANSLATED.keys()


@pytest.mark.parametrize(
    ("language", "text", "one", "two"),
    [
        ("en", "draft", "needs {n} test", "needs {n} tests"),
        ("zh", "草稿", "还差 {n} 人测试", "还差 {n} 人测试"),
    ],
)
def test_speaking(language: str, text: str, one: str, two: str) -> None:
    with speaking(language):
        assert translate("draft") == text
        assert translate("unknown to the catalogue") == "unknown to the catalogue"
        assert translate("") == ""  # gettext's header is not an answer
        assert [translate_plural("needs {n} test", "needs {n} tests", n) for n in (1, 2)] == [one, two]


def test_what_is_spoken_ends_with_its_block() -> None:
    with speaking("zh"):
        with speaking("en"):
            assert translate("draft") == "draft"
        assert translate("draft") == "草稿"
    assert translate("draft") == "draft"
    assert translate_plural("one", "many", 2) == "many"
    assert mark("draft") == "draft"
