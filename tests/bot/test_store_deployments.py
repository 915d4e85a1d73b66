"""Which versions there are, what ran where, and what is forgotten, over both databases."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.builds import State
from bot.store import Store
from bot.store.database import open_database
from bot.store.migrating import MIGRATIONS, files, migrate
from bot.store.sqlite import create
from bot.store.versions import UNDER_WAY
from tests.bot.records import NOW, Clock, clock, migrated, store, url
from tests.bot.versions.stored import SHOP, asked, built, deploy, labels, met, running

__all__ = ["clock", "migrated", "store", "url"]

# Lists.


def test_lists_are_newest_first_and_bounded(store: Store) -> None:
    built(store, 101, 102)
    met(store, 103, state="failed")
    built(store, 104, 105)
    built(store, 106, service="till")
    versions = store.versions
    assert labels(versions.of_service("mall", at_most=2)) == ["v5", "v4"]
    assert labels(versions.good("mall", at_most=3)) == ["v5", "v4", "v2"]
    assert labels(versions.good_near("mall", 3, at_most=3)) == ["v4", "v2", "v5"]
    assert labels(versions.good_near("mall", 10**12, at_most=1)) == ["v5"]
    assert versions.services() == ["mall", "till"]


def test_what_may_go_on_is_asked_for(store: Store) -> None:
    for number, state in enumerate(("success", "failed", "canceled", "pending", "running", "dreaming"), 101):
        met(store, number, state=state)
    met(store, 109, place="mall-build")
    asked(store)
    assert [one.number for one in store.versions.unfinished(SHOP, at_most=9)] == [106, 105, 104]
    assert [one.number for one in store.versions.unfinished(SHOP, at_most=1)] == [106]


# What ran where.


@pytest.mark.parametrize(
    ("deployed", "now", "before"),
    [
        ([], None, None),
        (["v1"], "v1", None),
        (["v1", "v1"], "v1", None),
        (["v1", "v2"], "v2", "v1"),
        (["v2", "v1"], "v1", "v2"),  # what ran before, which is not the number before
        (["v1", "v3", "v3"], "v3", "v1"),
        (["v1", "v2", "v1"], "v1", "v2"),
        (["v1", "v2", "v3", "v2"], "v2", "v3"),
        (["1.4", "v1"], "v1", "1.4"),  # a text of the job's own
        (["", "v1"], "v1", ""),
    ],
)
def test_what_ran_before(store: Store, deployed: list[str], now: str | None, before: str | None) -> None:
    for version in deployed:
        deploy(store, version)
    found = store.versions.ran_before("mall", "staging")
    assert (running(store).get("staging"), found and found.version) == (now, before)


@pytest.mark.parametrize("end", [State.FAILED, State.UNSTABLE, State.ABORTED, State.LOST])
def test_only_what_succeeded_runs(store: Store, end: State) -> None:
    deploy(store, "v1")
    first = deploy(store, "v2")
    deploy(store, "v3", end=end)
    assert running(store) == {"staging": "v2"}
    deploy(store, "v4")
    found = store.versions.ran_before("mall", "staging")
    assert found and (found.version, found.build, found.name, found.at) == ("v2", first, "Lin", NOW * 1000)


def test_each_environment_has_its_own_past(store: Store) -> None:
    for version, environment in (("v1", "staging"), ("v1", "production"), ("v2", "staging")):
        deploy(store, version, environment)
    assert running(store) == {"production": "v1", "staging": "v2"}
    assert store.versions.ran_before("mall", "production") is None
    assert store.versions.ran_before("till", "staging") is None
    assert len(store.versions.deployed()) == 2


# Forgotten by rule.


def test_the_newest_and_the_pinned_stay(store: Store) -> None:
    found = built(store, *range(101, 107))
    built(store, 107, service="till")
    store.versions.pin(found[1].id, by="Lin (lin)")
    assert labels(store.versions.spare("mall", keep=2)) == ["v1", "v3", "v4"]
    assert labels(store.versions.spare("mall", keep=6)) == labels(store.versions.spare("till", keep=1)) == []
    store.versions.pin(found[1].id, by="")
    assert labels(store.versions.spare("mall", keep=2)) == ["v1", "v2", "v3", "v4"]


def test_what_is_under_way_is_not_spare_for_a_week(store: Store, clock: Clock) -> None:
    met(store, 101, state="manual", at=store.now())
    met(store, 102, state="failed", at=store.now())
    built(store, 103)
    assert labels(store.versions.spare("mall", keep=1)) == ["v2"]
    clock.now += UNDER_WAY / 1000 + 1
    assert labels(store.versions.spare("mall", keep=1)) == ["v1", "v2"]


def test_what_was_pinned_or_deployed_meanwhile_stays(store: Store) -> None:
    first, second, third = built(store, 101, 102, 103)
    store.versions.pin(first.id, by="Lin (lin)")
    deploy(store, second.label)
    assert [store.versions.forget(one) for one in (first, second, third)] == [False, False, True]
    assert labels(store.versions.of_service("mall", at_most=9)) == ["v2", "v1"]
    assert store.versions.get(third.id) is None


def test_no_number_is_given_twice(store: Store) -> None:
    """The name of a version that was forgotten never means another one."""
    first, second = built(store, 101, 102)
    assert store.versions.forget(second)
    assert [one.label for one in built(store, 103)] == ["v3"] and first.label == "v1"


# From before there were versions.

BEFORE = """
INSERT INTO deployed (service, environment, build, version, name, at) VALUES
    ('mall', 'production', 3, '1.3', 'Mei', 2000), ('mall', 'staging', 7, '1.4', 'Lin', 1000)
"""


@pytest.fixture
def older(database_url: str, tmp_path: Path) -> str:
    """The address of a database of the Sampan before, with what was deployed by then."""
    older = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, older, ignore=shutil.ignore_patterns("000[6-9]*"))
    if database_url.startswith("sqlite"):
        file = database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            create(connection, folder=older)
    else:
        migrate(database_url, folder=older)
    with closing(open_database(database_url, warn=False)) as database, database.lent() as connection:
        connection.execute(BEFORE)
    return database_url


def test_what_was_deployed_before_there_were_versions_is_known(older: str, clock: Clock) -> None:
    assert migrate(older) == [file.stem for file in files("sqlite") if file.name >= "0006"]
    with closing(Store(older, clock=clock)) as store:
        before = [(one.environment, one.version, one.build) for one in store.versions.deployed("mall")]
        assert before == [("production", "1.3", 3), ("staging", "1.4", 7)]
        assert store.versions.ran_before("mall", "staging") is None
        deploy(store, built(store, 116)[0].label)
        found = store.versions.ran_before("mall", "staging")
        assert found and (found.version, found.name, found.at) == ("1.4", "Lin", 1000)
        assert store.versions.ran_before("mall", "production") is None


def test_a_deploy_from_before_a_version_was_made_is_not_of_it(store: Store, clock: Clock) -> None:
    deploy(store, "v1")  # a team's own name, when there were no versions yet
    version = met(store, at=round((clock.now + 1) * 1000))
    assert version.label == "v1" and store.versions.running("mall") == {}
    clock.now += 2
    deploy(store, "v1")
    assert store.versions.running("mall") == {version.id: ["staging"]}
