"""The list of pipelines: what it can be asked for, and its pages."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.gitlab.pipelines import Source
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from tests.sandbox.gitlab.client import SHOP, Client

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def several(world: World, shop: Project) -> list[int]:
    """One an hour from eight on, the third on a tag."""
    world.tag(shop, "v1", by="lin")
    shop.pipelines.clear()
    told = [
        ("success", "main", Source.API),
        ("failed", "main", Source.PUSH),
        ("success", "v1", Source.PUSH),
        ("running", "main", Source.WEB),
    ]
    return [
        world.record(shop, status, ref=ref, source=source, began=MORNING + timedelta(hours=hour)).id
        for hour, (status, ref, source) in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, [3, 2, 1, 0]),
        ({"sort": "asc"}, [0, 1, 2, 3]),
        ({"status": "success"}, [2, 0]),
        ({"ref": "v1"}, [2]),
        ({"source": "push"}, [2, 1]),
        ({"source": "parent_pipeline"}, []),
        ({"updated_after": "2026-03-01T09:30:00Z"}, [3, 2]),
        ({"updated_after": "2026-03-01T17:30:00+08:00", "order_by": "updated_at", "sort": "asc"}, [2, 3]),
        ({"updated_before": "2026-03-01T09:30:00Z"}, [1, 0]),
        ({"order_by": "status"}, [2, 0, 3, 1]),
        ({"username": "lin", "status": "running"}, [3]),
    ],
)
def test_finds_by(api: Client, several: list[int], query: dict[str, str], wanted: list[int]) -> None:
    found = [one["id"] for one in api.json(f"{SHOP}/pipelines", **query)]
    assert found == [several[number] for number in wanted]


def test_gives_page_by_page(api: Client, several: list[int]) -> None:
    seen = []
    page = "1"
    while page:
        answer = api.call("GET", f"{SHOP}/pipelines", params={"per_page": 3, "page": page})
        assert (answer.headers["X-Total"], answer.headers["X-Total-Pages"]) == ("4", "2")
        seen += [one["id"] for one in answer.json()]
        page = answer.headers["X-Next-Page"]
    assert seen == several[::-1]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "odd"},
        {"source": "odd"},
        {"sort": "up"},
        {"order_by": "x"},
        {"per_page": "0"},
        {"updated_after": "x"},
    ],
)
def test_finds_only_by_what_there_is(api: Client, query: dict[str, str]) -> None:
    answer = api.call("GET", f"{SHOP}/pipelines", params=query)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


def test_counts_no_more_than_ten_thousand(api: Client, world: World, shop: Project) -> None:
    for _ in range(10_001):
        world.record(shop)
    answer = api.call("GET", f"{SHOP}/pipelines", params={"per_page": "1"})
    assert (answer.headers["X-Next-Page"], "X-Total" in answer.headers) == ("2", False)
