"""Pipelines over the API: made in every way, read, canceled, run again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.gitlab.definition import Definition, JobDefinition, one_job
from sandbox.gitlab.people import Role
from sandbox.gitlab.pipelines import Kind, Variable
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from tests.sandbox.gitlab.client import SHOP, Client
from tests.sandbox.gitlab.conftest import Clock

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TRIGGER = f"{SHOP}/trigger/pipeline"
HOSTILE = "../x'\n"
AS_JSON = {"ref": "main", "variables": [{"key": "A", "value": "1"}, {"key": "B", "value": HOSTILE}]}
AS_FORM = [
    ("ref", "main"),
    ("variables[][key]", "A"),
    ("variables[][value]", "1"),
    ("variables[][key]", "B"),
    ("variables[][value]", HOSTILE),
]


class TestMade:
    def test_as_the_real_one_shows_it(self, api: Client, world: World, shop: Project) -> None:
        made = api.call("POST", f"{SHOP}/pipeline", json={"ref": "main"}).json()
        pipeline = shop.pipelines[made["id"]]
        assert made == {
            "id": pipeline.id,
            "iid": 1,
            "project_id": shop.id,
            "sha": shop.branches["main"].sha,
            "ref": "main",
            "status": "created",
            "source": "api",
            "created_at": made["updated_at"],
            "updated_at": made["updated_at"],
            "web_url": f"{api.site}/acme/tools/shop/-/pipelines/{pipeline.id}",
            "name": None,
            "before_sha": "0" * 40,
            "tag": False,
            "yaml_errors": None,
            "user": made["user"],
            "started_at": None,
            "finished_at": None,
            "committed_at": None,
            "duration": None,
            "queued_duration": None,
            "coverage": None,
            "detailed_status": made["detailed_status"],
        }
        assert made["user"]["username"] == "wu"
        assert made["created_at"][-5] == "." and made["created_at"].endswith("Z")
        assert (made["detailed_status"]["text"], made["detailed_status"]["label"]) == ("Created", "created")
        world.wait_for(pipeline, "success")
        shown = api.json(f"{SHOP}/pipelines/{pipeline.id}")
        assert (shown["status"], shown["detailed_status"]["text"]) == ("success", "Passed")
        assert shown["created_at"] <= shown["started_at"] <= shown["finished_at"] == shown["updated_at"]

    @pytest.mark.parametrize("sent", [{"json": AS_JSON}, {"data": AS_FORM}], ids=["json", "form"])
    def test_with_variables(self, api: Client, sent: dict[str, Any]) -> None:
        number = api.call("POST", f"{SHOP}/pipeline", **sent).json()["id"]
        shown = api.json(f"{SHOP}/pipelines/{number}/variables")
        assert [(one["key"], one["value"], one["variable_type"]) for one in shown] == [
            ("A", "1", "env_var"),
            ("B", HOSTILE, "env_var"),
        ]

    def test_by_a_trigger_token_without_an_account(self, api: Client, shop: Project) -> None:
        form = {"token": "pull-it", "ref": "main", "variables[SERVICE_ID]": "shop"}
        made = api.call("POST", TRIGGER, as_=None, data=form)
        assert (made.status_code, made.json()["source"]) == (201, "trigger")
        assert made.json()["user"]["username"] == "chen"
        first, payload = shop.pipelines[made.json()["id"]].variables
        assert first == Variable("SERVICE_ID", "shop")
        assert (payload.key, payload.kind) == ("TRIGGER_PAYLOAD", Kind.FILE)
        assert "pull-it" not in payload.value

    def test_by_a_push_and_by_a_tag(self, api: Client, world: World, shop: Project) -> None:
        before = shop.branches["main"].sha
        pushed = world.push(shop, "main", "fix: carts", by="chen")
        tagged = world.tag(shop, "v1.0", by="lin")
        found = {one["id"]: one for one in api.json(f"{SHOP}/pipelines")}
        assert (found[pushed.id]["source"], found[tagged.id]["ref"]) == ("push", "v1.0")
        assert found[pushed.id]["sha"] == found[tagged.id]["sha"] != before
        shown = api.json(f"{SHOP}/pipelines/{pushed.id}")
        assert (shown["before_sha"], shown["tag"]) == (before, False)
        assert api.json(f"{SHOP}/pipelines/{tagged.id}")["tag"] is True

    def test_in_the_past(self, api: Client, world: World, shop: Project) -> None:
        made = world.record(shop, "failed", began=MORNING, seconds=63, log="it rained\n")
        shown = api.json(f"{SHOP}/pipelines/{made.id}")
        assert (shown["status"], shown["duration"]) == ("failed", 63)
        assert (shown["created_at"], shown["finished_at"]) == (
            "2026-03-01T08:00:00.000Z",
            "2026-03-01T08:01:03.000Z",
        )
        (job,) = api.json(f"{SHOP}/pipelines/{made.id}/jobs")
        assert (job["status"], job["failure_reason"]) == ("failed", "script_failure")
        assert api.call("GET", f"{SHOP}/jobs/{job['id']}/trace").text == "it rained\n"


class TestNotMade:
    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({}, {"error": "ref is missing"}),
            ({"ref": ""}, {"message": {"base": ["Reference not found"]}}),
            ({"ref": "nope"}, {"message": {"base": ["Reference not found"]}}),
            ({"ref": "main", "variables": {"A": "1"}}, {"error": "variables is invalid"}),
            (
                {"ref": "main", "variables": [{"key": "A B", "value": ""}]},
                {"message": {"variables.key": ["can contain only letters, digits and '_'."]}},
            ),
            (
                {"ref": "main", "variables": [{"key": "A", "value": "1"}, {"key": "A", "value": "2"}]},
                {"message": {"variables": ["have duplicate values (A)"]}},
            ),
            (
                {"ref": "main", "variables": [{"key": "A", "variable_type": "odd"}]},
                {"error": "variables[0][variable_type] does not have a valid value"},
            ),
        ],
    )
    def test_of_what_was_sent(
        self, api: Client, shop: Project, sent: dict[str, Any], said: dict[str, Any]
    ) -> None:
        answer = api.call("POST", f"{SHOP}/pipeline", json=sent)
        assert (answer.status_code, answer.json(), shop.pipelines) == (400, said, {})

    @pytest.mark.parametrize(
        ("as_", "status", "said"),
        [
            (None, 401, "401 Unauthorized"),
            ("stranger", 404, "404 Project Not Found"),
            ("guest", 403, "403 Forbidden"),
            ("wu", 400, "You do not have sufficient permission to run a pipeline on 'main'"),
        ],
    )
    def test_by_whom_the_branch_is_protected_from(
        self, api: Client, shop: Project, as_: str | None, status: int, said: str
    ) -> None:
        shop.protected = frozenset({"main"})
        answer = api.call("POST", f"{SHOP}/pipeline", as_=as_, json={"ref": "main"})
        assert answer.status_code == status and said in answer.text
        assert api.start(as_="lin") in shop.pipelines

    def test_with_variables_where_only_maintainers_give_them(self, api: Client, shop: Project) -> None:
        shop.variables_from = Role.MAINTAINER
        body = {"ref": "main", "variables": [{"key": "A", "value": "1"}]}
        answer = api.call("POST", f"{SHOP}/pipeline", json=body)
        assert answer.json() == {"message": {"base": ["Insufficient permissions to set pipeline variables"]}}
        assert api.call("POST", f"{SHOP}/pipeline", json={"ref": "main"}).status_code == 201

    @pytest.mark.parametrize(
        ("form", "status", "said"),
        [
            ({"token": "pull-it"}, 400, "ref is missing, ref is empty"),
            ({"ref": " ", "token": "pull-it"}, 400, "ref is empty"),
            ({"ref": "main"}, 400, "token is missing"),
            ({"ref": "main", "token": "wrong"}, 404, "404 Not Found"),
            ({"ref": "nope", "token": "pull-it"}, 400, "Reference not found"),
            ({"ref": "main", "token": "old"}, 400, "Insufficient permissions to create a new pipeline"),
        ],
    )
    def test_by_a_trigger(
        self, api: Client, shop: Project, form: dict[str, str], status: int, said: str
    ) -> None:
        answer = api.call("POST", TRIGGER, as_=None, data=form)
        assert (answer.status_code, said in answer.text, shop.pipelines) == (status, True, {})


class TestVariables:
    @pytest.mark.parametrize(("as_", "status"), [("lin", 200), ("wu", 200), ("chen", 403), ("guest", 403)])
    def test_are_for_maintainers_and_who_started_it(self, api: Client, as_: str, status: int) -> None:
        number = api.start(SERVICE_ID="shop")
        answer = api.call("GET", f"{SHOP}/pipelines/{number}/variables", as_=as_)
        assert answer.status_code == status
        assert answer.json() == (
            [{"key": "SERVICE_ID", "value": "shop", "variable_type": "env_var", "raw": False}]
            if status == 200
            else {"message": "403 Forbidden"}
        )


class TestAgain:
    def test_failed_runs_and_succeeds(self, api: Client, world: World, shop: Project) -> None:
        shop.definition = Definition(
            (
                JobDefinition("unit", "test"),
                JobDefinition("flaky", "test", ("test -f mended || { touch mended; false; }",)),
            )
        )
        pipeline = world.wait_for(shop.pipelines[api.start()], "failed")
        world.coordinator.runners = 0
        answer = api.call("POST", f"{SHOP}/pipelines/{pipeline.id}/retry")
        shown = answer.json()
        # What runs again still shows when it ended the last time.
        assert (answer.status_code, shown["status"], bool(shown["finished_at"])) == (201, "running", True)
        world.coordinator.runners = 1
        world.wait_for(pipeline, "success")
        assert api.json(f"{SHOP}/pipelines/{pipeline.id}")["finished_at"] > shown["finished_at"]
        jobs = f"{SHOP}/pipelines/{pipeline.id}/jobs"
        assert [one["status"] for one in api.json(jobs)] == ["success", "success"]
        assert len(api.json(jobs, include_retried="true")) == 3

    def test_takes_only_the_time_it_runs(
        self, api: Client, world: World, shop: Project, clock: Clock
    ) -> None:
        shop.definition = one_job("false")
        pipeline = world.wait_for(shop.pipelines[api.start()], "failed")
        clock.ahead = timedelta(hours=1)
        world.retry(pipeline, by="wu")
        world.wait_for(pipeline, "failed")
        shown = api.json(f"{SHOP}/pipelines/{pipeline.id}")
        assert (shown["duration"], len(pipeline.jobs)) == (0, 2)

    def test_canceled(self, api: Client, world: World, shop: Project) -> None:
        shop.definition = one_job("sleep 60")
        pipeline = world.wait_for(shop.pipelines[api.start()], "running")
        answer = api.call("POST", f"{SHOP}/pipelines/{pipeline.id}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "canceled")
        again = api.call("POST", f"{SHOP}/pipelines/{pipeline.id}/cancel")
        assert (again.status_code, again.json()["status"]) == (200, "canceled")

    @pytest.mark.parametrize("deed", ["retry", "cancel"])
    @pytest.mark.parametrize(("as_", "status"), [(None, 401), ("guest", 403), ("stranger", 404)])
    def test_not_by_everybody(
        self, api: Client, world: World, shop: Project, deed: str, as_: str | None, status: int
    ) -> None:
        pipeline = world.record(shop, "failed")
        assert api.call("POST", f"{SHOP}/pipelines/{pipeline.id}/{deed}", as_=as_).status_code == status
        assert pipeline.status == "failed"
