"""How the pages look."""

CSS = """
:root { --ink: #14141f; --faint: #6b6f7b; --line: #e3e5ea; --paper: #fff; --link: #0b5cad; --ground: #f4f5f8;
  --good: #1a7f4b; --bad: #c4314b; --odd: #a06000; font: 15px/1.5 system-ui, "PingFang SC", sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e9ee; --faint: #9a9eaa; --line: #33363f;
  --paper: #1d1f25; --link: #7ab8ff; --ground: #14151a; --good: #5cc98d; --bad: #ff7b8f; --odd: #e8b45a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
nav { padding: 10px 16px; background: #14141f; color: #9a9eaa; overflow-wrap: anywhere; }
nav a { color: #fff; }
main { max-width: 960px; margin: 16px auto; padding: 4px 16px 16px; background: var(--paper);
  border-radius: 8px; }
h1 { font-size: 20px; overflow-wrap: anywhere; }
h2 { font-size: 16px; }
a { color: var(--link); text-decoration: none; }
table { width: 100%; border-collapse: collapse; }
td, th { padding: 7px 8px; border-top: 1px solid var(--line); text-align: left; vertical-align: top;
  overflow-wrap: anywhere; font-weight: normal; }
th, .quiet { color: var(--faint); }
th { width: 38%; }
.number { width: 1%; white-space: nowrap; }
.quiet { white-space: nowrap; font-size: 13px; }
pre { padding: 12px; background: var(--ground); border-radius: 6px; overflow: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
.badge { padding: 1px 7px; border: 1px solid; border-radius: 10px; font-size: 12px; white-space: nowrap;
  color: var(--faint); }
.badge.success { color: var(--good); }
.badge.failure { color: var(--bad); }
.badge.unstable { color: var(--odd); }
.badge.running { color: var(--link); }
.badge.waiting { color: var(--odd); }
.answers form { display: inline; }
button { margin-right: 8px; padding: 5px 14px; border: 1px solid var(--line); border-radius: 6px;
  background: var(--ground); color: var(--ink); font: inherit; cursor: pointer; }
.ball { display: inline-block; width: 10px; height: 10px; margin-right: 8px; border-radius: 50%;
  background: #9a9eaa; }
.ball[class*="blue"] { background: var(--good); }
.ball[class*="red"] { background: var(--bad); }
.ball[class*="yellow"] { background: var(--odd); }
.ball[class*="_anime"] { outline: 2px solid var(--link); outline-offset: 2px; }
"""
