"""/approve and /test: vouching for a commit of a pull request."""

import logging

from bot.arguments import NUMBER, REPO
from bot.ask import Ask
from bot.builds import pr_job, start
from bot.language import mark
from bot.pulls import CodeHost, Obstacle, link, short
from bot.readiness import obstacles, summary
from bot.registry import Group, command
from bot.reply import Code, Line, Reply, Say, UserError, line, plain
from bot.rights import Role
from bot.settings import Repo
from integrations.errors import Down, Garbled, IntegrationError, NotAllowed, Unclear
from integrations.model import PullRequest, State, Vote

log = logging.getLogger(__name__)

_DONE = {
    Vote.APPROVE: mark("{pr} approved at {sha}"),
    Vote.TEST: mark("{pr} marked as tested at {sha}"),
}
_NEXT = {Obstacle.TESTS: "test", Obstacle.APPROVALS: "approve"}
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
    notes: list[Line] = []
    try:
        host.vote(repo.path, pull.number, vote)
    except NotAllowed as refusal:
        # A second vote of the same account, after a push that reset nothing, may be refused: it counts still.
        if pull.short(vote) or not pull.accepted(vote):
            ask.note(lambda: ask.store.settle_vote(row, counted=False))
            raise UserError(*_refused(pull, refusal)) from refusal
        notes = [line("Gitee took no second vote of Sampan's account; the first one counts still.")]
    except (Unclear, Garbled, Down):
        _look(host, repo, pull, vote)
    except IntegrationError:
        ask.note(lambda: ask.store.settle_vote(row, counted=False))
        raise
    after = _read_again(host, repo, pull)
    if after and _invisible(pull, after, vote):
        raise UserError(
            line(
                "Gitee took it for {pr} and does not show it: is Sampan's account asked to vote there?",
                pr=link(pull),
            ),
            line("Look there, and repeat the command if need be."),
        )
    ask.note(lambda: ask.store.settle_vote(row, counted=True))
    return _counted(ask, host, repo, pull, after, vote, notes)


def _invisible(before: PullRequest, after: PullRequest, vote: Vote) -> bool:
    """Whether a vote that is needed left no trace at all; with others' votes there nobody can tell."""
    return bool(before.short(vote)) and not before.accepted(vote) and not after.accepted(vote)


def _refused(pull: PullRequest, refusal: NotAllowed) -> list[Line]:
    lines = [line("Gitee refused it for {pr}.", pr=link(pull))]
    return [*lines, line("It says: {message}", message=refusal.message)] if refusal.message else lines


def _look(host: CodeHost, repo: Repo, pull: PullRequest, vote: Vote) -> None:
    """The answer was lost: see whether the vote is there, and never send it twice."""
    after = _read_again(host, repo, pull)
    if after and after.accepted(vote) > pull.accepted(vote):
        return
    raise UserError(
        line("Gitee's answer was lost, and {pr} does not show it. I did not try again.", pr=link(pull)),
        line("Look there, and repeat the command if need be."),
    )


def _counted(
    ask: Ask,
    host: CodeHost,
    repo: Repo,
    pull: PullRequest,
    after: PullRequest | None,
    vote: Vote,
    notes: list[Line],
) -> Reply:
    lines = [line(_DONE[vote], pr=link(pull), sha=Code(short(pull.head_sha))), *notes]
    if vote is Vote.APPROVE and not ask.login:
        pair = Code(f"{ask.staff_id}=login")
        lines.append(
            line("Whether it is your own could not be checked: GITEE_USERS lacks {pair}.", pair=pair)
        )
    if not _commented(ask, host, repo, pull, vote):
        told = line("The comment that says who asked could not be written; Sampan's own record has it.")
        lines.append(told)
    return Reply.of(*lines, *(_still_needed(ask, after, pull, vote, repo) if after else []))


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


def _still_needed(ask: Ask, after: PullRequest, seen: PullRequest, vote: Vote, repo: Repo) -> list[Line]:
    if after.head_sha != seen.head_sha:
        moved = Code(short(after.head_sha))
        return [line("Its head has moved to {sha} meanwhile: that is not covered.", sha=moved)]
    missing = after.short(vote)
    if missing:
        # One token is one reviewer: the others vote on the host itself.
        return [
            line(
                "Gitee wants {n} more; one account counts once, so they vote on {page}.",
                n=missing,
                page=link(after),
            )
        ]
    left = obstacles(ask, repo, after)
    verb = _NEXT.get(left[0].obstacle) if left else "merge"
    if verb is None or len({blocker.obstacle for blocker in left} - set(_NEXT)) > 0:
        return [summary(left)]
    next_step = Say(f"/{verb} {after.number}", f"/{verb} {after.number} {repo.alias}")
    return [line("Next: {command}", command=next_step)]
