"""How the pages look."""

CSS = """
:root { color-scheme: light dark; --ink: #172b4d; --quiet: #5e6c84; --ground: #e4ecf7; --column: #f4f6fa;
  --paper: #fff; --line: #d5dbe6; --link: #0c56b3; --danger: #b3261e;
  font: 15px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8f0; --quiet: #9fadbf; --ground: #12161c;
  --column: #1b2129; --paper: #262d37; --line: #3a434f; --link: #85b8ff; --danger: #ff9c8f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
nav { padding: 10px 16px; background: #0b3a75; color: #d6e4f7; }
nav a { color: #fff; }
h1 { font-size: 20px; margin: 14px 16px; }
h2 { font-size: 15px; margin: 4px 6px 10px; }
a { color: var(--link); text-decoration: none; }
small, .quiet { color: var(--quiet); font-weight: normal; }
.board { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 12px;
  align-items: start; padding: 0 16px 24px; max-width: 1200px; }
.board section { background: var(--column); border-radius: 12px; padding: 10px; }
.card { display: block; background: var(--paper); color: var(--ink); border-radius: 8px; padding: 9px 11px;
  margin-top: 8px; box-shadow: 0 1px 1px #0003; }
.card:hover, .card:focus-visible { outline: 2px solid var(--link); }
.empty { color: var(--quiet); padding: 4px 6px; margin: 0; }
.label { display: inline-block; border-radius: 4px; padding: 0 8px; margin: 0 4px 4px 0; font-size: 12px;
  line-height: 1.7; color: #172b4d; background: #c1c7d0; }
.green { background: #7bd6a7; } .yellow { background: #f5d35b; } .orange { background: #ffb072; }
.red { background: #ff9c94; } .purple { background: #cdb4f6; } .blue { background: #8fb8f6; }
.sky { background: #8fdcf0; }
main { max-width: 760px; margin: 14px auto; padding: 6px 16px 18px; background: var(--paper);
  border-radius: 12px; }
main h1 { margin: 8px 0; }
main h2 { margin: 22px 0 6px; }
code { background: var(--column); border-radius: 4px; padding: 1px 5px; font: 13px ui-monospace, monospace; }
.said { border-top: 1px solid var(--line); padding: 8px 0; }
.said p { margin: 4px 0; }
form { display: inline-flex; gap: 6px; flex-wrap: wrap; margin: 0 8px 8px 0; }
form.wide { display: flex; margin-right: 0; }
input, textarea, select, button { font: inherit; color: inherit; background: var(--column); padding: 6px 12px;
  border: 1px solid var(--line); border-radius: 8px; }
textarea { width: 100%; resize: vertical; }
button { cursor: pointer; } button:hover { border-color: var(--link); }
.danger { color: var(--danger); }
@media (max-width: 820px) { main { border-radius: 0; margin: 0; } }
"""
