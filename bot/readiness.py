"""What is known to stand in a pull request's way before its checks are read, and the clicks."""

from bot.ask import Ask
from bot.locking import facts
from bot.pulls import Blocker, Obstacle, mergeability, needs, stale_vote
from bot.reply import Line, Say, join, line, plain
from bot.settings import Repo
from bot.store.locks import Locked
from integrations.model import PullRequest, State, Vote


def obstacles(ask: Ask, repo: Repo, pull: PullRequest) -> list[Blocker]:
    """What the pull request itself tells, and what Sampan's own records say of its head."""
    found = [Blocker(Obstacle.CLOSED, line("it is closed"))] if pull.state is not State.OPEN else []
    found += [*needs(pull, hold_labels=_hold_labels(ask, repo)), *mergeability(pull)]
    for vote in Vote:
        shas = {one.sha for one in ask.store.votes.standing(repo.path, pull.number, vote)} - {pull.head_sha}
        found += [stale_vote(vote, sha, pull.head_sha) for sha in sorted(shas)]
    return [*found, *_held(ask, repo, pull)]


def _held(ask: Ask, repo: Repo, pull: PullRequest) -> list[Blocker]:
    lock = ask.store.locks.on(Locked.PULL, pull_name(repo, pull.number))
    if lock is None:
        return []
    return [Blocker(Obstacle.HOLD, line("held: {facts}", facts=facts(lock, now=ask.tools.now())))]


def pull_name(repo: Repo, number: int) -> str:
    """The name under which a pull request is held."""
    return f"{repo.path}#{number}"


def _hold_labels(ask: Ask, repo: Repo) -> tuple[str, ...]:
    own = ask.settings.repo_configs.get(repo.alias)
    return ask.settings.hold_labels if own is None or own.hold_labels is None else own.hold_labels


def summary(blockers: list[Blocker]) -> Line:
    """The blockers on one line, for a list; checks are not among them, so it never says "ready"."""
    return join([blocker.line for blocker in blockers]) or line("no obstacle seen")


def next_steps(pull: PullRequest, repo: Repo) -> list[Line]:
    """The clicks that may come next; the repo is named, so that they mean the same in every room."""
    if pull.state is not State.OPEN:
        return []
    target = f"{pull.number} {repo.alias}"
    steps = {"test": line("test"), "approve": line("approve"), "merge": line("merge")}
    return [join([Say(plain(label), f"/{verb} {target}") for verb, label in steps.items()])]
