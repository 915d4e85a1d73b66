"""What the stand-in refuses, in Trello's words; most of them are plain text."""

from datetime import timedelta

import pytest

from sandbox.trello.things import Board
from sandbox.trello.world import World
from tests.sandbox.trello.client import KEY, Client

NOBODY = "5cdfb33499236c320e7d772c"
NOT_FOUND = (404, "The requested resource was not found.")
OAUTH = 'OAuth oauth_consumer_key="{}", oauth_token="{}"'


@pytest.mark.parametrize(
    ("header", "query", "answer"),
    [
        (OAUTH.format(KEY, "chen-token"), "", (200, "")),
        ("", f"?key={KEY}&token=chen-token", (200, "")),
        ("", "", (401, "invalid key")),
        (OAUTH.format("x", "chen-token"), "", (401, "invalid key")),
        ("Bearer chen-token", "", (401, "invalid key")),
        (OAUTH.format(KEY, "x"), "", (401, "invalid token")),
        ("", f"?key={KEY}&token=x", (401, "invalid token")),
        ("", f"?key={KEY}", (401, "unauthorized card permission requested")),
        (OAUTH.format(KEY, "stranger-token"), "", (401, "unauthorized card permission requested")),
    ],
)
def test_who_may_look(
    api: Client, world: World, board: Board, header: str, query: str, answer: tuple[int, str]
) -> None:
    card = world.add_card(board.lists[0], "x")
    response = api.bare("GET", f"/cards/{card.id}{query}", headers={"Authorization": header})
    assert response.status_code == answer[0]
    if answer[1]:
        assert response.text == answer[1]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (f"/cards/{NOBODY}", NOT_FOUND),
        ("/cards/abcdefgh", NOT_FOUND),
        ("/cards/nothing", (400, "invalid id")),
        (f"/lists/{NOBODY}", NOT_FOUND),
        ("/lists/abcdefgh", (400, "invalid id")),
        (f"/boards/{NOBODY}/cards/open", NOT_FOUND),
        ("/nothing", NOT_FOUND),
    ],
)
def test_what_is_not_there(api: Client, board: Board, path: str, answer: tuple[int, str]) -> None:
    response = api.call("GET", path)
    assert (response.status_code, response.text) == answer


@pytest.mark.parametrize(
    ("method", "path", "form", "field"),
    [
        ("POST", "/cards", {}, "idList"),
        ("POST", "/cards", {"idList": NOBODY}, "idList"),
        ("POST", "/cards", {"desc": "x" * 16_385}, "idList"),
        ("PUT", "", {"desc": "x" * 16_385}, "desc"),
        ("PUT", "", {"closed": "maybe"}, "closed"),
        ("PUT", "", {"pos": "middle"}, "pos"),
        ("PUT", "", {"idList": "x"}, "idList"),
        ("POST", "/actions/comments", {"text": ""}, "text"),
        ("POST", "/actions/comments", {"text": "x" * 16_385}, "text"),
        ("GET", "/actions?limit=1001", {}, "limit"),
        ("GET", "/actions?limit=-1", {}, "limit"),
    ],
)
def test_strange_values(
    api: Client, world: World, board: Board, method: str, path: str, form: dict[str, str], field: str
) -> None:
    card = world.add_card(board.lists[0], "x")
    response = api.call(method, path if path == "/cards" else f"/cards/{card.id}{path}", data=form)
    assert (response.status_code, response.text) == (400, f"invalid value for {field}")
    assert (len(board.cards), len(board.actions)) == (1, 1)


class TestLimits:
    @pytest.mark.parametrize(
        ("per_token", "per_key", "error"),
        [(3, 99, "API_TOKEN_LIMIT_EXCEEDED"), (99, 3, "API_KEY_LIMIT_EXCEEDED")],
    )
    def test_hold_for_ten_seconds(
        self, api: Client, world: World, per_token: int, per_key: int, error: str
    ) -> None:
        world.limits.per_token, world.limits.per_key = per_token, per_key
        statuses = [api.call("GET", "/members/me").status_code for _ in range(4)]
        refused = api.call("GET", "/members/me")
        assert statuses == [200, 200, 200, 429]
        assert refused.json() == {"error": error, "message": "Rate limit exceeded"}
        world.clock.pass_time(timedelta(seconds=10))
        assert api.call("GET", "/members/me").status_code == 200

    def test_of_tokens_are_each_ones_own(self, api: Client, world: World) -> None:
        world.limits.per_token = 1
        assert [api.call("GET", "/members/me", as_=who).status_code for who in ("lin", "chen", "lin")] == [
            200,
            200,
            429,
        ]

    def test_are_those_of_trello(self, world: World) -> None:
        assert (world.limits.per_token, world.limits.per_key) == (100, 300)

    def test_can_be_switched_off(self, api: Client, world: World) -> None:
        world.limits.per_token, world.limits.on = 0, False
        assert api.call("GET", "/members/me").json()["username"] == "chen"


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("html", 200), ("empty", 200)])
def test_bad_days_can_be_had(api: Client, world: World, kind: str, status: int) -> None:
    api.put(f"{api.site}/_fault", json={"kind": kind, "times": 1}, timeout=5)
    answer = api.call("GET", "/members/me")
    assert answer.status_code == status and "chen" not in answer.text
    assert len(world.requests) == 1
    assert api.call("GET", "/members/me").ok
