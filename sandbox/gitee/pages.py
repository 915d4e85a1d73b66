"""Plain pages for a person who clicks a link: a repo with its history, a pull request with its diff."""

from collections.abc import Awaitable, Callable, Iterable
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.gitee.gates import Gate
from sandbox.gitee.pulls import Comment, Pull, State
from sandbox.gitee.recording import decoded
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World

MOST_DIFF = 60_000
# Titles and diffs are anybody's text: should an escape ever be missing, the page still runs nothing.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
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
.said { white-space: pre-wrap } :target { background: var(--soft) }
textarea, select, button { font: inherit; color: inherit; background: none; padding: .5rem .8rem;
  border: 1px solid var(--line); border-radius: .5rem }
textarea { display: block; box-sizing: border-box; width: 100%; margin-bottom: .5rem; resize: vertical }
select { background: Canvas } button { border-color: currentColor; color: var(--link); cursor: pointer }
"""


def routes(world: World) -> list[Route]:
    """The two pages; a private repo is shown too, as whoever clicks is on this very machine."""
    pull = "/{owner}/{repo}/pulls/{number:int}"
    return [
        Route("/{owner}/{repo}", _served(world, _repo_page)),
        Route(pull, _served(world, _pull_page)),
        Route(f"{pull}/comments", _commented(world), methods=["POST"]),
    ]


def _served(world: World, page: Callable[[Repo, int], str | None]) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        repo = world.repos.get("{owner}/{repo}".format(**request.path_params))
        with world.commons.lock:
            if repo:
                repo.sync()
            shown = page(repo, request.path_params.get("number", 0)) if repo else None
        return _refused(404) if shown is None else HTMLResponse(shown, headers=HEADERS)

    return endpoint


def _commented(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        site = str(request.base_url).rstrip("/")
        # Whoever sits here may speak as any member, but no page from elsewhere may in their name.
        if request.headers.get("origin", site) != site:
            return _refused(403)
        sent = decoded(await request.body(), request.headers.get("content-type", ""))
        form = sent if isinstance(sent, dict) else {}
        return await run_in_threadpool(
            _say, world, request, str(form.get("as", "")), str(form.get("body", ""))
        )

    return endpoint


def _say(world: World, request: Request, login: str, body: str) -> Response:
    repo = world.repos.get("{owner}/{repo}".format(**request.path_params))
    with world.commons.lock:
        pull = repo.pulls.get(request.path_params["number"]) if repo else None
        if repo is None or pull is None:
            return _refused(404)
        if login not in repo.members or not body.strip():
            return _refused(400)
        # Browsers send the ends of lines as HTTP has them.
        said = pull.add_comment(body.replace("\r\n", "\n"), by=world.commons.user(login))
    return RedirectResponse(f"/{repo.full_name}/pulls/{pull.number}#note_{said.id}", status_code=303)


def _refused(status: int) -> Response:
    return HTMLResponse(_framed(f"{status}", f"<h1>{status}</h1>"), status_code=status, headers=HEADERS)


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
        f"<h2>评论</h2>{_list(_comment(one) for one in pull.comments)}{_form(repo, pull)}",
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


def _comment(comment: Comment) -> str:
    who = f"<b>{escape(comment.user.name)}</b> <small>{comment.created_at:%Y-%m-%d %H:%M}</small>"
    return f'<div id="note_{comment.id}">{who}<div class="said">{escape(comment.body)}</div></div>'


def _form(repo: Repo, pull: Pull) -> str:
    users = (repo.commons.user(login) for login in repo.members)
    people = "".join(f'<option value="{escape(one.login)}">{escape(one.name)}</option>' for one in users)
    return (
        f'<form method="post" action="/{escape(repo.full_name)}/pulls/{pull.number}/comments">'
        '<textarea name="body" rows="3" required aria-label="评论" '
        f'placeholder="/merge {pull.number}"></textarea>'
        f'<select name="as" aria-label="以谁的身份">{people}</select> <button>评论</button></form>'
    )
