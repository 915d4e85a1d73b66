"""Text to commands: what people type with Chinese input methods on phones is understood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.parsing import Command, Fault, FaultKind, normal, parse


def read(text: str) -> list[list[str]]:
    """The commands of a message, each as its name and its words."""
    return [
        [one.name, *(word.text for word in one.words)]
        for one in parse(text).commands
        if isinstance(one, Command)
    ]


MERGE = ["merge", "233"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("/merge 233", id="plain"),
        pytest.param("  /merge   233  ", id="spaces"),
        pytest.param("/MERGE 233", id="capitals"),
        pytest.param("/ merge 233", id="space after the slash"),
        pytest.param("@Sampan /merge 233", id="a mention before"),
        pytest.param("@Sampan/merge 233", id="a mention without a space"),
        pytest.param("@小舢板 @Lin  /merge 233", id="two mentions"),
        pytest.param("＠Sampan　／ｍｅｒｇｅ　２３３", id="all full-width"),
        pytest.param("\u200b/mer\u200dge\ufeff 233\u2060", id="zero-width"),
        pytest.param("/merge\u00a0233", id="no-break space"),
        pytest.param("/merge\u2005233", id="the space DingTalk puts after a mention"),
        pytest.param("/merge\t233", id="tab"),
        pytest.param("\u202a/merge 233\u202c", id="direction marks"),
        pytest.param('/merge "233"', id="quoted"),
        pytest.param("/merge “233”", id="smart quotes"),
        pytest.param("/merge ‘233’", id="single smart quotes"),
        pytest.param("/merge ＂233＂", id="full-width quotes"),
    ],
)
def test_forgives(text: str) -> None:
    assert read(text) == [MERGE]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("", []),
        ("hello", []),
        ("see /merge 233", []),
        ("1/2", []),
        ("/pr", [["pr"]]),
        ("/合并 233", [["合并", "233"]]),
        ("/merge #233", [["merge", "#233"]]),
        ("/merge ＃233", [["merge", "#233"]]),
        ("/deploy hello KEY＝v", [["deploy", "hello", "KEY=v"]]),
        ("/deploy hello MSG=“two words”", [["deploy", "hello", "MSG=two words"]]),
        ("/deploy hello MSG=“it's”", [["deploy", "hello", "MSG=it's"]]),
        ('/deploy ""', [["deploy", ""]]),
        ('/merge 2"3"3', [["merge", '2"3"3']]),
        ('/"merge" 233', [['"merge"', "233"]]),
        ("/deploy hello don't it’s", [["deploy", "hello", "don't", "it's"]]),
        ("/deploy hello 5\" 'a b' A='c d'", [["deploy", "hello", '5"', "a b", "A=c d"]]),
        ("/deploy hello A=B='c d'", [["deploy", "hello", "A=B=c d"]]),
        ("/merge 1 －－squash", [["merge", "1", "--squash"]]),
        ("/merge 1 @Lin", [["merge", "1", "@Lin"]]),
        ("/mergefoo", [["mergefoo"]]),
        ("//merge", [["/merge"]]),
        ("/pr\n/merge 233", [["pr"], MERGE]),
        ("/pr\r\n/merge 233", [["pr"], MERGE]),
        ("/pr\u2028/merge 233", [["pr"], MERGE]),
        ("please\n/merge 233\nthanks", [MERGE]),
    ],
)
def test_commands(text: str, commands: list[list[str]]) -> None:
    assert read(text) == commands


@pytest.mark.parametrize(
    "text",
    [
        "> /merge 1",
        "  > /merge 1",
        "＞ /merge 1",
        "```\n/merge 1\n```",
        "```sh\n/merge 1\n/merge 2\n```",
        "~~~\n/merge 1\n~~~",
        "```\n/merge 1",
        "@Sampan > /merge 1",
        pytest.param(
            "@Sampan ```\n/merge 1\n```",
        ),
        pytest.param(
            "\u200b```\n/merge 1\n```",
        ),
    ],
)
def test_code_and_quotes_do_not_count(text: str) -> None:
    assert read(text) == []


def test_what_follows_a_fence_counts() -> None:
    assert read("```\n/merge 1\n```\n/merge 233") == [MERGE]


def test_code_on_one_line_opens_no_fence() -> None:
    # https://spec.commonmark.org/0.31.2/#fenced-code-blocks: an info string has no backticks in it.
    assert read("```make```\n/merge 233") == [MERGE]


@pytest.mark.parametrize(
    ("text", "kind", "at"),
    [
        ('/merge "233', FaultKind.UNMATCHED_QUOTE, 7),
        ("/merge ‘233”", FaultKind.UNMATCHED_QUOTE, 7),
        ("/deploy hello MSG=“two", FaultKind.UNMATCHED_QUOTE, 18),
        ('@Sampan /merge "a" "b', FaultKind.UNMATCHED_QUOTE, 11),
        ("/", FaultKind.NO_NAME, 1),
        ("／", FaultKind.NO_NAME, 1),
        ("@Sampan / ", FaultKind.NO_NAME, 1),
    ],
)
def test_faults_have_a_position_in_their_line(text: str, kind: FaultKind, at: int) -> None:
    (fault,) = parse(text).commands
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.at) == (kind, at)


def test_a_fault_does_not_hide_the_next_line() -> None:
    fault, command = parse('/merge "1\n/merge 233').commands
    assert isinstance(fault, Fault)
    assert isinstance(command, Command)


def test_words_know_where_they_begin() -> None:
    (command,) = parse("@Sampan /merge  233 “two words”").commands
    assert isinstance(command, Command)
    assert command.line == '/merge  233 "two words"'
    assert [word.at for word in command.words] == [8, 12]


def test_eleven_commands_are_all_found() -> None:
    assert len(parse("\n".join(f"/merge {n}" for n in range(1, 12))).commands) == 11


def test_other_lines_are_kept() -> None:
    assert parse("@Sampan merge 233\n\n> quoted\n/pr\n谢谢").other == ("merge 233", "谢谢")


# What people type, and what nobody would.
ODD = st.sampled_from(
    [*"/／@＠ \u3000\u200b\ufeff\"'“”‘’`~>＞\n\r\t#!＝=-—–２\u2028", "```", "/merge", "\\", "--page"]
)
TYPED = st.lists(ODD | st.text(max_size=3), max_size=25).map("".join)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(TYPED)
def test_any_text_is_read(text: str) -> None:
    found = parse(text)
    for one in found.commands:
        assert one.line.startswith("/")
        if isinstance(one, Fault):
            assert 0 < one.at <= len(one.line)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(TYPED)
def test_normal_is_final(text: str) -> None:
    line = normal(text)
    assert normal(line) == line


@settings(derandomize=True, max_examples=300, deadline=None)
@given(TYPED)
def test_reading_a_command_again_changes_nothing(text: str) -> None:
    for command in parse(text).commands:
        assert parse(normal(command.line)).commands == (command,)
