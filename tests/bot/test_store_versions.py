"""Versions in the store, over both databases: registered once, linked to their pipelines, as far as these."""

from dataclasses import replace

import pytest

from bot.builds import GITLAB, Kind, Plan, State
from bot.store import Store
from bot.store.versions import Seen
from tests.bot.records import MESSAGE, NOW, Clock, at_once, clock, migrated, store, url
from tests.bot.versions.stored import REF, RUNNING, SHA, SHOP, again, asked, labels, met, move

__all__ = ["clock", "migrated", "store", "url"]

# Registered, once.


def test_what_a_pipeline_says_is_kept(store: Store) -> None:
    found = met(store)
    assert (found.label, found.service, found.place, found.number) == ("v1", "mall", SHOP, 116)
    assert (found.state, found.ref, found.sha, found.who, found.at) == ("running", REF, SHA, "wu", 5)
    assert (found.build, found.path, found.artifacts, found.ended_at, found.pinned_by) == (
        None,
        "",
        [],
        None,
        "",
    )
    assert again(store, found) == found


def test_one_that_does_not_say_when_it_was_made_is_of_now(store: Store) -> None:
    found = met(store, at=None, state="success", ended_at=9)
    assert (found.at, found.ended_at) == (NOW * 1000, 9)


def test_a_pipeline_is_met_again(store: Store) -> None:
    first = met(store)
    assert met(store, state="success", who="somebody else").id == first.id
    assert again(store, first).state == "running"  # how far it is, is decided elsewhere


def test_of_many_who_see_a_pipeline_at_once_one_registers_it(url: str, store: Store, clock: Clock) -> None:
    met(store, 7)
    found = at_once(url, clock, lambda one: met(one).id)
    assert set(found) == {2}
    assert labels(store.versions.of_service("mall", at_most=9)) == ["v2", "v1"]


def test_a_pipeline_makes_one_for_each_service(store: Store) -> None:
    assert met(store).id != met(store, service="till").id
    assert [one.service for one in store.versions.of_pipeline(SHOP, 116)] == ["mall", "till"]


def test_who_changes_what_a_pipeline_makes_takes_it_in_one_order(store: Store) -> None:
    first, _ = met(store), met(store, service="till")
    assert store.versions.change(first, "success", RUNNING, ended_at=9)
    assert labels(store.versions.of_pipeline(SHOP, 116)) == ["v1", "v2"]  # else two of them lock each other


def test_numbers_are_a_places_own(store: Store) -> None:
    here, there = met(store), met(store, place="mall-build")
    assert here.id != there.id
    assert labels(store.versions.of_pipeline("mall-build", 116)) == [there.label]


# Asked for here, and linked to its pipeline.


def test_what_was_asked_for_is_known_before_its_pipeline_is(store: Store) -> None:
    build, version = asked(store)
    assert (version.state, version.ref, version.who, version.build) == (
        "requested",
        REF,
        "Lin (lin)",
        build.id,
    )
    assert (version.number, version.sha) == (None, "")
    assert store.versions.of_build(build.id) == version


def test_its_pipeline_says_which_it_is(store: Store) -> None:
    _, version = asked(store)
    found = store.versions.meet("mall", RUNNING, asked_as=version.id)
    assert found == replace(version, number=116)


@pytest.mark.parametrize("asked_as", [None, 99])
def test_while_one_is_on_its_way_an_unknown_pipeline_may_be_it(store: Store, asked_as: int | None) -> None:
    build, version = asked(store)
    assert store.versions.meet("mall", RUNNING, asked_as=asked_as) is None
    move(store, build, State.QUEUED, number=115)
    found = store.versions.meet("mall", RUNNING, asked_as=asked_as)
    assert found and found.id != version.id


def test_the_number_that_the_trigger_brought_links_it(store: Store) -> None:
    build, version = asked(store)
    move(store, build, State.QUEUED, number=116, url="https://git/116")
    assert met(store).id == version.id


def test_one_that_cannot_be_ours_waits_for_nothing(store: Store) -> None:
    _, version = asked(store)
    found = store.versions.meet("mall", RUNNING, maybe_ours=False)
    assert found and found.id != version.id


def test_another_service_waits_for_nothing(store: Store) -> None:
    asked(store)
    assert met(store, service="till").service == "till"


# What a pipeline says of itself is other people's word.


@pytest.mark.parametrize(
    ("service", "about"),
    [
        ("till", {}),  # another service's
        ("mall", {"place": f"{GITLAB}acme/other"}),  # another project's
    ],
)
def test_a_version_is_no_prey(store: Store, service: str, about: dict[str, str]) -> None:
    _, version = asked(store)
    found = store.versions.meet(service, replace(RUNNING, **about), asked_as=version.id)
    assert found is None or found.id != version.id
    assert again(store, version) == version


def test_a_version_whose_pipeline_is_known_is_taken_by_no_other(store: Store) -> None:
    _, version = asked(store)
    store.versions.meet("mall", RUNNING, asked_as=version.id)
    other = store.versions.meet("mall", replace(RUNNING, number=117), asked_as=version.id)
    assert other and other.id != version.id
    assert again(store, version).number == 116


def test_of_two_that_claim_it_at_once_one_has_it(url: str, store: Store, clock: Clock) -> None:
    _, version = asked(store)
    numbers = iter(range(116, 120))

    def claim(one: Store) -> int:
        found = one.versions.meet("mall", replace(RUNNING, number=next(numbers)), asked_as=version.id)
        assert found
        return found.id

    assert at_once(url, clock, claim).count(version.id) == 1
    assert len(store.versions.of_service("mall", at_most=9)) == 4


def test_the_number_that_the_trigger_brought_is_the_true_one(store: Store) -> None:
    build, version = asked(store)
    store.versions.meet("mall", replace(RUNNING, number=115), asked_as=version.id)
    move(store, build, State.QUEUED, number=116)
    assert again(store, version).number == 116
    assert met(store, 115).id != version.id  # the one that lied makes a version of its own


def test_two_that_are_known_under_one_number_stay_apart(store: Store) -> None:
    build, version = asked(store)
    store.versions.meet("mall", replace(RUNNING, number=115), asked_as=version.id)
    other = met(store, 116)
    move(store, build, State.RUNNING, State.SUCCEEDED, number=116)
    found = again(store, version)
    assert (found.number, found.state) == (115, "success")
    assert (again(store, other).number, again(store, other).state) == (116, "running")


# As far as the build.


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([State.QUEUED], "pending"),
        ([State.QUEUED, State.RUNNING], "running"),
        ([State.RUNNING, State.INPUT], "pending"),
        ([State.RUNNING, State.SUCCEEDED], "success"),
        ([State.RUNNING, State.FAILED], "failed"),
        ([State.REFUSED], "failed"),
        ([State.LOST], "failed"),
        ([State.RUNNING, State.ABORTED], "canceled"),
        ([State.CANCELLED], "canceled"),
    ],
)
def test_a_version_is_as_far_as_its_build(store: Store, states: list[State], state: str) -> None:
    build, version = asked(store)
    build = move(store, build, *states)
    found = again(store, version)
    assert (found.state, found.ended_at) == (state, build.ended_at)


def test_what_is_known_to_be_built_is_not_followed_back(store: Store) -> None:
    build, version = asked(store)
    build = move(store, build, State.QUEUED, number=116, url="https://git/116")
    assert store.versions.change(again(store, version), "success", RUNNING, ended_at=7)
    move(store, build, State.RUNNING, State.FAILED)
    found = again(store, version)
    assert (found.state, found.ended_at, found.sha, found.url) == ("success", 7, SHA, "https://git/116")


def test_who_asked_here_stays_who_asked(store: Store) -> None:
    build, version = asked(store)
    move(store, build, State.QUEUED, number=116)
    assert store.versions.change(again(store, version), "running", RUNNING, ended_at=None)
    found = again(store, version)
    assert (found.who, found.sha) == ("Lin (lin)", SHA)


def test_a_build_of_jenkins_takes_no_version_along(store: Store) -> None:
    version = met(store)
    build = store.builds.ask(MESSAGE, Plan(Kind.BUILD, "hello-build", service="hello"), marked=True)
    move(store, build, State.RUNNING, State.FAILED, number=116)
    assert again(store, version) == version


# Changes, and where it lies.


def test_who_read_an_older_state_changes_nothing(store: Store) -> None:
    version = met(store)
    assert store.versions.change(version, "success", RUNNING, ended_at=7)
    assert not store.versions.change(version, "failed", RUNNING, ended_at=8)
    assert again(store, version).state == "success"


def test_what_is_known_stays_known(store: Store) -> None:
    version = met(store)
    store.versions.change(version, "dreaming", Seen(SHOP, 116, "dreaming"), ended_at=None)
    assert again(store, version) == replace(version, state="dreaming")


def test_where_it_lies_is_said_once(store: Store) -> None:
    version = met(store)
    store.versions.lies_at(version.id, path="mall/116", artifacts=["dist/商城.tar.gz"])
    store.versions.lies_at(version.id, path="elsewhere/1")
    found = again(store, version)
    assert (found.path, found.artifacts) == ("mall/116", ["dist/商城.tar.gz"])
