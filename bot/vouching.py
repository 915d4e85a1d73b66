"""Vouching for a commit of a pull request: one vote, a look whether it counted, a comment that says who."""

import logging

from bot.ask import Ask
from bot.builds import Build
from bot.language import mark
from bot.launching import noted
from bot.locking import require_running
from bot.pulls import CodeHost, Obstacle, link, short
from bot.readiness import obstacles, summary
from bot.rehearsal import rehearsed
from bot.reply import Code, Line, Reply, Say, UserError, line, plain
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


def record_test(ask: Ask, build: Build) -> list[Line]:
    """Mark the pull request of a green build as tested, if its head is still what was built."""
    repo = next((one for one in ask.settings.repos if one.alias == build.repo), None)
    if repo is None or build.pull is None:
        return [line("The test was not recorded: {repo} is no longer in REPOS.", repo=Code(build.repo))]
    host = ask.tools.code_host(repo)
    pull = host.pull(repo.path, build.pull)
    if pull.state is not State.OPEN:
        return [line("The test was not recorded: {pr} is no longer open.", pr=link(pull))]
    if pull.head_sha != build.sha:
        moved = line(
            "The test was not recorded: the head of {pr} has moved to {sha}.",
            pr=link(pull),
            sha=Code(short(pull.head_sha)),
        )
        return [moved, (Say(f"/test {pull.number}", f"/test {pull.number} {repo.alias}"),)]
    try:
        require_running(ask.store, now=ask.tools.now())
        return list(vouch(ask, host, repo, pull, Vote.TEST).lines)
    except UserError as refusal:
        return [line("The test was not recorded."), *refusal.lines]


def vouch(ask: Ask, host: CodeHost, repo: Repo, pull: PullRequest, vote: Vote) -> Reply:
    """Vote as the token's owner, once, and say who asked."""
    if ask.dry_run:
        return rehearsed(
            lambda: host.vote(repo.path, pull.number, vote),
            lambda: host.comment(repo.path, pull.number, _comment(ask, pull, vote)),
        )
    row = ask.store.votes.ask(
        repo=repo.path,
        pull=pull.number,
        vote=vote,
        sha=pull.head_sha,
        staff_id=ask.staff_id,
        name=ask.message.name,
        delivery=ask.message.delivery_id,
    )
    notes: list[Line] = []
    try:
        host.vote(repo.path, pull.number, vote)
    except NotAllowed as refusal:
        # A second vote of the same account, after a push that reset nothing, may be refused: it counts still.
        if pull.short(vote) or not pull.accepted(vote):
            noted(lambda: ask.store.votes.settle(row, counted=False))
            raise UserError(*_refused(pull, refusal)) from refusal
        notes = [line("Gitee took no second vote of Sampan's account; the first one counts still.")]
    except (Unclear, Garbled, Down):
        _look(host, repo, pull, vote)
    except IntegrationError:
        noted(lambda: ask.store.votes.settle(row, counted=False))
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
    noted(lambda: ask.store.votes.settle(row, counted=True))
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
    try:
        host.comment(repo.path, pull.number, _comment(ask, pull, vote))
    except IntegrationError:
        log.warning("could not comment on %s#%d", repo.path, pull.number)
        return False
    return True


def _comment(ask: Ask, pull: PullRequest, vote: Vote) -> str:
    return plain(line(_COMMENT[vote], sha=pull.head_sha[:12], who=ask.who))


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
