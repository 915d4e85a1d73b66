"""What signals change, over both databases: one incident for each time that something breaks."""

import logging

import pytest

from bot.incidents.intake import take_in
from bot.incidents.life import HOUR, Health, Kind, Signal, Verdict
from bot.store import Store
from tests.bot.incidents.builds import MINUTE, START, hear, incident, known, signal, story
from tests.bot.records import Clock, clock, migrated, store, url

__all__ = ["clock", "migrated", "store", "url"]

# One by one.


@pytest.mark.parametrize(
    ("builds", "incidents", "health", "mark"),
    [
        ("S1", [], Health.HEALTHY, 1),
        ("S1 S2 S3", [], Health.HEALTHY, 3),
        ("S1 F2", ["i1 F2"], Health.FAILING, 2),
        ("F1 F2 F3", ["i1 F1 F2 F3"], Health.FAILING, 3),
        ("F1 S2", ["i1 F1 S2"], Health.HEALTHY, 2),
        ("F1 S2 S3 F9", ["i1 F1 S2", "i2 F9"], Health.FAILING, 9),
        # Late, twice, out of order.
        ("S5 F4", [], Health.HEALTHY, 5),
        ("F5 S4", ["i1 F5"], Health.FAILING, 5),
        ("F5 F4 F5", ["i1 F5"], Health.FAILING, 5),
        ("F5 S6 F5 S6", ["i1 F5 S6"], Health.HEALTHY, 6),
        ("F5 S7 F6", ["i1 F5 S7"], Health.HEALTHY, 7),
        # Its result can only have become worse.
        ("S5 F5", ["i1 F5"], Health.FAILING, 5),
        ("F5 S5", ["i1 F5"], Health.FAILING, 5),
    ],
)
def test_builds_that_are_told_one_by_one(
    store: Store, builds: str, incidents: list[str], health: Health, mark: int
) -> None:
    for build in builds.split():
        hear(store, build)
    assert story(store) == incidents
    assert (known(store).health, known(store).mark) == (health, mark)


@pytest.mark.parametrize(
    ("before", "builds", "follows"),
    [
        ([], ["S1"], False),
        ([], ["F1"], True),
        (["F1"], ["F1"], False),
        (["F1"], ["F2"], True),
        (["F1"], ["S2"], True),
        (["S2"], ["F1"], False),
        (["S1"], ["S2", "F3", "S4"], True),
        (["S1"], [], False),
    ],
)
def test_whether_anything_follows(store: Store, before: list[str], builds: list[str], follows: bool) -> None:
    hear(store, *before)
    assert hear(store, *builds) is follows


def test_a_streak_of_failures_that_is_seen_late_is_one_incident_since_the_first(store: Store) -> None:
    hear(store, "F3", "F4", "F6")
    assert story(store) == ["i1 F3 F4 F6"]
    one = incident(store)
    assert (one.first, one.last, one.failures, one.opened_at) == (3, 6, 3, START + 3 * MINUTE)
    assert (one.url, one.closed_at, one.title) == ("https://ci/6", None, "nightly")


def test_what_was_missed_is_told_of_in_its_order(store: Store) -> None:
    hear(store, "S1")
    hear(store, "F2", "S3", "S4", "F5")
    assert story(store) == ["i1 F2 S3", "i2 F5"]
    assert incident(store).closed_at == START + 3 * MINUTE


def test_what_is_kept_of_a_thing(store: Store) -> None:
    hear(store, "F2")
    one = known(store)
    assert (one.began_at, one.incident) == (START + 2 * MINUTE - 1000, 1)
    hear(store, "S1")  # changes nothing
    assert known(store) == one
    hear(store, "S3")
    assert (known(store).began_at, known(store).incident) == (START + 3 * MINUTE - 1000, 1)


def test_an_alert_is_known_by_its_key_and_called_by_its_name(store: Store) -> None:
    firing = Signal(Verdict.FAILURE, START, START, "https://graf/1")
    about = {"summary": "cpu 95%", "labels": "service=支付"}
    take_in(store, Kind.ALERT, "alertmanager:1", [firing], title="HighCPU", about=about)
    take_in(store, Kind.ALERT, "alertmanager:2", [firing], title="HighCPU", about={})
    take_in(store, Kind.JOB, "HighCPU", [firing])
    found = [
        (one.kind, one.name, one.title, one.about) for one in map(lambda n: incident(store, n), (1, 2, 3))
    ]
    assert found == [
        (Kind.ALERT, "alertmanager:1", "HighCPU", about),
        (Kind.ALERT, "alertmanager:2", "HighCPU", {}),
        (Kind.JOB, "HighCPU", "HighCPU", {}),
    ]


def test_an_incident_is_due_with_each_step(store: Store, clock: Clock) -> None:
    for build in ("F1", "F2", "S3"):
        hear(store, build)
        (due,) = store.incidents.take_due(owner="me", at_most=5)
        store.incidents.tended(due, look_at=None)
        assert store.incidents.take_due(owner="me", at_most=5) == []
    hear(store, "S4")
    hear(store, "F1")
    assert store.incidents.take_due(owner="me", at_most=5) == []


def test_the_log_names_what_follows(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        hear(store, "S1")
        hear(store, "F2", "F3", "S4")
        hear(store, "F2")
    assert caplog.messages == ["job nightly: opened, failed again, fixed"]


# Numbered from the beginning again.


def test_a_job_that_was_made_again_goes_on_from_its_new_numbers(store: Store) -> None:
    hear(store, "F800")
    hear(store, "S1", "F2", "F3", anew=True)
    assert story(store) == ["i1 F800 S1", "i2 F2 F3"]
    assert known(store).mark == 3


def test_it_is_numbered_anew_once(store: Store) -> None:
    hear(store, "S800")
    for _ in range(2):
        hear(store, "F3", anew=True)
    hear(store, "F2", anew=False)
    assert story(store) == ["i1 F3"]


# Flapping.


def flap(store: Store, pattern: str) -> None:
    """Builds at their minutes: F0 S10."""
    for number, one in enumerate(pattern.split(), start=1):
        take_in(store, Kind.JOB, "nightly", [signal(f"{one[0]}{number}", minute=int(one[1:]))])


@pytest.mark.parametrize(
    ("pattern", "incidents"),
    [
        ("F0 S10 F20", ["i1 F1 S2", "i2 F3"]),
        ("F0 S10 F20 S30 F40", ["i1 F1 S2", "i2 F3 S4 F5"]),
        ("F0 S10 F20 S30 F40 S50 F55", ["i1 F1 S2", "i2 F3 S4 F5 S6 F7"]),
        ("F0 S10 F20 S30 F70", ["i1 F1 S2", "i2 F3 S4", "i3 F5"]),  # the fourth in an hour, no more
        ("F0 S10 F20 S30 F69", ["i1 F1 S2", "i2 F3 S4 F5"]),
        ("F0 S100 F200 S300 F400", ["i1 F1 S2", "i2 F3 S4", "i3 F5"]),
    ],
)
def test_what_flaps_goes_on_with_the_incident_it_had(
    store: Store, pattern: str, incidents: list[str]
) -> None:
    flap(store, pattern)
    assert story(store) == incidents


def test_what_goes_on_is_open_again_since_it_first_broke(store: Store) -> None:
    flap(store, "F0 S10 F20 S30 F40")
    one = incident(store, 2)
    assert (one.opened_at, one.closed_at) == (START + 20 * MINUTE, None)
    assert (one.first, one.last, one.failures) == (3, 5, 2)
    assert known(store).incident == 2


def test_another_jobs_changes_do_not_count(store: Store) -> None:
    for job in ("a", "b"):
        for build in ("F1", "S2", "F3"):
            take_in(store, Kind.JOB, job, [signal(build)])
    assert story(store) == ["i1 F1 S2", "i2 F3", "i3 F1 S2", "i4 F3"]


def test_after_an_hour_of_calm_it_is_a_new_incident(store: Store) -> None:
    flap(store, "F0 S10 F20 S30 F40 S50")
    assert not hear(store, "S7")
    take_in(store, Kind.JOB, "nightly", [signal("F8", minute=50 + HOUR // MINUTE)])
    assert story(store)[-1] == "i3 F8"
