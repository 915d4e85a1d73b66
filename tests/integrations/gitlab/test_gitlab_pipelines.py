"""Pipelines whoever started them, their variables, what is new in one, and whose token it is."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from integrations.errors import Forbidden, Garbled
from integrations.gitlab.client import PAGES, PER_PAGE, GitLab
from integrations.gitlab.protocol import MOST_CHANGES
from integrations.model.pipelines import Pipeline, PipelineStatus
from integrations.model.runs import Change, Story
from tests.integrations.gitlab.conftest import PIPELINES, PROJECT, GitLabStandIn
from tests.integrations.standin import Reply, sample

WEB, SHA = "acme/shop/web", "3f2a9c1e5b7d4f60a1b2c3d4e5f60718293a4b5c"
LIST, ONE, VARIABLES = f"GET {PIPELINES}", f"GET {PIPELINES}/287", f"GET {PIPELINES}/287/variables"
COMPARE = f"GET {PROJECT}/repository/compare"
USER, VERSION = "GET /gitlab/api/v4/user", "GET /gitlab/api/v4/version"
BEGIN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def entry(id: int, second: float = 0.0) -> dict[str, Any]:
    """One of a list, updated so many seconds after the beginning."""
    updated = (BEGIN + timedelta(seconds=second)).isoformat(timespec="milliseconds")
    return {"id": id, "status": "running", "ref": "main", "sha": SHA, "updated_at": updated}


def test_one_pipeline(gitlab: GitLab, standin: GitLabStandIn) -> None:
    standin.on(ONE, sample("gitlab/pipeline.json"))
    assert gitlab.pipeline(WEB, 287) == Pipeline(
        project=WEB,
        id=287,
        ref="main",
        sha=SHA,
        status=PipelineStatus.SUCCESS,
        word="success",
        url="https://gitlab.example.com/acme/shop/web/-/pipelines/287",
        source="api",
        who="wu.lei",
        created_at=datetime(2026, 11, 20, 1, 5, 7, 200_000, tzinfo=UTC),
        updated_at=datetime(2026, 11, 20, 1, 5, 50, 185_000, tzinfo=UTC),
        finished_at=datetime(2026, 11, 20, 1, 5, 50, 175_000, tzinfo=UTC),
    )


@pytest.mark.parametrize("project", ["web", "../etc/passwd", "acme/..", "acme/web?x=1", ""])
def test_what_is_no_project_asks_nobody(gitlab: GitLab, standin: GitLabStandIn, project: str) -> None:
    with pytest.raises(ValueError, match="project"):
        gitlab.pipeline(project, 287)
    assert standin.requests == []


class TestPoll:
    def test_asks_for_what_happened_since(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(LIST, sample("gitlab/pipelines.json"))
        peking = BEGIN.astimezone(timezone(timedelta(hours=8)))
        found = gitlab.pipelines(WEB, updated_after=peking)
        assert [(one.id, one.status) for one in found] == [
            (289, PipelineStatus.RUNNING),
            (288, PipelineStatus.BLOCKED),
            (287, PipelineStatus.SUCCESS),
        ]
        assert standin.last.query == {
            "updated_after": "2026-11-20T01:00:00.000Z",
            "order_by": "updated_at",
            "sort": "asc",
            "per_page": "100",
        }

    def test_goes_on_from_the_last_of_a_full_page(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        full = [entry(id, second=id) for id in range(1, PER_PAGE + 1)]
        standin.turns[LIST] = [Reply(body=full), Reply(body=[full[-1], entry(101, second=101)])]
        found = gitlab.pipelines(WEB, updated_after=BEGIN)
        assert [one.id for one in found] == list(range(1, 102))
        assert standin.last.query["updated_after"] == "2026-11-20T01:01:39.999Z"

    def test_tells_the_last_word_of_each_last(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        full = [entry(id, second=id) for id in range(1, PER_PAGE + 1)]
        standin.turns[LIST] = [Reply(body=full), Reply(body=[entry(1, second=200)])]
        found = gitlab.pipelines(WEB, updated_after=BEGIN)
        assert [one.id for one in found] == [*range(2, PER_PAGE + 1), 1]
        assert found[-1].updated_at == BEGIN + timedelta(seconds=200)

    def test_ends_even_when_nothing_moves(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(LIST, [entry(id) for id in range(1, PER_PAGE + 1)])
        assert len(gitlab.pipelines(WEB, updated_after=BEGIN)) == PER_PAGE
        assert standin.lines == [LIST] * PAGES

    def test_of_nothing_is_nothing(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(LIST, [])
        assert gitlab.pipelines(WEB, updated_after=BEGIN) == ()

    @pytest.mark.parametrize(
        "body", [{}, [{}], [None], [{"id": 7}], [entry(7), {"status": "running"}]], ids=str
    )
    def test_of_something_else_is_garbled(self, gitlab: GitLab, standin: GitLabStandIn, body: Any) -> None:
        standin.on(LIST, body)
        with pytest.raises(Garbled):
            gitlab.pipelines(WEB, updated_after=BEGIN)


class TestVariables:
    def test_are_what_it_was_started_with(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(VARIABLES, sample("gitlab/variables.json"))
        expected = {"SAMPAN_ID": "b12-x", "VERSION_ID": "v30", "NOTES": "one\ufffdtwo"}
        assert gitlab.variables(WEB, 287) == expected

    def test_may_be_none_of_our_business(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(VARIABLES, {"message": "403 Forbidden"}, status=403)
        assert gitlab.variables(WEB, 287) is None


class TestChanges:
    def test_are_the_newest_first(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(COMPARE, sample("gitlab/compare.json"))
        newest, oldest = sample("gitlab/compare.json")["commits"][::-1]
        assert gitlab.changes(WEB, "v1.4", SHA) == Story(
            (),
            (
                Change(newest["id"][:7], "One timeout for all calls", "Li Na"),
                Change(oldest["id"][:7], "Reads the new price list", "吴磊"),
            ),
        )
        assert standin.last.query == {"from": "v1.4", "to": SHA}

    @pytest.mark.parametrize(
        ("count", "more"), [(0, 0), (MOST_CHANGES, 0), (MOST_CHANGES + 1, 1), (500, 490)]
    )
    def test_of_many_the_rest_is_counted(
        self, gitlab: GitLab, standin: GitLabStandIn, count: int, more: int
    ) -> None:
        standin.on(COMPARE, {"commits": [{"id": f"{one:040x}", "title": str(one)} for one in range(count)]})
        story = gitlab.changes(WEB, "a", "b")
        newest = [str(one) for one in range(count)][::-1][:MOST_CHANGES]
        assert ([change.title for change in story.changes], story.more) == (newest, more)

    @pytest.mark.parametrize(
        ("commit", "change"),
        [
            ({}, Change("", "", "")),
            (None, Change("", "", "")),
            ({"id": "main", "title": ["x"], "author_name": 7}, Change("", "", "")),
            ({"id": SHA, "title": "a\nb\u202e" + "x" * 999, "author_name": "y" * 99}, None),
        ],
        ids=range(4),
    )
    def test_may_be_odd(
        self, gitlab: GitLab, standin: GitLabStandIn, commit: Any, change: Change | None
    ) -> None:
        standin.on(COMPARE, {"commits": [commit]})
        long = Change(SHA[:7], "a b" + "x" * 197, "y" * 80)
        assert gitlab.changes(WEB, "a", "b").changes == (change or long,)

    @pytest.mark.parametrize("body", [[], {}, {"commits": None}, {"commits": {}}], ids=str)
    def test_of_something_else_are_garbled(self, gitlab: GitLab, standin: GitLabStandIn, body: Any) -> None:
        standin.on(COMPARE, body)
        with pytest.raises(Garbled):
            gitlab.changes(WEB, "a", "b")


class TestAccount:
    def test_tells_who_what_and_when(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(USER, sample("gitlab/user.json"))
        standin.on(VERSION, sample("gitlab/version.json"))
        found = gitlab.account()
        assert (found.name, found.version) == ("sampan", "18.1.0-ee")
        assert found.server_time and abs(found.server_time - datetime.now(UTC)) < timedelta(minutes=1)

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_the_version_may_be_kept_secret(
        self, gitlab: GitLab, standin: GitLabStandIn, status: int
    ) -> None:
        standin.on(USER, sample("gitlab/user.json"))
        standin.on(VERSION, {"message": "no"}, status=status)
        assert gitlab.account().version == ""

    @pytest.mark.parametrize("body", [[], {}, {"username": ""}, {"username": 7}], ids=str)
    def test_of_nobody_is_garbled(self, gitlab: GitLab, standin: GitLabStandIn, body: Any) -> None:
        standin.on(USER, body)
        standin.on(VERSION, sample("gitlab/version.json"))
        with pytest.raises(Garbled):
            gitlab.account()

    def test_of_a_token_without_the_right_is_forbidden(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(USER, sample("gitlab/refused/scope.json"), status=403)
        with pytest.raises(Forbidden):
            gitlab.account()
