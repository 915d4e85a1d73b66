"""The group's page in a real browser."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from sandbox.dingtalk.members import Member
from sandbox.dingtalk.room import Room
from tests.browser import PHONE
from tests.sandbox.dingtalk.recording import RecordingBot

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror=document.title='broken'>"


HOSTILE = [
    EVIL,
    f"# {EVIL}",
    f"**{EVIL}**",
    f"[{EVIL}]({EVIL})",
    f"![{EVIL}](x)",
    f"[x](dtmd://dingtalkclient/sendMessage?content={quote(EVIL)})",
    "[x](javascript:document.title='broken')",
    "[x](data:text/html,broken)",
    "[x](&#106;avascript:alert(1))",
]
DRAWN = {
    "a\nb": "<p>a b</p>",
    "a  \nb": "<p>a<br>b</p>",
    "a\n\nb": "<p>a</p><p>b</p>",
    "# a\nb": "<h1>a</h1><p>b</p>",
    "####### a": "<p>####### a</p>",
    "- a\n- b\n  c": "<ul><li>a</li><li>b c</li></ul>",
    "3. a\n4. b": '<ol start="3"><li>a</li><li>b</li></ol>',
    "> a\n> b": "<blockquote>a b</blockquote>",
    "**a *b* c**": "<p><strong>a <em>b</em> c</strong></p>",
    "a_b_c 2*3*4": "<p>a_b_c 2*3*4</p>",
    r"\*a\*": "<p>*a*</p>",
    "![a](https://a/b.png)": "<p>[图片] a</p>",
    "[a]b(c)": "<p>[a]b(c)</p>",
    "@陈默 hi": "<p>@陈默 hi</p>",
}


def markdown(text: str, **more: Any) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"title": "t", "text": text}, **more}


def command(text: str) -> str:
    return f"dtmd://dingtalkclient/sendMessage?content={quote(text)}"


@pytest.fixture
def group(page: Page, room: Room) -> Page:
    """The page of the room, ready to type."""
    page.goto(room.url)
    expect(page.get_by_label("发言人")).to_have_value("lin")
    return page


def test_a_typed_command_is_sent_and_its_reply_is_drawn(group: Page, room: Room, bot: RecordingBot) -> None:
    bot.reply = markdown("### 打开的 PR\n\n- **!233** _新_\n- [打开](https://gitee.example/233)\n\n> 共 2 个")
    group.get_by_role("textbox").fill("/pr")
    group.keyboard.press("Enter")
    card = group.locator(".by-robot .bubble")
    expect(card.locator("h3")).to_have_text("打开的 PR")
    expect(card.locator("li")).to_have_text(["!233 新", "打开"])
    expect(card.locator("strong")).to_have_text("!233")
    expect(card.locator("blockquote")).to_have_text("共 2 个")
    expect(card.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    expect(group.locator(".own .bubble")).to_have_text("@Sampan /pr")
    expect(group.get_by_role("textbox")).to_have_value("")
    expect(group.locator("#typing")).to_be_hidden()
    assert bot.heard(1)["text"] == {"content": " /pr"}


def test_a_tapped_chip_sends_its_command_as_the_current_member(
    group: Page, room: Room, bot: RecordingBot
) -> None:
    bot.reply = markdown(f"[合并]({command('/merge 233 web')})")
    room.deliver("/pr")
    bot.reply = None
    group.get_by_label("发言人").select_option("chen")
    group.get_by_role("button", name="合并").click()
    expect(group.locator(".own .bubble")).to_have_text("@Sampan /merge 233 web")
    expect(group.locator("#typing")).to_be_visible()
    sent = bot.heard(2)
    assert (sent["text"]["content"], sent["senderStaffId"]) == (" /merge 233 web", "chen")


def test_a_suggestion_works_with_the_keyboard_alone(group: Page, bot: RecordingBot) -> None:
    group.get_by_role("button", name="/help").focus()
    group.keyboard.press("Enter")
    expect(group.locator(".own .bubble")).to_have_text("@Sampan /help")


def test_shift_and_enter_make_a_new_line(group: Page, bot: RecordingBot) -> None:
    group.get_by_role("textbox").press_sequentially("/pr")
    group.keyboard.press("Shift+Enter")
    group.get_by_role("textbox").press_sequentially("/ping")
    group.get_by_role("button", name="发送").click()
    expect(group.locator(".own .bubble")).to_have_text("@Sampan /pr\n/ping", use_inner_text=True)


def test_foreign_text_stays_text(group: Page, room: Room, bot: RecordingBot) -> None:
    room.deliver(EVIL)
    for text in HOSTILE:
        bot.reply = markdown(text)
        room.deliver("/pr")
    bubbles = group.locator(".by-robot .bubble")
    expect(bubbles).to_have_count(len(HOSTILE))
    assert group.locator(".bubble :is(a, img, script, iframe)").count() == 0
    for chip in bubbles.get_by_role("button").all():
        chip.click()
    expect(group).to_have_title("舢板发布群")


def test_names_and_titles_stay_text(page: Page, bot: RecordingBot, opened: Callable[[Room], Room]) -> None:
    room = opened(Room(bot.url, app_secret="s", title=EVIL, members=[Member("x", EVIL, "x")]))
    bot.reply = {"msgtype": "link", "link": {"title": EVIL, "text": EVIL, "messageUrl": "javascript:1"}}
    room.deliver("/pr", as_="x")
    page.goto(room.url)
    expect(page.locator("#title")).to_have_text(EVIL)
    expect(page.locator(".by-member .byline b")).to_have_text(EVIL)
    expect(page.locator(".by-robot h4")).to_have_text(EVIL)
    assert page.locator(".bubble :is(img, a)").count() == 0
    assert page.title() == EVIL


def test_the_markdown_is_dingtalks(group: Page, room: Room, bot: RecordingBot) -> None:
    for text in DRAWN:
        bot.reply = markdown(text)
        room.deliver("/pr")
    bubbles = group.locator(".by-robot .bubble")
    expect(bubbles).to_have_count(len(DRAWN))
    assert bubbles.evaluate_all("all => all.map(bubble => bubble.innerHTML)") == list(DRAWN.values())


def test_a_mention_is_a_name_that_stands_out(group: Page, room: Room, bot: RecordingBot) -> None:
    bot.reply = markdown("@chen 请看", at={"atUserIds": ["chen"]})
    room.deliver("/pr")
    expect(group.locator(".by-robot .mention")).to_have_text("@陈默")


def test_the_newest_message_is_in_sight(group: Page, room: Room, bot: RecordingBot) -> None:
    bot.answer = {"msgtype": "text", "text": {"content": "pong"}}
    for _ in range(12):
        room.deliver("/ping")
    expect(group.locator("#messages > li")).to_have_count(24)
    expect(group.locator("#messages > li").last).to_be_in_viewport()


def test_a_screen_reader_hears_new_messages(group: Page) -> None:
    expect(group.get_by_role("log", name="群消息")).to_have_attribute("aria-live", "polite")
    expect(group.get_by_role("textbox", name="发消息")).to_be_focused()


def test_a_phone_never_scrolls_sideways(group: Page, room: Room, bot: RecordingBot) -> None:
    group.set_viewport_size(PHONE)
    bot.reply = markdown(f"[{'long' * 40}]({command('/pr')}) {'x' * 300}\n\n- https://a.example/{'y' * 200}")
    room.deliver("z" * 300)
    expect(group.locator(".by-robot .bubble")).to_be_visible()
    assert group.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert (
        group.evaluate("ui => ui.scrollWidth - ui.clientWidth", group.locator("main").element_handle()) == 0
    )


def test_a_message_that_cannot_be_sent_is_kept_and_said(group: Page) -> None:
    group.route("**/say", lambda route: route.abort())
    group.get_by_role("textbox").fill("/pr")
    group.keyboard.press("Enter")
    expect(group.get_by_role("alert")).to_have_text("没有发出去，请重试")
    expect(group.get_by_role("textbox")).to_have_value("/pr")
