"""GitLab as a build server, through its client: find, trigger, read, log, cancel."""

import json
from typing import Any

import pytest

from integrations.errors import Forbidden, Garbled, NotAllowed, NotFound
from integrations.gitlab.client import SEARCHED, GitLab
from integrations.gitlab.sightings import GONE
from integrations.model import BuildRef, Job, Queued, Result, Stage
from integrations.model.account import Access
from tests.integrations.gitlab.conftest import NAME, PIPELINES, PROJECT, GitLabStandIn
from tests.integrations.standin import HTML, Reply, page, sample

WEB = "https://gitlab.example.com/acme/shop/web"
JOB = Job(NAME, f"{WEB}/-/pipelines?ref=main", True, (), open=True)
PATH = NAME.partition("@")[0]
FIND, TRIGGER = f"GET {PROJECT}", f"POST {PROJECT}/pipeline"
LIST, ONE, VARIABLES = f"GET {PIPELINES}", f"GET {PIPELINES}/287", f"GET {PIPELINES}/287/variables"
JOBS, TRACE, CANCEL = f"{ONE}/jobs", f"GET {PROJECT}/jobs/903/trace", f"POST {PIPELINES}/287/cancel"
NUMBERED, MARKED = BuildRef(NAME, number=287), BuildRef(NAME, "b12-x")
BAD_NAMES = [
    *(
        "",
        "web",
        "acme/web",
        "acme/web@",
        "web@main",
        "@main",
        "acme/../web@main",
        "acme/.@main",
        "a//b@main",
    ),
    *("acme/web@ma in", "acme/web@main\n", "acme/web\n@main", "acme/w%2eb@x", "acme/-/web@x", "极点/web@x"),
    *("acme/web@\u202emain", "acme/web@" + "x" * 256, "/acme/web@main", "acme/web/@main"),
]


class TestFind:
    def test_a_project_is_open_to_any_variable(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(FIND, sample("gitlab/project.json"))
        assert gitlab.find(NAME) == JOB
        assert standin.lines == [FIND]

    @pytest.mark.parametrize(
        ("change", "buildable"),
        [
            ({"archived": True}, False),
            ({"builds_access_level": "disabled"}, False),
            ({"builds_access_level": "private"}, True),
            ({"archived": None}, True),
        ],
        ids=str,
    )
    def test_some_cannot_be_built(
        self, gitlab: GitLab, standin: GitLabStandIn, change: dict[str, Any], buildable: bool
    ) -> None:
        standin.on(FIND, sample("gitlab/project.json") | change)
        assert gitlab.find(NAME).buildable is buildable

    @pytest.mark.parametrize("ref", ["release/1.4", "v1.4@2", "修复", "a#b?c&d"])
    def test_a_ref_may_be_odd(self, gitlab: GitLab, standin: GitLabStandIn, ref: str) -> None:
        standin.on(FIND, sample("gitlab/project.json"))
        standin.on(TRIGGER, sample("gitlab/created.json"), status=201)
        gitlab.trigger(gitlab.find(f"acme/shop/web@{ref}"), {})
        assert json.loads(standin.last.body) == {"ref": ref}

    @pytest.mark.parametrize("name", BAD_NAMES)
    def test_a_name_that_is_none_asks_nobody(self, gitlab: GitLab, standin: GitLabStandIn, name: str) -> None:
        for call in (gitlab.find, lambda bad: gitlab.read(BuildRef(bad, number=1))):
            with pytest.raises(ValueError, match="job name"):
                call(name)
        assert standin.requests == []

    @pytest.mark.parametrize("body", [[], {}, {"id": 0}, {"id": "21"}, 7])
    def test_what_is_no_project_is_garbled(self, gitlab: GitLab, standin: GitLabStandIn, body: Any) -> None:
        standin.on(FIND, body)
        with pytest.raises(Garbled):
            gitlab.find(NAME)


class TestAccess:
    @pytest.mark.parametrize(
        ("member", "by_group", "access"),
        [
            (50, None, Access.MANAGE),
            (40, None, Access.MANAGE),
            (30, None, Access.BUILD),
            (30, 40, Access.MANAGE),
            (None, 30, Access.BUILD),
            (20, 10, Access.READ),
            (None, None, Access.UNKNOWN),
        ],
    )
    def test_the_higher_role_counts(
        self, gitlab: GitLab, standin: GitLabStandIn, member: int | None, by_group: int | None, access: Access
    ) -> None:
        levels = {"project_access": member, "group_access": by_group}
        given = {name: level and {"access_level": level} for name, level in levels.items()}
        standin.on(FIND, sample("gitlab/project.json") | {"permissions": given})
        assert gitlab.access(PATH) is access

    @pytest.mark.parametrize("permissions", [None, [], {}, {"project_access": {"access_level": "40"}}])
    def test_nothing_is_made_up(self, gitlab: GitLab, standin: GitLabStandIn, permissions: Any) -> None:
        standin.on(FIND, sample("gitlab/project.json") | {"permissions": permissions})
        assert gitlab.access(PATH) is Access.UNKNOWN


class TestTrigger:
    def test_sends_variables_in_the_body_only(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(TRIGGER, sample("gitlab/created.json"), status=201)
        given = {"VERSION_ID": "v30 测试&x=1", "SAMPAN_ID": "b12-x"}
        assert gitlab.trigger(JOB, given) == Queued(None, f"{WEB}/-/pipelines/287", number=287)
        assert standin.lines == [TRIGGER]
        assert (standin.last.query, standin.last.headers["content-type"]) == ({}, "application/json")
        variables = [{"key": key, "value": value} for key, value in given.items()]
        assert json.loads(standin.last.body) == {"ref": "main", "variables": variables}

    @pytest.mark.parametrize(
        ("case", "message"),
        [
            ("ref", "Reference not found"),
            ("rules", "Pipeline filtered out by workflow rules."),
            ("empty", "No stages / jobs for this pipeline."),
            (
                "variables",
                "Insufficient permissions to set pipeline variables; variables.key: has already been taken",
            ),
            ("parameter", "ref is missing, ref is empty"),
        ],
    )
    def test_a_refusal_keeps_gitlabs_words(
        self, gitlab: GitLab, standin: GitLabStandIn, case: str, message: str
    ) -> None:
        standin.on(TRIGGER, sample(f"gitlab/refused/{case}.json"), status=400)
        with pytest.raises(NotAllowed) as caught:
            gitlab.trigger(JOB, {})
        assert (caught.value.status, caught.value.message) == (400, message)
        assert message not in str(caught.value)

    @pytest.mark.parametrize("body", [HTML, b"", [], {}, {"id": 0, "status": "created"}, {"id": 7}])
    def test_an_answer_without_a_pipeline_is_garbled(
        self, gitlab: GitLab, standin: GitLabStandIn, body: Any
    ) -> None:
        standin.on(TRIGGER, body, status=201)
        with pytest.raises(Garbled):
            gitlab.trigger(JOB, {})
        assert standin.lines == [TRIGGER]


class TestRead:
    def test_by_its_number(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(ONE, sample("gitlab/pipeline.json"))
        seen = gitlab.read(NUMBERED)
        assert (seen.stage, seen.result, seen.number) == (Stage.ENDED, Result.SUCCESS, 287)
        assert (seen.url, seen.seconds, seen.began_at) == (f"{WEB}/-/pipelines/287", 34, 1795136714.197)
        assert standin.lines == [ONE]

    def test_a_pipeline_that_is_nowhere_is_gone(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(ONE, {"message": "404 Not found"}, status=404)
        standin.on(FIND, sample("gitlab/project.json"))
        assert gitlab.read(NUMBERED) == GONE

    @pytest.mark.parametrize("build", [NUMBERED, MARKED], ids=["number", "marker"])
    def test_a_project_that_is_nowhere_is_not_found(
        self, gitlab: GitLab, standin: GitLabStandIn, build: BuildRef
    ) -> None:
        for line in (ONE, FIND, LIST):
            standin.on(line, sample("gitlab/refused/project.json"), status=404)
        with pytest.raises(NotFound) as caught:
            gitlab.read(build)
        assert caught.value.message == "404 Project Not Found"

    def test_by_its_marker(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        self.lay_marked(standin)
        assert gitlab.read(MARKED).number == 287
        [search] = [request for request in standin.requests if request.line == LIST]
        assert search.query == {"ref": "main", "source": "api", "per_page": str(SEARCHED)}

    def test_one_that_must_not_be_looked_into_is_left_out(
        self, gitlab: GitLab, standin: GitLabStandIn
    ) -> None:
        self.lay_marked(standin)
        standin.on(f"GET {PIPELINES}/289/variables", {"message": "403 Forbidden"}, status=403)
        assert gitlab.read(MARKED).number == 287

    @pytest.mark.parametrize("build", [BuildRef(NAME, "b13-y"), BuildRef(NAME)], ids=["other", "none"])
    def test_whose_marker_is_nowhere_is_gone(
        self, gitlab: GitLab, standin: GitLabStandIn, build: BuildRef
    ) -> None:
        self.lay_marked(standin)
        assert gitlab.read(build) == GONE

    def lay_marked(self, standin: GitLabStandIn) -> None:
        standin.on(LIST, sample("gitlab/pipelines.json"))
        standin.on(ONE, sample("gitlab/pipeline.json"))
        standin.on(VARIABLES, sample("gitlab/variables.json"))
        for other in (288, 289):
            standin.on(f"GET {PIPELINES}/{other}/variables", [{"key": "SAMPAN_ID", "value": "b11"}])


class TestLog:
    def test_is_of_the_job_that_failed(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(JOBS, sample("gitlab/jobs.json"))
        standin.on(TRACE, page("gitlab/traces/plain.log"))
        assert gitlab.log(NUMBERED, lines=3) == (
            "unit: failed",
            "Cleaning up project directory and file based variables",
            "ERROR: Job failed: exit code 1",
        )
        assert standin.lines == [JOBS, TRACE]

    def test_looks_at_more_than_a_page_of_jobs(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        later = [{"id": 2000 - one, "name": "x", "status": "skipped"} for one in range(100)]
        standin.turns[JOBS] = [Reply(body=later), Reply(body=sample("gitlab/jobs.json"))]
        standin.on(TRACE, b"boom\n")
        assert gitlab.log(NUMBERED, lines=9) == ("unit: failed", "boom")
        assert [request.query.get("page") for request in standin.requests] == ["1", "2", None]

    @pytest.mark.parametrize("jobs", [[], [{"id": 1, "name": "x", "status": "pending", "started_at": None}]])
    def test_there_is_none_before_a_job_began(
        self, gitlab: GitLab, standin: GitLabStandIn, jobs: Any
    ) -> None:
        standin.on(JOBS, jobs)
        assert gitlab.log(NUMBERED, lines=3) == ()

    def test_of_one_known_by_its_marker(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        TestRead().lay_marked(standin)
        standin.on(JOBS, sample("gitlab/jobs.json"))
        standin.on(TRACE)
        assert gitlab.log(MARKED, lines=3) == ("unit: failed",)

    @pytest.mark.parametrize("build", [NUMBERED, MARKED], ids=["number", "marker"])
    def test_of_one_that_is_gone_is_not_found(
        self, gitlab: GitLab, standin: GitLabStandIn, build: BuildRef
    ) -> None:
        standin.on(LIST, [])
        standin.on(JOBS, {"message": "404 Not found"}, status=404)
        with pytest.raises(NotFound):
            gitlab.log(build, lines=3)


class TestCancel:
    @pytest.mark.parametrize("status", [200, 201, 404])
    def test_asks_once(self, gitlab: GitLab, standin: GitLabStandIn, status: int) -> None:
        standin.on(CANCEL, sample("gitlab/pipeline.json"), status=status)
        gitlab.cancel(NUMBERED)
        assert standin.lines == [CANCEL]

    def test_of_one_known_by_its_marker(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        TestRead().lay_marked(standin)
        standin.on(CANCEL, sample("gitlab/pipeline.json"))
        gitlab.cancel(MARKED)
        assert standin.lines[-1] == CANCEL

    def test_may_be_forbidden(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(CANCEL, {"message": "403 Forbidden"}, status=403)
        with pytest.raises(Forbidden):
            gitlab.cancel(NUMBERED)

    def test_of_one_that_is_nowhere_is_not_found(self, gitlab: GitLab, standin: GitLabStandIn) -> None:
        standin.on(LIST, [])
        with pytest.raises(NotFound):
            gitlab.cancel(MARKED)
        assert standin.lines == [LIST]
