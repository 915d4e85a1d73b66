"""Markdown: ours is rendered, and what others wrote stays text. A CommonMark parser is the judge."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from integrations.dingtalk.markdown import MAX_BYTES, markdown
from integrations.model import Code, Line, Link, Post, Say, Span, Strong

MARKUP = {"link_open", "image", "heading_open", "html_inline", "html_block", "code_block", "fence"}


def text_of(*lines: Line, mentions: tuple[str, ...] = (), limit: int = MAX_BYTES) -> str:
    return markdown(Post("title", lines, mentions), cut="(cut)", limit=limit)


def markup(text: str) -> list[Token]:
    """Every token in which a reader would see more than text."""
    found = []
    for block in MarkdownIt().parse(text):
        found += [token for token in (block, *(block.children or ())) if token.type in MARKUP]
    return found


def targets(text: str) -> list[str]:
    return [str(token.attrs["href"]) for token in markup(text) if token.type == "link_open"]


class TestOurs:
    @pytest.mark.parametrize(
        ("span", "text"),
        [
            ("hello", "hello"),
            (Strong("#233"), "**#233**"),
            (Code("3f2a9c1"), "3f2a9c1"),
            (
                Link("#233", "https://gitee.com/acme/web/pulls/233"),
                "[#233](https://gitee.com/acme/web/pulls/233)",
            ),
            (Link("日志", "https://ci/job/a%20b/"), "[日志](https://ci/job/a%20b/)"),
            (Link("a", "https://ci/?q=(1) 2\n3"), "[a](https://ci/?q=%281%29%202%0A3)"),
            (
                Say("合并", "/merge 233 web"),
                "[合并](dtmd://dingtalkclient/sendMessage?content=%2Fmerge%20233%20web)",
            ),
            (
                Say("x", "/deploy 测试&b=1)"),
                "[x](dtmd://dingtalkclient/sendMessage?content=%2Fdeploy%20%E6%B5%8B%E8%AF%95%26b%3D1%29)",
            ),
        ],
    )
    def test_spans(self, span: Span, text: str) -> None:
        assert text_of((span,)) == text

    def test_lines_have_an_empty_one_between(self) -> None:
        assert text_of(("a", "b"), (), ("c",)) == "ab\n\n\n\nc"

    def test_mentions_stand_in_the_text(self) -> None:
        assert text_of(("done",), mentions=("user1", "user2")) == "done\n\n@user1 @user2"

    def test_a_mention_is_text_too(self) -> None:
        assert not markup(text_of(("done",), mentions=("<b>", "$:LWCP_v1:$[x](http://evil.example)")))

    @pytest.mark.parametrize(
        "label", ["]", "[x](http://evil.example)", "a](http://evil.example) [b", "<a>", "`a`"]
    )
    def test_a_label_cannot_leave_its_link(self, label: str) -> None:
        assert targets(text_of((Link(label, "https://ours.example"),))) == ["https://ours.example"]

    @pytest.mark.parametrize(
        "line", [(Link("C:\\", "https://ours.example"),), ("done!", Link("log", "https://ours.example"))]
    )
    def test_a_link_survives_what_stands_beside_it(self, line: Line) -> None:
        assert targets(text_of(line)) == ["https://ours.example"]


FOREIGN = [
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "[[a](http://evil.example)](http://evil.example)",
    "[a] (b) [c](<http://evil.example>)",
    "\\[a](http://evil.example)",
    "[a\\](http://evil.example)",
    "<http://evil.example>",
    "<a href='http://evil.example'>x</a>",
    "<font color=red>x</font>",
    "<!-- x -->",
    "# Big",
    " # Big",
    "a\n# Big",
    "a\r\n# Big",
    "a\n===",
    "`x`",
    "```\nx\n```",
    "> quoted",
    "&lt;b&gt;",
    "&#91;a&#93;(http://evil.example)",
]


class TestForeign:
    @pytest.mark.parametrize("text", FOREIGN)
    @pytest.mark.parametrize("span", [str, Strong, Code])
    def test_text_stays_text(self, text: str, span: type) -> None:
        assert not markup(text_of((span(text),)))
        assert not markup(text_of(("said: ", span(text))))

    @pytest.mark.parametrize("text", ["1. one", "- one", "+ one", "* one", "= one"])
    def test_it_starts_no_list(self, text: str) -> None:
        kinds = {token.type for token in MarkdownIt().parse(text_of((text,)))}
        assert kinds == {"paragraph_open", "inline", "paragraph_close"}

    @pytest.mark.parametrize("text", ["## Big", "###### Big", "##"])
    def test_nor_a_smaller_heading(self, text: str) -> None:
        assert not markup(text_of((text,)))

    @pytest.mark.parametrize(
        "lines",
        [
            (("[click]", "(http://evil.example)"),),
            (("[click]", Code("(http://evil.example)")),),
            (("[click][1]",), ("[1]: http://evil.example",)),
            (("[click]",), ("[click]: http://evil.example",)),
        ],
        ids=["two spans", "text and code", "a reference", "a short reference"],
    )
    def test_nor_a_link_in_two_pieces(self, lines: tuple[Line, ...]) -> None:
        assert not markup(text_of(*lines))

    @settings(deadline=None, max_examples=100)
    @given(
        st.lists(st.sampled_from([*"[]()<>!#`\\*_ -.1:xy\n", "http://e.example"]), max_size=25).map("".join)
    )
    def test_whatever_was_typed_is_no_link_and_no_tag(self, text: str) -> None:
        found = {token.type for token in markup(text_of(("said: ", text)))}
        assert not found


class TestLength:
    @pytest.mark.parametrize("letter", ["a", "é", "中", "🚢"])
    @pytest.mark.parametrize("count", [0, 1, 50, 99, 100, 101, 400])
    def test_counts_bytes_of_utf_8(self, letter: str, count: int) -> None:
        text = text_of(*[(letter * 5,)] * count, mentions=("user1",), limit=1000)
        assert len(text.encode()) <= 1000
        assert text.endswith("@user1")

    def test_what_is_cut_says_so_and_keeps_whole_lines(self) -> None:
        lines = [(f"line {number}",) for number in range(100)]
        kept = text_of(*lines, mentions=("user1",), limit=600).split("\n\n")
        assert kept[-2:] == ["(cut)", "@user1"]
        assert kept[:-2] == [f"line {number}" for number in range(len(kept) - 2)]
        assert len(kept) > 5

    def test_a_line_that_is_too_long_is_left_out(self) -> None:
        assert text_of(("short",), ("x" * 200,), ("never",), limit=600) == "short\n\n(cut)"

    @pytest.mark.parametrize(
        ("left_out", "told"),
        [
            ([(Link("#2", "https://x/2"),), (Link("#3", "https://x/3"),)], "(cut) [#2](https://x/2)"),
            ([(Say("merge", "/merge 2"),), ("see ", Link("#3", "https://x/3"))], "(cut) [#3](https://x/3)"),
            ([(Link("#2", "https://x/" + "2" * 500),)], "(cut)"),
            ([("nothing to open",)], "(cut)"),
        ],
    )
    def test_what_is_cut_ends_with_the_first_link_that_was_left_out(
        self, left_out: list[Line], told: str
    ) -> None:
        text = text_of((Link("#1", "https://x/1"),), ("x" * 200,), *left_out, limit=600)
        assert text == f"[#1](https://x/1)\n\n{told}"
        assert len(text.encode()) <= 600

    def test_what_fits_is_whole(self) -> None:
        assert text_of(("中" * 5000,), ("end",)).endswith("end")
