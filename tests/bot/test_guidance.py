"""Answers to what is no command: always something, never an action."""

import pytest

from bot.guidance import guide, no_such_command, show_fault, too_many, unsupported
from bot.language import speaking
from bot.parsing import Fault, parse
from bot.reply import Reply
from tests.bot.asking import asked, clicks, texts

HELP_TITLE = "Sampan can do this for you"


def guided(text: str, *, by: str = "lead") -> Reply:
    return guide(asked(by=by), parse(text).other)


def fault(text: str) -> Fault:
    (found,) = parse(text).commands
    assert isinstance(found, Fault)
    return found


def unknown(text: str, *, by: str = "lead") -> tuple[list[str], list[str]]:
    told = no_such_command(asked(text, by=by))
    return texts(told), clicks(told)


@pytest.mark.parametrize(
    "text", ["", "@Sampan", "help", "HELP", "帮助", "@Sampan 帮助", "？", "谢谢\nhelp", "> quoted"]
)
def test_help_without_a_slash(text: str) -> None:
    assert guided(text).title == HELP_TITLE


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("merge 233", "/merge 233"),
        ("Merge 233 web", "/merge 233 web"),
        ("合并 233", "/merge 233"),
        ("marge 233", "/merge 233"),
        ("jenkins test hello", "/jenkins test hello"),
        ("jenkins build hello", "/build hello"),
        ("prs", "/pr"),
        ("thanks!\nmerge 1", "/merge 1"),
        pytest.param(
            "jenkins deploi hello",
            "/jenkins deploy hello",
        ),
    ],
)
def test_a_forgotten_slash(text: str, suggestion: str) -> None:
    reply = guided(text)
    assert texts(reply) == [f"Did you mean {suggestion}?"]
    assert clicks(reply) == [suggestion]


@pytest.mark.parametrize("text", ["你好", "xyzzy plugh", "see /merge 1"])
def test_other_words(text: str) -> None:
    assert texts(guided(text)) == ["Commands begin with a slash, such as /help."]
    with speaking("zh"):
        assert texts(guided(text)) == ["命令以斜杠开头，例如 /help。"]


@pytest.mark.parametrize(
    ("text", "lines", "offered"),
    [
        (
            "/mrege 233 web",
            ["There is no command /mrege.", "Did you mean /merge 233 web?", "All commands: /help"],
            ["/merge 233 web", "/help"],
        ),
        ("/xyzzy 1", ["There is no command /xyzzy.", "All commands: /help"], ["/help"]),
        pytest.param(
            "/jenkins deploi hello",
            [
                "There is no command /jenkins deploi.",
                "Did you mean /jenkins deploy hello?",
                "All commands: /help",
            ],
            ["/jenkins deploy hello", "/help"],
        ),
        pytest.param(
            "/合并233",
            ["There is no command /合并233.", "Did you mean /合并 233?", "All commands: /help"],
            ["/合并 233", "/help"],
        ),
    ],
)
def test_an_unknown_command(text: str, lines: list[str], offered: list[str]) -> None:
    assert unknown(text) == (lines, offered)


@pytest.mark.parametrize(
    ("by", "may"), [("lead", True), ("boss", True), ("dev", False), ("stranger", False), ("", False)]
)
def test_a_suggestion_is_a_click_only_for_who_may_run_it(by: str, may: bool) -> None:
    suggested = ["/merge 233"] if may else []
    assert clicks(guided("merge 233", by=by)) == suggested
    lines, offered = unknown("/mrege 233", by=by)
    assert lines[1] == "Did you mean /merge 233?"
    assert offered == [*suggested, "/help"]


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            '/merge "233 web',
            ["This quote is never closed, so I did nothing:", '/merge  👉 "233 web'],
            ["这个引号没有配对，所以什么也没有做：", '/merge  👉 "233 web'],
        ),
        (
            "/deploy hello MESSAGE=a,NOTE=‘it is a very long story",
            ["This quote is never closed, so I did nothing:", "ello MESSAGE=a,NOTE= 👉 'it is a very long s"],
            ["这个引号没有配对，所以什么也没有做：", "ello MESSAGE=a,NOTE= 👉 'it is a very long s"],
        ),
        (
            "/",
            ["A command's name is missing after the slash.", "All commands: /help"],
            ["斜杠后面缺少命令名。", "全部命令：/help"],
        ),
    ],
)
def test_a_line_that_cannot_be_read(text: str, english: list[str], chinese: list[str]) -> None:
    for language, lines in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert texts(show_fault(fault(text))) == lines


def test_more_commands_than_a_message_may_hold() -> None:
    commands = parse("\n".join(f"/merge {n}" for n in range(1, 31))).commands
    told = texts(too_many(commands[10:]))
    assert told[0] == "One message holds at most 10 commands; these were not run:"
    assert told[1:] == [f"/merge {n}" for n in range(11, 21)]


def test_a_long_line_that_was_not_run_is_cut() -> None:
    assert len(texts(too_many(parse("/merge " + "x" * 500).commands))[1]) == 80


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["I can only read text.", "Type a command, such as /help."]),
        ("zh", ["我只能读文字消息。", "请输入命令，例如 /help。"]),
    ],
)
def test_pictures_and_the_like(language: str, lines: list[str]) -> None:
    with speaking(language):
        assert texts(unsupported()) == lines
        assert clicks(unsupported()) == ["/help"]
