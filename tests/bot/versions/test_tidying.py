"""Old versions are forgotten by rule, once a day, and never what somebody may need."""

from contextlib import closing
from typing import Any

import pytest

from bot.builds import Kind, Plan, State
from bot.store import Store
from bot.versions.tidying import AT_ONCE, forget, spare, tidy_due
from bot.wiring import Wired
from tests.bot.asking import asked
from tests.bot.records import MESSAGE, Clock, clock, migrated, store, url
from tests.bot.versions.stored import built, deploy, labels, met

__all__ = ["clock", "migrated", "store", "url"]

DAY = 24 * 3600.0


def left_over(store: Store, *, keep: int = 1, **more: Any) -> list[str]:
    return labels(spare(store, keep=keep, **more))


@pytest.mark.parametrize(
    ("keep", "found"),
    [(6, []), (5, []), (4, ["v1"]), (1, ["v1", "v2", "v3", "v4"]), (0, ["v1", "v2", "v3", "v4", "v5"])],
)
def test_the_newest_stay(store: Store, keep: int, found: list[str]) -> None:
    built(store, *range(101, 106))
    assert left_over(store, keep=keep) == found


def test_those_that_failed_are_old_as_well(store: Store) -> None:
    for number, state in enumerate(("failed", "canceled", "success", "failed"), 101):
        met(store, number, state=state)
    assert left_over(store) == ["v1", "v2", "v3"]


@pytest.mark.parametrize(
    ("deploys", "found"),
    [
        ([], ["v1", "v2", "v3", "v4"]),
        ([("v2", "staging")], ["v1", "v3", "v4"]),
        ([("v1", "staging"), ("v2", "staging")], ["v3", "v4"]),  # what ran last may be needed again
        ([("v1", "staging"), ("v2", "staging"), ("v2", "staging")], ["v3", "v4"]),
        ([("v1", "staging"), ("v2", "staging"), ("v3", "staging")], ["v1", "v4"]),
        ([("v1", "production"), ("v4", "staging")], ["v2", "v3"]),
        ([("v5", "staging")], ["v1", "v2", "v3", "v4"]),
    ],
)
def test_what_runs_or_ran_last_anywhere_stays(
    store: Store, deploys: list[tuple[str, str]], found: list[str]
) -> None:
    built(store, *range(101, 106))
    for version, environment in deploys:
        deploy(store, version, environment)
    assert left_over(store) == found


def test_what_is_being_deployed_stays(store: Store) -> None:
    first, second, _ = built(store, 101, 102, 103)
    found = spare(store, keep=1)
    for state in (State.ASKED, State.WAITING):  # the second has to wait for its turn
        plan = Plan(Kind.DEPLOY, "mall-deploy", {}, "mall", "staging", first.label)
        assert store.builds.ask(MESSAGE, plan, marked=True).state is state
    assert left_over(store) == ["v2"]
    assert labels(forget(store, found)) == [second.label]


def test_a_deploy_that_failed_keeps_nothing(store: Store) -> None:
    built(store, 101, 102)
    deploy(store, "v1", end=State.FAILED)
    assert left_over(store) == ["v1"]


def test_each_service_by_itself(store: Store) -> None:
    built(store, 101, 102)
    built(store, 103, 104, service="till")
    deploy(store, "v3")  # of the mall, so it keeps nothing of the till's
    assert left_over(store) == ["v1", "v3"]
    assert left_over(store, service="till") == ["v3"]
    assert left_over(store, service="nobody's") == []


def test_nothing_is_forgotten_that_was_pinned_or_deployed_meanwhile(store: Store) -> None:
    first, second, _, _ = built(store, 101, 102, 103, 104)
    found = spare(store, keep=1)
    store.versions.pin(first.id, by="Lin")
    deploy(store, second.label)
    assert labels(forget(store, found)) == ["v3"]
    assert labels(store.versions.of_service("mall", at_most=9)) == ["v4", "v2", "v1"]


def test_once_a_day_and_so_many_at_once(clock: Clock) -> None:
    sampan = Wired(asked(KEEP_VERSIONS="1").settings, clock=clock)
    with closing(sampan.store) as store:
        with store.transaction():
            made = built(store, *range(AT_ONCE + 3))
        assert [tidy_due(sampan), tidy_due(sampan)] == [AT_ONCE, 0]
        clock.now += DAY
        assert [tidy_due(sampan), tidy_due(sampan)] == [2, 0]
        assert store.versions.of_service("mall", at_most=9) == made[-1:]
