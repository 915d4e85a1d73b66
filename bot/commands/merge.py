"""/merge: all the reasons against it at once, one write, and a look before and after."""

import time

from bot.arguments import NUMBER, REPO
from bot.ask import Ask
from bot.language import mark
from bot.launching import noted
from bot.pulls import Blocker, CodeHost, Obstacle, check_blockers, link, short
from bot.readiness import next_steps, obstacles
from bot.registry import Group, Option, command
from bot.rehearsal import rehearsed
from bot.reply import Code, Line, Reply, UserError, line
from bot.rights import Role
from bot.settings import Repo
from bot.store.votes import MERGE
from integrations.errors import Busy, Forbidden, IntegrationError, NotAllowed, NotSent, Refused, Unauthorized
from integrations.model import Check, Method, PullRequest, State

# The host computes mergeability in the background; one short wait is often enough.
PAUSE = 1.0


def _look(ask: Ask, number: int, repo: Repo, **_: object) -> list[Line]:
    """What the host shows of a merge that was interrupted."""
    pull = ask.tools.code_host(repo).pull(repo.path, number)
    if pull.state is State.MERGED:
        return [line("{pr} is merged.", pr=link(pull))]
    return [line("{pr} is not merged.", pr=link(pull)), *next_steps(pull, repo)]


@command(
    "merge",
    aliases=("合并",),
    summary=mark("Merge a pull request, or say everything that is in its way"),
    group=Group.PULLS,
    role=Role.MAINTAINER,
    arguments=(NUMBER, REPO),
    options=(Option("squash", exclusive="method"), Option("rebase", exclusive="method")),
    examples=("/merge 233", "/merge 233 web --squash"),
    look=_look,
)
def merge(ask: Ask, number: int, repo: Repo, squash: bool, rebase: bool) -> Reply:
    """Read, judge, read again, write once, verify: five calls."""
    method = Method.SQUASH if squash else Method.REBASE if rebase else Method.MERGE
    host = ask.tools.code_host(repo)
    pull = host.pull(repo.path, number)
    if pull.state is State.MERGED:
        return _merged_before(pull)
    checks = host.checks(repo.path, pull.head_sha)
    blockers = _blockers(ask, repo, pull, checks)
    if {blocker.obstacle for blocker in blockers} - {Obstacle.UNKNOWN}:
        raise _refusal(pull, repo, blockers)
    if blockers:
        time.sleep(PAUSE)
    last = host.pull(repo.path, number)
    if last.state is State.MERGED:
        return _merged_before(last)
    blockers = [*_moved(pull, last), *_blockers(ask, repo, last, checks)]
    if blockers:
        raise _refusal(last, repo, blockers)
    if ask.dry_run:
        return rehearsed(lambda: host.merge(repo.path, number, method))
    reply = _write_noted(ask, host, repo, last, method)
    if checks is None:
        return Reply(reply.title, (*reply.lines, line("Gitee showed no check runs, so none were looked at.")))
    return reply


def _blockers(ask: Ask, repo: Repo, pull: PullRequest, checks: tuple[Check, ...] | None) -> list[Blocker]:
    return [*obstacles(ask, repo, pull), *check_blockers(checks or ())]


def _moved(seen: PullRequest, last: PullRequest) -> list[Blocker]:
    if (seen.head_sha, seen.base_ref) == (last.head_sha, last.base_ref):
        return []
    return [Blocker(Obstacle.MOVED, line("it changed while I was looking; look at it again"))]


def _refusal(pull: PullRequest, repo: Repo, blockers: list[Blocker]) -> UserError:
    lines: list[Line] = [line("{pr} cannot be merged:", pr=link(pull))]
    lines += [("· ", *blocker.line) for blocker in blockers]
    return UserError(*lines, *next_steps(pull, repo))


def _merged_before(pull: PullRequest) -> Reply:
    return Reply.of(line("{pr} is merged already.", pr=link(pull)))


def _write_noted(ask: Ask, host: CodeHost, repo: Repo, pull: PullRequest, method: Method) -> Reply:
    """Leave a note before it goes out: the host's own news of it may be here before its answer."""
    row = ask.store.votes.ask(
        repo=repo.path,
        pull=pull.number,
        vote=MERGE,
        sha=pull.head_sha,
        staff_id=ask.staff_id,
        name=ask.message.name,
        delivery=ask.message.delivery_id,
    )
    try:
        reply = _write(host, repo, pull, method)
    except Exception:
        noted(lambda: ask.store.votes.settle(row, counted=False))
        raise
    noted(lambda: ask.store.votes.settle(row, counted=True))
    return reply


def _write(host: CodeHost, repo: Repo, pull: PullRequest, method: Method) -> Reply:
    trouble: IntegrationError | None = None
    try:
        host.merge(repo.path, pull.number, method)
    except (Busy, NotSent, Unauthorized, Forbidden):
        raise
    except IntegrationError as problem:
        trouble = problem
    after = _verify(host, repo, pull, trouble)
    if after.state is not State.MERGED:
        raise UserError(*_not_merged(after, trouble))
    return _merged(after, pull, method)


def _verify(host: CodeHost, repo: Repo, pull: PullRequest, trouble: IntegrationError | None) -> PullRequest:
    try:
        return host.pull(repo.path, pull.number)
    except IntegrationError as problem:
        told = line("I sent the merge of {pr} once, and cannot see what came of it.", pr=link(pull))
        raise UserError(told, line("Look there before you repeat it.")) from (trouble or problem)


def _not_merged(after: PullRequest, trouble: IntegrationError | None) -> list[Line]:
    if isinstance(trouble, NotAllowed):
        lines = [line("Gitee refused to merge {pr}.", pr=link(after))]
        return [*lines, line("It says: {message}", message=trouble.message)] if trouble.message else lines
    if isinstance(trouble, Refused) and trouble.status < 500:
        return [line("Gitee refused to merge {pr} ({status}).", pr=link(after), status=trouble.status)]
    return [
        line("I sent the merge of {pr} once; Gitee shows it as not merged.", pr=link(after)),
        line("It may still be working on it. Look there before you repeat it."),
    ]


def _merged(after: PullRequest, pull: PullRequest, method: Method) -> Reply:
    done = line(
        "{pr} merged into {base} ({method}, head {sha})",
        pr=link(after),
        base=Code(after.base_ref),
        method=str(method),
        sha=Code(short(after.head_sha)),
    )
    if after.head_sha == pull.head_sha:
        return Reply.of(done, (after.title,))
    # Gitee's merge takes no sha, so a push in the last moment goes in with it.
    warning = line(
        "Careful: {new} was merged, but {old} was what I checked. Somebody pushed in between.",
        new=Code(short(after.head_sha)),
        old=Code(short(pull.head_sha)),
    )
    return Reply.of(warning, done)
