"""Putting a version on an environment, going back to the one before, and what runs where."""

import pytest

from sandbox.jenkins.seed import RELEASE
from tests.bot.versions.conftest import MakeScene
from tests.bot.versions.scene import DEPLOY, MINUTE, Scene, ends
from tests.support.town import wait_until


def test_the_newest_that_was_built(scene: Scene) -> None:
    scene.built("success", "success", "failed")
    scene.elsewhere("running")
    answer = scene.deployed("staging")
    assert answer.startswith("b4 **mall v2** to **staging**")
    (run,) = scene.runs
    version = scene.version("v2")
    assert (run.values["VERSION_ID"], run.values["VERSION_PATH"]) == ("v2", version["path"])
    assert run.values["ENVIRONMENT"] == "staging"
    assert scene.where() == {"staging": "v2"}


def test_one_that_is_named(scene: Scene) -> None:
    scene.built("success", "success")
    assert scene.deployed("staging", "v1").startswith("b3 **mall v1** to **staging**")
    assert scene.runs[0].values["VERSION_PATH"] == scene.version("v1")["path"]
    assert scene.where() == {"staging": "v1"}
    assert "runs on **staging**" in scene.ask("/versions mall")


def test_nothing_was_built_yet(scene: Scene) -> None:
    scene.built("failed")
    answer = scene.ask("/deploy mall staging")
    assert "No version of mall was built yet." in answer and "/build mall" in answer
    assert scene.bot.triggers() == 0


NOT_GOOD: list[tuple[str, str, str]] = [
    ("failed", "v3", "`v3` of `mall` was not built: failed"),
    ("canceled", "v4", "`v4` of `mall` was not built: canceled"),
    ("running", "v5", "`v5` of `mall` was not built: running"),
    ("another service's", "v6", "I know no version `v6` of `mall`."),
    ("unknown", "v99", "I know no version `v99` of `mall`."),
    ("huge", "v999999999999", "I know no version `v999999999999` of `mall`."),
    ("free text", "1.4.2", "I know no version `1.4.2` of `mall`."),
    ("without its v", "2", "I know no version `2` of `mall`."),
    ("zero", "v0", "I know no version `v0` of `mall`."),
]


@pytest.mark.parametrize(("case", "word", "told"), NOT_GOOD, ids=[row[0] for row in NOT_GOOD])
def test_one_that_cannot_be_deployed(scene: Scene, case: str, word: str, told: str) -> None:
    scene.built("success", "success", "failed", "canceled")
    scene.elsewhere("running")
    scene.tick(after=MINUTE)
    scene.bot.job("hello-build", parameters=())
    scene.ask("/build hello")
    scene.town.jenkins.wait_for("hello-build")
    scene.tick()
    scene.bot.triggers()
    answer = scene.ask(f"/deploy mall staging {word}")
    assert told.replace("`", "") in answer.replace("`", "")
    assert "Built: v2 · v1" in answer.replace("`", "")
    assert scene.bot.triggers() == 0 and scene.where() == {}


@pytest.mark.parametrize("pair", ["VERSION=9.9", "VERSION_ID=v1", "VERSION_PATH=../x", "version_path=x"])
def test_what_is_ours_to_say_nobody_else_says(scene: Scene, pair: str) -> None:
    scene.built("success", "success")
    scene.ask(f"/deploy mall staging {pair}")
    assert scene.bot.triggers() == 0


def test_a_deploy_that_fails_is_not_what_runs(scene: Scene) -> None:
    scene.built("success", "success")
    scene.deployed("staging", "v1")
    scene.town.jenkins.jobs[DEPLOY].script = "exit 1"
    scene.deployed("staging", "v2")
    assert scene.where() == {"staging": "v1"}
    assert "staging v1" in scene.ask("/where mall").replace("  ", " ")


# Back.


def test_back_and_forth(scene: Scene) -> None:
    """To what ran before what runs now, which is not the number before."""
    scene.built("success", "success", "success")
    scene.deployed("staging", "v1")
    scene.deployed("staging", "v3")
    answer = scene.ask("/rollback mall staging")
    assert answer.startswith("Runs now: v3, just now. Ran before: v1, deployed just now.")
    scene.deploy_ends()
    assert scene.where() == {"staging": "v1"}
    assert scene.runs[-1].values["VERSION_PATH"] == scene.version("v1")["path"]
    scene.ask("/rollback mall")
    scene.deploy_ends()
    assert scene.where() == {"staging": "v3"}


def test_a_failed_deploy_and_the_same_version_again_are_not_what_ran_before(scene: Scene) -> None:
    scene.built("success", "success", "success")
    scene.deployed("staging", "v1")
    scene.deployed("staging", "v2")
    scene.deployed("staging", "v2")
    scene.town.jenkins.jobs[DEPLOY].script = "exit 1"
    scene.deployed("staging", "v3")
    scene.town.jenkins.jobs[DEPLOY].script = "true"
    assert "Runs now: v2" in scene.ask("/rollback mall staging")
    scene.deploy_ends()
    assert scene.where() == {"staging": "v1"}


def test_a_rollback_that_fails_changes_nothing(scene: Scene) -> None:
    scene.built("success", "success")
    scene.deployed("staging", "v1")
    scene.deployed("staging", "v2")
    scene.town.jenkins.jobs[DEPLOY].script = "exit 1"
    scene.ask("/rollback mall")
    scene.deploy_ends()
    assert scene.where() == {"staging": "v2"}
    assert "Ran before: v1" in scene.ask("/rollback mall")


@pytest.mark.parametrize("deployed", [[], ["v1"], ["v1", "v1"]])
def test_nothing_to_go_back_to(scene: Scene, deployed: list[str]) -> None:
    scene.built()
    for version in deployed:
        scene.deployed("staging", version)
    scene.bot.triggers()
    assert "no other version ran on staging before" in scene.ask("/rollback mall staging").replace("`", "")
    assert scene.bot.triggers() == 0


def test_each_environment_has_its_own_past(make_scene: MakeScene) -> None:
    scene = make_scene(PROTECTED_ENVIRONMENTS="")
    scene.built("success", "success", "success")
    for environment, version in (("staging", "v1"), ("production", "v2"), ("staging", "v3")):
        scene.deployed(environment, version)
    assert "no other version ran on production" in scene.ask("/rollback mall production").replace("`", "")
    scene.ask("/rollback mall staging")
    scene.deploy_ends()
    assert scene.where() == {"staging": "v1", "production": "v2"}
    shown = scene.ask("/where").replace("  ", " ")
    assert "staging v1 · just now" in shown and "production v2 · just now" in shown and "林小满" in shown


# In its turn, and with a yes where it is asked for.


def test_a_deploy_waits_for_its_turn(scene: Scene) -> None:
    scene.built("success", "success")
    scene.town.jenkins.jobs[DEPLOY].script = "sleep 60"
    scene.ask("/deploy mall staging v1")
    assert "waits for its turn" in scene.ask("/deploy mall staging v2", as_="chen")
    first = scene.deploy_runs()
    scene.town.jenkins.jobs[DEPLOY].script = "true"
    first.stop()
    wait_until(lambda: not first.building)
    scene.tick()
    scene.tick()
    scene.deploy_ends()
    assert [run.values["VERSION_ID"] for run in scene.runs] == ["v1", "v2"]
    assert scene.where() == {"staging": "v2"}


def test_production_asks_first_and_gets_what_was_shown(scene: Scene) -> None:
    scene.built("success")
    asked = scene.ask("/deploy mall production")
    assert "mall v1" in asked and "VERSION_ID=v1" in asked and scene.bot.triggers() == 0
    scene.built("success")  # meanwhile there is a newer one
    scene.ask(f"/confirm {code_of(asked)}")
    scene.deploy_ends()
    assert scene.where() == {"production": "v1"}
    scene.ask(f"/confirm {code_of(scene.ask('/deploy mall production v2'))}")
    scene.deploy_ends()
    back = scene.ask("/rollback mall production")
    assert "Runs now: v2" in back and "Ran before: v1" in back and scene.where() == {"production": "v2"}
    scene.ask(f"/confirm {code_of(back)}")
    scene.deploy_ends()
    assert scene.where() == {"production": "v1"}


def code_of(asked: str) -> str:
    """The code that an answer asks to confirm."""
    return asked.split("[/confirm ")[1].split("]")[0]


@pytest.mark.parametrize("line", ["/deploy mall staging", "/rollback mall staging"])
def test_a_lock_holds(scene: Scene, line: str) -> None:
    scene.built("success", "success")
    scene.deployed("staging", "v1")
    scene.deployed("staging", "v2")
    scene.ask("/lock staging 封网")
    scene.bot.triggers()
    assert "封网" in scene.ask(line) and scene.bot.triggers() == 0


@pytest.mark.parametrize("line", ["/deploy mall staging", "/rollback mall", "/pin v1"])
def test_who_may_not(scene: Scene, line: str) -> None:
    scene.built()
    scene.bot.triggers()
    assert "MAINTAINERS" in scene.ask(line, as_="wu") or "pin" in line
    assert scene.bot.triggers() == 0


def test_a_deploy_job_that_takes_no_version(scene: Scene) -> None:
    scene.built()
    scene.bot.job(DEPLOY, parameters=RELEASE[:1])
    answer = scene.ask("/deploy mall staging v1")
    assert "does not take a version" in answer and scene.runs == []
    assert ends(scene.tick()) == []
