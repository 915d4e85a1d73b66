"""The monitor's page in a real browser, and its buttons without one."""

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from sandbox.alerts.app import create_app
from sandbox.alerts.monitor import Monitor
from sandbox.alerts.rules import Rule
from sandbox.serving import serving
from tests.browser import PHONE
from tests.sandbox.alerts.receiver import Receiver

EVIL = "<img src=x onerror=document.title='broken'>'"


def press(monitor: Monitor, do: str, name: str, **headers: str) -> int:
    data = {"do": do, "name": name}
    url = f"{monitor.url}/alerts"
    return requests.post(url, data, headers=headers, allow_redirects=False, timeout=5).status_code


def test_the_buttons_work_without_a_browser(monitor: Monitor) -> None:
    assert [press(monitor, do, "磁盘将满") for do in ("fire", "repeat", "resolve")] == [303] * 3
    monitor.settle()
    assert [(post.name, post.firing) for post in monitor.posts] == [
        ("磁盘将满", True),
        ("磁盘将满", True),
        ("磁盘将满", False),
    ]


@pytest.mark.parametrize(("do", "name"), [("silence", "HighCPU"), ("fire", "none"), ("", "")])
def test_what_there_is_not_cannot_be_asked_for(monitor: Monitor, do: str, name: str) -> None:
    assert press(monitor, do, name) == 400


def test_a_foreign_page_presses_no_button(monitor: Monitor) -> None:
    assert press(monitor, "fire", "HighCPU", origin="http://evil.example") == 403
    assert press(monitor, "fire", "HighCPU", origin="null") == 403
    assert press(monitor, "fire", "HighCPU", origin=monitor.url) == 303


@pytest.mark.browser
class TestPage:
    @pytest.fixture
    def desk(self, page: Page, monitor: Monitor) -> Page:
        page.set_viewport_size(PHONE)
        page.goto(monitor.url)
        return page

    def test_an_alert_is_fired_repeated_and_resolved(self, desk: Page, monitor: Monitor) -> None:
        disk = card(desk, "磁盘将满")
        expect(disk.get_by_text("正常")).to_be_visible()
        expect(disk.get_by_role("button", name="重发")).to_be_disabled()
        disk.get_by_role("button", name="触发").click()
        expect(disk.get_by_text("告警中")).to_be_visible()
        disk.get_by_role("button", name="重发").click()
        disk.get_by_role("button", name="恢复").click()
        expect(disk.get_by_role("button", name="恢复")).to_be_disabled()
        expect(desk.locator("li")).to_have_text(["磁盘将满 恢复200", "磁盘将满 告警200", "磁盘将满 告警200"])
        assert [post.firing for post in monitor.posts] == [True, True, False]

    def test_a_refusal_is_seen(self, desk: Page, bot: Receiver) -> None:
        bot.answers = [404]
        card(desk, "HighCPU").get_by_role("button", name="触发").click()
        expect(desk.locator("li")).to_have_text(["HighCPU 告警404"])

    def test_a_late_answer_comes_by_itself(self, desk: Page, monitor: Monitor, bot: Receiver) -> None:
        monitor.waits, bot.answers = (0.7,), [503, 200]
        card(desk, "HighCPU").get_by_role("button", name="触发").click()
        expect(desk.locator("li")).to_have_text(["HighCPU 告警503"])
        expect(desk.locator("li")).to_have_text(["HighCPU 告警200", "HighCPU 告警503"])

    def test_a_phone_never_scrolls_sideways(self, desk: Page, monitor: Monitor) -> None:
        for name in monitor.alerts:
            monitor.fire(name)
        monitor.settle()
        desk.reload()
        assert desk.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        boxes = [button.bounding_box() for button in desk.get_by_role("button").all()]
        assert all(box and box["height"] >= 44 for box in boxes)


@pytest.mark.browser
def test_names_stay_text(page: Page) -> None:
    monitor = Monitor([Rule(EVIL, {"a": EVIL}, {"summary": EVIL})])
    with serving(create_app(monitor)) as monitor.url:
        page.goto(monitor.url)
        page.get_by_role("button", name="触发").click()
        expect(page.locator("h2").first).to_contain_text(EVIL)
        expect(page.get_by_text("告警中")).to_be_visible()
        assert (page.title(), page.locator("img").count()) == ("监控", 0)
    monitor.close()


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article").filter(has_text=name)
