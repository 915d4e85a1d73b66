"""The issues of a repo and each of them as pages, where a person plays the team: closes, labels, answers."""

from html import escape

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.gitee.endpoints import Form, Params, accepting, shown
from sandbox.gitee.issues import Issue, State
from sandbox.gitee.layout import comment_form, conversation, listing, marks, page
from sandbox.gitee.refusals import invalid
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World

STATES = {State.OPEN: "开启", State.PROGRESSING: "进行中", State.CLOSED: "已关闭", State.REJECTED: "已拒绝"}


def routes(world: World) -> list[Route]:
    """The two pages, and what their forms do."""
    issue = "/{owner}/{repo}/issues/{number}"
    deeds = {"state": _move, "labels": _label, "comments": _say, "deletion": _delete}
    return [
        Route("/{owner}/{repo}/issues", shown(world, _list_page)),
        Route(issue, shown(world, _issue_page)),
        *(Route(f"{issue}/{name}", accepting(world, deed), methods=["POST"]) for name, deed in deeds.items()),
    ]


def _move(form: Form) -> Response:
    issue, state = form.repo.issue(form.path["number"]), form.fields.get("state", "")
    if state not in STATES:
        raise invalid("state")
    issue.move(State(state))
    return _seen(form, issue)


def _label(form: Form) -> Response:
    issue = form.repo.issue(form.path["number"])
    words = form.fields.get("labels", "").replace("，", ",").split(",")
    issue.set_labels(word.strip() for word in words if word.strip())
    return _seen(form, issue)


def _say(form: Form) -> Response:
    issue = form.repo.issue(form.path["number"])
    said = issue.add_comment(form.said(), by=form.member())
    return _seen(form, issue, f"#note_{said.id}")


def _delete(form: Form) -> Response:
    form.repo.delete_issue(form.path["number"])
    return RedirectResponse(f"/{form.repo.full_name}/issues", status_code=303)


def _seen(form: Form, issue: Issue, place: str = "") -> Response:
    return RedirectResponse(f"{_address(form.repo, issue)}{place}", status_code=303)


def _list_page(repo: Repo, _: Params) -> Response:
    name = escape(repo.full_name)
    newest = sorted(repo.issues.values(), key=lambda issue: issue.created_at, reverse=True)
    body = f'<p><a href="/{name}">{name}</a></p><h1>Issues</h1>'
    return page(f"{repo.full_name} Issues", body + listing(_line(repo, issue) for issue in newest))


def _issue_page(repo: Repo, path: Params) -> Response:
    issue = repo.issue(path["number"])
    address, title = _address(repo, issue), f"#{issue.number} {issue.title}"
    parts = [
        f'<p><a href="/{escape(repo.full_name)}/issues">{escape(repo.full_name)} Issues</a></p>',
        f"<h1>{escape(title)}</h1><p>{_marks(issue)} <small>{_summary(issue)}</small></p>",
        f'<p class="said">{escape(issue.body)}</p>',
        f"<h2>状态</h2>{_state_form(issue, address)}",
        f"<h2>标签</h2>{_label_form(issue, address)}",
        f"<h2>评论</h2>{conversation(issue.comments)}",
        comment_form(repo, f"{address}/comments", hint="看过了"),
        f'<h2>删除</h2><form method="post" action="{escape(address)}/deletion"><button>删除</button></form>',
    ]
    return page(title, "".join(parts))


def _line(repo: Repo, issue: Issue) -> str:
    title = f"#{issue.number} {escape(issue.title)}"
    link = f'<a href="{escape(_address(repo, issue))}">{title}</a>'
    return f"{link} {_marks(issue)}<br><small>{_summary(issue)}</small>"


def _address(repo: Repo, issue: Issue) -> str:
    return f"/{repo.full_name}/issues/{issue.number}"


def _marks(issue: Issue) -> str:
    return marks([STATES[issue.state], *issue.labels])


def _summary(issue: Issue) -> str:
    return escape(f"{issue.author.name} · {issue.created_at:%Y-%m-%d %H:%M} · {len(issue.comments)} 评论")


def _state_form(issue: Issue, address: str) -> str:
    others = ((state, word) for state, word in STATES.items() if state is not issue.state)
    buttons = " ".join(f'<button name="state" value="{state}">{word}</button>' for state, word in others)
    return f'<form method="post" action="{escape(address)}/state">{buttons}</form>'


def _label_form(issue: Issue, address: str) -> str:
    words = escape(", ".join(issue.labels))
    return (
        f'<form method="post" action="{escape(address)}/labels">'
        f'<input name="labels" value="{words}" aria-label="标签"> <button>保存</button></form>'
    )
