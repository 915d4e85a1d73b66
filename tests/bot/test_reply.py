"""Lines of text, links and next commands."""

import pytest

from bot.language import speaking
from bot.reply import Code, Line, Link, Reply, Say, Strong, UserError, counted, join, line, plain

PAGE = Link("#1", "https://gitee.com/acme/web/pulls/1")


@pytest.mark.parametrize(
    ("filled", "spans"),
    [
        (line("draft"), ("draft",)),
        (line("{a}", a="x"), ("x",)),
        (line("{a}", a=""), ()),
        (line("{a} and {b}", a="x", b=7), ("x", " and ", "7")),
        (line("see {pr}.", pr=PAGE), ("see ", PAGE, ".")),
        (line("see {what}", what=("a ", Code("b"))), ("see ", "a ", Code("b"))),
        (line("{a}", a="{b} {0} {}"), ("{b} {0} {}",)),
        (line("{{braces}} {a}", a="x"), ("{", "braces}", " ", "x")),
        (counted("needs {n} test", "needs {n} tests", n=1), ("needs ", "1", " test")),
        (counted("needs {n} test", "needs {n} tests", n=2), ("needs ", "2", " tests")),
        (counted("needs {n} test", "needs {n} tests", n=0), ("needs ", "0", " tests")),
        (join(["a", ("b", Code("c"))]), ("a", " · ", "b", Code("c"))),
        (join(["a", "b"], ", "), ("a", ", ", "b")),
        (join([]), ()),
    ],
)
def test_lines(filled: Line, spans: Line) -> None:
    assert filled == spans


def test_a_place_without_a_value_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="name"):
        line("hello {name}")


def test_a_template_is_translated_and_a_value_is_not() -> None:
    with speaking("zh"):
        assert plain(line("checks failed: {names}", names="draft")) == "检查未通过：draft"
        assert plain(counted("needs {n} test", "needs {n} tests", n=1)) == "还差 1 人测试"


def test_plain_text_has_no_addresses() -> None:
    spans: Line = ("a ", PAGE, Say("merge", "/merge 1"), Strong("!"), Code("x"))
    assert plain(spans) == "a #1merge!x"


def test_the_first_line_is_the_title() -> None:
    reply = Reply.of(("see ", PAGE), ("more",))
    assert (reply.title, reply.lines) == ("see #1", (("see ", PAGE), ("more",)))


@pytest.mark.parametrize("mentions", [(), ("lead",)])
def test_a_post_has_a_short_title(mentions: tuple[str, ...]) -> None:
    post = Reply.of(("x" * 100,)).post(mentions=mentions)
    assert (post.title, post.lines, post.mentions) == ("x" * 60, (("x" * 100,),), mentions)


def test_a_refusal_keeps_its_lines() -> None:
    refusal = UserError(("no ", PAGE), ("because",))
    assert str(refusal) == "no #1"
    assert refusal.lines == (("no ", PAGE), ("because",))
