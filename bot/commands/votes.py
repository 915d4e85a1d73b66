"""/approve and /test: vouching for a commit of a pull request."""

import logging

from bot.arguments import NUMBER, REPO
from bot.ask import Ask
from bot.builds import pr_job, start
from bot.language import mark
from bot.pulls import CodeHost, link, short
from bot.registry import Group, command
from bot.reply import Code, Line, Link, Reply, Say, UserError, line, plain
from bot.rights import Role
from bot.settings import Repo
from integrations.errors import IntegrationError, NotAllowed, Unclear
from integrations.model import PullRequest, State, Vote

log = logging.getLogger(__name__)

_DONE = {
    Vote.APPROVE: mark("{pr} approved at {sha}"),
    Vote.TEST: mark("{pr} marked as tested at {sha}"),
}
_COMMENT = {
    Vote.APPROVE: mark("Approved at {sha} by {who} through Sampan"),
    Vote.TEST: mark("Tested at {sha} by {who} through Sampan"),
}


@command(
    "approve",
    aliases=("批准", "通过", "审查通过"),
    summary=mark("Approve a pull request; not your own"),
    group=Group.PULLS,
    role=Role.MAINTAINER,
    arguments=(NUMBER, REPO),
    examples=("/approve 233", "/approve 233 web"),
)
def approve(ask: Ask, number: int, repo: Repo) -> Reply:
    """Approve as the token's owner, and say who asked."""
    host, pull = _open_pull(ask, repo, number)
    if _is_author(ask, pull):
        raise UserError(line("{pr} is your own; somebody else has to approve it.", pr=link(pull)))
    return _vote(ask, host, repo, pull, Vote.APPROVE)


@command(
    "test",
    aliases=("测试",),
    summary=mark("Run the pull request's job, or mark it as tested by you"),
    group=Group.PULLS,
    role=Role.DEVELOPER,
    arguments=(NUMBER, REPO),
    examples=("/test 233", "/test 233 web"),
)
def test(ask: Ask, number: int, repo: Repo) -> Reply:
    """Start the job where there is one; else the asker vouches."""
    host, pull = _open_pull(ask, repo, number)
    job = pr_job(ask, repo)
    if not job:
        return _vote(ask, host, repo, pull, Vote.TEST)
    ours = {"PR_NUMBER": str(pull.number), "PR_SHA": pull.head_sha, "REPO": repo.path}
    title = line("test of {pr} at {sha}", pr=link(pull), sha=Code(short(pull.head_sha)))
    reply = start(ask, job, what=title, ours=ours)
    note = line("Its result is not recorded on Gitee yet: when it is green, mark the test there.")
    return Reply(reply.title, (*reply.lines, note))


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


def _vote(ask: Ask, host: CodeHost, repo: Repo, pull: PullRequest, vote: Vote) -> Reply:
    row = ask.store.vouch(ask.message, repo=repo.path, number=pull.number, vote=vote, sha=pull.head_sha)
    try:
        host.vote(repo.path, pull.number, vote)
    except NotAllowed as refusal:
        # A second vote of the same account, after a push that reset nothing, may be refused: it counts still.
        if pull.short(vote) or not pull.accepted(vote):
            ask.store.settle_vote(row, counted=False)
            raise UserError(*_refused(pull, refusal)) from refusal
    except Unclear:
        return _look(ask, host, repo, pull, vote, row)
    except IntegrationError:
        ask.store.settle_vote(row, counted=False)
        raise
    ask.store.settle_vote(row, counted=True)
    return _counted(ask, host, repo, pull, vote)


def _refused(pull: PullRequest, refusal: NotAllowed) -> list[Line]:
    lines = [line("Gitee refused it for {pr}.", pr=link(pull))]
    return [*lines, line("It says: {message}", message=refusal.message)] if refusal.message else lines


def _look(ask: Ask, host: CodeHost, repo: Repo, pull: PullRequest, vote: Vote, row: int) -> Reply:
    """The answer was lost: see whether the vote is there, and never send it twice."""
    after = host.pull(repo.path, pull.number)
    if after.accepted(vote) > pull.accepted(vote):
        ask.store.settle_vote(row, counted=True)
        return _counted(ask, host, repo, pull, vote)
    raise UserError(
        line("Gitee's answer was lost, and {pr} does not show it. I did not try again.", pr=link(pull)),
        line("Look there, and repeat the command if need be."),
    )


def _counted(ask: Ask, host: CodeHost, repo: Repo, pull: PullRequest, vote: Vote) -> Reply:
    after = _read_again(host, repo, pull)
    lines = [line(_DONE[vote], pr=link(pull), sha=Code(short(pull.head_sha)))]
    if not _commented(ask, host, repo, pull, vote):
        lines.append(
            line("The comment that says who asked could not be written; Sampan's own record has it.")
        )
    return Reply.of(*lines, *_still_needed(after or pull, pull, vote, repo, known=after is not None))


def _read_again(host: CodeHost, repo: Repo, pull: PullRequest) -> PullRequest | None:
    try:
        return host.pull(repo.path, pull.number)
    except IntegrationError:
        log.warning("could not read %s#%d again after a vote", repo.path, pull.number)
        return None


def _commented(ask: Ask, host: CodeHost, repo: Repo, pull: PullRequest, vote: Vote) -> bool:
    comment = line(_COMMENT[vote], sha=pull.head_sha[:12], who=ask.who)
    try:
        host.comment(repo.path, pull.number, plain(comment))
    except IntegrationError:
        log.warning("could not comment on %s#%d", repo.path, pull.number)
        return False
    return True


def _still_needed(
    after: PullRequest, seen: PullRequest, vote: Vote, repo: Repo, *, known: bool
) -> list[Line]:
    if not known:
        return []
    if after.head_sha != seen.head_sha:
        return [
            line(
                "Its head has moved to {sha} meanwhile: that is not covered.", sha=Code(short(after.head_sha))
            )
        ]
    missing = after.short(vote)
    if missing:
        # One token is one reviewer: the others vote on the host itself.
        page = Link(f"#{after.number}", after.url)
        return [
            line(
                "Gitee wants {n} more; one account counts once, so they vote on {page}.", n=missing, page=page
            )
        ]
    verb = "test" if after.tests_short else "approve" if after.approvals_short else "merge"
    next_step = Say(f"/{verb} {after.number}", f"/{verb} {after.number} {repo.alias}")
    return [line("Next: {command}", command=next_step)]
