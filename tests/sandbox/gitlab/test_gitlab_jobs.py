"""Jobs that really run: their variables, traces and artifacts, and which of them run at all."""

import io
import subprocess
import zipfile

import pytest

from sandbox.gitlab.definition import Definition, JobDefinition, When, one_job
from sandbox.gitlab.pipelines import Job, Kind, Pipeline, Variable
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from tests.integrations.loopback import wait_until
from tests.sandbox.gitlab.client import SHOP, Client

FOREVER = "sleep 60 & echo $! > child; echo started; wait"
HOSTILE = "$(touch broken) '\"; touch broken\n`touch broken` ../../etc"


def ran(
    world: World, shop: Project, definition: Definition, *, until: str = "", **variables: str
) -> Pipeline:
    """A pipeline that has ended, or stands as told."""
    shop.definition = definition
    pipeline = world.run(shop, by="wu", variables=variables)
    return world.wait_for(pipeline, *([until] if until else []))


def trace(api: Client, job: Job) -> str:
    return api.call("GET", f"{SHOP}/jobs/{job.id}/trace").text


def alive(process: int) -> bool:
    """Whether a process still does something; one that only waits to be buried does not."""
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return bool(status.stdout.strip()) and not status.stdout.startswith("Z")


def stages(*jobs: JobDefinition) -> Definition:
    return Definition(jobs)


class TestRun:
    @pytest.mark.parametrize(
        ("commands", "status", "says"),
        [
            (("echo one", "echo two"), "success", "Job succeeded"),
            (("exit 3", "echo two"), "failed", "ERROR: Job failed: exit status 3"),
            (("false; echo two",), "failed", "exit status 1"),
            (("kill -9 $$",), "failed", "exit status -9"),
        ],
    )
    def test_until_a_command_fails(
        self, api: Client, world: World, shop: Project, commands: tuple[str, ...], status: str, says: str
    ) -> None:
        pipeline = ran(world, shop, one_job(*commands))
        shown = api.json(f"{SHOP}/jobs/{pipeline.jobs[0].id}")
        assert (pipeline.status, shown["status"]) == (status, status)
        assert shown.get("failure_reason") == ("script_failure" if status == "failed" else None)
        assert shown["duration"] >= 0 and shown["queued_duration"] >= 0
        assert says in trace(api, pipeline.jobs[0])

    def test_with_variables_as_they_are(self, api: Client, world: World, shop: Project) -> None:
        script = 'printf "<%s>" "$EVIL" "$CI_PROJECT_PATH" "$CI_COMMIT_BRANCH" "$CI_PIPELINE_ID"; ls'
        pipeline = ran(world, shop, one_job(script), EVIL=HOSTILE)
        said = trace(api, pipeline.jobs[0])
        assert f"<{HOSTILE}><acme/tools/shop><main><{pipeline.id}>" in said
        assert "\nbroken\n" not in said

    def test_with_a_variable_that_is_a_file(self, api: Client, world: World, shop: Project) -> None:
        shop.definition = one_job('cat "$KEY"')
        pipeline = world.run(shop, by="wu", variables=[Variable("KEY", "a secret", Kind.FILE)])
        assert "a secret" in trace(api, world.wait_for(pipeline, "success").jobs[0])

    @pytest.mark.parametrize("value", ["x" * 1_000_000, "a\0b"])
    def test_not_with_what_no_process_takes(self, world: World, shop: Project, value: str) -> None:
        assert ran(world, shop, one_job("true"), BIG=value).status == "failed"

    def test_so_many_at_a_time(self, world: World, shop: Project) -> None:
        world.coordinator.runners = 1
        shop.definition = one_job("sleep 60")
        first, second = (world.run(shop, by="wu") for _ in range(2))
        world.wait_for(first, "running")
        world.wait_for(second, "pending")
        world.cancel(first)
        world.wait_for(second, "running")


class TestTrace:
    def test_has_colours_and_sections(self, api: Client, world: World, shop: Project) -> None:
        job = ran(world, shop, one_job("echo hello", "true\nfalse || true")).jobs[0]
        answer = api.call("GET", f"{SHOP}/jobs/{job.id}/trace")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["Content-Disposition"] == f'infile; filename="{job.id}.log"'
        assert "\x1b[32;1m$ echo hello\x1b[0;m\nhello\n" in answer.text
        assert "\x1b[32;1m$ true # collapsed multi-line command\x1b[0;m\n" in answer.text
        assert ":step_script\r\x1b[0K" in answer.text

    def test_is_always_all_of_it(self, api: Client, world: World, shop: Project) -> None:
        job = ran(world, shop, one_job("echo hello")).jobs[0]
        part = api.get(
            f"{api.site}/api/v4{SHOP}/jobs/{job.id}/trace",
            headers={"PRIVATE-TOKEN": "wu-token", "Range": "bytes=0-3"},
        )
        assert (part.status_code, part.text) == (200, trace(api, job))

    def test_is_empty_before_the_job_runs(self, api: Client, world: World, shop: Project) -> None:
        world.coordinator.runners = 0
        shop.definition = one_job("true")
        assert trace(api, world.run(shop, by="wu").jobs[0]) == ""


def test_leaves_artifacts(api: Client, world: World, shop: Project) -> None:
    build = JobDefinition(
        "build", "build", ("mkdir -p dist/a", "echo 1 > dist/a/b"), artifacts=("dist/**/*",)
    )
    use = JobDefinition("use", "publish", ("cat dist/a/b",))
    pipeline = ran(world, shop, stages(build, use))
    assert pipeline.status == "success"
    used, built = api.json(f"{SHOP}/pipelines/{pipeline.id}/jobs")
    archive = api.call("GET", f"{SHOP}/jobs/{built['id']}/artifacts").content
    assert built["artifacts_file"] == {"filename": "artifacts.zip", "size": len(archive)}
    assert [one["file_type"] for one in built["artifacts"]] == ["archive", "trace"]
    assert zipfile.ZipFile(io.BytesIO(archive)).namelist() == ["dist/a/b"]
    assert "artifacts_file" not in used
    assert api.call("GET", f"{SHOP}/jobs/{used['id']}/artifacts").status_code == 404


TRIES = [
    ({}, "success", ["success", "success", "success"]),
    ({"test": "false"}, "failed", ["failed", "skipped", "skipped"]),
    ({"build": "false"}, "failed", ["success", "failed", "skipped"]),
]


class TestOrder:
    @pytest.mark.parametrize(("scripts", "status", "jobs"), TRIES)
    def test_is_stage_after_stage(
        self, world: World, shop: Project, scripts: dict[str, str], status: str, jobs: list[str]
    ) -> None:
        names = ("test", "build", "publish")
        made = [JobDefinition(name, name, (scripts.get(name, "true"),)) for name in names]
        pipeline = ran(world, shop, stages(*made))
        assert (pipeline.status, [job.status for job in pipeline.jobs]) == (status, jobs)

    def test_goes_on_without_what_may_fail(self, api: Client, world: World, shop: Project) -> None:
        lint = JobDefinition("lint", "test", ("false",), allow_failure=True)
        pipeline = ran(world, shop, stages(lint, JobDefinition("build", "build")))
        shown = api.json(f"{SHOP}/pipelines/{pipeline.id}")
        assert (shown["status"], shown["detailed_status"]["label"]) == ("success", "passed with warnings")

    @pytest.mark.parametrize(
        ("script", "statuses"),
        [("true", ["success", "skipped", "success"]), ("false", ["failed", "success", "success"])],
    )
    def test_has_jobs_for_failures_and_for_always(
        self, world: World, shop: Project, script: str, statuses: list[str]
    ) -> None:
        pipeline = ran(
            world,
            shop,
            stages(
                JobDefinition("unit", "test", (script,)),
                JobDefinition("report", "after", when=When.ON_FAILURE),
                JobDefinition("clean", "after", when=When.ALWAYS),
            ),
        )
        assert [job.status for job in pipeline.jobs] == statuses


class TestManual:
    def test_one_that_nobody_needs_waits_while_the_pipeline_succeeds(
        self, api: Client, world: World, shop: Project
    ) -> None:
        scan = JobDefinition("scan", "test", when=When.MANUAL)
        pipeline = ran(world, shop, stages(JobDefinition("unit", "test"), scan))
        job = pipeline.jobs[1]
        assert (pipeline.status, job.status) == ("success", "manual")
        played = api.call("POST", f"{SHOP}/jobs/{job.id}/play", as_="chen")
        assert (played.status_code, played.json()["user"]["username"]) == (200, "chen")
        with world.changed:
            assert world.changed.wait_for(lambda: job.status == "success", 5)
        assert api.call("POST", f"{SHOP}/jobs/{job.id}/play").json() == {
            "message": "400 Bad request - Unplayable Job"
        }

    def test_one_that_is_needed_blocks_the_pipeline(self, api: Client, world: World, shop: Project) -> None:
        gate = JobDefinition("gate", "gate", when=When.MANUAL, allow_failure=False)
        pipeline = ran(
            world,
            shop,
            stages(JobDefinition("unit", "test"), gate, JobDefinition("ship", "ship")),
            until="manual",
        )
        shown = api.json(f"{SHOP}/pipelines/{pipeline.id}")
        assert shown["detailed_status"]["label"] == "waiting for manual action"
        assert [job.status for job in pipeline.jobs] == ["success", "manual", "created"]
        world.play(pipeline.jobs[1], by="lin")
        world.wait_for(pipeline, "success")


class TestControl:
    def test_ends_all_that_a_canceled_job_started(self, api: Client, world: World, shop: Project) -> None:
        pipeline = ran(world, shop, one_job(FOREVER), until="running")
        job, child = pipeline.jobs[0], shop.folder / "builds" / str(pipeline.id) / "child"
        wait_until(lambda: "\nstarted\n" in trace(api, job))
        answer = api.call("POST", f"{SHOP}/jobs/{job.id}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (201, "canceled")
        wait_until(lambda: "Job failed: canceled" in trace(api, job))
        wait_until(lambda: not alive(int(child.read_text())))

    def test_runs_one_job_again(self, api: Client, world: World, shop: Project) -> None:
        pipeline = ran(world, shop, one_job("test -f mended || { touch mended; false; }"))
        old = pipeline.jobs[0]
        answer = api.call("POST", f"{SHOP}/jobs/{old.id}/retry")
        assert (answer.status_code, answer.json()["id"] != old.id) == (201, True)
        world.wait_for(pipeline, "success")
        refused = api.call("POST", f"{SHOP}/jobs/{old.id}/retry")
        assert (refused.status_code, refused.json()["message"]) == (
            403,
            "403 Forbidden - Job is not retryable",
        )

    @pytest.mark.parametrize(
        ("query", "names"),
        [({}, ["build", "unit"]), ({"scope[]": ["failed"]}, ["unit"]), ({"scope": "skipped"}, ["build"])],
    )
    def test_lists_jobs_by_status(
        self, api: Client, world: World, shop: Project, query: dict[str, str], names: list[str]
    ) -> None:
        pipeline = ran(
            world, shop, stages(JobDefinition("unit", "test", ("false",)), JobDefinition("build", "build"))
        )
        found = api.json(f"{SHOP}/pipelines/{pipeline.id}/jobs", **query)
        assert [one["name"] for one in found] == names

    def test_stops_everything_at_the_end(self, world: World, shop: Project) -> None:
        pipeline = ran(world, shop, one_job("sleep 60"), until="running")
        world.close()
        assert pipeline.jobs[0].shell.stopped
