"""/lock, /hold and /stop and their opposites: what nobody may touch for a while, and whose it is."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bot.clockwork import MakeBot, Watch
from tests.support.town import wait_until


def rows(answer: str) -> list[str]:
    return [text for text in answer.splitlines() if text and not text.startswith("@")]


# /lock


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("staging", "The environment **staging** is locked."),
        ("HELLO", "The service **hello** is locked."),
    ],
)
def test_a_lock_names_owner_reason_and_age(watch: Watch, name: str, told: str) -> None:
    closed = rows(watch.ask(f"/lock {name} 双十一 封网 --for 2h"))
    assert closed[:2] == [told, "双十一 封网 · 林小满 (lin) · just now · 2 h left"]
    assert closed[2].startswith("To open it: [/unlock ")
    watch.clock.ahead += 300
    refused = rows(watch.ask("/deploy hello staging", as_="chen"))
    assert refused == [
        told,
        "双十一 封网 · 林小满 (lin) · 5 min ago · 1 h 55 min left",
        "Nothing was started.",
    ]
    assert watch.triggers() == 0
    assert rows(watch.ask("/锁", as_="guest")) == refused[:2]
    assert "is open again" in watch.ask(f"/解锁 {name}")
    assert "is queued as " in watch.ask("/deploy hello staging", as_="chen")


def test_its_owner_is_kept_out_too_and_others_go_on(watch: Watch) -> None:
    watch.ask("/lock production 审计")
    assert "is locked." in watch.ask("/deploy hello production")
    assert "is queued as " in watch.ask("/deploy hello staging")
    assert "is queued as " in watch.ask("/build hello", as_="wu")


def test_a_lock_runs_out(watch: Watch) -> None:
    watch.ask("/lock staging 一会儿 --for 30分钟")
    watch.clock.ahead += 1799
    assert "1 s left" in watch.ask("/locks")
    watch.clock.ahead += 1
    assert rows(watch.ask("/locks")) == ["Nothing is locked."]
    assert rows(watch.ask("/unlock staging")) == ["It was not closed."]
    assert "is queued as " in watch.ask("/deploy hello staging", as_="chen")
    assert "is locked." in watch.ask("/lock staging 又一次")


def test_twice_is_told_with_whose_it_is(bot: MakeBot) -> None:
    watch = bot(ADMINS="lin,chen")
    watch.ask("/lock staging 维护")
    assert rows(watch.ask("/lock staging 我也要", as_="chen"))[:3] == [
        "It is closed already.",
        "The environment **staging** is locked.",
        "维护 · 林小满 (lin) · just now",
    ]


def test_two_at_once_are_one_lock(watch: Watch) -> None:
    before = len(watch.town.room.replies)
    with ThreadPoolExecutor(6) as pool:
        for number in range(6):
            pool.submit(watch.say, f"/lock staging 第{number}个")
    told = [one.text for one in watch.town.room.wait_for(before + 6, timeout=20)[before:]]
    assert sum("It is closed already." in text for text in told) == 5


@pytest.mark.parametrize("line", ["/unlock staging", "/unhold 1", "/start"])
def test_what_is_open_is_not_opened(watch: Watch, line: str) -> None:
    assert rows(watch.ask(line)) == ["It was not closed."]


def test_of_an_environment_and_a_service_of_one_name_the_environment_is_meant(bot: MakeBot) -> None:
    watch = bot(SERVICES="hello,staging", GITLAB_PROJECTS="")
    watch.job()
    watch.job("staging-deploy")
    watch.ask("/lock staging 维护")
    assert "The environment **staging** is locked." in watch.ask("/deploy hello staging", as_="chen")
    assert "confirm it first." in watch.ask("/deploy staging production", as_="chen")
    assert "The environment **staging** is open again." in watch.ask("/unlock staging")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/lock stagign 维护", "stagign is neither an environment nor a service."),
        ("/lock staging", "＜reason＞ is missing."),
        (f"/lock staging {'长' * 201}", "A reason has up to 200 characters."),
        ("/lock staging 维护 --for", "--for needs a value."),
        ("/lock staging 维护 --for 0h", "0h is not a length of time"),
        ("/lock staging 维护 --for 9999d", "9999d is not a length of time"),
        ("/stop", "＜reason＞ is missing."),
        ("/hold", "＜number＞ is missing."),
    ],
)
def test_what_is_said_wrong_closes_nothing(watch: Watch, line: str, told: str) -> None:
    assert told in watch.ask(line)
    assert watch.store.locks.all() == []


@pytest.mark.parametrize(
    "reason",
    [
        "[点我](https://evil.example/)",
        "**@all** <b>x</b> `x`",
        "![x](https://evil.example/x.png)",
        "# 大标题",
    ],
)
def test_a_hostile_reason_is_only_text(watch: Watch, reason: str) -> None:
    watch.ask(f"/lock staging {reason}")
    for line in ("/locks", "/deploy hello staging"):
        answer = watch.ask(line, as_="chen")
        assert "](https" not in answer and "<b>" not in answer and "**@" not in answer
        assert "\n# " not in answer
        assert watch.town.room.replies[-1].mentions == ("陈默",)


def test_a_name_cannot_carry_markup_either(watch: Watch) -> None:
    watch.ask("/lock staging 维护", senderNick="[林](https://evil.example)**")
    assert "](https" not in watch.ask("/locks")


# /hold


def test_a_hold_stops_a_merge_and_says_whose_it_is(watch: Watch) -> None:
    number = watch.new_pull().number
    held = rows(watch.ask(f"/hold {number} web 等 数据库升级", as_="wu"))
    assert held[:2] == [f"**acme/web#{number}** is held.", "等 数据库升级 · 吴越 (wu) · just now"]
    watch.clock.ahead += 7200
    assert "held: 等 数据库升级 · 吴越 (wu) · 2 h ago" in watch.ask(f"/merge {number}", as_="chen")
    assert "held: " in watch.ask(f"/pr {number}")
    assert "is no longer held." in watch.ask(f"/unhold {number}", as_="wu")
    assert " merged into " in watch.ask(f"/merge {number}", as_="chen")


@pytest.mark.parametrize(
    ("line", "name", "reason"),
    [
        ("/hold 7", "acme/web#7", "no reason given"),
        ("/hold 7 api", "acme/api#7", "no reason given"),
        ("/hold 7 等等", "acme/web#7", "等等"),
        ("/hold {page}acme/api/pulls/7 先 别合", "acme/api#7", "先 别合"),
        ("/hold 7 web 见 {page}acme/api/pulls/9", "acme/web#7", "见 {page}acme/api/pulls/9"),
    ],
)
def test_what_is_held_and_why(watch: Watch, line: str, name: str, reason: str) -> None:
    page = f"{watch.town.gitee_url}/"
    watch.ask(line.format(page=page), as_="wu")
    (lock,) = watch.store.locks.all()
    assert (lock.name, lock.reason) == (name, reason.format(page=page))


def test_a_hold_is_taken_away_by_who_put_it_or_a_maintainer(bot: MakeBot) -> None:
    watch = bot(DEVELOPERS="wu,guest2,lin2")
    watch.ask("/hold 7", as_="wu")
    refused = watch.ask("/unhold 7", as_="wu", senderStaffId="lin2")
    assert "This needs the role maintainer" in refused
    assert "is no longer held." in watch.ask("/unhold 7", as_="chen")


def test_a_hold_that_appears_between_the_two_reads(watch: Watch) -> None:
    number = watch.new_pull().number
    watch.gitee_calls()
    watch.gitee_fault(kind="slow", match=f"GET .*/pulls/{number}$", seconds=0.5)
    before = len(watch.town.room.replies)
    watch.say(f"/merge {number}", as_="chen")
    wait_until(lambda: len(reads(watch, number)) == 1)
    watch.ask(f"/hold {number} web 先别合", as_="wu")
    told = watch.town.room.wait_for(before + 2, timeout=10)[before:]
    assert any("held: 先别合" in message.text for message in told)
    assert not [call for call in watch.gitee_calls() if call.startswith("PUT")]


def reads(watch: Watch, number: int) -> list[str]:
    return [one.path for one in watch.town.gitee.requests if one.path.endswith(f"/pulls/{number}")]


# /stop


def test_stopped_is_what_writes_and_not_what_reads_or_stops(watch: Watch) -> None:
    number = watch.new_pull().number
    watch.jenkins.executors = 0
    watch.ask("/deploy hello", as_="chen")
    assert rows(watch.ask("/停止 线上故障 处理中"))[:2] == [
        "Everything is stopped.",
        "线上故障 处理中 · 林小满 (lin) · just now",
    ]
    for line in ("/deploy hello", "/build hello", f"/merge {number}", f"/approve {number}", "/retry b1"):
        told = rows(watch.ask(line, as_="chen"))
        assert told == ["Everything is stopped.", "线上故障 处理中 · 林小满 (lin) · just now"], line
    for line in ("/status", f"/pr {number}", "/locks", "/help", "/audit", "/whoami"):
        assert "Everything is stopped.\n\n线上" not in watch.ask(line, as_="chen") or line == "/locks", line
    assert "is held." in watch.ask(f"/hold {number}", as_="wu")
    assert "I asked Jenkins to stop b1" in watch.ask("/cancel b1", as_="chen")
    assert "Everything goes on." in watch.ask("/恢复")
    assert "is queued as " in watch.ask("/build hello", as_="wu")


def test_a_stop_runs_out(watch: Watch) -> None:
    watch.ask("/stop 演练 --for 1h")
    watch.clock.ahead += 3600
    assert "is queued as " in watch.ask("/deploy hello", as_="chen")


def test_a_deploy_that_waits_for_its_turn_is_dropped(watch: Watch) -> None:
    watch.job(script="sleep 20")
    watch.ask("/deploy hello", as_="chen")
    watch.ask("/deploy hello", as_="chen")
    watch.ask("/stop 线上故障")
    said = "\n".join(watch.tick(after=61))
    assert "⏹ b2 **hello** to **staging**: not started" in said and "Everything is stopped." in said
    watch.ask("/start")
    watch.ask("/cancel b1")
    watch.tick(after=61)
    watch.tick(after=61)
    assert len(watch.runs()) <= 1


def test_a_green_test_is_not_recorded_while_everything_is_stopped(bot: MakeBot) -> None:
    watch = bot(JENKINS_PR_JOB="web-pr")
    watch.job("web-pr", parameters=watch.jenkins.jobs["web-pr"].parameters)
    number = watch.new_pull().number
    watch.ask(f"/test {number}", as_="wu")
    watch.jenkins.wait_for("web-pr")
    watch.ask("/stop 线上故障")
    watch.gitee_calls()
    (said,) = watch.tick()
    assert "The test was not recorded." in said and "Everything is stopped." in said
    assert not [call for call in watch.gitee_calls() if not call.startswith("GET")]
