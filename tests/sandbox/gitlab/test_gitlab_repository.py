"""Commits over the API: what is new between two versions."""

import pytest

from sandbox.gitlab.commits import Commit
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from tests.sandbox.gitlab.client import SHOP, Client

REPOSITORY = f"{SHOP}/repository"


@pytest.fixture
def history(world: World, shop: Project) -> list[Commit]:
    """Three commits on main, the first tagged v1, and one beside the last."""
    first = world.commit(shop, "main", "one", by="wu")
    shop.tags["v1"] = first
    second = world.commit(shop, "main", "two\n\nwith a body", by="chen")
    beside = world.commit(shop, "feature/x", "beside", by="wu")
    return [first, second, world.commit(shop, "main", "three", by="lin"), beside]


@pytest.mark.parametrize(
    ("base", "head", "titles"),
    [
        ("v1", "main", ["two", "three"]),
        ("main", "v1", []),
        ("main", "main", []),
        ("main", "feature/x", ["beside"]),
        ("feature/x", "main", ["three"]),
    ],
)
def test_compares_two_refs(
    api: Client, history: list[Commit], base: str, head: str, titles: list[str]
) -> None:
    shown = api.json(f"{REPOSITORY}/compare", **{"from": base, "to": head})
    assert [one["title"] for one in shown["commits"]] == titles
    assert (shown["commit"] or {}).get("title") == (titles[-1] if titles else None)
    assert shown["compare_same_ref"] is (base == head)


def test_compares_commits(api: Client, history: list[Commit]) -> None:
    query = {"from": history[0].sha, "to": history[1].sha[:10]}
    (one,) = api.json(f"{REPOSITORY}/compare", **query)["commits"]
    assert (one["id"], one["message"], one["author_name"]) == (history[1].sha, "two\n\nwith a body", "chen")
    assert (one["short_id"], one["parent_ids"]) == (history[1].sha[:8], [history[0].sha])
    assert one["web_url"] == f"{api.site}/acme/tools/shop/-/commit/{one['id']}"


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("compare", {"from": "nope", "to": "main"}, {"message": "404 Ref Not Found"}),
        ("commits", {"ref_name": "nope"}, {"message": "404 Ref Not Found"}),
        ("commits/nope", {}, {"message": "404 Commit Not Found"}),
        ("compare", {"from": "main"}, {"error": "to is missing"}),
    ],
)
def test_knows_what_is_not_there(api: Client, path: str, query: dict[str, str], said: object) -> None:
    answer = api.call("GET", f"{REPOSITORY}/{path}", params=query)
    assert (answer.status_code, answer.json()) == (400 if "error" in str(said) else 404, said)


def test_lists_commits_back_from_a_ref(api: Client, history: list[Commit]) -> None:
    assert [one["title"] for one in api.json(f"{REPOSITORY}/commits")] == [
        "three",
        "two",
        "one",
        "Initial commit",
    ]
    assert api.json(f"{REPOSITORY}/commits", ref_name="feature/x", per_page="1")[0]["title"] == "beside"


@pytest.mark.parametrize("ref", ["feature%2Fx", "main", "v1"])
def test_reads_one_commit(api: Client, history: list[Commit], ref: str) -> None:
    titles = {"feature%2Fx": "beside", "main": "three", "v1": "one"}
    assert api.json(f"{REPOSITORY}/commits/{ref}")["title"] == titles[ref]
