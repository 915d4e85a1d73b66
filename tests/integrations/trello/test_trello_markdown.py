"""Texts as Trello renders them: what somebody else wrote stays text, and no address of theirs a link."""

import re

import pytest
from markdown_it import MarkdownIt

from integrations.model import Code, Line, Link, Say, Strong
from integrations.trello.markdown import MAX_LENGTH, MAX_NAME, comment, description, name

HERE = "https://jenkins.example/job/shop-test/12/"
MARKER = "sampan: i7-ab12cd"
ADDRESS = re.compile(r"://|www\.|mailto:", re.IGNORECASE)  # github.github.com/gfm/#autolinks-extension-

RENDERED: list[tuple[str, Line, str]] = [
    ("text", ("shop-test 失败",), "<p>shop-test 失败</p>"),
    ("link", (Link("#12", HERE), " failed"), f'<p><a href="{HERE}">#12</a> failed</p>'),
    ("click", (Say("/incidents", "/incidents"),), "<p><code>/incidents</code></p>"),
    ("strong", (Strong("shop"),), "<p><strong>shop</strong></p>"),
    ("code", (Code("a`b*c@d"),), "<p><code>a'b*c@\u200bd</code></p>"),
    ("an address in code", (Code(HERE),), f"<p><code>{HERE}</code></p>"),
    ("emphasis", ("2 * 3 * 4 _x_",), "<p>2 * 3 * 4 _x_</p>"),
    ("somebody's picture", ("![x](x)",), "<p>![x](x)</p>"),
    ("a tag", ("<b>x</b>",), "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
    ("a heading", ("# big",), "<p># big</p>"),
    ("a list", ("- one",), "<p>- one</p>"),
    ("a fence", ("```",), "<p>```</p>"),
    ("lines", ("one\n# two",), "<p>one # two</p>"),
]


@pytest.mark.parametrize(("case", "line", "html"), RENDERED, ids=[row[0] for row in RENDERED])
def test_rendered(case: str, line: Line, html: str) -> None:
    assert MarkdownIt().render(comment([line], cut="(cut)")).strip() == html


@pytest.mark.parametrize(
    "text",
    ["see https://evil.example", "HTTP://x", "www.evil.example", "看WWW.x", "mailto:x@y.z", "[a](https://x)"],
)
@pytest.mark.parametrize("span", [str, Strong, lambda text: Say(text, "/x")])
def test_an_address_of_others_is_no_link(text: str, span: type[str]) -> None:
    shown = comment([(span(text),)], cut="(cut)")
    assert not ADDRESS.search(shown)
    assert MarkdownIt().render(shown).count("<a ") == 0


def test_in_a_label_of_ours_it_leads_where_ours_leads() -> None:
    html = MarkdownIt().render(comment([(Link("https://evil.example", HERE),)], cut="(cut)"))
    assert re.findall('href="(.*?)"', html) == [HERE]


def test_nobody_is_mentioned() -> None:
    text = comment([("by @lin", Strong("@board"), Code("@card"))], cut="(cut)")
    assert not re.search(r"@\w", text)


class TestDescription:
    def test_ends_in_its_marker(self) -> None:
        assert description([("x",)], marker=MARKER, cut="(cut)") == f"x\n\n{MARKER}"

    def test_keeps_it_whole_when_the_rest_is_cut(self) -> None:
        lines: list[Line] = [("*" * 300,)] * 100
        text = description([*lines, (Link("log", HERE),)], marker=MARKER, cut="(too long)")
        assert len(text) <= MAX_LENGTH
        assert text.endswith(f"(too long) [log]({HERE})\n\n{MARKER}")

    def test_that_just_fits_is_whole(self) -> None:
        room = MAX_LENGTH - len(MARKER) - 2
        assert len(description([("x" * room,)], marker=MARKER, cut="(cut)")) == MAX_LENGTH
        assert description([("x" * (room + 1),)], marker=MARKER, cut="(cut)") == f"(cut)\n\n{MARKER}"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("shop-test 失败", "shop-test 失败"),
        ("two\nlines\t here ", "two lines here"),
        ("x" * MAX_NAME, "x" * MAX_NAME),
        ("x" * (MAX_NAME + 1), "x" * (MAX_NAME - 1) + "…"),
    ],
)
def test_a_name_is_one_line_that_fits(title: str, shown: str) -> None:
    assert name(title) == shown
