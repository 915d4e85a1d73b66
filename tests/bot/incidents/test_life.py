"""The life of an incident, as the tables that people agreed on: what follows, and what the room is told."""

from itertools import product

import pytest

from bot.incidents.life import (
    DAY,
    HOUR,
    LIFE,
    VERDICTS,
    Health,
    Kind,
    News,
    Signal,
    Step,
    Told,
    Verdict,
    flaps_until,
    news,
    step,
    summary_due,
)
from integrations.model import Result

HEALTHY, FAILING = Health.HEALTHY, Health.FAILING
SUCCESS, FAILURE = Verdict.SUCCESS, Verdict.FAILURE
NOTHING, OPENED, AGAIN, FIXED = Step.NOTHING, Step.OPENED, Step.AGAIN, Step.FIXED
MINUTE = 60_000

# What follows.


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("before", "now", "happens"),
    [
        (HEALTHY, SUCCESS, NOTHING),
        (HEALTHY, FAILURE, OPENED),
        (FAILING, FAILURE, AGAIN),
        (FAILING, SUCCESS, FIXED),
    ],
)
def test_the_life_of_an_incident(kind: Kind, before: Health, now: Verdict, happens: Step) -> None:
    assert step(kind, before, 4, Signal(now, 5, at=0)) is happens


def test_every_cell_of_the_table_is_there() -> None:
    assert set(LIFE) == set(product(Health, Verdict))


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (Result.SUCCESS, SUCCESS),
        (Result.UNSTABLE, FAILURE),
        (Result.FAILURE, FAILURE),
        (Result.ABORTED, None),
        (Result.NOT_BUILT, None),
    ],
)
def test_what_a_result_says(result: Result, verdict: Verdict | None) -> None:
    assert VERDICTS.get(result) is verdict


@pytest.mark.parametrize(
    ("before", "now", "older", "the_same", "newer"),
    [
        (HEALTHY, SUCCESS, NOTHING, NOTHING, NOTHING),
        (HEALTHY, FAILURE, NOTHING, OPENED, OPENED),  # a result that became worse after it was told
        (FAILING, FAILURE, NOTHING, NOTHING, AGAIN),
        (FAILING, SUCCESS, NOTHING, NOTHING, FIXED),
    ],
)
def test_numbers_decide_which_build_is_news(
    before: Health, now: Verdict, older: Step, the_same: Step, newer: Step
) -> None:
    found = [step(Kind.JOB, before, 7, Signal(now, number, at=0)) for number in (6, 7, 8)]
    assert found == [older, the_same, newer]


@pytest.mark.parametrize(
    ("before", "now", "earlier", "the_same", "later"),
    [
        (HEALTHY, SUCCESS, NOTHING, NOTHING, NOTHING),
        (HEALTHY, FAILURE, NOTHING, NOTHING, OPENED),
        (FAILING, FAILURE, NOTHING, NOTHING, AGAIN),
        (FAILING, SUCCESS, FIXED, FIXED, FIXED),  # the recorded one began in 2019, once it was over
    ],
)
def test_when_it_began_decides_which_alert_is_news(
    before: Health, now: Verdict, earlier: Step, the_same: Step, later: Step
) -> None:
    found = [step(Kind.ALERT, before, 7000, Signal(now, began, at=0)) for began in (1, 7000, 9000)]
    assert found == [earlier, the_same, later]


# What the room is told.


@pytest.mark.parametrize(
    ("now", "nothing", "failing", "flapping", "fixed"),  # by what the room was told last
    [
        ("fails", News.FAILING, None, News.CALM_FAILING, News.FAILING),
        ("lasts", News.FAILING, News.LASTING, News.CALM_FAILING, News.FAILING),
        ("works", News.FIXED, News.FIXED, News.CALM_FIXED, None),
        ("flaps, fails", News.FLAPPING, News.FLAPPING, None, News.FLAPPING),
        ("flaps, lasts", News.FLAPPING, News.FLAPPING, None, News.FLAPPING),
        ("flaps, works", News.FLAPPING, News.FLAPPING, None, News.FLAPPING),
    ],
)
def test_the_room_is_told_what_it_does_not_know(
    now: str, nothing: News | None, failing: News | None, flapping: News | None, fixed: News | None
) -> None:
    health = HEALTHY if "works" in now else FAILING
    found = {told: news(health, told, flaps="flaps" in now, lasts="lasts" in now) for told in Told}
    assert found == {
        Told.NOTHING: nothing,
        Told.FAILING: failing,
        Told.FLAPPING: flapping,
        Told.FIXED: fixed,
    }


@pytest.mark.parametrize("told", Told)
@pytest.mark.parametrize("health", Health)
@pytest.mark.parametrize("flaps", [False, True])
def test_nothing_is_told_twice(health: Health, told: Told, flaps: bool) -> None:
    what = news(health, told, flaps=flaps, lasts=True)
    after = what.told if what else told
    assert news(health, after, flaps=flaps, lasts=False) is None


# Flapping: more than three changes within an hour.


@pytest.mark.parametrize(
    ("minutes", "until"),  # of the changes, newest first
    [
        ((), None),
        ((30, 20, 10), None),
        ((30, 20, 10, 0), 60),
        ((90, 80, 70, 60, 0), 120),
        ((70, 20, 10, 0), 60),  # which is over
    ],
)
def test_until_when_it_flaps(minutes: tuple[int, ...], until: int | None) -> None:
    found = flaps_until([minute * MINUTE for minute in minutes])
    assert found == (0 if until is None else until * MINUTE)


# A summary when it lasts: after an hour, then daily.


@pytest.mark.parametrize(
    ("told", "due"),  # both since it opened
    [
        (0, HOUR),
        (HOUR - 1, HOUR),
        (HOUR, HOUR + DAY),
        (HOUR + 1, HOUR + DAY),
        (HOUR + DAY - 1, HOUR + DAY),
        (HOUR + DAY, HOUR + 2 * DAY),
        (9 * DAY, 9 * DAY + HOUR),  # it was muted meanwhile
    ],
)
def test_when_to_say_that_it_lasts(told: int, due: int) -> None:
    opened = 1_700_000_000_000
    assert summary_due(opened, after=opened + told) == opened + due
