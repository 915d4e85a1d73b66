"""Trello on a bad day: every call, and every answer that is no success."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.errors import (
    Down,
    Forbidden,
    Garbled,
    IntegrationError,
    NotFound,
    Refused,
    TooMany,
    Unauthorized,
    Unclear,
)
from integrations.model import Account
from integrations.model.cards import Card, CardRef, NewCard
from integrations.transport import Rehearsed, deadline, rehearsing
from integrations.trello.client import Trello
from tests.integrations.standin import HTML, StandIn, page, sample

TODO, DONE = "54a17e9db559f0356ce022e4", "5cdfb33181899386ced12d14"
ID, BOARD = "5ad3c82d8ac5afdb542bf3da", "54a17d76d4a5072e3931736b"
MARKER = "sampan: i7-ab12cd"
NEW = NewCard("shop-test failed", (("shop-test failed",),), MARKER)
READ, LIST, ME = f"GET /1/cards/{ID}", f"GET /1/lists/{DONE}/cards", "GET /1/members/me"
TODO_LIST, OPEN = f"GET /1/lists/{TODO}", f"GET /1/boards/{BOARD}/cards/open"
CREATE, CHANGE, COMMENT = "POST /1/cards", f"PUT /1/cards/{ID}", f"POST /1/cards/{ID}/actions/comments"
KEY, TOKEN = "trello-k3y", "trello-s3cret"
HEADER = 'OAuth oauth_consumer_key="trello-k3y", oauth_token="{}"'

Call = Callable[[Trello], object]
READS: dict[str, Call] = {
    READ: lambda trello: trello.find(CardRef(id=ID)),
    LIST: lambda trello: trello.done(before=datetime.now(UTC)),
    ME: lambda trello: trello.account(),
    TODO_LIST: lambda trello: trello.find(CardRef(marker=MARKER)),
}
WRITES: dict[str, Call] = {
    CREATE: lambda trello: trello.create(NEW),
    CHANGE: lambda trello: trello.close(ID),
    COMMENT: lambda trello: trello.comment(ID, [("x",)]),
}
CALLS = {**READS, **WRITES}

STATUSES: list[tuple[int, str, type[IntegrationError]]] = [
    (302, "", Garbled),
    (400, "value.json", Refused),
    (400, "id.txt", NotFound),
    (401, "key.txt", Unauthorized),
    (401, "token.txt", Unauthorized),
    (401, "permission.txt", Forbidden),
    (403, "", Forbidden),
    (404, "absent.txt", NotFound),
    (500, "", Down),
    (502, "", Unclear),
    (503, "", Down),
    (504, "", Unclear),
]


@pytest.fixture
def trello(standin: StandIn) -> Trello:
    return Trello(f"{standin.url}/1/", KEY, [TOKEN], todo=TODO, done=DONE)


def refuse(standin: StandIn, line: str, status: int, case: str) -> None:
    body = page(f"trello/refused/{case}") if case else HTML
    standin.on(line, body, status=status, headers={"location": "/login"})


class TestEveryCall:
    @pytest.mark.parametrize("line", CALLS)
    def test_shows_its_credentials_in_the_header_only(
        self, trello: Trello, standin: StandIn, line: str
    ) -> None:
        with pytest.raises(IntegrationError):
            CALLS[line](trello)
        request = standin.last
        assert request.line == line
        assert request.headers["authorization"] == HEADER.format(TOKEN)
        assert request.headers["user-agent"] == "Sampan"
        for secret in (KEY, TOKEN):
            assert secret not in f"{request.target}{request.query}{request.body!r}"

    @pytest.mark.parametrize("line", WRITES)
    @pytest.mark.parametrize(("status", "case", "kind"), STATUSES)
    def test_a_write_fails_by_status_and_is_never_repeated(
        self, trello: Trello, standin: StandIn, line: str, status: int, case: str, kind: type[Exception]
    ) -> None:
        refuse(standin, line, status, case)
        with pytest.raises(IntegrationError) as caught:
            WRITES[line](trello)
        assert type(caught.value) is kind
        assert standin.lines == [line]

    @pytest.mark.parametrize("line", READS)
    @pytest.mark.parametrize(("status", "case", "kind"), [row for row in STATUSES if row[0] < 502])
    def test_a_read_fails_by_status(
        self, trello: Trello, standin: StandIn, line: str, status: int, case: str, kind: type[Exception]
    ) -> None:
        refuse(standin, line, status, case)
        if line == READ and kind is NotFound:
            assert READS[line](trello) is None
            return
        with pytest.raises(IntegrationError) as caught:
            READS[line](trello)
        assert type(caught.value) is kind

    @pytest.mark.parametrize("line", CALLS)
    @pytest.mark.parametrize("body", [b"", HTML, b"null", b"{", b"1", {}, {"id": 1}, "x", [[]]])
    def test_an_answer_that_is_none_is_garbled(
        self, trello: Trello, standin: StandIn, line: str, body: Any
    ) -> None:
        standin.on(line, body)
        with pytest.raises(Garbled):
            CALLS[line](trello)
        assert standin.lines == [line]


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, page("trello/refused/value.json"), "invalid value for idList"),
        (401, page("trello/refused/key.txt"), "invalid key"),
        (404, page("trello/refused/absent.txt"), "The requested resource was not found."),
        (400, "长" * 101, ""),
        (400, b"bad \x1b[31m", ""),
        (400, b"\xff\xfe", "��"),
        (500, HTML, ""),
        (500, b"", ""),
    ],
)
def test_a_refusal_keeps_short_words_and_does_not_print_them(
    trello: Trello, standin: StandIn, status: int, body: Any, message: str
) -> None:
    standin.on(CREATE, body, status=status)
    with pytest.raises(Refused) as caught:
        trello.create(NEW)
    assert caught.value.message == message
    assert not message or message not in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("line", CALLS)
@pytest.mark.parametrize("limit", ["token", "key"])
def test_a_limit_without_the_time_to_wait_is_too_many(
    trello: Trello, standin: StandIn, line: str, limit: str
) -> None:
    standin.on(line, page(f"trello/refused/{limit}_limit.json"), status=429)
    with deadline(5), pytest.raises(TooMany):
        CALLS[line](trello)
    assert standin.lines == [line]


class TestTwoTokens:
    """While a token is being rotated either of two may be the good one."""

    @pytest.fixture
    def trello(self, standin: StandIn) -> Trello:
        return Trello(f"{standin.url}/1", KEY, ["old", "new"], todo=TODO, done=DONE)

    @pytest.mark.parametrize(
        ("revoked", "asked"), [((), 1), (("new",), 1), (("old",), 2)], ids=["none", "new", "old"]
    )
    def test_the_second_is_for_when_the_first_is_refused(
        self, trello: Trello, standin: StandIn, revoked: tuple[str, ...], asked: int
    ) -> None:
        standin.on(CREATE, sample("trello/card/created.json"))
        standin.revoked = {HEADER.format(token) for token in revoked}
        trello.create(NEW)
        assert standin.lines == [CREATE] * asked

    @pytest.mark.parametrize("line", CALLS)
    def test_when_both_are_it_is_unauthorized(self, trello: Trello, standin: StandIn, line: str) -> None:
        standin.revoked = {HEADER.format("old"), HEADER.format("new")}
        with pytest.raises(Unauthorized):
            CALLS[line](trello)
        assert standin.lines == [line] * 2

    @pytest.mark.parametrize("status", [400, 403, 404, 500, 502, 504])
    def test_nothing_but_401_tries_the_second(self, trello: Trello, standin: StandIn, status: int) -> None:
        standin.on(CREATE, status=status)
        with pytest.raises(IntegrationError):
            trello.create(NEW)
        assert standin.lines == [CREATE]


class TestWire:
    def test_a_card_is_made_by_a_form(self, trello: Trello, standin: StandIn) -> None:
        standin.on(CREATE, sample("trello/card/created.json"))
        card = trello.create(NEW)
        assert standin.last.form == {
            "idList": TODO,
            "name": "shop-test failed",
            "desc": f"shop-test failed\n\n{MARKER}",
            "pos": "top",
        }
        assert (card.id, card.url, card.labels) == (ID, "https://trello.com/c/sQI2wV88", ("wontfix",))

    def test_a_card_is_read_with_its_comments(self, trello: Trello, standin: StandIn) -> None:
        standin.on(READ, sample("trello/card/commented.json"))
        url = "https://trello.com/c/sQI2wV88"
        wanted = Card(ID, url, closed=True, labels=("wontfix",), comments=("真的不修了", "failed again"))
        assert trello.find(CardRef(id=ID)) == wanted
        assert standin.last.query["actions"] == "commentCard"

    def test_a_marker_is_looked_for_on_the_board_of_the_list(self, trello: Trello, standin: StandIn) -> None:
        standin.on(TODO_LIST, sample("trello/list/list.json"))
        standin.on(OPEN, [sample("trello/card/created.json")])
        standin.on(READ, sample("trello/card/commented.json"))
        found = trello.find(CardRef(marker=MARKER))
        assert found and found.id == ID
        assert standin.lines == [TODO_LIST, OPEN, READ]

    def test_bringing_back_puts_it_on_top(self, trello: Trello, standin: StandIn) -> None:
        standin.on(CHANGE, sample("trello/card/created.json"))
        trello.reopen(ID)
        assert standin.last.form == {"closed": "false", "idList": TODO, "pos": "top"}

    def test_a_card_that_did_not_change_is_garbled(self, trello: Trello, standin: StandIn) -> None:
        standin.on(CHANGE, sample("trello/card/created.json"))
        with pytest.raises(Garbled):
            trello.close(ID)

    def test_the_account_is_the_tokens(self, trello: Trello, standin: StandIn) -> None:
        standin.on(ME, sample("trello/member/me.json"), headers={"Date": "Thu, 20 Aug 2026 02:40:00 GMT"})
        assert trello.account().name == "sampan_bot"
        assert isinstance(trello.account(), Account)

    def test_odd_credentials_stay_in_their_quotes(self, standin: StandIn) -> None:
        odd = Trello(f"{standin.url}/1", 'k"\r\n', ["t, x"], todo=TODO, done=DONE)
        with pytest.raises(Refused):
            odd.account()
        header = 'OAuth oauth_consumer_key="k%22%0D%0A", oauth_token="t%2C%20x"'
        assert standin.last.headers["authorization"] == header


def test_a_rehearsal_writes_nothing(trello: Trello, standin: StandIn) -> None:
    with rehearsing(), pytest.raises(Rehearsed):
        trello.close(ID)
    assert standin.requests == []


def test_without_time_left_nothing_is_sent(trello: Trello, standin: StandIn) -> None:
    with deadline(0.01), pytest.raises(IntegrationError):
        trello.close(ID)
    assert standin.requests == []
