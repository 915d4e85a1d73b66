"""How the pages look."""

CSS = """
:root { --ink: #1f1e24; --faint: #68667a; --line: #e4e3ea; --paper: #fff; --link: #2f5ca0; --ground: #f6f5f9;
  --good: #1a7a3e; --bad: #c0341d; --odd: #965d00; font: 15px/1.5 system-ui, "PingFang SC", sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececef; --faint: #a09eae; --line: #3a383f;
  --paper: #232227; --link: #8fbaf0; --ground: #18171d; --good: #52b87a; --bad: #f57f6c; --odd: #e0a43a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
nav { padding: 10px 16px; background: #2a2150; color: #a09eae; }
nav a { color: #fff; }
main { max-width: 900px; margin: 0 auto; padding: 4px 12px 24px; }
h1 { margin: 12px 4px 4px; font-size: 20px; line-height: 1.35; }
h2 { margin: 20px 4px 6px; font-size: 15px; }
p { margin: 4px; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
ul { margin: 8px 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: 8px;
  background: var(--paper); }
li { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; padding: 10px 12px; }
li + li { border-top: 1px solid var(--line); }
li > :nth-child(2) { flex: 1 1 8rem; }
small, .quiet { color: var(--faint); font-size: 13px; }
li small { display: block; }
li .badge { min-width: 76px; text-align: center; }
.badge { padding: 0 9px; border: 1px solid; border-radius: 10px; font-size: 13px; white-space: nowrap;
  color: var(--faint); }
.success, .executable { color: var(--good); }
.failed, .disabled { color: var(--bad); }
.running, .pending { color: var(--link); }
.manual, .temporarily_disabled { color: var(--odd); }
pre { padding: 12px; background: #16151a; color: #e6e5ea; border-radius: 8px; overflow: auto;
  white-space: pre-wrap; font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
pre .green { color: #6fd68f; }
pre .red { color: #ff8a78; }
pre .cyan { color: #7fd3e0; }
form { display: inline-flex; flex-wrap: wrap; gap: 8px; margin: 4px; }
details form { display: grid; margin: 8px 0 0; }
details { margin: 8px 0; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--paper); }
summary { cursor: pointer; }
label { display: grid; gap: 2px; color: var(--faint); font-size: 13px; }
button, select, textarea { min-height: 40px; padding: 6px 14px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--ground); color: var(--ink); font: inherit; }
button { cursor: pointer; }
textarea { width: 100%; min-height: 88px; font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
table { width: 100%; border-collapse: collapse; border: 1px solid var(--line); background: var(--paper); }
td, th { padding: 6px 10px; border-top: 1px solid var(--line); text-align: left; font-weight: normal;
  vertical-align: top; }
th { width: 34%; color: var(--faint); }
"""
