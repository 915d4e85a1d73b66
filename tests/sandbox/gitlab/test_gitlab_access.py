"""Who may see what, how often, what is written down, and how it misbehaves."""

from datetime import timedelta

import pytest
import requests

from sandbox.gitlab.limits import Limit
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from tests.sandbox.gitlab.client import SHOP, Client
from tests.sandbox.gitlab.conftest import Clock

NO_PROJECT = {"message": "404 Project Not Found"}
NOBODY = {"message": "401 Unauthorized"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"PRIVATE-TOKEN": "wu-token"}, 200),
        ({"Authorization": "Bearer wu-token"}, 200),
        ({"PRIVATE-TOKEN": "wrong"}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({}, 401),
    ],
)
def test_a_token_says_who_calls(api: Client, headers: dict[str, str], status: int) -> None:
    answers = [api.get(f"{api.site}/api/v4{path}", headers=headers) for path in ("/user", "/version")]
    assert [one.status_code for one in answers] == [status, status]
    assert answers[0].json() == NOBODY if status == 401 else answers[0].json()["username"] == "wu"


@pytest.mark.parametrize(
    ("path", "as_", "status", "said"),
    [
        (SHOP, "guest", 200, None),
        (SHOP, "stranger", 404, NO_PROJECT),
        (SHOP, None, 404, NO_PROJECT),
        ("/projects/acme%2Fnope", "wu", 404, NO_PROJECT),
        ("/projects/99999", "wu", 404, NO_PROJECT),
        ("/projects/acme/tools/shop", "wu", 404, {"error": "404 Not Found"}),
        (f"{SHOP}/nope", "wu", 404, {"error": "404 Not Found"}),
        (f"{SHOP}/pipelines/1", "wu", 404, {"message": "404 Not Found"}),
        (f"{SHOP}/jobs/1", "wu", 404, {"message": "404 Not Found"}),
        (f"{SHOP}/pipelines", "stranger", 404, NO_PROJECT),
    ],
)
def test_what_one_may_not_see_is_absent(
    api: Client, path: str, as_: str | None, status: int, said: object
) -> None:
    answer = api.call("GET", path, as_=as_)
    assert answer.status_code == status
    assert said is None or answer.json() == said


def test_a_project_has_a_number_too(api: Client, shop: Project) -> None:
    shown = api.json(f"/projects/{shop.id}")
    assert shown == api.json(SHOP)
    assert (shown["path_with_namespace"], shown["default_branch"]) == ("acme/tools/shop", "main")
    assert shown["web_url"] == f"{api.site}/acme/tools/shop"


def test_a_token_may_be_for_reading_only(api: Client, world: World, shop: Project) -> None:
    world.read_only.add("wu-token")
    assert api.json(SHOP)["permissions"]["project_access"]["access_level"] == 30
    answer = api.call("POST", f"{SHOP}/pipeline", json={"ref": "main"})
    assert (answer.status_code, answer.json()["error"], shop.pipelines) == (403, "insufficient_scope", {})


def test_a_pipeline_of_another_project_is_absent(api: Client, world: World, shop: Project) -> None:
    other = world.add_project("acme/other", members=shop.members)
    number = world.record(other, "success").id
    assert api.call("GET", f"{SHOP}/pipelines/{number}").status_code == 404
    assert api.json(f"/projects/acme%2Fother/pipelines/{number}")["id"] == number


def test_who_calls_too_often_is_told_when_to_come_again(api: Client, world: World, clock: Clock) -> None:
    world.limit = Limit(requests=2)
    answers = [api.call("GET", SHOP) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    refused = answers[-1]
    assert refused.text == "Retry later\n"
    told = {name: refused.headers[f"RateLimit-{name}"] for name in ("Limit", "Observed", "Remaining")}
    assert told == {"Limit": "2", "Observed": "3", "Remaining": "0"}
    assert api.call("GET", SHOP, as_="lin").status_code == 200
    clock.ahead += timedelta(seconds=int(refused.headers["Retry-After"]))
    assert api.call("GET", SHOP).status_code == 200


def test_every_call_is_written_down_without_its_token(api: Client, world: World) -> None:
    api.start(SERVICE_ID="shop")
    api.json(f"{SHOP}/pipelines", status="success")
    first, second = world.requests
    assert (first.method, first.path, b"SERVICE_ID" in first.body) == (
        "POST",
        f"/api/v4{SHOP}/pipeline",
        True,
    )
    assert (second.query, second.headers["private-token"]) == ("status=success", "***")


@pytest.mark.parametrize(("kind", "status"), [("502", 502), ("html", 200), ("empty", 200), ("redirect", 302)])
def test_misbehaves_on_request(api: Client, world: World, kind: str, status: int) -> None:
    fault = {"kind": kind, "match": "GET .*/pipelines", "times": 1}
    requests.put(f"{api.site}/_fault", json=fault, timeout=5).raise_for_status()
    answers = [api.call("GET", f"{SHOP}/pipelines", allow_redirects=False) for _ in range(2)]
    assert [one.status_code for one in answers] == [status, 200]
    assert answers[1].json() == []
    assert len(world.requests) == 2


@pytest.mark.parametrize("body", ["{", '{"ref": "\\ud800"}'])
def test_json_that_is_none_is_refused(api: Client, body: str) -> None:
    headers = {"PRIVATE-TOKEN": "wu-token", "Content-Type": "application/json"}
    answer = api.post(f"{api.site}/api/v4{SHOP}/pipeline", data=body, headers=headers)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
