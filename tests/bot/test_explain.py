"""What went wrong outside, said to the room."""

import pytest

from bot.explain import explain, no_time_left, temporary
from bot.language import speaking
from integrations import errors
from tests.bot.asking import texts

TOLD = [
    (
        errors.Busy("Gitee"),
        "Gitee is busy with earlier requests of ours. Nothing was done; try again shortly.",
        "Gitee 正忙于处理之前的请求，这次什么也没有做，请稍后再试。",
    ),
    (
        errors.NotSent("Jenkins"),
        "Jenkins cannot be reached. Nothing was done.",
        "连不上 Jenkins，什么也没有做。",
    ),
    (errors.Unclear("Jenkins"), "Jenkins did not answer in time.", "Jenkins 没有及时回复。"),
    (
        errors.Garbled("Jenkins"),
        "Jenkins answered with something else than its API does, a login page perhaps. Check JENKINS_URL.",
        "Jenkins 的回复不像它的 API（可能是登录页），请检查 JENKINS_URL。",
    ),
    (
        errors.Unauthorized("Gitee", status=401),
        "Gitee refused Sampan's credential. Check GITEE_TOKEN.",
        "Gitee 不接受 Sampan 的凭据，请检查 GITEE_TOKEN。",
    ),
    (
        errors.Forbidden("Jenkins", status=403),
        "Jenkins does not let Sampan's account do that.",
        "Jenkins 不允许 Sampan 的账号这样做。",
    ),
    (
        errors.NotFound("Gitee", status=404),
        "Gitee does not know it, or hides it from Sampan's account.",
        "Gitee 上找不到，或 Sampan 的账号看不到它。",
    ),
    (
        errors.TooMany("Gitee", status=429),
        "Gitee says we ask too often. Try again in a few minutes.",
        "Gitee 提示请求过于频繁，请几分钟后再试。",
    ),
    (
        errors.Down("Gitee", status=503),
        "Gitee is having trouble (503). Try again later.",
        "Gitee 出现故障（503），请稍后再试。",
    ),
    (errors.NotAllowed("Gitee", status=405), "Gitee refused (405).", "Gitee 拒绝了请求（405）。"),
    (errors.Refused("Gitee", status=418), "Gitee refused (418).", "Gitee 拒绝了请求（418）。"),
    (errors.IntegrationError("Gitee"), "Gitee failed.", "Gitee 出错了。"),
]


@pytest.mark.parametrize(("problem", "english", "chinese"), TOLD, ids=lambda one: type(one).__name__)
def test_told(problem: errors.IntegrationError, english: str, chinese: str) -> None:
    for language, told in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert texts(explain(problem)) == [told]


@pytest.mark.parametrize(
    ("problem", "name"),
    [
        (errors.Unauthorized("Jenkins", status=401), "JENKINS_USER, JENKINS_TOKEN"),
        (errors.Unauthorized("DingTalk", status=401), "DINGTALK_APP_SECRET"),
        (errors.Garbled("Gitee"), "GITEE_URL"),
        (errors.Garbled("DingTalk"), "DINGTALK_WEBHOOK_HOSTS"),
    ],
)
def test_the_variable_is_named(problem: errors.IntegrationError, name: str) -> None:
    assert texts(explain(problem))[0].endswith(f"Check {name}.")


def test_a_message_that_is_fit_to_show() -> None:
    problem = errors.NotAllowed("Gitee", status=405, message="{not} a template")
    assert texts(explain(problem)) == ["Gitee refused (405).", "It says: {not} a template"]
    with speaking("zh"):
        assert texts(explain(problem))[1] == "对方的说明：{not} a template"


def test_every_kind_of_failure_is_told_without_its_detail() -> None:
    for kind in (errors.IntegrationError, errors.NotSent, errors.Busy, errors.Unclear, errors.Garbled):
        assert "token=canary" not in "".join(texts(explain(kind("Gitee", "token=canary"))))


@pytest.mark.parametrize(
    ("language", "lines", "note"),
    [
        (
            "en",
            ["No time was left for:", "/merge 1", "/pr"],
            "Sampan's records here are temporary: set DATABASE_URL.",
        ),
        (
            "zh",
            ["时间不够，以下命令没有执行：", "/merge 1", "/pr"],
            "Sampan 在这里的记录是临时的：请设置 DATABASE_URL。",
        ),
    ],
)
def test_limits_of_a_function(language: str, lines: list[str], note: str) -> None:
    with speaking(language):
        assert texts(no_time_left(["/merge 1", "/pr"])) == lines
        assert texts([temporary()]) == [note]
