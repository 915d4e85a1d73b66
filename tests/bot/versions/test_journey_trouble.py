"""GitLab on its bad days, and processes that die: at most one pipeline, and nothing lost in silence."""

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from bot.recovery import DEAD_AFTER
from bot.tick import tick
from sandbox.gitlab.limits import Limit
from sandbox.gitlab.pipelines import Source
from tests.bot.test_main_serve import ROOT, free_port, wait_until_alive
from tests.bot.versions.conftest import MakeScene
from tests.bot.versions.scene import MINUTE, Scene, ends
from tests.support.town import wait_until

BUILT = "✅ b1 build of **mall**: succeeded"
POST = "POST .*/pipeline$"

# The trigger.


def test_an_answer_that_was_lost_after_the_work_was_done(scene: Scene) -> None:
    scene.fault(kind="lost", match=POST, seconds=0.3, times=1)
    answer = scene.ask("/build mall")
    (pipeline,) = scene.pipelines
    assert f"[acme/shop@main #{pipeline.id}](" in answer and "has started" in answer
    assert scene.version()["number"] == pipeline.id
    scene.turn("success")
    assert ends(scene.tick()) == [BUILT]
    assert scene.states() == {"v1": "success"} and scene.triggers() == 1


@pytest.mark.parametrize("fault", ["502", "503", "504", "html", "empty", "redirect"])
def test_an_answer_that_is_none_and_no_pipeline_to_be_seen(scene: Scene, fault: str) -> None:
    scene.fault(kind=fault, match=POST, times=1)
    answer = scene.ask("/build mall")
    assert "The answer of GitLab about b1 was lost" in answer and "I did not send it again." in answer
    assert scene.states() == {"v1": "requested"}
    said = [text for seconds in (61, 200, 60, 61) for text in scene.tick(after=seconds)]
    assert ends(said) == ["❓ b1 build of **mall**: GitLab shows no build of it. It was sent once at most"]
    assert scene.states() == {"v1": "failed"} and scene.triggers() == 1


def test_a_pipeline_that_shows_up_late_is_found_by_its_webhook(told: Scene) -> None:
    """GitLab did it, told nothing, and did not answer when it was asked either."""
    told.fault(kind="lost", match=r"(POST|GET) .*/pipelines?$", seconds=0.1)
    assert "was lost" in told.ask("/build mall")
    told.mend()
    told.turn("running", "success")
    assert ends(told.heard(1)) == [BUILT]
    assert told.states() == {"v1": "success"} and told.triggers() == 1
    assert told.version()["path"] == f"mall/{told.pipelines[0].id}"


def test_one_that_shows_up_late_is_found_by_the_clock(scene: Scene) -> None:
    scene.fault(kind="lost", match=r"(POST|GET) .*/pipelines?$", seconds=0.1)
    assert "was lost" in scene.ask("/build mall")
    scene.mend()
    scene.turn("running", "success")
    assert ends(scene.tick(after=MINUTE)) == [BUILT]
    assert scene.states() == {"v1": "success"} and scene.triggers() == 1


def test_a_push_meanwhile_makes_its_own_version(scene: Scene) -> None:
    """A pipeline that cannot be the one that is on its way is not held back for it."""
    scene.fault(kind="503", match=POST, times=1)
    scene.ask("/build mall")
    scene.elsewhere("success", source=Source.PUSH)
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "requested", "v2": "success"}


NOES: list[tuple[str, str]] = [
    ("400", "GitLab refused to start acme/shop@main"),
    ("401", "GitLab refused Sampan's credential. Check GITLAB_TOKEN."),
    ("403", "GitLab does not let Sampan's account do that."),
    ("404", "GitLab does not know it, or hides it"),
    ("429", "GitLab says we ask too often."),
]


@pytest.mark.parametrize(("fault", "answer"), NOES, ids=[row[0] for row in NOES])
def test_a_definite_no_ends_it_at_once(scene: Scene, fault: str, answer: str) -> None:
    scene.fault(kind=fault, match=POST)
    assert answer in said(scene.ask("/build mall"))
    assert scene.states() == {"v1": "failed"}
    assert scene.tick(after=MINUTE) == [] == scene.tick(after=600)
    assert scene.triggers() == 1
    scene.mend()
    assert "It makes v2." in scene.ask("/build mall")


@pytest.mark.parametrize("fault", ["401", "403", "404", "429", "500", "503", "html"])
def test_a_project_that_cannot_be_read_is_not_asked_for_anything(scene: Scene, fault: str) -> None:
    scene.fault(kind=fault)
    assert "GitLab" in scene.ask("/build mall")
    assert scene.states() == {} and scene.triggers() == 0


def test_a_ref_that_is_not_there_is_told_in_gitlabs_words(scene: Scene) -> None:
    answer = scene.ask("/build mall release/9")
    assert "It says: Reference not found" in answer
    assert scene.states() == {"v1": "failed"} and scene.pipelines == []


def test_a_project_that_is_not_there(make_scene: MakeScene) -> None:
    scene = make_scene(GITLAB_PROJECTS="mall=acme/none@main")
    answer = said(scene.ask("/build mall"))
    assert "GitLab has no job" in answer and "GITLAB_PROJECTS" in answer
    assert scene.states() == {}


def said(answer: str) -> str:
    """An answer without its links and marks."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", answer).replace("`", "")


# The look.

DOWN = ["401", "403", "404", "429", "500", "503", "html", "empty", "redirect"]


@pytest.mark.parametrize("fault", DOWN)
def test_what_ends_while_gitlab_cannot_be_read_is_told_later(scene: Scene, fault: str) -> None:
    scene.ask("/build mall")
    scene.turn("running")
    scene.tick(after=MINUTE)
    scene.fault(kind=fault, match="GET ")
    scene.turn("success")
    scene.elsewhere("success")
    assert ends(scene.tick(after=MINUTE)) == []
    scene.mend()
    assert ends(scene.tick(after=MINUTE)) == [BUILT]
    assert scene.states() == {"v1": "success", "v2": "success"}


def test_when_told_to_come_back_it_is_waited_for(scene: Scene) -> None:
    scene.elsewhere("success")
    scene.gitlab.limit = Limit(1, period=1)
    scene.tick(after=MINUTE)
    scene.gitlab.limit = None
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success"}


def test_when_told_to_come_back_much_later_nothing_waits(scene: Scene) -> None:
    scene.gitlab.limit = Limit(0, period=3600)
    scene.elsewhere("success")
    scene.tick(after=MINUTE)
    assert len(scene.calls()) == 1
    scene.gitlab.limit = None
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success"}


def test_variables_that_are_hidden_from_our_account(scene: Scene) -> None:
    scene.fault(kind="403", match="GET .*/variables")
    scene.elsewhere("success", variables={"SERVICE_NAME": "mall"})
    scene.ask("/build mall")
    scene.turn("success")
    assert ends(scene.tick(after=MINUTE)) == [BUILT]
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success", "v2": "success"}


def test_without_a_token_the_rest_goes_on(make_scene: MakeScene) -> None:
    scene = make_scene(GITLAB_TOKEN="")
    assert "GITLAB_TOKEN" in scene.ask("/build mall")
    scene.listen()
    scene.elsewhere("running", "success")
    scene.tick(after=MINUTE)
    assert scene.states() == {"v1": "success"}  # what webhooks tell


# Several processes.


def test_two_processes_look_and_one_tells(scene: Scene) -> None:
    scene.ask("/build mall")
    scene.turn("running", "success")
    scene.elsewhere("success")
    other = scene.bot.another()
    with closing(other.store), ThreadPoolExecutor(2) as pool:
        scene.bot.clock.ahead += MINUTE
        for done in [pool.submit(tick, one) for one in (scene.bot.sampan, other)]:
            done.result()
    assert ends(scene.heard()) == [BUILT]
    assert scene.states() == {"v1": "success", "v2": "success"}
    assert scene.calls().count("GET /pipelines") == 1


def test_a_webhook_and_two_looks_at_once(told: Scene) -> None:
    other = told.bot.another()
    with closing(other.store), ThreadPoolExecutor(2) as pool:
        with told.gitlab.hooks.held():
            told.elsewhere("running", "success")
        told.bot.clock.ahead += MINUTE
        for done in [pool.submit(tick, one) for one in (told.bot.sampan, other)]:
            done.result()
        told.gitlab.hooks.settle()
    assert told.states() == {"v1": "success"}


def killed(scene: Scene, text: str) -> None:
    """Have a real process killed while GitLab keeps it waiting for the answer to a trigger."""
    port, room = free_port(), scene.town.room
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **scene.bot.env, "ANSWER_FIRST": "yes"}
    with subprocess.Popen(command, cwd=scene.town.root, env=env, stderr=subprocess.DEVNULL) as bot:
        ours, room.bot_url = room.bot_url, f"http://127.0.0.1:{port}"
        wait_until_alive(room.bot_url)
        scene.bot.say(text)
        wait_until(lambda: any(one.method == "POST" for one in scene.gitlab.requests))
        bot.send_signal(signal.SIGKILL)
    room.bot_url = ours
    scene.mend()


def test_killed_before_the_request_arrived(scene: Scene) -> None:
    scene.fault(kind="slow", match=POST, seconds=300)
    killed(scene, "/build mall")
    assert scene.tick(after=MINUTE) == [] and scene.states() == {"v1": "requested"}
    heard = "\n".join(scene.tick(after=DEAD_AFTER) + scene.tick(after=MINUTE))
    assert "/build mall — begun" in heard and heard.count("❓ b1") == 1
    assert scene.states() == {"v1": "failed"} and scene.triggers() == 1


def test_killed_after_the_work_was_done(scene: Scene) -> None:
    scene.fault(kind="lost", match=POST, seconds=60)
    killed(scene, "/build mall")
    scene.turn("running", "success")
    heard = "\n".join(scene.tick(after=DEAD_AFTER + 1))
    assert "/build mall — begun" in heard and heard.count(BUILT) == 1 and "Go on:" not in heard
    assert scene.states() == {"v1": "success"} and scene.triggers() == 1
    assert ends(scene.tick(after=MINUTE)) == []
