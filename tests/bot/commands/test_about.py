"""/help, /ping, /version and /whoami."""

from pathlib import Path
from typing import Any

import pytest

from bot.registry import registry
from bot.rights import Role
from bot.version import VERSION
from tests.bot.asking import answered, clicks, texts

ABOUT = [
    "About",
    "/help [command] — List the commands you may use, or explain one",
    "/ping — See whether Sampan is there",
    "/version — Say which version this is",
    "/whoami — Show your ids and your role",
]
PULLS = {
    "/pr [number] [repo] [--page n] — List open pull requests, or show one": Role.READER,
    "/hold <number> [repo] [reason] — Keep a pull request from being merged": Role.DEVELOPER,
    "/test <number> [repo] — Run the pull request's job, or mark it as tested by you": Role.DEVELOPER,
    "/unhold <number> [repo] — Let a held pull request be merged again": Role.DEVELOPER,
    "/approve <number> [repo] — Approve a pull request; not your own": Role.MAINTAINER,
    "/merge <number> [repo] [--squash|--rebase] — "
    "Merge a pull request, or say everything that is in its way": Role.MAINTAINER,
}
BUILDS = {
    "/logs <id> [--tail n] — Show the end of a build's log": Role.READER,
    "/status [service|id] — Show what runs, what waits, and what was deployed where": Role.READER,
    "/versions <service> [id] — List a service's versions, or show one and what is new in it": Role.READER,
    "/where [service] — Show which version runs where": Role.READER,
    "/build <service> [ref] [key=value ...] — "
    "Build a service: run its build job, or its pipeline for a branch or tag": Role.DEVELOPER,
    "/cancel <id> — Stop a build that waits or runs": Role.DEVELOPER,
    "/jenkins test <service> [key=value ...] — Run a service's test job": Role.DEVELOPER,
    "/pin <id> — Keep a version from being forgotten": Role.DEVELOPER,
    "/retry [id] — "
    "Start a build again with the same parameters, or repeat your last command that failed": Role.DEVELOPER,
    "/unpin <id> — Let a version be forgotten like others": Role.DEVELOPER,
    "/confirm <code> — Say yes to what Sampan has asked to confirm": Role.MAINTAINER,
    "/deploy [service] [environment] [version] [key=value ...] — "
    "Deploy a service; alone it lists what there is": Role.MAINTAINER,
    "/rollback <service> [environment] — Deploy again what ran before what runs now": Role.MAINTAINER,
}
INCIDENTS = {
    "/incidents [id] — List what is broken, or show one incident's history": Role.READER,
    "/ack <id> — Say that you look after an incident": Role.DEVELOPER,
    "/close <id> — End an incident of which nobody will tell the end": Role.DEVELOPER,
    "/mute <job|alert> <duration> <reason> — "
    "Tell the room nothing of a job or an alert for a while": Role.DEVELOPER,
    "/unmute <job|alert> — Tell the room of a job or an alert again": Role.DEVELOPER,
}
CONTROL = {
    "/locks — List what is locked, held, muted or stopped": Role.READER,
    "/audit [person|command|service] [--since 2d] — Show who did what lately": Role.DEVELOPER,
    "/lock <environment|service> <reason> [--for 2h] — "
    "Keep deploys away from an environment or a service": Role.ADMIN,
    "/start — Let everything go on after a stop": Role.ADMIN,
    "/stop <reason> [--for 2h] — Stop everything that writes, for everybody": Role.ADMIN,
    "/unlock <environment|service> — Open a lock again": Role.ADMIN,
}
GROUPS = {
    "Pull requests": PULLS,
    "Builds and deploys": BUILDS,
    "Incidents": INCIDENTS,
    "Control and records": CONTROL,
}


def shown_to(role: Role) -> list[str]:
    """The help of somebody with this role."""
    lines = ["Sampan can do this for you"]
    for title, commands in GROUPS.items():
        lines += [title, *(line for line, needed in commands.items() if needed <= role)]
    return [*lines, *ABOUT, "More on one: /help pr"]


@pytest.mark.parametrize(
    ("by", "changes", "role"),
    [
        ("", {}, Role.READER),
        ("stranger", {}, Role.READER),
        ("dev", {}, Role.DEVELOPER),
        ("lead", {}, Role.MAINTAINER),
        ("boss", {}, Role.ADMIN),
        ("boss", {"DINGTALK_CONVERSATIONS": "another"}, Role.READER),
    ],
)
def test_help_shows_what_the_asker_may_run(by: str, changes: dict[str, str], role: Role) -> None:
    assert texts(answered("/help", by=by, **changes)) == shown_to(role)


@pytest.mark.parametrize("table", ["repos.web", "services.hello"])
def test_help_shows_what_the_asker_may_run_anywhere(tmp_path: Path, table: str) -> None:
    file = tmp_path / "sampan.toml"
    file.write_text(f"[{table}]\ndevelopers = ['one']")
    assert texts(answered("/help", by="one", SAMPAN_CONFIG=str(file))) == shown_to(Role.DEVELOPER)


@pytest.mark.parametrize("text", ["/help", "/帮助", "/?", "/？", "／HELP"])
def test_help_has_many_names(text: str) -> None:
    assert answered(text).title == "Sampan can do this for you"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "/help merge",
            [
                "/merge <number> [repo] [--squash|--rebase]",
                "Merge a pull request, or say everything that is in its way",
                "Who may: maintainer",
                "Also: /合并",
                "With --dry-run it only shows what it would do.",
                "Examples: /merge 233 · /merge 233 web --squash",
            ],
        ),
        ("/help /ping", ["/ping", "See whether Sampan is there", "Who may: reader", "Examples: /ping"]),
        (
            '/help "jenkins test"',
            [
                "/jenkins test <service> [key=value ...]",
                "Run a service's test job",
                "Who may: developer",
                "With --dry-run it only shows what it would do.",
                "Examples: /jenkins test myservice",
            ],
        ),
        ("/help mrege", ["There is no command /mrege.", "Usage: /help [command]", "Example: /help"]),
    ],
)
def test_one_command(text: str, lines: list[str]) -> None:
    assert texts(answered(text)) == lines


def test_a_command_of_two_words() -> None:
    assert answered("/help jenkins test").title == "/jenkins test <service> [key=value ...]"


@pytest.mark.parametrize("spec", registry.specs.values(), ids=lambda spec: spec.name)
def test_every_command_is_explained_in_both_languages(spec: Any) -> None:
    english, chinese = (answered(f'/help "{spec.name}"', language=language) for language in ("en", "zh"))
    assert clicks(english) == clicks(chinese) == []  # an example is not for tapping
    assert texts(english)[0] == texts(chinese)[0] == spec.usage
    assert texts(english)[1] != texts(chinese)[1]


def test_help_in_chinese() -> None:
    assert texts(answered("/help", language="zh")) == [
        "你可以让 Sampan 做这些事",
        "PR（合并请求）",
        "/pr [number] [repo] [--page n] — 列出待合并的 PR，或查看其中一个",
        "/hold <number> [repo] [reason] — 暂缓合并一个 PR",
        "/test <number> [repo] — 运行 PR 的测试任务；没有任务时由你标记为已测试",
        "/unhold <number> [repo] — 取消暂缓，允许合并",
        "/approve <number> [repo] — 批准一个 PR（不能批准自己的）",
        "/merge <number> [repo] [--squash|--rebase] — 合并一个 PR，或一次列出所有障碍",
        "构建与部署",
        "/logs <id> [--tail n] — 查看构建日志的末尾",
        "/status [service|id] — 查看进行中、排队中的构建和各环境的最近部署",
        "/versions <service> [id] — 列出服务的版本，或查看其中一个及其新变更",
        "/where [service] — 查看各环境在运行哪个版本",
        "/build <service> [ref] [key=value ...] — 构建服务：运行构建任务，或按分支、标签启动流水线",
        "/cancel <id> — 取消排队中或运行中的构建",
        "/jenkins test <service> [key=value ...] — 运行服务的测试任务",
        "/pin <id> — 保留一个版本，不被清理",
        "/retry [id] — 用相同参数重新构建，或重试你上一条失败的命令",
        "/unpin <id> — 取消保留，之后和其他版本一样清理",
        "/confirm <code> — 确认一个待确认的操作",
        "/deploy [service] [environment] [version] [key=value ...] — 部署服务；不带参数时列出可部署的服务",
        "/rollback <service> [environment] — 回滚：重新部署之前运行的版本",
        "故障",
        "/incidents [id] — 列出当前的故障，或查看其中一个的经过",
        "/ack <id> — 认领一个故障",
        "/close <id> — 手动关闭一个不会再有恢复通知的故障",
        "/mute <job|alert> <duration> <reason> — 一段时间内不再通知某个任务或告警",
        "/unmute <job|alert> — 取消静音，重新通知某个任务或告警",
        "管控与记录",
        "/locks — 列出所有锁定、暂缓、静音和暂停",
        "/audit [person|command|service] [--since 2d] — 查看最近谁做了什么",
        "关于",
        "/help [command] — 列出你能用的命令，或说明其中一个",
        "/ping — 看看 Sampan 在不在",
        "/version — 显示版本",
        "/whoami — 显示你的 ID 和角色",
        "查看单个命令：/help pr",
    ]


PONG = f"pong — Sampan {VERSION}"
IDLE = "0 builds open · 0 messages waiting"
TEMPORARY = "Sampan's records here are temporary: set DATABASE_URL."


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, [f"{PONG}, 06:13 Asia/Shanghai", IDLE]),
        ({"TIMEZONE": "Europe/Berlin"}, [f"{PONG}, 23:13 Europe/Berlin", IDLE]),
        ({"VERCEL": "1"}, [f"{PONG}, 06:13 Asia/Shanghai", IDLE]),
    ],
)
def test_ping(changes: dict[str, str], lines: list[str], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sampan.db'}"
    assert texts(answered("/ping", DATABASE_URL=url, **changes)) == lines


def test_ping_in_chinese(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sampan.db'}"
    assert answered("/ping", DATABASE_URL=url, language="zh").title == f"{PONG}，06:13 Asia/Shanghai"


@pytest.mark.parametrize("platform", ["VERCEL", "AWS_LAMBDA_FUNCTION_NAME"])
def test_ping_says_that_records_are_temporary(platform: str) -> None:
    assert texts(answered("/ping", **{platform: "1"}))[-1] == TEMPORARY


@pytest.mark.parametrize("variable", ["SAMPAN_COMMIT", "VERCEL_GIT_COMMIT_SHA"])
def test_the_commit_that_a_platform_tells(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "0123456789abcdef")
    assert texts(answered("/version")) == [f"Sampan {VERSION} 01234567"]


def test_the_version_of_a_checkout() -> None:
    told = answered("/版本").title.split()
    assert told[:2] == ["Sampan", VERSION]
    assert len(told) == 2 or len(told[2]) == 8


@pytest.mark.parametrize(
    ("by", "language", "lines"),
    [
        (
            "dev",
            "en",
            [
                "You are Lin, staff id dev",
                "Role: developer",
                "Login on Gitee: dev-on-gitee",
                "This conversation: room",
            ],
        ),
        ("x", "zh", ["你是 Lin，员工 ID x", "角色：只读", "Gitee 账号：—", "当前会话：room"]),
        ("lead", "zh", ["你是 Lin，员工 ID lead", "角色：维护者", "Gitee 账号：—", "当前会话：room"]),
        (
            "",
            "en",
            [
                "The chat does not vouch for who you are, so you can only read here.",
                "This conversation: room",
            ],
        ),
        ("", "zh", ["无法确认你的身份，你在这里只能查看。", "当前会话：room"]),
    ],
)
def test_whoami(by: str, language: str, lines: list[str]) -> None:
    assert texts(answered("/whoami", by=by, language=language)) == lines
