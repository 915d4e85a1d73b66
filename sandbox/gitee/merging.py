"""Merging a pull request for real, and the reasons not to."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.gitee.commons import User
from sandbox.gitee.git import Stamp
from sandbox.gitee.pulls import Action, Pull, State
from sandbox.gitee.refusals import CLOSED, CONFLICT, DRAFT, MERGED, REVIEW_MISSING, TEST_MISSING, Refused
from sandbox.gitee.repo import DEFAULT_BRANCH, Repo


class Method(StrEnum):
    """The values of `merge_method`."""

    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


@dataclass(frozen=True)
class Order:
    """What a merge call asks for besides the number."""

    method: Method = Method.MERGE
    title: str = ""
    description: str = ""
    prune_source_branch: bool = False


def require_open(pull: Pull) -> None:
    """Refuse what is over."""
    if pull.state is not State.OPEN:
        raise Refused(405, MERGED if pull.state is State.MERGED else CLOSED)


def require_mergeable(repo: Repo, pull: Pull) -> None:
    """Refuse with the first reason found; the order in which Gitee looks is unproven."""
    require_open(pull)
    if pull.draft:
        raise Refused(405, DRAFT)
    if not repo.mergeable(pull):
        raise Refused(405, CONFLICT)
    if not pull.review.passed:
        raise Refused(405, REVIEW_MISSING)
    if not pull.test.passed:
        raise Refused(405, TEST_MISSING)


def merge(repo: Repo, pull: Pull, order: Order, *, by: User) -> str:
    """Merge and give the new tip of the base branch, or Refused."""
    require_mergeable(repo, pull)
    stamp = Stamp(by.login, repo.commons.now())
    sha = _written(repo, pull, order, stamp)
    repo.git.move(pull.base_ref, to=sha, expected=pull.base_sha)
    pull.state, pull.merge_sha, pull.merged_at = State.MERGED, sha, stamp.at
    pull.note(by, Action.MERGE, "合并了 Pull Request")
    if (order.prune_source_branch or pull.prune_branch) and pull.head_ref != DEFAULT_BRANCH:
        repo.git.delete(pull.head_ref)
    repo.sync(by=by.login)
    return sha


def _written(repo: Repo, pull: Pull, order: Order, stamp: Stamp) -> str:
    if order.method is Method.REBASE:
        sha = repo.git.rebased(pull.base_sha, pull.head_sha, by=stamp)
        if sha is None:  # single commits may conflict where the sum of them does not
            raise Refused(405, CONFLICT)
        return sha
    tree = repo.git.merged_tree(pull.base_sha, pull.head_sha)
    assert tree  # require_mergeable looked at the very same shas
    parents = [pull.base_sha] if order.method is Method.SQUASH else [pull.base_sha, pull.head_sha]
    return repo.git.commit_tree(tree, *parents, message=_message(pull, order), by=stamp)


def _message(pull: Pull, order: Order) -> str:
    title = order.title or f"!{pull.number} {pull.title}"
    default = f"Merge pull request !{pull.number} from {pull.author.login}/{pull.head_ref}"
    return f"{title}\n\n{order.description or default}\n"
