"""Gitee's issues on a bad day: each failure by its kind, and no write made twice."""

from collections.abc import Callable

import pytest

from integrations.errors import (
    Down,
    Forbidden,
    Garbled,
    IntegrationError,
    NotAllowed,
    NotFound,
    Refused,
    TooMany,
    Unauthorized,
    Unclear,
)
from integrations.gitee.issues import GiteeIssues
from integrations.model.cards import CardRef, NewCard
from tests.integrations.standin import HTML, StandIn, sample

TOKEN = "gitee-s3cret"
ISSUES = "/api/v5/repos/acme/web/issues"
CREATE, CHANGE = "POST /api/v5/repos/acme/issues", "PATCH /api/v5/repos/acme/issues/I4ABCD"
LIST, READ = f"GET {ISSUES}", f"GET {ISSUES}/I4ABCD"
COMMENTS, COMMENT = f"GET {ISSUES}/I4ABCD/comments", f"POST {ISSUES}/I4ABCD/comments"

ISSUE = sample("gitee/issue/open.json")
CALLS: dict[str, Callable[[GiteeIssues], object]] = {
    CREATE: lambda issues: issues.create(NewCard("x", (), "sampan:i7")),
    LIST: lambda issues: issues.find(CardRef(marker="sampan:i7")),
    READ: lambda issues: issues.find(CardRef("I4ABCD")),
    COMMENTS: lambda issues: issues.find(CardRef("I4ABCD")),
    COMMENT: lambda issues: issues.comment("I4ABCD", (("x",),)),
    CHANGE: lambda issues: issues.close("I4ABCD"),
}
READS, WRITES = [LIST, READ, COMMENTS], [CREATE, COMMENT, CHANGE]

STATUSES = [
    (302, Garbled),
    (400, Refused),
    (401, Unauthorized),
    (403, Forbidden),
    (422, NotAllowed),
    (429, TooMany),
    (500, Down),
]


@pytest.fixture
def issues(standin: StandIn) -> GiteeIssues:
    standin.on(READ, ISSUE)
    return GiteeIssues(standin.url + "/api/v5", [TOKEN], repo="acme/web")


@pytest.mark.parametrize("line", CALLS)
def test_the_token_is_in_the_header_only(issues: GiteeIssues, standin: StandIn, line: str) -> None:
    standin.on(line, status=400)
    with pytest.raises(Refused):
        CALLS[line](issues)
    for request in standin.requests:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in f"{request.target}{request.query}{request.body!r}"


@pytest.mark.parametrize("line", CALLS)
@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_every_call_fails_by_status(
    issues: GiteeIssues, standin: StandIn, line: str, status: int, kind: type[IntegrationError]
) -> None:
    standin.on(line, sample("gitee/refused/unauthorized.json"), status=status)
    with pytest.raises(IntegrationError) as caught:
        CALLS[line](issues)
    assert type(caught.value) is kind
    assert standin.lines.count(line) == 1


@pytest.mark.parametrize("line", WRITES)
@pytest.mark.parametrize("status", [502, 504])
def test_a_write_in_doubt_is_not_made_again(
    issues: GiteeIssues, standin: StandIn, line: str, status: int
) -> None:
    standin.on(line, HTML, status=status)
    with pytest.raises(Unclear):
        CALLS[line](issues)
    assert standin.lines.count(line) == 1


@pytest.mark.parametrize("line", CALLS)
@pytest.mark.parametrize("body", [b"", HTML, b"null", b"{"], ids=["empty", "HTML", "null", "broken"])
def test_what_is_no_json_is_garbled(issues: GiteeIssues, standin: StandIn, line: str, body: bytes) -> None:
    standin.on(line, body)
    with pytest.raises(Garbled):
        CALLS[line](issues)
    assert standin.lines.count(line) == 1


@pytest.mark.parametrize(
    ("line", "kind"), [(CREATE, Refused), (CHANGE, Refused), (LIST, Refused), (COMMENT, NotFound)]
)
def test_only_what_is_about_a_card_is_not_found(
    issues: GiteeIssues, standin: StandIn, line: str, kind: type[Refused]
) -> None:
    """An enterprise's issue can be read and answers its change with a 404: it is no lost card."""
    standin.on(line, sample("gitee/refused/enterprise.json"), status=404)
    with pytest.raises(Refused) as caught:
        CALLS[line](issues)
    assert (type(caught.value), caught.value.status) == (kind, 404)
    assert caught.value.message == "project or enterprise"


@pytest.mark.parametrize("line", WRITES)
@pytest.mark.parametrize("revoked", ["old", "new"])
def test_either_of_two_tokens_may_be_the_good_one(standin: StandIn, line: str, revoked: str) -> None:
    standin.on(READ, ISSUE)
    standin.on(line, ISSUE)
    standin.revoked = {f"Bearer {revoked}"}
    CALLS[line](GiteeIssues(standin.url + "/api/v5", ["old", "new"], repo="acme/web"))
    assert standin.lines.count(line) == (2 if revoked == "old" else 1)
