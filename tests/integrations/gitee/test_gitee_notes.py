"""Comments and the account, read again over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.errors import Garbled, NotFound
from integrations.gitee.client import Gitee
from integrations.gitee.protocol import read_account
from integrations.model import Account, Note
from tests.integrations.standin import StandIn, sample

REPO = "acme/web"
NOTE = "GET /api/v5/repos/acme/web/pulls/comments/501"
USER = "GET /api/v5/user"
API, PAGE = (
    "https://gitee.com/api/v5/repos/acme/web/pulls/233",
    "https://gitee.com/acme/web/pulls/233#note_501",
)
READ = Note(501, "chen", "/merge 233", PAGE, datetime(2026, 8, 20, 2, 40, tzinfo=UTC))


@pytest.fixture
def gitee(standin: StandIn) -> Gitee:
    return Gitee(standin.url + "/api/v5/", ["gitee-s3cret"])


class TestNote:
    def answer(self, standin: StandIn, **changes: Any) -> None:
        standin.on(NOTE, {**sample("gitee/comment/read.json"), **changes})

    def test_is_read_as_it_is_now(self, gitee: Gitee, standin: StandIn) -> None:
        self.answer(standin)
        assert gitee.note(REPO, 233, 501) == READ
        self.answer(standin, body="edited", updated_at="2026-08-20T10:41:00+08:00")
        assert gitee.note(REPO, 233, 501).body == "edited"
        assert standin.lines == [NOTE] * 2

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("pull_request_url", None),  # one of the two addresses is enough
            ("html_url", PAGE.partition("#")[0]),
            ("html_url", "https://e.gitee.com/acme/code/42"),
            ("html_url", None),
            ("pull_request_url", "https://gitee.intranet/prefix/api/v5/repos/Acme/Web/pulls/233"),
            ("body", ""),
        ],
    )
    def test_belongs_to_its_pull_request(
        self, gitee: Gitee, standin: StandIn, field: str, value: str | None
    ) -> None:
        self.answer(standin, **{field: value})
        note = gitee.note(REPO, 233, 501)
        assert (note.id, note.author_login) == (501, "chen")

    @pytest.mark.parametrize(
        "changes",
        [
            {"pull_request_url": API.replace("233", "234"), "html_url": PAGE.replace("233", "234")},
            {"pull_request_url": API.replace("233", "234")},
            {"html_url": PAGE.replace("233", "234")},
            {"html_url": PAGE.replace("acme/web", "acme/api"), "pull_request_url": None},
            {"html_url": "https://gitee.com/acme/web/issues/233#note_501", "pull_request_url": None},
            {"html_url": None, "pull_request_url": None},
            {"html_url": 233, "pull_request_url": [API]},
            {"id": 502},
            {"id": None},
            {"user": None},
            {"user": {"login": None}},
            {"user": {"login": ""}},
            {"user": "chen"},
            {"body": None},
            {"body": ["/merge 233"]},
        ],
        ids=str,
    )
    def test_of_another_or_of_nobody_is_garbled(
        self, gitee: Gitee, standin: StandIn, changes: dict[str, Any]
    ) -> None:
        self.answer(standin, **changes)
        with pytest.raises(Garbled):
            gitee.note(REPO, 233, 501)

    @pytest.mark.parametrize("time", [None, "yesterday", "0001-01-01T00:00:00+08:00", 1])
    def test_may_be_of_no_known_time(self, gitee: Gitee, standin: StandIn, time: Any) -> None:
        self.answer(standin, created_at=time)
        assert gitee.note(REPO, 233, 501).created_at is None

    def test_that_is_gone_is_not_found(self, gitee: Gitee, standin: StandIn) -> None:
        standin.on(NOTE, sample("gitee/refused/not_found.json"), status=404)
        with pytest.raises(NotFound):
            gitee.note(REPO, 233, 501)


class TestAccount:
    def test_is_the_tokens_and_tells_the_time(self, gitee: Gitee, standin: StandIn) -> None:
        standin.on(USER, sample("gitee/account/user.json"))
        account = gitee.account()
        assert (account.name, account.version) == ("sampan-bot", "")
        assert account.server_time and abs(datetime.now(UTC) - account.server_time) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("headers", "moment"),
        [
            ({"Date": "Thu, 20 Aug 2026 02:40:00 GMT"}, READ.created_at),
            ({"Date": "Thu, 20 Aug 2026 10:40:00 +0800"}, READ.created_at),
            ({"Date": "Thu, 20 Aug 2026 02:40:00"}, READ.created_at),
            ({"Date": "Fri, 31 Dec 9999 23:59:59 -0800"}, None),
            ({"Date": "soon"}, None),
            ({"Date": ""}, None),
            ({}, None),
        ],
    )
    def test_may_tell_no_time(self, headers: dict[str, str], moment: datetime | None) -> None:
        assert read_account({"login": "sampan-bot"}, headers) == Account("sampan-bot", "", moment)

    @pytest.mark.parametrize("body", [[], {}, "x", {"login": None}, {"login": ""}, {"login": 1}])
    def test_that_is_none_is_garbled(self, gitee: Gitee, standin: StandIn, body: Any) -> None:
        standin.on(USER, body)
        with pytest.raises(Garbled):
            gitee.account()
