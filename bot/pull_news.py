"""What a code host tells by itself: each hint is kept, read again over the API, and announced or obeyed."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.announcing import announce
from bot.builds import Build
from bot.dispatch import COMMAND_TIME, attend
from bot.language import speaking
from bot.obeying import take_comment
from bot.posting import post_due
from bot.pulls import link, short, stale_vote
from bot.readiness import next_steps
from bot.reply import Code, Line, Reply, Say, Strong, UserError, join, line, plain
from bot.settings import Repo
from bot.store.votes import MERGE
from integrations.errors import IntegrationError, NotFound
from integrations.model import InboundMessage, Kind, NoteHint, PullAction, PullHint, PullRequest, State, Vote
from integrations.transport import deadline

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.store import Claim

Hint = PullHint | NoteHint

HINTS = ""  # where kept ones are, among the deliveries; every room has a name
PATIENCE = 3_600_000  # milliseconds in which one that could not be read is tried again
NEW_FOR = timedelta(days=1)  # less than the outbox remembers, so nothing is new twice
NOTE = "note"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """A hint that was written down, by the holder of the claim; `at` is in milliseconds."""

    hint: Hint
    at: int
    claim: "Claim"


def keep(sampan: "Sampan", hint: Hint) -> Kept | None:
    """Write a hint down; None when it is there already, or nothing would follow from it."""
    repo, at = _repo(sampan, hint.repo), sampan.store.now()
    if repo is None or (isinstance(hint, PullHint) and hint.action not in _NEWS):
        return None
    claim = sampan.store.deliveries.claim(_packed(hint, repo, at=at))
    return Kept(hint, at, claim) if claim else None


def taken_up(claim: "Claim", row: InboundMessage) -> Kept:
    """A hint that somebody kept and did not finish, from its row."""
    at, word, number, path = row.text.split(" ", 3)
    about, _, comment_id = word.partition("-")
    hint: Hint = (
        NoteHint(path, int(number), int(comment_id), row.delivery_id)
        if about == NOTE
        else PullHint(path, int(number), PullAction(word), row.delivery_id)
    )
    return Kept(hint, int(at), claim)


def work(sampan: "Sampan", kept: Kept) -> None:
    """Do what follows from a hint; one that cannot be read now stays for the clock to take up."""
    with speaking(sampan.settings.language):
        try:
            with deadline(COMMAND_TIME):
                taken = _follow_up(sampan, kept.hint)
        except Exception as problem:
            if not _is_over(sampan, kept, problem):
                return
            taken = None
        sampan.store.deliveries.finish(kept.claim)
        if taken:
            attend(sampan, *taken, total=None if sampan.settings.answer_first else COMMAND_TIME)
        post_due(sampan)


def _is_over(sampan: "Sampan", kept: Kept, problem: Exception) -> bool:
    """Whether a hint that came to nothing is not to be tried again."""
    if isinstance(problem, NotFound):
        log.info("hint %s: not there, or hidden from our account", kept.claim.delivery_id)
        return True
    known = isinstance(problem, IntegrationError | UserError)
    log.warning("hint %s: %s", kept.claim.delivery_id, problem, exc_info=None if known else problem)
    return sampan.store.now() - kept.at >= PATIENCE


def _follow_up(sampan: "Sampan", hint: Hint) -> "tuple[InboundMessage, Claim] | None":
    repo = _repo(sampan, hint.repo)
    if repo is None:  # it was in REPOS when the hint came
        return None
    if isinstance(hint, NoteHint):
        return take_comment(sampan, repo, hint)
    pull = sampan.code_host(repo).pull(repo.path, hint.number)
    news = _NEWS[hint.action](sampan, repo, pull)
    if news:
        # A replay tells nothing anew: what was said is told apart by what was read, not by the hint.
        what = f"moved to {pull.head_sha}" if hint.action is PullAction.MOVED else str(hint.action)
        announce(sampan, repo, news, about=f"{repo.path}#{pull.number} {what}")
    return None


def _repo(sampan: "Sampan", path: str) -> Repo | None:
    repos = sampan.settings.repos
    return next((repo for repo in repos if repo.path.casefold() == path.casefold()), None)


def _packed(hint: Hint, repo: Repo, *, at: int) -> InboundMessage:
    """A hint in the shape of a delivery: only that it was there, what it names, and when."""
    word = f"{NOTE}-{hint.comment_id}" if isinstance(hint, NoteHint) else str(hint.action)
    return InboundMessage(
        delivery_id=hint.dedupe,
        created_at=at / 1000,
        kind=Kind.TEXT,
        text=f"{at} {word} {hint.number} {repo.path}",
        conversation_id=HINTS,
        conversation_title="",
        robot="",
        staff_id="",
        chat_user_id="hints",
        name="",
        reply_url="",
        reply_until=0.0,
    )


def _opened(sampan: "Sampan", repo: Repo, pull: PullRequest) -> Reply | None:
    old = pull.created_at is not None and sampan.now() - pull.created_at > NEW_FOR
    if pull.state is not State.OPEN or old:
        return None
    head = line("New in {repo}: {pr} {title}", repo=Strong(repo.alias), **_named(pull))
    facts = join([pull.author, f"{pull.head_ref} → {pull.base_ref}"])
    return Reply.of(head, facts, *next_steps(pull, repo))


def _moved(sampan: "Sampan", repo: Repo, pull: PullRequest) -> Reply | None:
    """New commits are news when somebody vouched for the old ones through us, or a build tests them."""
    if pull.state is not State.OPEN:
        return None
    steps = {Vote.TEST: line("test again"), Vote.APPROVE: line("approve again")}
    stale: list[Line] = []
    clicks: list[Say] = []
    for vote, label in steps.items():
        votes = sampan.store.votes.standing(repo.path, pull.number, vote)
        shas = {one.sha for one in votes} - {pull.head_sha}
        stale += [stale_vote(vote, sha, pull.head_sha).line for sha in sorted(shas)]
        clicks += [Say(plain(label), f"/{vote} {pull.number} {repo.alias}")] if shas else []
    for build in _tests_of(sampan, repo, pull):
        stale.append(line("{id} tests {old}", id=Code(build.label), old=Code(short(build.sha))))
        clicks = clicks or [Say(plain(steps[Vote.TEST]), f"/test {pull.number} {repo.alias}")]
    if not stale:
        return None
    head = line("New commits in {repo}: {pr} {title}", repo=Strong(repo.alias), **_named(pull))
    return Reply.of(head, *stale, join(clicks))


def _tests_of(sampan: "Sampan", repo: Repo, pull: PullRequest) -> list[Build]:
    """The running tests of commits that are the head no more."""
    running = sampan.store.builds.open(at_most=100)
    mine = [one for one in running if (one.repo, one.pull) == (repo.alias, pull.number)]
    return [one for one in mine if one.sha != pull.head_sha]


def _merged(sampan: "Sampan", repo: Repo, pull: PullRequest) -> Reply | None:
    """A merge of our own has been told by /merge."""
    if pull.state is not State.MERGED or sampan.store.votes.standing(repo.path, pull.number, MERGE):
        return None
    head = line("Merged on Gitee in {repo}: {pr} {title}", repo=Strong(repo.alias), **_named(pull))
    return Reply.of(head, join([pull.author, f"{pull.head_ref} → {pull.base_ref}"]))


def _named(pull: PullRequest) -> dict[str, Line]:
    return {"pr": (link(pull),), "title": (pull.title[:100],)}


# Whatever else happens to a pull request is for those who look at it.
_NEWS = {PullAction.OPENED: _opened, PullAction.MOVED: _moved, PullAction.MERGED: _merged}
