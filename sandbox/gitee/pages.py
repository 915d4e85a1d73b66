"""Plain pages for a person who clicks a link: a repo with its history, a pull request with its diff."""

from html import escape

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.gitee.endpoints import Form, Params, accepting, shown
from sandbox.gitee.gates import Gate
from sandbox.gitee.layout import comment_form, conversation, listing, marks, page
from sandbox.gitee.pulls import Pull, State
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World

MOST_DIFF = 60_000
STATES = {State.OPEN: "开启", State.CLOSED: "已关闭", State.MERGED: "已合并"}


def routes(world: World) -> list[Route]:
    """The two pages; a private repo is shown too, as whoever clicks is on this very machine."""
    pull = "/{owner}/{repo}/pulls/{number:int}"
    return [
        Route("/{owner}/{repo}", shown(world, _repo_page)),
        Route(pull, shown(world, _pull_page)),
        Route(f"{pull}/comments", accepting(world, _say), methods=["POST"]),
    ]


def _say(form: Form) -> Response:
    pull = form.repo.pull(form.path["number"])
    said = pull.add_comment(form.said(), by=form.member())
    return RedirectResponse(f"{_address(form.repo, pull)}#note_{said.id}", status_code=303)


def _repo_page(repo: Repo, _: Params) -> Response:
    pulls = sorted(repo.pulls.values(), key=lambda pull: pull.number, reverse=True)
    name = escape(repo.full_name)
    open_issues = sum(not issue.closed for issue in repo.issues.values())
    body = f'<h1>{name}</h1><p><a href="/{name}/issues">Issues</a> ({open_issues})</p><h2>Pull Requests</h2>'
    body += listing(_line(repo, pull) for pull in pulls)
    body += f"<h2>提交</h2><pre>{escape(repo.git.graph())}</pre>"
    return page(repo.full_name, body)


def _pull_page(repo: Repo, path: Params) -> Response:
    pull = repo.pull(path["number"])
    name = escape(repo.full_name)
    title = f"!{pull.number} {pull.title}"
    commits = repo.git.log(f"{pull.base_sha}..{pull.head_sha}")
    form = comment_form(repo, f"{_address(repo, pull)}/comments", hint=f"/merge {pull.number}")
    parts = [
        f'<p><a href="/{name}">{name}</a></p><h1>{escape(title)}</h1>',
        f"<p>{_marks(pull)} <small>{_summary(pull)}</small></p>",
        f"<p>{escape(pull.body)}</p>" if pull.body else "",
        f"<h2>合并条件</h2>{listing(escape(line) for line in _needs(repo, pull))}",
        f"<h2>检查</h2>{listing(escape(line) for line in _checks(repo, pull))}",
        f"<h2>评论</h2>{conversation(pull.comments)}{form}",
        f"<h2>提交</h2>{listing(f'<code>{one.sha[:8]}</code> {escape(one.message)}' for one in commits)}",
        f"<h2>改动</h2><pre>{escape(repo.git.diff(pull.base_sha, pull.head_sha)[:MOST_DIFF])}</pre>",
    ]
    return page(title, "".join(parts))


def _address(repo: Repo, pull: Pull) -> str:
    return f"/{repo.full_name}/pulls/{pull.number}"


def _line(repo: Repo, pull: Pull) -> str:
    link = escape(_address(repo, pull))
    title = f"!{pull.number} {escape(pull.title)}"
    return f'<a href="{link}">{title}</a> {_marks(pull)}<br><small>{_summary(pull)}</small>'


def _marks(pull: Pull) -> str:
    words = [STATES[pull.state], *(["草稿"] if pull.draft else []), *pull.labels]
    return marks(words)


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
