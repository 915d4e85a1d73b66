"""What programs are told of versions, over both databases."""

import pytest

from bot.store import Store
from bot.versions import catalog
from tests.bot.records import clock, migrated, store, url
from tests.bot.versions.stored import SHA, built, deploy, met

__all__ = ["clock", "migrated", "store", "url"]

FIRST = {
    "id": "v1",
    "service": "mall",
    "state": "success",
    "ref": "main",
    "sha": SHA,
    "at": "1970-01-01T00:00:00+00:00",
    "who": "wu",
    "path": "mall/101",
    "artifacts": ["dist/a.jar"],
    "number": 101,
    "url": "https://git/116",
    "runs_on": ["production", "staging"],
    "pinned": True,
}


@pytest.fixture
def kept(store: Store) -> Store:
    """Three versions of the mall, of which the first runs everywhere and is pinned, and one of the till."""
    first, *_ = built(store, 101, 102)
    store.versions.lies_at(first.id, path="mall/101", artifacts=["dist/a.jar"])
    store.versions.pin(first.id, by="Lin (lin)")
    met(store, 103, state="dreaming")
    built(store, 104, service="till")
    deploy(store, "v1", "staging")
    deploy(store, "v1", "production")
    return store


def ids(found: list[dict[str, object]]) -> list[object]:
    return [one["id"] for one in found]


def test_the_versions_of_a_service(kept: Store) -> None:
    found = catalog.versions(kept, "mall")
    assert [(one["id"], one["state"]) for one in found] == [
        *[("v3", "dreaming"), ("v2", "success")],
        ("v1", "success"),
    ]
    assert found[-1] == FIRST
    assert (found[0]["runs_on"], found[0]["pinned"], found[0]["path"]) == ([], False, "")
    assert ids(catalog.versions(kept, "mall", at_most=1)) == ["v3"]
    assert catalog.versions(kept, "nobody's") == []


@pytest.mark.parametrize("label", ["v1", "V1", "1", "01"])
def test_one_version(kept: Store, label: str) -> None:
    assert catalog.version(kept, label) == FIRST


@pytest.mark.parametrize(
    "label", ["v9", "", "v", "vv1", "v-1", "x1", "v1 ", "v1\n", "ｖ1", "v１", "v" + "9" * 30]
)
def test_one_that_there_is_not(kept: Store, label: str) -> None:
    with pytest.raises(catalog.Unknown, match="There is no version "):
        catalog.version(kept, label)


def test_where_they_run(kept: Store) -> None:
    staging = {
        "service": "mall",
        "environment": "staging",
        "version": "v1",
        "since": "2023-11-14T22:13:20+00:00",
        "by": "Lin",
        "build": "b1",
    }
    production = {**staging, "environment": "production", "build": "b2"}
    assert catalog.where(kept) == catalog.where(kept, "mall") == [production, staging]
    assert catalog.where(kept, "till") == []


def test_a_rehearsal_tells_what_would_be_forgotten(kept: Store) -> None:
    would = catalog.prune(kept, keep=0, dry_run=True)
    assert ids(would) == ["v2", "v3", "v4"]
    assert ids(catalog.versions(kept, "mall")) == ["v3", "v2", "v1"]
    assert catalog.prune(kept, keep=0) == would
    assert catalog.prune(kept, keep=0) == []


def test_one_service_is_pruned(kept: Store) -> None:
    assert ids(catalog.prune(kept, keep=0, service="till")) == ["v4"]
    assert len(catalog.versions(kept, "mall")) == 3
