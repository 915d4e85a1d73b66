"""Gitee on a bad day: every call, and every answer that is no success."""

from collections.abc import Callable
from pathlib import Path

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
from integrations.gitee.client import Gitee
from integrations.model import Method, Vote
from tests.integrations.standin import HTML, StandIn, sample

REPO, SHA, TOKEN = "acme/web", "3f2a9c1e5b7d4f60a1b2c3d4e5f60718293a4b5c", "gitee-s3cret"
PULLS = "/api/v5/repos/acme/web/pulls"
LIST, PULL, MERGE = f"GET {PULLS}", f"GET {PULLS}/233", f"PUT {PULLS}/233/merge"
REVIEW, TEST, COMMENT = f"POST {PULLS}/233/review", f"POST {PULLS}/233/test", f"POST {PULLS}/233/comments"
CHECKS = f"GET /api/v5/repos/acme/web/commits/{SHA}/check-runs"
NOTE, USER = "GET /api/v5/repos/acme/web/pulls/comments/501", "GET /api/v5/user"

Call = Callable[[Gitee], object]
CALLS: dict[str, Call] = {
    LIST: lambda gitee: gitee.pulls(REPO),
    PULL: lambda gitee: gitee.pull(REPO, 233),
    CHECKS: lambda gitee: gitee.checks(REPO, SHA),
    NOTE: lambda gitee: gitee.note(REPO, 233, 501),
    USER: lambda gitee: gitee.account(),
    REVIEW: lambda gitee: gitee.vote(REPO, 233, Vote.APPROVE),
    TEST: lambda gitee: gitee.vote(REPO, 233, Vote.TEST),
    COMMENT: lambda gitee: gitee.comment(REPO, 233, "x"),
    MERGE: lambda gitee: gitee.merge(REPO, 233, Method.MERGE),
}
READS, WRITES = [LIST, PULL, CHECKS, NOTE, USER], [REVIEW, TEST, COMMENT, MERGE]


STATUSES = [
    (302, Garbled),
    (400, Refused),
    (401, Unauthorized),
    (403, Forbidden),
    (404, NotFound),
    (405, NotAllowed),
    (422, NotAllowed),
    (429, TooMany),
    (500, Down),
    (502, Unclear),
    (504, Unclear),
]


@pytest.fixture
def gitee(standin: StandIn) -> Gitee:
    return Gitee(standin.url + "/api/v5/", [TOKEN])


class TestEveryCall:
    @pytest.mark.parametrize("line", CALLS)
    def test_shows_the_token_in_its_header_only(self, gitee: Gitee, standin: StandIn, line: str) -> None:
        with pytest.raises(IntegrationError):
            CALLS[line](gitee)
        request = standin.last
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert request.headers["user-agent"] == "Sampan"
        assert TOKEN not in f"{request.target}{request.query}{request.body!r}"

    @pytest.mark.parametrize("line", CALLS)
    def test_prefers_its_token_to_the_machines(
        self, gitee: Gitee, standin: StandIn, line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        self.test_shows_the_token_in_its_header_only(gitee, standin, line)

    @pytest.mark.parametrize("line", WRITES)
    @pytest.mark.parametrize(("status", "kind"), STATUSES)
    def test_a_write_fails_by_status_and_is_never_repeated(
        self, gitee: Gitee, standin: StandIn, line: str, status: int, kind: type[IntegrationError]
    ) -> None:
        standin.on(line, HTML, status=status, headers={"location": "/login"})
        with pytest.raises(IntegrationError) as caught:
            CALLS[line](gitee)
        assert type(caught.value) is kind
        assert standin.lines == [line]

    @pytest.mark.parametrize("line", READS)
    @pytest.mark.parametrize(("status", "kind"), [row for row in STATUSES if row[0] not in (404, 502, 504)])
    def test_a_read_fails_by_status(
        self, gitee: Gitee, standin: StandIn, line: str, status: int, kind: type[IntegrationError]
    ) -> None:
        standin.on(line, status=status, headers={"location": "/login"})
        with pytest.raises(IntegrationError) as caught:
            CALLS[line](gitee)
        assert type(caught.value) is kind

    @pytest.mark.parametrize("line", READS)
    @pytest.mark.parametrize("body", [b"", HTML, b"null", b"{"])
    def test_a_read_that_brings_no_json_is_garbled(
        self, gitee: Gitee, standin: StandIn, line: str, body: bytes
    ) -> None:
        standin.on(line, body)
        with pytest.raises(Garbled):
            CALLS[line](gitee)

    @pytest.mark.parametrize("line", READS)
    def test_a_read_that_is_nested_too_deep_is_garbled(
        self, gitee: Gitee, standin: StandIn, line: str
    ) -> None:
        standin.on(line, b"[" * 100_000)
        with pytest.raises(Garbled):
            CALLS[line](gitee)

    @pytest.mark.parametrize(
        ("case", "message"),
        [
            ("unauthorized", "401 Unauthorized"),
            ("oauth", "Access token is expired"),
            ("nested", "标题过长（最长为 255 个字符） 源分支不存在"),
        ],
    )
    def test_a_refusal_keeps_gitees_words_but_does_not_print_them(
        self, gitee: Gitee, standin: StandIn, case: str, message: str
    ) -> None:
        standin.on(PULL, sample(f"gitee/refused/{case}.json"), status=401)
        with pytest.raises(Unauthorized) as caught:
            gitee.pull(REPO, 233)
        assert caught.value.message == message
        assert message not in str(caught.value) and TOKEN not in str(caught.value)


class TestTwoTokens:
    """While a token is being rotated either of two may be the good one."""

    @pytest.fixture
    def gitee(self, standin: StandIn) -> Gitee:
        return Gitee(standin.url + "/api/v5", ["old", "new"])

    @pytest.mark.parametrize(
        ("revoked", "asked"),
        [(set(), 1), ({"Bearer new"}, 1), ({"Bearer old"}, 2)],
        ids=["none", "new", "old"],
    )
    def test_the_second_is_for_when_the_first_is_refused(
        self, gitee: Gitee, standin: StandIn, revoked: set[str], asked: int
    ) -> None:
        standin.on(REVIEW, status=204)
        standin.revoked = revoked
        gitee.vote(REPO, 233, Vote.APPROVE)
        assert standin.lines == [REVIEW] * asked

    @pytest.mark.parametrize("line", CALLS)
    def test_when_both_are_it_is_unauthorized(self, gitee: Gitee, standin: StandIn, line: str) -> None:
        standin.revoked = {"Bearer old", "Bearer new"}
        with pytest.raises(Unauthorized):
            CALLS[line](gitee)
        assert standin.lines == [line] * 2

    @pytest.mark.parametrize("line", WRITES)
    @pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 502, 504])
    def test_nothing_but_401_tries_the_second(
        self, gitee: Gitee, standin: StandIn, line: str, status: int
    ) -> None:
        standin.on(line, status=status)
        with pytest.raises(IntegrationError):
            CALLS[line](gitee)
        assert standin.lines == [line]
