"""What a person sees and does: the board, a card, and its buttons."""

import re
from html import unescape
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.trello.app import create_app
from sandbox.trello.markdown import html
from sandbox.trello.seed import KEY, TOKEN, seed
from sandbox.trello.things import Board, Card
from sandbox.trello.world import World
from tests.browser import PHONE
from tests.sandbox.trello.client import Client
from tests.sandbox.trello.conftest import Stage

EVIL = "<script>alert('1')</script>"


@pytest.fixture
def card(world: World, board: Board) -> Card:
    card = world.add_card(board.lists[0], "shop-test 失败", desc="**shop** `x`\n\nsampan: i7")
    world.comment(card, "先看日志", by=world.members["chen"])
    world.label(card, "支付")
    return card


def shown(api: Client, path: str) -> str:
    answer = api.get(f"{api.site}{path}", timeout=5)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text if answer.ok else f"{answer.status_code}"


def press(api: Client, card: Card, deed: str, **form: str) -> Any:
    return api.post(f"{api.site}/c/{card.short_link}/{deed}", data=form, timeout=5)


class TestPages:
    def test_the_board_shows_its_lists_and_cards(
        self, api: Client, world: World, board: Board, card: Card
    ) -> None:
        world.archive(world.add_card(board.lists[1], "旧卡片"))
        page = shown(api, "/")
        assert re.findall("<h2>(.*?) <small>(.*?)</small>", page) == [
            ("待处理", "1"),
            ("处理中", "0"),
            ("已完成", "0"),
        ]
        assert f'href="/c/{card.short_link}"' in page
        for expected in ("线上问题", "shop-test 失败", "支付", "评论 1"):
            assert expected in page
        assert "旧卡片" not in page

    def test_a_card_shows_its_text_and_its_story(self, api: Client, card: Card) -> None:
        link = api.json(f"/cards/{card.id}")["url"]
        page = shown(api, link.removeprefix(api.site))
        for expected in ("<strong>shop</strong>", "<code>x</code>", "sampan: i7", "先看日志", "陈默", "支付"):
            assert expected in page

    def test_of_several_boards_one_is_chosen(self, api: Client, world: World, board: Board) -> None:
        world.add_board("另一个")
        links = re.findall('href="(/b/[^"]+)"', shown(api, "/"))
        assert [re.findall("<h1>(.*?)</h1>", shown(api, link)) for link in links] == [
            ["线上问题"],
            ["另一个"],
        ]

    @pytest.mark.parametrize("path", ["/b/nothing", "/c/nothing", "/c/nothing/1", "/nothing"])
    def test_what_is_not_there(self, api: Client, path: str) -> None:
        assert api.get(f"{api.site}{path}", timeout=5).status_code == 404

    def test_nothing_people_write_becomes_markup(self, api: Client, world: World, board: Board) -> None:
        card = world.add_card(board.lists[0], EVIL, desc=f"{EVIL} **{EVIL}** [{EVIL}](https://x) `{EVIL}`")
        world.comment(card, EVIL)
        world.label(card, EVIL, color=f'"{EVIL}')
        for path in ("/", f"/c/{card.short_link}"):
            page = shown(api, path)
            assert "<script" not in page and EVIL in unescape(page)


class TestButtons:
    def test_move(self, api: Client, board: Board, card: Card) -> None:
        assert press(api, card, "move", list=board.lists[2].id).url.endswith(f"/c/{card.short_link}")
        assert board.lists[2].cards == [card]

    def test_archive_and_back(self, api: Client, board: Board, card: Card) -> None:
        assert "取消归档" in press(api, card, "archive").text and card.closed
        press(api, card, "archive")
        assert board.lists[0].cards == [card]

    @pytest.mark.parametrize("name", ["wontfix", "keep"])
    def test_label_and_unlabel(self, api: Client, card: Card, name: str) -> None:
        assert f"去掉 {name}" in press(api, card, "label", name=name).text
        assert [label.name for label in card.labels] == ["支付", name]
        press(api, card, "label", name=name)
        assert [label.name for label in card.labels] == ["支付"]

    def test_comment(self, api: Client, card: Card) -> None:
        press(api, card, "comment", **{"text": "好的\r\n谢谢", "as": "chen"})
        assert card.comments[0].data["text"] == "好的\n谢谢"
        assert card.comments[0].member.username == "chen"

    def test_delete(self, api: Client, board: Board, card: Card) -> None:
        assert press(api, card, "delete").url.endswith(f"/b/{board.short_link}")
        assert board.cards == {}

    @pytest.mark.parametrize(
        ("deed", "form", "status"),
        [
            ("move", {"list": "x"}, 400),
            ("label", {"name": " "}, 400),
            ("comment", {"text": "x", "as": "stranger"}, 400),
            ("comment", {"text": " ", "as": "chen"}, 400),
            ("explode", {}, 404),
        ],
    )
    def test_that_make_no_sense(
        self, api: Client, board: Board, card: Card, deed: str, form: dict[str, str], status: int
    ) -> None:
        before = len(board.actions)
        assert press(api, card, deed, **form).status_code == status
        assert len(board.actions) == before

    def test_are_not_pressed_by_pages_from_elsewhere(self, api: Client, board: Board, card: Card) -> None:
        url = f"{api.site}/c/{card.short_link}/delete"
        assert api.post(url, headers={"Origin": "https://evil.example"}, timeout=5).status_code == 403
        assert board.cards


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a\n\nb\nc", "<p>a</p><p>b<br>c</p>"),
        ("**a** `b*c*`", "<p><strong>a</strong> <code>b*c*</code></p>"),
        (r"**a\*\_** \*b\* c\|d", "<p><strong>a*_</strong> *b* c|d</p>"),
        ("[#1](https://x/y?a=1&b=2)", '<p><a href="https://x/y?a=1&amp;b=2">#1</a></p>'),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
        ("go https://x.y now", '<p>go <a href="https://x.y">https://x.y</a> now</p>'),
        ("https:\u200b//x.y", "<p>https:\u200b//x.y</p>"),
        ("2 < 3 & 4", "<p>2 &lt; 3 &amp; 4</p>"),
        ("", ""),
    ],
)
def test_texts_are_drawn(text: str, drawn: str) -> None:
    assert html(text) == drawn


@pytest.mark.browser
class TestInABrowser:
    @pytest.fixture
    def demo(self, trello_stage: Stage) -> World:
        world = World()
        seed(world)
        trello_stage.app = create_app(world)
        return world

    def test_a_person_works_on_a_card(self, page: Page, trello_stage: Stage, demo: World) -> None:
        page.goto(trello_stage.url)
        lefts = [one.bounding_box() for one in page.locator("section").all()]
        assert len({box["y"] for box in lefts if box}) == 1  # side by side
        page.get_by_text("支付回调偶尔超时").click()
        expect(page.get_by_text("先看网关日志")).to_be_visible()
        page.get_by_label("列表").select_option(label="已完成")
        page.get_by_role("button", name="移动").click()
        expect(page.get_by_text("把它从 处理中 移到 已完成")).to_be_visible()
        page.get_by_role("button", name="归档").click()
        page.get_by_role("link", name="线上问题").click()
        expect(page.get_by_text("支付回调偶尔超时")).to_have_count(0)

    def test_a_phone_is_wide_enough(self, page: Page, trello_stage: Stage, demo: World) -> None:
        page.set_viewport_size(PHONE)
        for path in ("/", f"/c/{next(iter(demo.boards[0].cards.values())).short_link}"):
            page.goto(trello_stage.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_demo_has_a_story(trello_stage: Stage) -> None:
    world = World()
    board = seed(world)
    trello_stage.app = create_app(world)
    assert (KEY in world.keys, world.tokens[TOKEN].username) == (True, "sampan_bot")
    assert [[card.name for card in one.cards] for one in board.lists] == [
        [],
        ["支付回调偶尔超时"],
        ["证书续期", "大促值班手册"],
    ]
