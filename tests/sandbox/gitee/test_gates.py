"""Review and test: who passes them, what the pull request shows then, and what undoes it."""

import pytest

from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from tests.sandbox.gitee.client import PULL, Client

GATES = [("review", "assignees"), ("test", "testers")]


@pytest.fixture
def asking(web: Repo) -> Pull:
    people = ("chen", "guest")
    return web.open_pull(
        "Say one", author="wu", head="feature",
        assignees=people, testers=people, assignees_number=1, testers_number=1,
    )  # fmt: skip


def accepted(api: Client, people: str) -> dict[str, bool]:
    return {person["login"]: person["accept"] for person in api.json(PULL)[people]}


@pytest.mark.parametrize(("verb", "people"), GATES)
@pytest.mark.parametrize(
    ("as_", "after"),
    [
        ("chen", {"chen": True, "guest": False}),
        ("guest", {"chen": False, "guest": True}),  # asked, though a reader
        ("lin", {"chen": False, "guest": False, "lin": True}),  # not asked, but may write
    ],
)
def test_a_yes_is_answered_with_nothing(
    api: Client, asking: Pull, verb: str, people: str, as_: str, after: dict[str, bool]
) -> None:
    for _ in range(2):
        answer = api.call("POST", f"{PULL}/{verb}", as_=as_)
        assert (answer.status_code, answer.content) == (204, b"")
    assert accepted(api, people) == after


def test_both_gates_open_the_way(api: Client, asking: Pull) -> None:
    for verb, _ in GATES:
        assert api.json(PULL)["can_merge_check"] is False
        assert api.merge().status_code == 405
        api.call("POST", f"{PULL}/{verb}")
    assert api.json(PULL)["can_merge_check"] is True
    assert api.merge().status_code == 200


@pytest.mark.parametrize(("as_", "status", "passed"), [("chen", 403, False), ("lin", 204, True)])
def test_only_an_admin_forces(api: Client, asking: Pull, as_: str, status: int, passed: bool) -> None:
    answer = api.call("POST", f"{PULL}/review", as_=as_, data={"force": "true"})
    assert answer.status_code == status
    assert asking.review.passed is passed
    assert accepted(api, "assignees") == {"chen": False, "guest": False}


@pytest.mark.parametrize(("verb", "people"), GATES)
def test_people_are_asked_and_dismissed(api: Client, asking: Pull, verb: str, people: str) -> None:
    api.call("POST", f"{PULL}/{verb}")
    asked = api.call("POST", f"{PULL}/{people}", json={people: "lin,chen"})
    assert asked.status_code == 201
    assert accepted(api, people) == {"chen": True, "guest": False, "lin": False}
    assert api.call("DELETE", f"{PULL}/{people}", params={people: "chen,guest"}).status_code == 200
    assert accepted(api, people) == {"lin": False}


@pytest.mark.parametrize(("verb", "people"), GATES)
@pytest.mark.parametrize(
    ("as_", "form", "status", "left"),
    [
        ("chen", {}, 200, {"guest"}),
        ("chen", {"reset_all": "true"}, 403, {"chen", "guest"}),
        ("lin", {"reset_all": "true"}, 200, set()),
    ],
)
def test_a_yes_is_taken_back(
    api: Client,
    asking: Pull,
    verb: str,
    people: str,
    as_: str,
    form: dict[str, str],
    status: int,
    left: set[str],
) -> None:
    for login in ("chen", "guest"):
        api.call("POST", f"{PULL}/{verb}", as_=login)
    assert api.call("PATCH", f"{PULL}/{people}", as_=as_, data=form).status_code == status
    assert {login for login, yes in accepted(api, people).items() if yes} == left


@pytest.mark.parametrize(("reset_on_push", "stays"), [(False, True), (True, False)])
def test_a_push_forgets_only_where_the_repo_says_so(
    api: Client, web: Repo, asking: Pull, reset_on_push: bool, stays: bool
) -> None:
    web.reset_on_push = reset_on_push
    for verb, _ in GATES:
        api.call("POST", f"{PULL}/{verb}")
    web.push("feature", {"b.txt": "more\n"})
    assert api.json(PULL)["can_merge_check"] is stays


def test_the_gate_can_be_lowered_as_on_the_real_host(api: Client, asking: Pull) -> None:
    form = {"assignees_number": "0", "testers_number": "0"}
    assert api.call("PATCH", PULL, data=form).json()["can_merge_check"] is True


@pytest.mark.parametrize(("verb", "people"), GATES)
def test_what_is_over_takes_no_vote(api: Client, asking: Pull, verb: str, people: str) -> None:
    asking.close(by=asking.author)
    assert api.call("POST", f"{PULL}/{verb}").status_code == 405
    assert not any(accepted(api, people).values())
