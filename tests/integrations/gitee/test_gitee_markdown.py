"""Comments as Gitee renders them: only our own links lead anywhere, and no line is a command."""

import pytest
from markdown_it import MarkdownIt

from bot.parsing import parse
from integrations.gitee.markdown import MAX_LENGTH, markdown
from integrations.model import Code, Line, Link, Post, Say, Strong

HERE = "https://gitee.com/acme/web/pulls/1"

RENDERED: list[tuple[str, Line, str]] = [
    ("text", ("merged into main",), "<p>merged into main</p>"),
    ("link", (Link("#1", HERE), " is open"), f'<p><a href="{HERE}">#1</a> is open</p>'),
    ("click", (Say("/merge 1", "/merge 1"),), "<p><code>/merge 1</code></p>"),
    ("labelled click", (Say("test", "/test 1 web"),), "<p>test: <code>/test 1 web</code></p>"),
    ("strong", (Strong("web"),), "<p><strong>web</strong></p>"),
    ("code", (Code("a`b*c"),), "<p><code>a'b*c</code></p>"),
    ("empty code", ("log: ", Code(" ")), "<p>log:</p>"),
    ("emphasis", ("2 * 3 * 4 _x_",), "<p>2 * 3 * 4 _x_</p>"),
    ("strong emphasis", ("__x__ a_b",), "<p>__x__ a_b</p>"),
    ("somebody's link", ("[here](https://evil.example)",), "<p>[here](https://evil.example)</p>"),
    ("somebody's picture", ("![x](https://evil.example)",), "<p>![x](https://evil.example)</p>"),
    ("a tag", ("<b>x</b>",), "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
    ("a heading", ("# big",), "<p># big</p>"),
    ("a list", ("- one",), "<p>- one</p>"),
    ("a number", ("1. one",), "<p>1. one</p>"),
    ("a quote", ("> one",), "<p>&gt; one</p>"),
    ("a fence", ("```",), "<p>```</p>"),
    ("lines", ("one\n# two",), "<p>one # two</p>"),
]


@pytest.mark.parametrize(("case", "line", "html"), RENDERED, ids=[row[0] for row in RENDERED])
def test_rendered(case: str, line: Line, html: str) -> None:
    assert MarkdownIt().render(markdown(Post("", (line,)), cut="(cut)")).strip() == html


COMMANDS: list[Line] = [("/merge 1",), ("  /merge 1",), (Say("/merge 1", "/merge 1"),)]


@pytest.mark.parametrize("line", COMMANDS)
def test_no_line_is_a_command_to_any_robot(line: Line) -> None:
    assert parse(markdown(Post("", (line,)), cut="(cut)")).commands == ()


def test_nobody_is_mentioned() -> None:
    text = markdown(Post("", (("by @lin",), (Code("@lin"),)), ("lin",)), cut="(cut)")
    assert "@lin" not in text and "@\u200blin" in text


def test_a_long_one_is_cut_and_links_on() -> None:
    lines: list[Line] = [(f"line {number} " + "x" * 90,) for number in range(100)]
    text = markdown(Post("", (*lines, (Link("the log", HERE),))), cut="(cut: too long)")
    assert len(text) <= MAX_LENGTH and text.endswith(f"(cut: too long) [the log]({HERE})")
    assert text.startswith("line 0 ")


def test_one_that_just_fits_is_whole() -> None:
    assert markdown(Post("", (("x" * MAX_LENGTH,),)), cut="(cut)") == "x" * MAX_LENGTH
    assert markdown(Post("", (("x" * (MAX_LENGTH + 1),),)), cut="(cut)") == "(cut)"


def test_a_variables_name_stays_as_it_is() -> None:
    assert markdown(Post("", (("add it to GITEE_USERS",),)), cut="(cut)") == "add it to GITEE_USERS"
