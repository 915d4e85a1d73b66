"""GitLab's webhooks as they really come: doubled, late, in any order, and with what anybody may write."""

import base64
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.gitlab.payloads import pipeline_hook
from sandbox.gitlab.pipelines import Pipeline, Variable
from tests.bot.versions.conftest import MakeScene
from tests.bot.versions.scene import MINUTE, Scene, about, ends
from tests.support.town import wait_until

MB = 1024 * 1024
SIGNING = f"whsec_{base64.b64encode(b'the key of this hook').decode()}"


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    scene = make_scene()
    scene.listen()
    return scene


# In which order they come.

ORDERS: list[tuple[str, Sequence[str], str]] = [
    ("as it was", ("pending", "running", "success"), "success"),
    ("backwards", ("success", "running", "pending"), "success"),
    ("doubled", ("running", "running", "success", "success", "running"), "success"),
    ("running after failed", ("failed", "running"), "failed"),
    ("running after canceled", ("canceled", "running"), "canceled"),
    ("pending after failed", ("failed", "pending"), "failed"),
    ("failed after success", ("success", "failed"), "success"),
    ("canceled after success", ("success", "canceled"), "success"),
    ("success after failed", ("failed", "success"), "success"),
    ("only the end", ("success",), "success"),
    ("only the beginning", ("running",), "running"),
    ("nothing but later", ("pending", "failed", "failed"), "failed"),
]


@pytest.mark.parametrize(("case", "order", "state"), ORDERS, ids=[row[0] for row in ORDERS])
@pytest.mark.parametrize("ours", [True, False], ids=["asked here", "elsewhere"])
def test_order(scene: Scene, ours: bool, case: str, order: Sequence[str], state: str) -> None:
    with scene.gitlab.hooks.held() as held:
        if ours:
            scene.ask("/build mall")
        else:
            scene.elsewhere()
        scene.turn("running", "success", "failed", "canceled")
        held[:] = about(held, *order)
    scene.gitlab.hooks.settle()
    assert scene.states() == {"v1": state}
    assert bool(scene.version()["path"]) is (state == "success")


def test_every_webhook_twice(scene: Scene) -> None:
    scene.gitlab.hooks.repeat = 2
    scene.ask("/build mall")
    scene.turn("running", "success")
    assert len(ends(scene.tick())) == 1
    scene.elsewhere("running", "success")
    assert scene.tick(after=MINUTE) == []
    assert scene.states() == {"v1": "success", "v2": "success"}


def test_a_failure_that_is_sent_again_while_a_retry_runs(scene: Scene) -> None:
    scene.elsewhere("running", "failed")
    failed = scene.project.hooks[0].deliveries[-1]
    scene.turn("running")
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "running"}
    scene.gitlab.hooks.resend(failed)
    scene.gitlab.hooks.settle()
    assert scene.states() == {"v1": "running"}
    scene.turn("success")
    assert scene.states() == {"v1": "success"}


def test_the_same_news_under_another_key_is_no_news(scene: Scene) -> None:
    pipeline = scene.elsewhere("running", "success")
    body = pipeline_hook(pipeline, site=scene.town.gitlab_url)
    before = scene.version()
    assert [scene.post(body, {"Idempotency-Key": f"key-{n}"}) for n in range(3)] == [200] * 3
    assert scene.states() == {"v1": "success"} and scene.version() == before


def test_one_that_is_too_large_is_left_to_the_clock(scene: Scene) -> None:
    scene.elsewhere("success", variables={"NOTES": "x" * (MB + MB // 4)})
    assert scene.states() == {} and scene.project.hooks[0].failures == 0
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success"}


@pytest.mark.parametrize("token", [SIGNING, f"whsec_{base64.b64encode(b'old').decode()}"])
def test_signed_by_gitlab_itself(make_scene: MakeScene, token: str) -> None:
    scene = make_scene(GITLAB_HOOK_TOKEN=SIGNING)
    scene.listen(signing_token=token)
    scene.elsewhere("success")
    assert scene.states() == ({"v1": "success"} if token == SIGNING else {})


# What they carry.

HOSTILE: list[tuple[str, Mapping[str, str]]] = [
    ("climbs out", {"SERVICE_NAME": "../../etc", "SERVICE_ID": "..", "VERSION_ID": "../v1"}),
    ("quotes", {"USERNAME": "'; DROP TABLE versions; --", "VERSION_ID": "v1' OR '1'='1"}),
    ("newlines", {"SERVICE_NAME": "mall\n", "VERSION_ID": "v1\nv2", "USERNAME": "a\r\nb"}),
    ("a megabyte", {"VERSION_ID": "9" * (MB // 2), "USERNAME": "x" * (MB // 4)}),
    ("many digits", {"VERSION_ID": "v" + "9" * 40}),
    ("nobody's", {"VERSION_ID": "v4000000000"}),
    ("not ASCII", {"VERSION_ID": "v１", "SERVICE_ID": "ｍａｌｌ"}),
    ("two hundred", {f"NAME_{n}": "value" for n in range(200)}),
    ("a link", {"USERNAME": "[click](http://evil.example) **x** @all"}),
    ("zero", {"VERSION_ID": "v0", "SERVICE_ID": "\0"}),
]


@pytest.mark.parametrize(("case", "given"), HOSTILE, ids=[row[0] for row in HOSTILE])
@pytest.mark.parametrize("way", ["webhook", "clock"])
def test_variables_are_other_peoples_input(
    make_scene: MakeScene, way: str, case: str, given: Mapping[str, str]
) -> None:
    scene = make_scene()
    scene.built()
    if way == "webhook":
        scene.listen()
    pipeline = scene.elsewhere("success", variables=given)
    if way == "clock":
        scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success", "v2": "success"}
    assert scene.version("v2")["path"] == f"mall/{pipeline.id}"
    assert "evil" not in scene.ask("/versions mall") and "evil" not in scene.ask("/versions mall v2")


@pytest.mark.parametrize("number", [199, 200, 5000])
def test_a_version_is_known_however_many_variables_there_are(scene: Scene, number: int) -> None:
    scene.ask("/build mall")
    (pipeline,) = scene.pipelines
    pipeline.variables = (*(Variable(f"N{n}", "x") for n in range(number)), *pipeline.variables)
    scene.turn("running", "success")
    assert scene.states() == {"v1": "success"}


@pytest.mark.parametrize("path", ["other/project", "acme/shop2", "ACME/SHOP", "acme/shop/web"])
def test_another_project_makes_nothing(scene: Scene, path: str) -> None:
    pipeline = scene.elsewhere()
    body = pipeline_hook(pipeline, site="").replace(b'"acme/shop"', f'"{path}"'.encode())
    before = scene.states()
    assert scene.post(body) == 200 and scene.states() == before


@pytest.mark.parametrize("claimed", ["v1", "v2"])
def test_the_version_of_somebody_else_is_not_taken_over(scene: Scene, claimed: str) -> None:
    """v1 is built, v2 runs: whoever carries their names makes another one."""
    scene.built("success")
    scene.ask("/build mall")
    scene.turn("running")
    mine = {label: scene.version(label) for label in ("v1", "v2")}
    thief = scene.elsewhere("running", "failed", variables={"VERSION_ID": claimed})
    assert {label: scene.version(label) for label in mine} == mine
    assert scene.version("v3")["number"] == thief.id and scene.states()["v3"] == "failed"


def test_a_version_whose_pipeline_is_not_known_yet_is_not_taken_over_either(scene: Scene) -> None:
    """Between our request and its answer anybody may start a pipeline that carries its name."""
    scene.fault(kind="slow", match="POST .*/pipeline", seconds=1.0, times=1)
    thief, answer = _meanwhile(scene)
    assert "b1 build of **mall**" in answer
    ours = next(one for one in scene.pipelines if one is not thief)
    scene.turn("success", number=scene.pipelines.index(ours))
    scene.tick()
    assert scene.version("v1")["path"] == f"mall/{ours.id}"
    assert scene.version("v1")["number"] == ours.id
    assert sorted(scene.states().values()) == ["failed", "success"]


def _meanwhile(scene: Scene) -> tuple[Pipeline, str]:
    """Ask for a build, and have somebody's pipeline end while GitLab thinks about ours."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(scene.ask, "/build mall")
        wait_until(lambda: bool(scene.states()))
        thief = scene.elsewhere("running", "failed", variables={"VERSION_ID": "v1", "SERVICE_NAME": "mall"})
        return thief, asked.result()


@pytest.mark.parametrize("name", ["hello", "billing", "mall2", "Mall", ""])
def test_another_service_is_not_built_by_saying_so(scene: Scene, name: str) -> None:
    scene.elsewhere("success", variables={"SERVICE_NAME": name, "SERVICE_ID": name})
    assert scene.states("hello") == {} and scene.states() == {"v1": "success"}
