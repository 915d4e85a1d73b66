"""/pr: the open pull requests, and one of them."""

from bot.arguments import REPO, page_number, pr_number
from bot.ask import Ask
from bot.language import mark
from bot.pulls import link
from bot.readiness import next_steps, obstacles, summary
from bot.registry import Argument, Group, Option, command
from bot.reply import Code, Line, Reply, Say, Strong, UserError, counted, join, line, plain
from bot.settings import Repo
from bot.times import age
from integrations.model import PullPage, PullRequest, State

TITLE_LENGTH = 60


def _number_or_mine(ask: Ask, word: str) -> int | str:
    if word.lower() in ("mine", "我的"):
        return "mine"
    return pr_number(ask, word)


@command(
    "pr",
    aliases=("prs", "list", "合并请求", "列表"),
    summary=mark("List open pull requests, or show one"),
    group=Group.PULLS,
    arguments=(Argument("number", _number_or_mine, required=False, skips=True), REPO),
    options=(Option("page", page_number),),
    examples=("/pr", "/pr 233", "/pr mine", "/pr web --page 2"),
)
def pr(ask: Ask, number: int | str | None, repo: Repo, page: int | None) -> Reply:
    """One vendor call for a page, one for a pull request."""
    host = ask.tools.code_host(repo)
    if isinstance(number, int):
        return _one(ask, host.pull(repo.path, number), repo)
    author = _my_login(ask) if number == "mine" else ""
    found = host.pulls(repo.path, page=page or 1, author=author)
    return _list(ask, found, repo, mine=bool(author))


def _my_login(ask: Ask) -> str:
    if not ask.staff_id:
        raise UserError(line("The chat does not vouch for who you are, so I cannot tell which are yours."))
    if not ask.login:
        raise UserError(
            line("I do not know your login on Gitee."),
            line("Ask for {pair} to be added to GITEE_USERS.", pair=Code(f"{ask.staff_id}=login")),
        )
    return ask.login


def _list(ask: Ask, found: PullPage, repo: Repo, *, mine: bool) -> Reply:
    if not found.pulls:
        return Reply.of(line("No open pull requests in {repo}.", repo=Code(repo.alias)))
    count = found.total if found.total is not None else len(found.pulls)
    name = Strong(repo.alias)
    title = counted("{n} open pull request in {repo}", "{n} open pull requests in {repo}", n=count, repo=name)
    lines = [title]
    for pull in found.pulls:
        lines += _entry(ask, pull, repo)
    lines += _pager(found, repo, mine=mine)
    return Reply.of(*lines)


def _entry(ask: Ask, pull: PullRequest, repo: Repo) -> list[Line]:
    title = pull.title if len(pull.title) <= TITLE_LENGTH else pull.title[: TITLE_LENGTH - 1] + "…"
    seen = summary(obstacles(ask, repo, pull))
    facts = join([pull.author, age(pull.created_at, now=ask.tools.now()), seen])
    return [(link(pull), " ", Strong(title)), facts, *next_steps(pull, repo)]


def _pager(found: PullPage, repo: Repo, *, mine: bool) -> list[Line]:
    word = "mine " if mine else ""
    pages = []
    if found.page > 1:
        pages.append(Say(plain(line("previous page")), f"/pr {word}{repo.alias} --page {found.page - 1}"))
    if found.more:
        pages.append(Say(plain(line("next page")), f"/pr {word}{repo.alias} --page {found.page + 1}"))
    return [join(pages)] if pages else []


def _one(ask: Ask, pull: PullRequest, repo: Repo) -> Reply:
    lines = [
        (link(pull), " ", Strong(pull.title)),
        join([pull.author, age(pull.created_at, now=ask.tools.now()), f"{pull.head_ref} → {pull.base_ref}"]),
    ]
    if pull.state is not State.OPEN:
        return Reply.of(
            *lines, line("It is merged.") if pull.state is State.MERGED else line("It is closed.")
        )
    return Reply.of(*lines, summary(obstacles(ask, repo, pull)), *next_steps(pull, repo))
