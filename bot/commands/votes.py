"""/approve and /test: vouching for a commit of a pull request."""

from bot.arguments import NUMBER, REPO
from bot.ask import Ask
from bot.builds import Kind, Plan
from bot.language import mark
from bot.launching import launch, planned
from bot.pulls import CodeHost, link
from bot.registry import Group, command
from bot.reply import Line, Reply, UserError, line
from bot.rights import Role
from bot.settings import Repo
from bot.vouching import vouch
from integrations.model import PullRequest, State, Vote


def _voted(ask: Ask, number: int, repo: Repo, vote: Vote) -> list[Line]:
    """What the host shows of a vote that was interrupted."""
    pull = ask.tools.code_host(repo).pull(repo.path, number)
    logins = ", ".join(sorted(pull.accepted(vote)))
    shown = line(_SHOWN[vote], pr=link(pull), logins=logins) if logins else line(_NONE[vote], pr=link(pull))
    return [shown]


_SHOWN = {
    Vote.APPROVE: mark("{pr} is approved by {logins}"),
    Vote.TEST: mark("{pr} is marked as tested by {logins}"),
}
_NONE = {Vote.APPROVE: mark("{pr} shows no approval"), Vote.TEST: mark("{pr} shows no test")}


def _approved(ask: Ask, number: int, repo: Repo) -> list[Line]:
    return _voted(ask, number, repo, Vote.APPROVE)


def _tested(ask: Ask, number: int, repo: Repo) -> list[Line]:
    return [] if ask.settings.pr_job_of(repo) else _voted(ask, number, repo, Vote.TEST)


@command(
    "approve",
    aliases=("批准", "通过", "审查通过"),
    summary=mark("Approve a pull request; not your own"),
    group=Group.PULLS,
    role=Role.MAINTAINER,
    arguments=(NUMBER, REPO),
    examples=("/approve 233", "/approve 233 web"),
    look=_approved,
)
def approve(ask: Ask, number: int, repo: Repo) -> Reply:
    """Approve as the token's owner, and say who asked."""
    host, pull = _open_pull(ask, repo, number)
    if _is_author(ask, pull):
        raise UserError(line("{pr} is your own; somebody else has to approve it.", pr=link(pull)))
    return vouch(ask, host, repo, pull, Vote.APPROVE)


@command(
    "test",
    aliases=("测试",),
    summary=mark("Run the pull request's job, or mark it as tested by you"),
    group=Group.PULLS,
    role=Role.DEVELOPER,
    arguments=(NUMBER, REPO),
    examples=("/test 233", "/test 233 web"),
    look=_tested,
)
def test(ask: Ask, number: int, repo: Repo) -> Reply:
    """Start the job where there is one, which marks it when it is green; else the asker vouches."""
    host, pull = _open_pull(ask, repo, number)
    job = ask.settings.pr_job_of(repo)
    if not job:
        return vouch(ask, host, repo, pull, Vote.TEST)
    plan = Plan(Kind.PULL, job, repo=repo.alias, pull=pull.number, sha=pull.head_sha)
    ours = {"PR_NUMBER": str(pull.number), "PR_SHA": pull.head_sha, "REPO": repo.path}
    return launch(ask, *planned(ask, plan, ours=ours))


def _open_pull(ask: Ask, repo: Repo, number: int) -> tuple[CodeHost, PullRequest]:
    host = ask.tools.code_host(repo)
    pull = host.pull(repo.path, number)
    if pull.state is State.MERGED:
        raise UserError(line("{pr} is merged already.", pr=link(pull)))
    if pull.state is not State.OPEN:
        raise UserError(line("{pr} is closed.", pr=link(pull)))
    return host, pull


def _is_author(ask: Ask, pull: PullRequest) -> bool:
    # A staff id that equals a login counts as the same person here: it can only take a right away.
    return pull.author.lower() in (ask.login.lower(), ask.staff_id.lower())
