"""Plain pages for a person who clicks a link: a repo with its history, a pull request with its diff."""

from collections.abc import Callable, Iterable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.gitee.gates import Gate
from sandbox.gitee.pulls import Pull, State
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World

MOST_DIFF = 60_000
# Titles and diffs are anybody's text: should an escape ever be missing, the page still runs nothing.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
STATES = {State.OPEN: "开启", State.CLOSED: "已关闭", State.MERGED: "已合并"}
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --link: #b3402a; --quiet: #777 }
@media (prefers-color-scheme: dark) { :root { --link: #ff9d80; --quiet: #aaa } }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere } h2 { font-size: 1rem; margin-top: 2rem }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
ul { list-style: none; padding: 0 }
li { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere }
small { color: var(--quiet) }
mark { background: var(--soft); color: inherit; border-radius: 1rem; padding: .1rem .6rem; font-size: .85rem }
pre { background: var(--soft); border-radius: .5rem; padding: .8rem; overflow-x: auto; font-size: .8rem }
"""


def routes(world: World) -> list[Route]:
    """The two pages; a private repo is shown too, as whoever clicks is on this very machine."""
    return [
        Route("/{owner}/{repo}", _served(world, _repo_page)),
        Route("/{owner}/{repo}/pulls/{number:int}", _served(world, _pull_page)),
    ]


def _served(world: World, page: Callable[[Repo, int], str | None]) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        repo = world.repos.get("{owner}/{repo}".format(**request.path_params))
        with world.commons.lock:
            if repo:
                repo.sync()
            shown = page(repo, request.path_params.get("number", 0)) if repo else None
        if shown is None:
            return HTMLResponse(_framed("404", "<h1>404</h1>"), status_code=404, headers=HEADERS)
        return HTMLResponse(shown, headers=HEADERS)

    return endpoint


def _repo_page(repo: Repo, _: int) -> str:
    pulls = sorted(repo.pulls.values(), key=lambda pull: pull.number, reverse=True)
    body = f"<h1>{escape(repo.full_name)}</h1><h2>Pull Requests</h2>"
    body += _list(_line(repo, pull) for pull in pulls)
    body += f"<h2>提交</h2><pre>{escape(repo.git.graph())}</pre>"
    return _framed(repo.full_name, body)


def _pull_page(repo: Repo, number: int) -> str | None:
    pull = repo.pulls.get(number)
    if pull is None:
        return None
    name = escape(repo.full_name)
    title = f"!{pull.number} {pull.title}"
    commits = repo.git.log(f"{pull.base_sha}..{pull.head_sha}")
    parts = [
        f'<p><a href="/{name}">{name}</a></p><h1>{escape(title)}</h1>',
        f"<p>{_marks(pull)} <small>{_summary(pull)}</small></p>",
        f"<p>{escape(pull.body)}</p>" if pull.body else "",
        f"<h2>合并条件</h2>{_list(escape(line) for line in _needs(repo, pull))}",
        f"<h2>检查</h2>{_list(escape(line) for line in _checks(repo, pull))}",
        f"<h2>评论</h2>{_list(_comment(pull))}",
        f"<h2>提交</h2>{_list(f'<code>{one.sha[:8]}</code> {escape(one.message)}' for one in commits)}",
        f"<h2>改动</h2><pre>{escape(repo.git.diff(pull.base_sha, pull.head_sha)[:MOST_DIFF])}</pre>",
    ]
    return _framed(title, "".join(parts))


def _framed(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><body>{body}</body></html>"
    )


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{lines or '<li><small>无</small></li>'}</ul>"


def _line(repo: Repo, pull: Pull) -> str:
    link = f"/{escape(repo.full_name)}/pulls/{pull.number}"
    title = f"!{pull.number} {escape(pull.title)}"
    return f'<a href="{link}">{title}</a> {_marks(pull)}<br><small>{_summary(pull)}</small>'


def _marks(pull: Pull) -> str:
    words = [STATES[pull.state], *(["草稿"] if pull.draft else []), *pull.labels]
    return " ".join(f"<mark>{escape(word)}</mark>" for word in words)


def _summary(pull: Pull) -> str:
    way = f"{pull.head_ref} → {pull.base_ref}"
    return escape(f"{pull.author.name} · {way} · {pull.head_sha[:8]} · {pull.created_at:%Y-%m-%d %H:%M}")


def _needs(repo: Repo, pull: Pull) -> list[str]:
    lines = [f"审查 {_score(pull.review)}", f"测试 {_score(pull.test)}"]
    if pull.state is State.OPEN:
        lines.append("没有冲突" if repo.mergeable(pull) else "存在冲突")
    return lines


def _score(gate: Gate) -> str:
    people = ", ".join(f"{login} ✓" if yes else login for login, yes in gate.people.items())
    return f"{'✓' if gate.passed else '✗'} {gate.accepted}/{gate.needed} ({people})"


def _checks(repo: Repo, pull: Pull) -> list[str]:
    runs = (run for run in repo.checks.values() if run.head_sha == pull.head_sha)
    return [f"{run.name}: {run.conclusion or run.status}" for run in runs]


def _comment(pull: Pull) -> list[str]:
    return [f"<b>{escape(one.user.name)}</b> {escape(one.body)}" for one in pull.comments]
