"""The project that everybody plays with: it builds versions, and can be broken and mended."""

import pytest
from playwright.sync_api import Page, expect

from sandbox.gitlab.app import create_app
from sandbox.gitlab.projects import Project
from sandbox.gitlab.seed import PROJECT, TOKEN, TRIGGER_TOKEN, seed
from sandbox.gitlab.world import World
from sandbox.town import Town
from tests.browser import PHONE
from tests.sandbox.gitlab.client import Client, Stage
from tests.sandbox.gitlab.receiver import Receiver

HEADERS = {"PRIVATE-TOKEN": TOKEN}
VERSION = {"ref": "main", "variables": [{"key": "VERSION_ID", "value": "v1"}]}


@pytest.fixture
def shop(world: World, gitlab_stage: Stage) -> Project:
    seed(world)
    gitlab_stage.app = create_app(world)
    return world.projects[PROJECT]


def test_builds_a_version(api: Client, world: World, shop: Project) -> None:
    url = f"{api.site}/api/v4/projects/acme%2Fshop"
    number = api.post(f"{url}/pipeline", json=VERSION, headers=HEADERS).json()["id"]
    pipeline = world.wait_for(shop.pipelines[number], "success")
    assert [(job.name, job.status) for job in pipeline.jobs] == [
        ("unit", "success"),
        ("package", "success"),
        ("publish", "success"),
        ("scan", "manual"),
    ]
    assert pipeline.jobs[1].archive
    assert api.get(f"{url}/pipelines/{number}/variables", headers=HEADERS).json()[0]["value"] == "v1"


def test_is_triggered_by_its_token(api: Client, shop: Project) -> None:
    form = {"token": TRIGGER_TOKEN, "ref": "main"}
    assert api.call("POST", "/projects/acme%2Fshop/trigger/pipeline", as_=None, data=form).status_code == 201


def test_is_broken_and_mended_by_a_click(api: Client, world: World, shop: Project) -> None:
    for turn, status in (("break", "failed"), ("mend", "success")):
        answer = api.page(f"/{PROJECT}/-/turns/{turn}", by="wu")
        pipeline = shop.newest[0]
        assert answer.headers["Location"] == pipeline.path
        world.wait_for(pipeline, status)


def test_tells_the_bot_of_its_town(receiver: Receiver) -> None:
    with Town() as town:
        town.connect(receiver.url)
        shop = town.gitlab.projects[PROJECT]
        town.gitlab.record(shop, tell=True)
        town.gitlab.hooks.settle()
        environment = town.environment
        (told,) = receiver.received
        assert told.headers["x-gitlab-token"] == environment["GITLAB_HOOK_TOKEN"]
        assert told.content["object_attributes"]["url"].startswith(environment["GITLAB_URL"])
        assert environment["GITLAB_PROJECTS"] == f"mall={PROJECT}@{shop.default_branch}"


@pytest.mark.browser
def test_is_played_with_on_a_phone(page: Page, api: Client, world: World, shop: Project) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{api.site}/{PROJECT}")
    page.get_by_text("Run a pipeline").click()
    page.get_by_label("Variables").fill("VERSION_ID=v7")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("v7")).to_be_visible()
    expect(page.locator("p .badge")).to_have_text("success", timeout=10_000)
    page.get_by_role("button", name="Play").click()
    expect(page.locator("li .badge").last).to_have_text("success")
    page.get_by_role("link", name="package").click()
    expect(page.locator("pre")).to_contain_text("Job succeeded")
