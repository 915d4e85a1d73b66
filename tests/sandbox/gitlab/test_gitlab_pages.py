"""The pages people click on: they find their way, press buttons, and no name becomes markup."""

import re
from html import unescape

import pytest
from playwright.sync_api import Page

from sandbox.gitlab.definition import Definition, JobDefinition, When, one_job
from sandbox.gitlab.hooks import Hook
from sandbox.gitlab.pipelines import Pipeline
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from tests.browser import DESKTOP, PHONE
from tests.sandbox.gitlab.client import Client
from tests.sandbox.gitlab.receiver import Receiver

EVIL = "<script>alert('1')</script>"
AT = "/acme/tools/shop/-"


@pytest.fixture
def pipeline(api: Client, world: World, shop: Project, hook: Hook) -> Pipeline:
    """One that failed, evil wherever somebody may write."""
    scan = JobDefinition("scan", EVIL, when=When.MANUAL)
    shop.definition = Definition((JobDefinition(EVIL, EVIL, (f"echo {EVIL!r}", "false")), scan))
    world.commit(shop, "main", EVIL, by="wu")
    made = world.wait_for(world.run(shop, by="wu", variables={"EVIL": EVIL}), "failed")
    world.hooks.settle()
    return made


def paths(pipeline: Pipeline) -> list[str]:
    jobs = [f"{AT}/jobs/{job.id}" for job in pipeline.jobs]
    return ["/", "/acme/tools/shop", f"{AT}/pipelines", pipeline.path, *jobs, f"{AT}/hooks"]


class TestShown:
    @pytest.mark.parametrize(
        ("path", "says"),
        [
            ("/", ["acme/tools/shop", "failed"]),
            (f"{AT}/pipelines", ["failed", "main", "EVIL=", "Run a pipeline"]),
            ("{pipeline}", ["failed", "manual", "EVIL", "Retry", "Play"]),
            ("{job}", ["Job failed", "<span class=red>"]),
            (f"{AT}/hooks", ["executable", "200", "Resend"]),
        ],
    )
    def test_is_what_happened(self, api: Client, pipeline: Pipeline, path: str, says: list[str]) -> None:
        wanted = path.format(pipeline=pipeline.path, job=f"{AT}/jobs/{pipeline.jobs[0].id}")
        page = api.page(wanted)
        assert (page.status_code, [word for word in says if word not in page.text]) == (200, [])
        assert "http-equiv=refresh" not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]

    def test_is_never_markup_and_every_link_leads_somewhere(self, api: Client, pipeline: Pipeline) -> None:
        for path in paths(pipeline):
            text = api.page(path).text
            assert "<script" not in text
            for link in re.findall(r"href='([^']+)'", text):
                assert api.page(unescape(link)).status_code == 200, link

    @pytest.mark.parametrize("path", ["/acme", f"{AT}/pipelines/1", f"{AT}/jobs/1", "/nope/-/hooks"])
    def test_is_404_where_nothing_is(self, api: Client, path: str) -> None:
        assert api.page(path).status_code == 404

    def test_loads_itself_again_while_something_runs(self, api: Client, world: World, shop: Project) -> None:
        shop.definition = one_job("sleep 60")
        pipeline = world.wait_for(world.run(shop, by="wu"), "running")
        for path in (f"{AT}/pipelines", pipeline.path, f"{AT}/jobs/{pipeline.jobs[0].id}"):
            assert "http-equiv=refresh" in api.page(path).text


class TestButtons:
    def test_run_a_pipeline_with_variables(self, api: Client, world: World, shop: Project) -> None:
        given = "VERSION_ID=v1\r\n\r\nNOTE=a = b\r\n"
        answer = api.page(f"{AT}/pipelines", ref="main", by="chen", variables=given)
        (pipeline,) = shop.pipelines.values()
        assert (answer.status_code, answer.headers["Location"]) == (303, pipeline.path)
        assert {one.key: one.value for one in pipeline.variables} == {"VERSION_ID": "v1", "NOTE": "a = b"}
        assert (pipeline.user.username, pipeline.source) == ("chen", "web")

    def test_retry_cancel_and_play(self, api: Client, world: World, pipeline: Pipeline) -> None:
        job = pipeline.jobs[1]
        assert api.page(f"{AT}/jobs/{job.id}/play", by="chen").headers["Location"] == pipeline.path
        with world.changed:
            assert world.changed.wait_for(lambda: job.status == "success", 5)
        world.coordinator.runners = 0
        api.page(f"{pipeline.path}/retry", by="chen")
        assert pipeline.status == "running"
        api.page(f"{pipeline.path}/cancel", by="chen")
        assert pipeline.status == "canceled"

    def test_send_a_hook_again(self, api: Client, pipeline: Pipeline, hook: Hook, receiver: Receiver) -> None:
        before = len(receiver.received)
        answer = api.page(f"{AT}/hooks/{hook.id}/resend", delivery="0")
        assert answer.headers["Location"] == f"{AT}/hooks"
        again = receiver.received[before]
        assert again.headers["idempotency-key"] == receiver.received[0].headers["idempotency-key"]

    @pytest.mark.parametrize(
        ("path", "form", "status"),
        [
            ("/pipelines", {"ref": "nope"}, 400),
            ("/pipelines", {"ref": "main", "by": "nobody"}, 400),
            ("/pipelines/1/retry", {"by": "wu"}, 400),
            ("/jobs/1/play", {"by": "wu"}, 400),
            ("/turns/break", {"by": "wu"}, 400),
            ("/hooks/1/resend", {"delivery": "0"}, 400),
        ],
    )
    def test_do_only_what_can_be_done(
        self, api: Client, path: str, form: dict[str, str], status: int
    ) -> None:
        assert api.page(AT + path, **form).status_code == status

    def test_are_not_for_pages_from_elsewhere(self, api: Client, shop: Project) -> None:
        url, elsewhere = f"{api.site}{AT}/pipelines", {"Origin": "http://elsewhere.example"}
        assert api.post(url, data={"ref": "main"}, headers=elsewhere).status_code == 403
        assert shop.pipelines == {}


@pytest.mark.browser
def test_every_page_fits_every_screen(page: Page, api: Client, pipeline: Pipeline) -> None:
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        for path in paths(pipeline):
            page.goto(api.site + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
