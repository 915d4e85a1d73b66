"""The texts that take a code host or a build server to be seen, as they read in both languages."""

import re

import pytest

from bot.language import speaking
from bot.reply import line, plain

# Each place is filled in with its own name, in the order of either language.
TEXTS = {
    # Messages
    "(cut: too long for one message)": "（内容过长，已截断）",
    "Working on it …": "正在处理…",
    "I could not take your message on, and did nothing. Try again.": (
        "我没能受理你的消息，什么也没有做，请重试。"
    ),
    "There is no command {name}.": "没有 {name} 这个命令。",
    "Did you mean {command}?": "你是想输入 {command} 吗？",
    "One message holds at most {n} commands; these were not run:": "一条消息最多 {n} 个命令，以下没有执行：",
    "Example: {example}": "例如：{example}",
    "Examples: {examples}": "例如：{examples}",
    "Also: {names}": "也可以写：{names}",
    "Who may: {role}": "需要的角色：{role}",
    "{word} could be: {choices}": "{word} 可能是：{choices}",
    "None is configured: set {variable}.": "尚未配置：请设置 {variable}。",
    # Lists of pull requests
    "No open pull requests in {repo}.": "{repo} 没有待合并的 PR。",
    "previous page": "上一页",
    "next page": "下一页",
    "It is merged.": "已合并。",
    "It is closed.": "已关闭。",
    "I do not know your login on Gitee.": "我不知道你的 Gitee 账号。",
    "Ask for {pair} to be added to GITEE_USERS.": "请管理员把 {pair} 加入 GITEE_USERS。",
    # Votes
    "{pr} approved at {sha}": "{pr} 已批准（{sha}）",
    "{pr} marked as tested at {sha}": "{pr} 已标记为测试通过（{sha}）",
    "Approved at {sha} by {who} through Sampan": "{who} 通过 Sampan 批准了 {sha}",
    "Tested at {sha} by {who} through Sampan": "{who} 通过 Sampan 确认 {sha} 已测试",
    "Next: {command}": "下一步：{command}",
    "{pr} is closed.": "{pr} 已关闭。",
    "{pr} is merged already.": "{pr} 已经合并过了。",
    "{pr} is your own; somebody else has to approve it.": "{pr} 是你自己提的，需要别人来批准。",
    "Gitee refused it for {pr}.": "Gitee 拒绝了对 {pr} 的这一操作。",
    "Gitee wants {n} more; one account counts once, so they vote on {page}.": (
        "Gitee 还要求 {n} 人；同一账号只算一次，其他人请到 {page} 页面操作。"
    ),
    "Gitee's answer was lost, and {pr} does not show it. I did not try again.": (
        "没有收到 Gitee 的回复，{pr} 上也看不到结果。我没有重试。"
    ),
    "Look there, and repeat the command if need be.": "请到页面确认，必要时再执行一次。",
    "Its head has moved to {sha} meanwhile: that is not covered.": "其间又有新提交 {sha}，这次操作不包含它。",
    "The comment that says who asked could not be written; Sampan's own record has it.": (
        "没能在 PR 下写评论说明是谁操作的；Sampan 自己有记录。"
    ),
    # Merging
    "{pr} merged into {base} ({method}, head {sha})": "{pr} 已合并到 {base}（{method}，提交 {sha}）",
    "{pr} cannot be merged:": "{pr} 还不能合并：",
    "it is closed": "已关闭",
    "it changed while I was looking; look at it again": "检查期间它又有变化，请再看一遍",
    "the host does not know yet whether it merges; ask again shortly": "Gitee 尚未算出能否合并，请稍后再试",
    "checks still running: {names}": "检查仍在运行：{names}",
    "Gitee refused to merge {pr}.": "Gitee 拒绝合并 {pr}。",
    "Gitee refused to merge {pr} ({status}).": "Gitee 拒绝合并 {pr}（{status}）。",
    "I sent the merge of {pr} once, and cannot see what came of it.": (
        "{pr} 的合并请求已发出一次，但看不到结果。"
    ),
    "I sent the merge of {pr} once; Gitee shows it as not merged.": (
        "{pr} 的合并请求已发出一次，Gitee 显示尚未合并。"
    ),
    "It may still be working on it. Look there before you repeat it.": (
        "Gitee 可能仍在处理。重试之前请先到页面确认。"
    ),
    "Look there before you repeat it.": "重试之前请先到页面确认。",
    "Careful: {new} was merged, but {old} was what I checked. Somebody pushed in between.": (
        "注意：实际合并的是 {new}，而我检查的是 {old}，中途有人推送了新提交。"
    ),
    # Builds
    "test of {pr} at {sha}": "测试 {pr}（{sha}）",
    "test of {service}": "测试 {service}",
    "build of {service}": "构建 {service}",
    "deploy of {service}": "部署 {service}",
    "{service} to {environment}": "{service} → {environment}",
    "{id} {what}: {job} has started": "{id} {what}：{job} 已开始",
    "{id} {what}: {job} is queued as {n}": "{id} {what}：{job} 已排队（编号 {n}）",
    "{id} {what}: joined a build of {job} that was waiting already": (
        "{id} {what}：已并入 {job} 中正在排队的构建"
    ),
    "The job defines no {name}: it decides by itself where to.": (
        "该任务没有定义 {name}，部署到哪里由它自己决定。"
    ),
    "{who} had asked for it.": "它是 {who} 发起的。",
    "Nothing was started.": "没有启动任何任务。",
    "Nothing was started: {job} does not take this.": "没有启动：{job} 不接受这些参数。",
    "{name}: the job defines no such parameter, and no other.": "{name}：任务没有定义任何参数。",
    "{name}: the job defines no such parameter. It has: {known}": "{name}：任务没有这个参数。它有：{known}",
    "{name}={value}: not offered. It offers: {known}": "{name}={value}：不在可选值内。可选：{known}",
    "{server} has no job {job}, or hides it from Sampan's account.": (
        "{server} 上没有任务 {job}，或 Sampan 的账号看不到它。"
    ),
    "The job's name comes from the JENKINS_..._JOB variables.": "任务名来自 JENKINS_..._JOB 变量。",
    "The job {job} is disabled.": "任务 {job} 已停用。",
    "{server} refused to start {job}: it cannot be built now.": (
        "{server} 拒绝启动 {job}：该任务当前不可构建。"
    ),
    "The answer of {server} was lost: I cannot tell whether {job} was started. I did not try again.": (
        "没有收到 {server} 的回复，无法确定 {job} 是否已启动。我没有重试。"
    ),
    "{service} does not go to {environment} from here.": "{service} 不能从这里部署到 {environment}。",
    "Every environment here is protected; name the one you mean.": (
        "这里的环境都受保护，请写明要部署到哪一个。"
    ),
    "A version without a digit is written {pair}.": "不含数字的版本请写成 {pair}。",
    # Versions
    "It makes {version}.": "将产出版本 {version}。",
    "The last versions of {service}:": "{service} 最近的版本：",
    "runs on {places}": "运行在 {places}",
    "It lies at {path}": "存放位置：{path}",
    "New against {version} on {environment}:": "与 {environment} 上的 {version} 相比：",
    "nothing: what runs is newer, or the same": "没有新变更：正在运行的版本不比它旧",
    "What runs where": "各环境运行的版本",
    "I know no version {word} of {service}.": "{service} 没有版本 {word}。",
    "{version} of {service} was not built: {state}": "{service} 的 {version} 没有构建成功：{state}",
    "Nothing was started: {job} does not take a version.": "没有启动：{job} 不接受版本。",
    "Of {service} no other version ran on {environment} before.": (
        "{service} 之前没有在 {environment} 上运行过其他版本。"
    ),
    "Runs now: {now}, {since}. Ran before: {before}, deployed {then}.": (
        "正在运行：{now}（{since}部署）；之前运行：{before}（{then}部署）。"
    ),
    "{version} of {service} is kept.": "已保留 {service} 的 {version}。",
    # What is broken
    "🔴 {id} {what} is failing": "🔴 {id} 故障：{what}",
    "🔴 {id} {what} is still failing": "🔴 {id} 仍未恢复：{what}",
    "🎢 {id} {what} is flapping": "🎢 {id} 时好时坏：{what}",
    "🟢 {id} {what} is fixed": "🟢 {id} 已恢复：{what}",
    "🔴 {id} {what} has stopped flapping, and fails": "🔴 {id} 不再反复，仍未恢复：{what}",
    "🟢 {id} {what} has stopped flapping, and works": "🟢 {id} 不再反复，已恢复：{what}",
    "More than {n} changes within an hour; I tell when it is calm again.": (
        "一小时内变化超过 {n} 次，稳定后再通知。"
    ),
    "started by {who}": "触发：{who}",
    "a timer": "定时器",
    "broken for {length}": "故障持续 {length}",
    "nobody looks after it yet": "还没人认领",
    "{who} looks after {id} {what}.": "{who} 已认领 {id} {what}。",
    "Nothing is broken, as far as I know.": "目前没有故障。",
    "The alert {name} is muted.": "告警 {name} 已静音。",
    "To hear of it again: {command}": "取消静音：{command}",
    "You hear of {name} again.": "已取消 {name} 的静音。",
    "🔴 fired again": "🔴 再次告警",
}

PLACE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize(("english", "chinese"), TEXTS.items(), ids=TEXTS)
def test_text(english: str, chinese: str) -> None:
    themselves = {name: f"{{{name}}}" for name in PLACE.findall(english)}
    assert plain(line(english, **themselves)) == english
    with speaking("zh"):
        assert plain(line(english, **themselves)) == chinese
