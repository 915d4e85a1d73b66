"""The tree filter, and what is shown without one."""

from typing import Any

import pytest

from sandbox.jenkins.tree import Bean, by_depth, parse, prune

BUILDS = [
    Bean({"_class": "B", "number": n, "causes": [{"who": f"u{n}"}]}, brief=("number",)) for n in (3, 2, 1)
]
JOB = Bean(
    {"_class": "J", "name": "x", "builds": BUILDS, "allBuilds": BUILDS, "last": None}, asked=("allBuilds",)
)


def numbers(*shown: int) -> dict[str, Any]:
    return {"_class": "J", "builds": [{"_class": "B", "number": n} for n in shown]}


@pytest.mark.parametrize(
    ("tree", "shown"),
    [
        ("name", {"_class": "J", "name": "x"}),
        ("name,last", {"_class": "J", "name": "x", "last": None}),
        ("nothing", {"_class": "J"}),
        ("builds[number]", numbers(3, 2, 1)),
        ("builds[number]{0,2}", numbers(3, 2)),
        ("builds[number]{1,}", numbers(2, 1)),
        ("builds[number]{,1}", numbers(3)),
        ("builds[number]{1}", numbers(2)),
        ("builds[number]{7,9}", numbers()),
        ("builds[ number ]{ 0 , 1 } , name", {**numbers(3), "name": "x"}),
        ("builds{,1}", {"_class": "J", "builds": [{"_class": "B"}]}),
        ("builds[causes[who]]{,1}", {"_class": "J", "builds": [{"_class": "B", "causes": [{"who": "u3"}]}]}),
        ("*[number]{1}", {**numbers(2), "name": "x", "last": None, "allBuilds": numbers(2)["builds"]}),
    ],
)
def test_shows_what_was_asked(tree: str, shown: dict[str, Any]) -> None:
    assert prune(JOB, parse(tree)) == shown


@pytest.mark.parametrize(
    "tree",
    ["a[", "a]", "a[b", "[a]", "a,", ",a", "a{", "a{x}", "a{1,2", "a{-1}", "a[]", "a{}", "a{,}b", "a[b]c"],
)
def test_refuses_what_is_malformed(tree: str) -> None:
    with pytest.raises(ValueError, match="Malformed tree expression"):
        parse(tree)


@pytest.mark.parametrize(
    ("depth", "first"),
    [(0, {"_class": "B", "number": 3}), (1, {"_class": "B", "number": 3, "causes": [{"who": "u3"}]})],
)
def test_shows_things_in_brief_until_asked_for_more(depth: int, first: dict[str, Any]) -> None:
    shown = by_depth(JOB, depth)
    assert (shown["builds"][0], "allBuilds" in shown) == (first, False)
