"""/incidents and /ack: what is broken, and who looks after it; who may say so."""

import re
from urllib.parse import unquote

import pytest

from bot.incidents.intake import take_in
from bot.incidents.life import Kind, Signal, Verdict
from tests.bot.clockwork import MakeBot, Watch

NOBODY = "nobody looks after it yet"


def told(
    watch: Watch, build: int, name: str = "nightly", *, well: bool = False, kind: Kind = Kind.JOB
) -> None:
    """A build of that number ends now, or an alert began so many milliseconds after 1970."""
    verdict = Verdict.SUCCESS if well else Verdict.FAILURE
    signal = Signal(verdict, build, watch.store.now(), f"https://ci.example/{build}/")
    key = name if kind is Kind.JOB else f"alertmanager:{name}"
    take_in(watch.store, kind, key, [signal], title=name)


def rows(answer: str) -> list[str]:
    """An answer without addresses, times of day, and whom it is for."""
    bare = re.sub(r"(\d\d-\d\d )?\b\d\d:\d\d\b", "TIME", re.sub(r"\]\([^)]*\)", "]", answer))
    return [text for text in bare.splitlines() if text and not text.startswith("@")]


def clicks(answer: str) -> list[str]:
    """The commands that an answer offers to say."""
    return [unquote(found) for found in re.findall(r"sendMessage\?content=([^)]*)\)", answer)]


# /incidents


def test_nothing_is_broken(watch: Watch) -> None:
    told(watch, 1, well=True)
    assert rows(watch.ask("/incidents", as_="guest")) == ["Nothing is broken, as far as I know."]


def test_what_is_broken_oldest_first(watch: Watch) -> None:
    told(watch, 1, "disk full", kind=Kind.ALERT)
    watch.clock.ahead += 60
    told(watch, 1)
    told(watch, 2)
    told(watch, 1, "daily")
    told(watch, 2, "daily", well=True)
    watch.store.incidents.has_card(1, card="c1", url="https://trello.example/c1")
    watch.clock.ahead += 2 * 3600
    answer = watch.ask("/故障", as_="guest")
    assert rows(answer) == [
        "2 things are broken",
        "🔴 [i1] **disk full**",
        f"broken for 2 h 1 min · fired 1 time · {NOBODY} · [card] · [page]",
        "🔴 [i2] **nightly**",
        f"broken for 2 h · 2 failures · {NOBODY} · [page]",
    ]
    assert clicks(answer) == ["/incidents i1", "/incidents i2"]
    assert "](https://trello.example/c1)" in answer and "](https://ci.example/2/)" in answer


@pytest.mark.parametrize(("count", "last"), [(20, "🔴 [i20] **job20**"), (23, "and 3 newer ones")])
def test_more_than_fits(watch: Watch, count: int, last: str) -> None:
    for number in range(1, count + 1):
        told(watch, 1, f"job{number}")
        watch.clock.ahead += 0.001
    found = rows(watch.ask("/incidents"))
    assert found[0] == f"{count} things are broken"
    assert found[1] == "🔴 [i1] **job1**"
    assert last in found[-2:]


def test_the_history_of_one(watch: Watch) -> None:
    told(watch, 7)
    watch.clock.ahead += 60
    told(watch, 8)
    answer = watch.ask("/incidents i1")
    assert rows(answer) == [
        "i1 **nightly**",
        f"broken for 1 min · 2 failures · {NOBODY} · [page]",
        "TIME · 🔴 failed · [#7]",
        "TIME · 🔴 failed again · [#8]",
        "[I look after it]",
    ]
    assert clicks(answer) == ["/ack i1"]
    watch.ask("/ack i1", as_="wu")
    watch.clock.ahead += 60
    told(watch, 9, well=True)
    answer = watch.ask("/incident I1")
    assert rows(answer) == [
        "i1 **nightly**",
        "broken for 2 min · 2 failures · 吴越 (wu) looks after it · [page]",
        "TIME · 🔴 failed · [#7]",
        "TIME · 🔴 failed again · [#8]",
        "TIME · 🙋 吴越 (wu) looks after it",
        "TIME · 🟢 fixed · [#9]",
    ]
    assert clicks(answer) == []


def test_what_is_over_needs_nobody_any_more(watch: Watch) -> None:
    told(watch, 1)
    watch.clock.ahead += 60
    told(watch, 2, well=True)
    assert rows(watch.ask("/incidents 1"))[1] == "broken for 1 min · 1 failure · [page]"


def test_an_alert_does_not_fail_but_fires(watch: Watch) -> None:
    for began in (1, 2):
        told(watch, began, kind=Kind.ALERT, name="HighCPU")
    assert " · fired 2 times · " in rows(watch.ask("/incidents"))[2]
    events = rows(watch.ask("/incidents i1"))[2:4]
    assert [text.split(" · ")[1] for text in events] == ["🔴 fired", "🔴 fired again"]


def test_a_long_history_keeps_its_beginning(watch: Watch) -> None:
    for build in range(1, 36):
        told(watch, build)
    found = rows(watch.ask("/incidents i1"))
    assert found[2:5] == [
        "TIME · 🔴 failed · [#1]",
        "4 events are left out",
        "TIME · 🔴 failed again · [#6]",
    ]
    assert found[-2] == "TIME · 🔴 failed again · [#35]"


@pytest.mark.parametrize("command", ["incidents", "ack"])
@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("x", "x is not an incident such as i7."),
        ("b1", "b1 is not an incident such as i7."),
        ("i1234567890123", "i1234567890123 is not an incident such as i7."),
        ("i99", "I know no incident i99."),
    ],
)
def test_what_is_no_incident(watch: Watch, command: str, word: str, why: str) -> None:
    assert rows(watch.ask(f"/{command} {word}"))[0] == why


# /ack


def test_who_looks_after_it(watch: Watch) -> None:
    told(watch, 1)
    assert rows(watch.ask("/认领 i1", as_="wu")) == [
        "吴越 (wu) looks after i1 **nightly**.",
        "Its card will say so, too.",
    ]
    assert rows(watch.ask("/ack 1", as_="chen"))[0] == "陈默 (chen) looks after i1 **nightly**."
    assert "陈默 (chen) looks after it" in watch.ask("/incidents")
    told(watch, 2, well=True)
    assert rows(watch.ask("/ack i1", as_="wu")) == ["i1 is over already."]


def test_what_nobody_will_tell_the_end_of_is_closed_by_hand(watch: Watch) -> None:
    told(watch, 1)
    assert rows(watch.ask("/关闭 i1", as_="wu")) == [
        "i1 **nightly** is closed.",
        "If it still fails, you hear of it again.",
    ]
    assert rows(watch.ask("/close i1", as_="wu")) == ["i1 is over already."]
    assert rows(watch.ask("/incidents")) == ["Nothing is broken, as far as I know."]
    assert rows(watch.ask("/incidents i1"))[-1].endswith("⚪ closed by 吴越 (wu)")
    told(watch, 2)
    assert "i2" in watch.ask("/incidents")


def test_without_a_tracker_there_is_no_card(bot: MakeBot) -> None:
    watch = bot(TRACKER="none")
    told(watch, 1)
    assert rows(watch.ask("/ack i1")) == ["林小满 (lin) looks after i1 **nightly**."]
    assert "card" not in watch.ask("/mute i1 2h 维护")


# Who may.


@pytest.mark.parametrize("line", ["/ack i1", "/mute nightly 2h 维护", "/unmute nightly"])
def test_a_developer_may_and_nobody_else(bot: MakeBot, line: str) -> None:
    watch = bot(DEVELOPERS="wu")
    told(watch, 1)
    before = watch.store.incidents.get(1)
    for stranger in ({"senderStaffId": "mallory"}, {"as_": "guest"}):
        assert "(wu)" not in watch.ask(line, **stranger)
    assert watch.store.incidents.get(1) == before and watch.store.locks.all() == []
    assert "This needs the role developer" in watch.ask(line, senderStaffId="mallory")
    assert "This needs" not in watch.ask(line, as_="wu")


def test_it_works_while_everything_is_stopped(watch: Watch) -> None:
    told(watch, 1)
    watch.ask("/stop 线上故障")
    assert "looks after i1" in watch.ask("/ack i1", as_="wu")
    assert "is muted." in watch.ask("/mute i1 2h 线上故障", as_="wu")
    assert "You hear of " in watch.ask("/unmute i1", as_="wu")


@pytest.mark.parametrize("line", ["/ack i1", "/mute nightly 2h 维护", "/unmute nightly"])
def test_a_dry_run_changes_nothing(watch: Watch, line: str) -> None:
    told(watch, 1)
    before = watch.store.incidents.get(1)
    assert watch.ask(f"{line} --dry-run").startswith("Nothing was done. I would call")
    assert watch.store.incidents.get(1) == before and watch.store.locks.all() == []
    assert len(watch.store.incidents.events(1)) == 1
