"""The page for a person who wants something to go wrong."""

from html import escape

from sandbox.alerts.monitor import Monitor, Post
from sandbox.alerts.rules import Alert

SHOWN_POSTS = 12
CSS = """
:root { --ink: #14141f; --faint: #666b78; --line: #e3e5ea; --paper: #fff; --ground: #f4f5f8;
  --good: #1a7f4b; --bad: #c4314b; font: 16px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e9ee; --faint: #9a9eaa; --line: #33363f;
  --paper: #1d1f25; --ground: #14151a; --good: #5cc98d; --bad: #ff7b8f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
header { padding: 12px 16px; background: #14141f; color: #fff; font-weight: 600; }
main { max-width: 720px; margin: 0 auto; padding: 12px; }
article, section { margin: 0 0 12px; padding: 12px 16px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--paper); }
article:target { outline: 2px solid var(--ink); }
article.firing { padding-left: 13px; border-left: 4px solid var(--bad); }
h2 { display: flex; gap: 8px; align-items: baseline; margin: 0; font-size: 17px; }
h2 span { flex: 1; }
h2 small { white-space: nowrap; }
p { margin: 4px 0; }
small, .quiet { color: var(--faint); font-size: 13px; font-weight: normal; }
.bad { color: var(--bad); }
.good { color: var(--good); }
form { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
button { min-height: 44px; min-width: 72px; padding: 0 16px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--ground); color: inherit; font: inherit; cursor: pointer; }
button:disabled { opacity: .45; cursor: default; }
ol { margin: 0; padding: 0; list-style: none; }
li { display: flex; gap: 8px; padding: 6px 0; border-top: 1px solid var(--line); }
li span { flex: 1; }
"""


def drawn(monitor: Monitor) -> str:
    """The whole page; it loads itself again while an answer is awaited."""
    # With an address, as a page that was led to one of its parts would only go there again.
    again = "<meta http-equiv=refresh content='1; url=.'>" if monitor.busy else ""
    alerts = "".join(_alert(number, one) for number, one in enumerate(monitor.alerts.values(), 1))
    posts = "".join(map(_post, reversed(monitor.posts[-SHOWN_POSTS:])))
    told = f"<ol>{posts}</ol>" if posts else "<p class=quiet>还没有发出过告警。"
    return (
        f"<!doctype html><html lang=zh-CN><meta charset=utf-8><title>监控</title>{again}"
        "<meta name=viewport content='width=device-width'><link rel=stylesheet href=style.css>"
        f"<header>监控</header><main>{alerts}<section><h2>发送记录</h2>{told}</section></main></html>"
    )


def _alert(number: int, alert: Alert) -> str:
    rule = alert.rule
    labels = " ".join(f"{key}={value}" for key, value in rule.labels.items() if not key.startswith("_"))
    words = rule.annotations.get("summary") or rule.annotations.get("description", "")
    return (
        f"<article id=alert-{number}{' class=firing' if alert.firing else ''}>"
        f"<h2><span>{escape(rule.name)}</span>{_state(alert)}</h2><p>{escape(words)}</p>"
        f"<p class=quiet>{escape(labels)} · {rule.sender}</p>{_buttons(alert)}</article>"
    )


def _state(alert: Alert) -> str:
    """How it stands, and since when."""
    since = alert.began_at if alert.firing else alert.ended_at
    told = f" {since.astimezone():%H:%M:%S}" if since else ""
    kind, word = ("bad", "告警中") if alert.firing else ("good", "正常")
    return f"<small class={kind}>{word}{told}</small>"


def _buttons(alert: Alert) -> str:
    """What can be done to it now; what never fired can be neither resolved nor repeated."""
    buttons = [
        ("fire", "触发", not alert.firing),
        ("resolve", "恢复", alert.firing),
        ("repeat", "重发", alert.began_at is not None),
    ]
    drawn = "".join(
        f"<button name=do value={value}{'' if possible else ' disabled'}>{text}</button>"
        for value, text, possible in buttons
    )
    name = f"<input type=hidden name=name value='{escape(alert.rule.name)}'>"
    return f"<form method=post action=alerts>{name}{drawn}</form>"


def _post(post: Post) -> str:
    what = f"{escape(post.name)} {'告警' if post.firing else '恢复'}"
    answer = "无应答" if post.status is None else str(post.status)
    return f"<li><span>{what}</span><b class={'good' if post.delivered else 'bad'}>{answer}</b>"
