"""What the pages look like, and the pieces that more than one of them has."""

from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse

from sandbox.gitee.pulls import Comment
from sandbox.gitee.repo import Repo

# Titles and diffs are anybody's text: should an escape ever be missing, the page still runs nothing.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
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
textarea, select, input, button { font: inherit; color: inherit; background: none; padding: .5rem .8rem;
  border: 1px solid var(--line); border-radius: .5rem }
textarea { display: block; box-sizing: border-box; width: 100%; margin-bottom: .5rem; resize: vertical }
select { background: Canvas } button { border-color: currentColor; color: var(--link); cursor: pointer }
"""


def page(title: str, body: str) -> HTMLResponse:
    """A page; `body` is markup, in which everybody's text is escaped already."""
    return HTMLResponse(_framed(title, body), headers=HEADERS)


def refused(status: int) -> HTMLResponse:
    """A page that says no."""
    return HTMLResponse(_framed(f"{status}", f"<h1>{status}</h1>"), status_code=status, headers=HEADERS)


def listing(items: Iterable[str]) -> str:
    """A list of markup, or the word for none."""
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{lines or '<li><small>无</small></li>'}</ul>"


def marks(words: Iterable[str]) -> str:
    """Words that stand out: a state, labels."""
    return " ".join(f"<mark>{escape(word)}</mark>" for word in words)


def conversation(comments: Iterable[Comment]) -> str:
    """What people wrote, each with a place to link to."""
    return listing(map(_comment, comments))


def comment_form(repo: Repo, action: str, *, hint: str) -> str:
    """A form to write as one of the repo's members."""
    users = (repo.commons.user(login) for login in repo.members)
    people = "".join(f'<option value="{escape(one.login)}">{escape(one.name)}</option>' for one in users)
    return (
        f'<form method="post" action="{escape(action)}">'
        f'<textarea name="body" rows="3" required aria-label="评论" placeholder="{escape(hint)}"></textarea>'
        f'<select name="as" aria-label="以谁的身份">{people}</select> <button>评论</button></form>'
    )


def _comment(comment: Comment) -> str:
    who = f"<b>{escape(comment.user.name)}</b> <small>{comment.created_at:%Y-%m-%d %H:%M}</small>"
    return f'<div id="note_{comment.id}">{who}<div class="said">{escape(comment.body)}</div></div>'


def _framed(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><body>{body}</body></html>"
    )
