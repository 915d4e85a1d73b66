"""What the room hears: everything once, of what lasts a summary, of flapping a word, nothing while muted."""

import pytest

from sandbox.jenkins.builds import Cause
from tests.bot.incidents.conftest import MakeScene
from tests.bot.incidents.scene import DAY, HOUR, MINUTE, Scene, alert, lines

FAILING, FIXED = "🔴 i1 **nightly** is failing", "🟢 i1 **nightly** is fixed"
LASTING = "🔴 i1 **nightly** is still failing"

LIN = Cause("Started by user Lin", user="Lin", kind="hudson.model.Cause$UserIdCause")


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    return make_scene(TRACKER="none")


# Each word to the room, as it reads.


def test_a_failure_and_its_end(make_scene: MakeScene) -> None:
    scene = make_scene()
    [failing] = scene.build("FAILURE", causes=[LIN])
    assert lines(failing) == [
        FAILING,
        "[#1] · since TIME · started by Lin",
        "[card] · [history] · [I look after it]",
    ]
    scene.bot.clock.ahead += 90
    [fixed] = scene.build("SUCCESS")
    assert lines(fixed) == [FIXED, "broken for 1 min 30 s · [#2]", "[card] · [history]"]


def test_an_alert_and_its_end(scene: Scene) -> None:
    [failing] = scene.alerts(alert())
    assert lines(failing)[:4] == [
        "🔴 i1 **HighCPU** is failing",
        "[the monitor] · since TIME",
        "CPU is at 95%",
        "service=pay",
    ]
    [fixed] = scene.alerts(alert(firing=False))
    assert lines(fixed)[0] == "🟢 i1 **HighCPU** is fixed"


# A summary.


def test_what_lasts_is_told_after_an_hour_and_then_daily(scene: Scene) -> None:
    scene.builds("FAILURE")
    heard = []
    for _ in range(4 * 51):
        heard += [(round(scene.bot.clock.ahead / HOUR, 1), text) for text in scene.tick(after=HOUR / 4)]
        if len(heard) < 2:
            scene.lost("FAILURE")
    assert [when for when, _ in heard] == [1.0, 25.0, 49.0]
    assert {lines(text)[0] for _, text in heard} == {LASTING}
    assert lines(heard[0][1])[1].startswith("broken for 1 h")
    assert "nobody looks after it yet" in heard[0][1]


def test_what_nobody_looked_at_for_days_is_summed_up_once(scene: Scene) -> None:
    scene.builds("FAILURE")
    assert scene.heads(scene.tick(after=3 * DAY)) == [LASTING]
    assert scene.tick(after=MINUTE) == scene.tick(after=MINUTE) == []


def test_what_was_broken_for_long_when_it_is_first_seen_is_told_as_new(scene: Scene) -> None:
    scene.lost("FAILURE", ago=2 * DAY)
    assert scene.heads(scene.build("FAILURE")) == [FAILING]
    assert scene.tick() == []


# Muted.


def test_what_is_muted_keeps_its_card_and_is_told_when_that_ends(make_scene: MakeScene) -> None:
    scene = make_scene()
    scene.builds("SUCCESS")
    assert "muted" in scene.bot.ask("/mute nightly 30m 升级")
    assert scene.builds("FAILURE", "FAILURE") == []
    [card] = scene.board.cards()
    assert len(card.comments) == 1
    assert scene.tick(after=29 * MINUTE) == []
    assert scene.heads(scene.tick(after=2 * MINUTE)) == [FAILING]
    assert scene.tick() == []


@pytest.mark.parametrize("tracker", ["is there", "is down"])
def test_what_was_fixed_while_muted_is_never_told(make_scene: MakeScene, tracker: str) -> None:
    scene = make_scene()
    scene.builds("SUCCESS")
    scene.bot.ask("/mute nightly 5m 升级")
    assert scene.builds("FAILURE") == []
    if tracker == "is down":
        scene.board.fault(kind="503")
    assert scene.builds("SUCCESS") == []
    assert scene.tick(after=10 * MINUTE) == []
    scene.board.mend()
    assert scene.tick(after=HOUR) == scene.tick(after=DAY) == []
    assert scene.board.cards()[0].closed
    assert scene.heads(scene.builds("FAILURE")) == ["🔴 i2 **nightly** is failing"]


def test_what_was_told_and_is_fixed_while_muted_is_told_when_that_ends(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.bot.ask("/mute nightly 30m 升级")
    assert scene.builds("SUCCESS") == scene.tick(after=29 * MINUTE) == []
    assert scene.heads(scene.tick(after=2 * MINUTE)) == [FIXED]


def test_unmuted_what_fails_is_told(scene: Scene) -> None:
    scene.builds("SUCCESS")
    scene.bot.ask("/mute nightly 2h 升级")
    scene.builds("FAILURE")
    scene.bot.ask("/unmute nightly")
    assert scene.heads(scene.tick(after=3)) == [FAILING]


def test_what_was_told_before_it_was_muted_is_not_told_anew(scene: Scene) -> None:
    scene.builds("FAILURE")
    scene.bot.ask("/mute i1 30m 知道了")
    assert scene.tick(after=31 * MINUTE) == []
    assert scene.heads(scene.tick(after=HOUR)) == [LASTING]


def test_an_alert_is_muted_by_its_name(scene: Scene) -> None:
    scene.alerts(alert("f1"))
    scene.bot.ask("/mute HighCPU 30m 压测")
    assert scene.alerts(alert("f2")) == []
    assert scene.heads(scene.alerts(alert("f3", name="Disk"))) == ["🔴 i3 **Disk** is failing"]


# Flapping.

FLAPS = ["FAILURE", "SUCCESS", "FAILURE"]
SINGLY = [FAILING, FIXED, "🔴 i2 **nightly** is failing"]
FLAPPING = "🎢 i2 **nightly** is flapping"


@pytest.mark.parametrize("last", ["SUCCESS", "FAILURE"])
def test_flapping_is_told_once_and_so_is_its_end(make_scene: MakeScene, last: str) -> None:
    scene = make_scene()
    assert scene.heads(scene.builds(*FLAPS)) == SINGLY
    heard = scene.builds(
        "SUCCESS", "FAILURE", "SUCCESS", "FAILURE", "FAILURE", *["SUCCESS"] * (last == "SUCCESS")
    )
    assert scene.heads(heard) == [FLAPPING]
    assert scene.tick(after=50 * MINUTE) == []
    calm = scene.tick(after=11 * MINUTE)
    works = "works" if last == "SUCCESS" else "fails"
    sign = "🟢" if last == "SUCCESS" else "🔴"
    assert scene.heads(calm) == [f"{sign} i2 **nightly** has stopped flapping, and {works}"]
    assert scene.tick() == []
    assert [card.closed for card in scene.board.cards()] == [True, last == "SUCCESS"]  # it was reopened


def test_flapping_that_nobody_told_of(scene: Scene) -> None:
    scene.builds("SUCCESS")
    scene.tick()
    scene.lost("FAILURE", "SUCCESS", "FAILURE", "SUCCESS", "FAILURE")
    assert scene.heads(scene.tick()) == [FLAPPING]
    assert scene.tick(after=50 * MINUTE) == []
    assert scene.heads(scene.tick(after=11 * MINUTE)) == ["🔴 i2 **nightly** has stopped flapping, and fails"]


def test_calm_again_it_is_told_change_by_change(scene: Scene) -> None:
    scene.builds(*FLAPS, "SUCCESS")
    assert scene.heads(scene.tick(after=61 * MINUTE)) == ["🟢 i2 **nightly** has stopped flapping, and works"]
    assert scene.heads(scene.builds("FAILURE", "SUCCESS")) == [
        "🔴 i3 **nightly** is failing",
        "🟢 i3 **nightly** is fixed",
    ]


def test_three_changes_in_an_hour_are_no_flapping(scene: Scene) -> None:
    assert scene.heads(scene.builds(*FLAPS)) == SINGLY
    scene.tick(after=61 * MINUTE)
    assert scene.heads(scene.builds("SUCCESS")) == ["🟢 i2 **nightly** is fixed"]


def test_an_alert_flaps_as_a_job_does(scene: Scene) -> None:
    heard = []
    for _ in range(4):
        began = scene.bot.sampan.now().isoformat()
        heard += scene.alerts(alert(began=began))
        heard += scene.alerts(alert(began=began, firing=False))
        scene.bot.clock.ahead += MINUTE
    assert [head.split("** ")[1] for head in scene.heads(heard)] == [
        "is failing",
        "is fixed",
        "is failing",
        "is flapping",
    ]
