"""What is known to stand in a pull request's way: its own fields, and Sampan's records of its head."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.language import speaking
from bot.pulls import Blocker
from bot.readiness import next_steps, obstacles, summary
from bot.reply import Reply, plain
from integrations.model import State, Vote
from tests.bot.asking import asked, clicks
from tests.bot.test_pulls_rules import READY

COUNTED, REFUSED, UNSETTLED = True, False, None
HEAD, OLD, OLDER = READY.head_sha, "b" * 40, "c" * 40


def told(blockers: list[Blocker]) -> list[str]:
    return [plain(blocker.line) for blocker in blockers]


@pytest.mark.parametrize(
    ("votes", "stale"),
    [
        ([], []),
        ([(HEAD, COUNTED)], []),
        ([(OLD, COUNTED)], [OLD]),
        ([(OLD, UNSETTLED)], [OLD]),
        ([(OLD, REFUSED)], []),
        ([(OLD, COUNTED), (HEAD, COUNTED)], []),
        ([(OLD, COUNTED), (HEAD, UNSETTLED)], [OLD]),
        ([(OLD, COUNTED), (HEAD, REFUSED)], [OLD]),
        ([(OLD, UNSETTLED), (HEAD, COUNTED)], []),
        ([(HEAD, COUNTED), (OLD, UNSETTLED)], [OLD]),
        ([(OLD, COUNTED), (OLDER, UNSETTLED), (HEAD, UNSETTLED)], [OLD, OLDER]),
    ],
)
@pytest.mark.parametrize(("vote", "word"), [(Vote.APPROVE, "approved"), (Vote.TEST, "tested")])
def test_an_unsettled_vote_may_bind_but_never_frees(
    tmp_path: Path, vote: Vote, word: str, votes: list[tuple[str, bool | None]], stale: list[str]
) -> None:
    ask = asked("/pr", DATABASE_URL=f"sqlite:///{tmp_path}/sampan.db")
    for sha, counted in votes:
        row = ask.store.votes.ask(
            repo="acme/web", pull=233, vote=vote, sha=sha, staff_id="lead", name="Lin", delivery="d1"
        )
        if counted is not None:
            ask.store.votes.settle(row, counted=counted)
    expected = [f"{word} at {sha[:8]}, but the head is {HEAD[:8]}" for sha in stale]
    assert told(obstacles(ask, ask.settings.repos[0], READY)) == expected


@pytest.mark.parametrize(
    ("state", "why"), [(State.OPEN, []), (State.CLOSED, ["it is closed"]), (State.MERGED, ["it is closed"])]
)
def test_only_an_open_one_can_be_merged(tmp_path: Path, state: State, why: list[str]) -> None:
    ask = asked("/pr", DATABASE_URL=f"sqlite:///{tmp_path}/sampan.db")
    assert told(obstacles(ask, ask.settings.repos[0], replace(READY, state=state))) == why


@pytest.mark.parametrize(("language", "seen"), [("en", "no obstacle seen"), ("zh", "未见障碍")])
def test_a_list_never_says_ready(language: str, seen: str) -> None:
    with speaking(language):
        assert plain(summary([])) == seen


@pytest.mark.parametrize(
    ("state", "offered"),
    [(State.OPEN, ["/test 233 web", "/approve 233 web", "/merge 233 web"]), (State.MERGED, [])],
)
def test_what_may_come_next(state: State, offered: list[str]) -> None:
    steps = next_steps(replace(READY, state=state), asked("/pr").settings.repos[0])
    assert clicks(Reply.of(("x",), *steps)) == offered
