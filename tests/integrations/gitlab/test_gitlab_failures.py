"""GitLab on a bad day: every call, and every answer that is no success."""

from collections.abc import Callable
from datetime import UTC, datetime
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
from integrations.gitlab.client import PATIENCE, GitLab
from integrations.model import BuildRef, Job
from integrations.transport import deadline
from tests.integrations.gitlab.conftest import NAME, PIPELINES, PROJECT, TOKEN, GitLabStandIn
from tests.integrations.loopback import Port, hang
from tests.integrations.standin import HTML, Reply, sample

WEB, BUILD = "acme/shop/web", BuildRef(NAME, number=287)
JOB = Job(NAME, "", True, (), open=True)
ONE, USER = f"GET {PIPELINES}/287", "GET /gitlab/api/v4/user"
TRIGGER, CANCEL = f"POST {PROJECT}/pipeline", f"POST {PIPELINES}/287/cancel"

Call = Callable[[GitLab], object]
READS: dict[str, Call] = {
    f"GET {PROJECT}": lambda gitlab: gitlab.find(NAME),
    ONE: lambda gitlab: gitlab.pipeline(WEB, 287),
    f"{ONE}/jobs": lambda gitlab: gitlab.log(BUILD, lines=5),
    f"{ONE}/variables": lambda gitlab: gitlab.variables(WEB, 287),
    f"GET {PIPELINES}": lambda gitlab: gitlab.pipelines(
        WEB, updated_after=datetime(2026, 11, 20, tzinfo=UTC)
    ),
    f"GET {PROJECT}/repository/compare": lambda gitlab: gitlab.changes(WEB, "a", "b"),
    USER: lambda gitlab: gitlab.account(),
}
WRITES: dict[str, Call] = {
    TRIGGER: lambda gitlab: gitlab.trigger(JOB, {"VERSION_ID": "v30"}),
    CANCEL: lambda gitlab: gitlab.cancel(BUILD),
}
CALLS = READS | WRITES
STATUSES = [
    (302, Garbled),
    (401, Unauthorized),
    (403, Forbidden),
    (404, NotFound),
    (405, NotAllowed),
    (409, NotAllowed),
    (429, TooMany),
    (500, Down),
]
FORBIDDEN_IS_AN_ANSWER = f"{ONE}/variables"


def failure(call: Call, gitlab: GitLab) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        call(gitlab)
    return caught.value


@pytest.fixture
def machines_own_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.mark.parametrize("line", CALLS)
class TestEveryCall:
    def test_shows_the_token_in_its_header_only(
        self, gitlab: GitLab, standin: GitLabStandIn, line: str, machines_own_login: None
    ) -> None:
        failure(CALLS[line], gitlab)
        request = standin.last
        assert (request.line, request.headers["private-token"]) == (line, TOKEN)
        assert request.headers["authorization"] == TOKEN  # by the stand-in, and no login of the machine
        assert TOKEN not in f"{request.target}{request.query}{request.body!r}"

    @pytest.mark.parametrize(("status", "kind"), STATUSES)
    def test_fails_by_status(
        self, gitlab: GitLab, standin: GitLabStandIn, line: str, status: int, kind: type
    ) -> None:
        if (line, status) in {(FORBIDDEN_IS_AN_ANSWER, 403), (CANCEL, 404)}:
            return  # these two are no failures
        standin.on(line, HTML, status=status, headers={"location": "/users/sign_in"})
        assert type(failure(CALLS[line], gitlab)) is kind
        assert standin.lines == [line]

    def test_tells_what_gitlab_says_but_does_not_print_it(
        self, gitlab: GitLab, standin: GitLabStandIn, line: str
    ) -> None:
        standin.on(line, sample("gitlab/refused/scope.json"), status=406)
        refusal = failure(CALLS[line], gitlab)
        assert isinstance(refusal, Refused)
        assert refusal.message.startswith("The request requires higher privileges")
        assert refusal.message not in str(refusal) and TOKEN not in str(refusal)


@pytest.mark.parametrize("line", READS)
@pytest.mark.parametrize("body", [b"", HTML, b"null", b"{", b"[" * 100_000])
def test_a_read_that_brings_nothing_is_garbled(
    gitlab: GitLab, standin: GitLabStandIn, line: str, body: bytes
) -> None:
    standin.on(line, body)
    assert type(failure(READS[line], gitlab)) is Garbled


@pytest.mark.parametrize("line", WRITES)
@pytest.mark.parametrize("status", [502, 504])
def test_a_write_that_may_have_been_done_is_never_repeated(
    gitlab: GitLab, standin: GitLabStandIn, line: str, status: int
) -> None:
    standin.on(line, HTML, status=status)
    assert type(failure(WRITES[line], gitlab)) is Unclear
    assert standin.lines == [line]


@pytest.mark.parametrize("line", WRITES)
def test_a_write_without_an_answer_is_unclear_and_never_repeated(line: str) -> None:
    with Port(hang) as port, deadline(0.4):
        assert type(failure(WRITES[line], GitLab(port.url, [TOKEN]))) is Unclear
        assert len(port.heard) == 1


class TestTooOften:
    """Too many requests: docs.gitlab.com/administration/settings/user_and_ip_rate_limits/."""

    @pytest.mark.parametrize("times", [1, PATIENCE])
    def test_a_read_waits_as_long_as_it_is_told(
        self, gitlab: GitLab, standin: GitLabStandIn, times: int
    ) -> None:
        wait = Reply(429, b"Retry later\n", {"retry-after": "0"})
        standin.turns[ONE] = [wait] * times + [Reply(body=sample("gitlab/pipeline.json"))]
        assert gitlab.pipeline(WEB, 287).id == 287
        assert standin.lines == [ONE] * (times + 1)

    def test_but_not_for_ever(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(ONE, status=429, headers={"retry-after": "0"})
        assert type(failure(READS[ONE], gitlab)) is TooMany
        assert standin.lines == [ONE] * (PATIENCE + 1)

    @pytest.mark.parametrize(
        "after", ["25", "60", "999999", "", "-1", "1.5", "٣", "soon", "Fri, 20 Nov 2026 01:05:07 GMT"]
    )
    def test_nor_longer_than_there_is_time(self, gitlab: GitLab, standin: GitLabStandIn, after: str) -> None:
        standin.on(ONE, status=429, headers={"retry-after": after} if after.isascii() else {})
        assert type(failure(READS[ONE], gitlab)) is TooMany
        assert standin.lines == [ONE]

    def test_nor_past_the_deadline(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(ONE, status=429, headers={"retry-after": "2"})
        with deadline(2.5):
            assert type(failure(READS[ONE], gitlab)) is TooMany
        assert standin.lines == [ONE]

    @pytest.mark.parametrize("line", WRITES)
    def test_a_write_does_not_wait(self, gitlab: GitLab, standin: GitLabStandIn, line: str) -> None:
        standin.on(line, status=429, headers={"retry-after": "0"})
        assert type(failure(WRITES[line], gitlab)) is TooMany
        assert standin.lines == [line]


class TestTwoTokens:
    """While a token is being rotated either of two may be the good one."""

    @pytest.fixture
    def gitlab(self, standin: GitLabStandIn) -> GitLab:
        return GitLab(standin.url + "/gitlab", ["old", "new"])

    @pytest.mark.parametrize(
        ("revoked", "shown"), [(set(), ["old"]), ({"new"}, ["old"]), ({"old"}, ["old", "new"])], ids=str
    )
    def test_the_second_is_for_when_the_first_is_refused(
        self, gitlab: GitLab, standin: GitLabStandIn, revoked: set[str], shown: list[str]
    ) -> None:
        standin.on(TRIGGER, sample("gitlab/created.json"), status=201)
        standin.revoked = revoked
        assert gitlab.trigger(JOB, {}).number == 287
        assert [request.headers["private-token"] for request in standin.requests] == shown

    @pytest.mark.parametrize("line", CALLS)
    def test_when_both_are_it_is_unauthorized(
        self, gitlab: GitLab, standin: GitLabStandIn, line: str
    ) -> None:
        standin.revoked = {"old", "new"}
        assert type(failure(CALLS[line], gitlab)) is Unauthorized
        assert standin.lines == [line] * 2

    @pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 502, 504])
    def test_nothing_but_401_tries_the_second(
        self, gitlab: GitLab, standin: GitLabStandIn, status: int
    ) -> None:
        standin.on(TRIGGER, status=status)
        failure(CALLS[TRIGGER], gitlab)
        assert standin.lines == [TRIGGER]
