"""/audit: who did what, and what came of it."""

import re

import pytest

from bot.store.audit import Outcome
from integrations.model import InboundMessage, Kind
from tests.bot.clockwork import Watch


def rows(watch: Watch, line: str = "/audit", *, as_: str = "wu") -> list[str]:
    """The answer without its heading and without the time of day, which it has in the team's time zone."""
    answer = [text for text in watch.ask(line, as_=as_).splitlines() if text and not text.startswith("@")]
    return [re.sub(r"^\d\d-\d\d \d\d:\d\d · ", "", text) for text in answer[1:]]


def deeds(watch: Watch) -> None:
    """A lock, a deploy it stops, a look, a word that is no command, and a deploy."""
    watch.ask("/lock staging 维护")
    watch.ask("/部署 hello staging", as_="chen")
    watch.ask("/pr", as_="guest")
    watch.ask("/depoly hello", as_="wu")
    watch.ask("/unlock staging")
    watch.ask("/deploy hello staging", as_="chen")


LOCK, UNLOCK = "林小满 (lin) · /lock staging 维护 · done", "林小满 (lin) · /unlock staging · done"
REFUSED, DONE = "陈默 (chen) · /部署 hello staging · refused", "陈默 (chen) · /deploy hello staging · done"
GUEST, TYPO = "外部顾问 · /pr · done", "吴越 (wu) · /depoly hello · refused"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/audit", [DONE, UNLOCK, TYPO, GUEST, REFUSED, LOCK]),
        ("/审计 chen", [DONE, REFUSED]),
        ("/audit 陈默", [DONE, REFUSED]),
        ("/audit deploy", [DONE, REFUSED]),
        ("/audit /部署", [DONE, REFUSED]),
        ("/audit jenkins deploy", [DONE, REFUSED]),
        ("/audit HELLO", [DONE, REFUSED]),
        ("/audit lock --since 1h", [LOCK]),
        ("/audit lin", [UNLOCK, LOCK]),
    ],
)
def test_by_person_command_and_service(watch: Watch, line: str, shown: list[str]) -> None:
    deeds(watch)
    assert rows(watch, line) == shown


def test_of_nothing_and_of_long_ago(watch: Watch) -> None:
    deeds(watch)
    assert "Nothing is written about that" in watch.ask("/audit mei", as_="wu")
    watch.clock.ahead += 2 * 86_400 + 60
    assert rows(watch, "/audit chen --since 3d") == [DONE, REFUSED]
    assert "Nothing is written about that" in watch.ask("/audit chen", as_="wu")


def test_what_builds_are_about_is_found_by_their_service(watch: Watch) -> None:
    watch.jenkins.executors = 0
    watch.ask("/deploy hello staging", as_="chen")
    watch.ask("/cancel b1", as_="chen")
    watch.tick()
    watch.ask("/retry b1", as_="chen")
    watch.ask("/lock hello 维护")
    assert [row.split(" · ")[1] for row in rows(watch, "/audit hello")] == [
        "/lock hello 维护",
        "/retry b1",
        "/cancel b1",
        "/deploy hello staging",
    ]


def begun(watch: Watch, *, typed: str, delivery: str = "d", outcome: Outcome = Outcome.STARTED) -> None:
    message = InboundMessage(delivery, 0, Kind.TEXT, "", "room", "", "", "chen", "u", "陈默", "", 0)
    watch.store.audit.record(message, typed=typed, command="merge", outcome=outcome, detail="")


def test_what_was_begun_is_told_only_when_nothing_came_after_it(watch: Watch) -> None:
    begun(watch, typed="/merge 1")
    begun(watch, typed="/merge 2")
    begun(watch, typed="/merge 2", outcome=Outcome.DONE)
    begun(watch, typed="/merge 1", delivery="another", outcome=Outcome.DONE)
    begun(watch, typed="/merge 2")
    shown = [row.partition(" · ")[2] for row in rows(watch, "/audit merge")]
    assert shown == ["/merge 2 · begun", "/merge 1 · done", "/merge 2 · done", "/merge 1 · begun"]


def test_fifteen_are_shown_however_many_there_are(watch: Watch) -> None:
    for number in range(40):
        begun(watch, typed=f"/merge {number}")
        begun(watch, typed=f"/merge {number}", outcome=Outcome.DONE)
    for line in ("/audit", "/audit chen"):
        assert [row.split(" · ")[1] for row in rows(watch, line)] == [
            f"/merge {n}" for n in range(39, 24, -1)
        ]


def test_what_was_typed_is_only_text(watch: Watch) -> None:
    watch.ask("/lock [x](https://evil.example) **@all**", senderNick="](https://evil.example)")
    answer = watch.ask("/audit", as_="wu")
    assert "](https" not in answer and "**@" not in answer


def test_what_was_called_outside_is_kept_and_no_secret_is(watch: Watch) -> None:
    number = watch.new_pull().number
    watch.ask(f"/merge {number}", as_="chen")
    (entry,) = watch.store.audit.about("merge", since=0, at_most=5)
    assert entry.calls[-2:] == [
        f"Gitee PUT /api/v5/repos/acme/web/pulls/{number}/merge 200",
        f"Gitee GET /api/v5/repos/acme/web/pulls/{number} 200",
    ]
    assert (entry.staff_id, entry.name, entry.conversation) == (
        "chen",
        "陈默",
        watch.town.room.conversation_id,
    )
    assert "merged into" in entry.detail
    assert not re.search(r"token|secret", repr(entry))
