"""A hook that fails is sent to no more: for a while, for longer, for good."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.gitlab.hooks import Alert, Hook
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from tests.sandbox.gitlab.conftest import Clock
from tests.sandbox.gitlab.receiver import Receiver


@pytest.fixture
def failing(hook: Hook, receiver: Receiver) -> Hook:
    receiver.status = 404
    return hook


def fail(world: World, shop: Project, times: int) -> None:
    for _ in range(times):
        world.record(shop, tell=True)
    world.hooks.settle()


@pytest.mark.parametrize(
    ("times", "alert", "heard"),
    [(3, Alert.EXECUTABLE, 3), (4, Alert.TEMPORARILY_DISABLED, 4), (6, Alert.TEMPORARILY_DISABLED, 4)],
)
def test_is_off_for_a_while_at_the_fourth_failure(
    world: World,
    shop: Project,
    failing: Hook,
    receiver: Receiver,
    times: int,
    alert: Alert,
    heard: int,
) -> None:
    fail(world, shop, times)
    assert (failing.alert(world.now()), len(receiver.received)) == (alert, heard)
    assert failing.missed == times - heard


def test_is_off_twice_as_long_each_time_and_a_day_at_most(
    world: World, shop: Project, failing: Hook, clock: Clock
) -> None:
    fail(world, shop, 3)
    pauses = []
    for _ in range(12):
        before = world.now()
        fail(world, shop, 1)
        assert failing.disabled_until
        pauses.append(round((failing.disabled_until - before).total_seconds() / 60))
        clock.ahead = failing.disabled_until - datetime.now(UTC) + timedelta(seconds=1)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440]


def test_is_off_for_good_at_the_fortieth(
    world: World, shop: Project, failing: Hook, receiver: Receiver, clock: Clock
) -> None:
    for _ in range(45):
        fail(world, shop, 1)
        clock.ahead += timedelta(days=2)
    assert (failing.alert(world.now()), failing.failures) == (Alert.DISABLED, 40)
    assert len(receiver.received) == 40


@pytest.mark.parametrize("status", [204, 302])
def test_is_off_until_an_answer_is_accepted(
    world: World, shop: Project, failing: Hook, receiver: Receiver, status: int
) -> None:
    fail(world, shop, 5)
    receiver.status = status
    world.hooks.resend(failing.deliveries[-1])
    world.hooks.settle()
    assert (failing.alert(world.now()), failing.failures) == (Alert.EXECUTABLE, 0)
    fail(world, shop, 1)
    assert len(receiver.received) == 6


def test_is_never_off_where_the_flag_is_off(
    world: World, shop: Project, failing: Hook, receiver: Receiver
) -> None:
    world.hooks.switches_off = False
    fail(world, shop, 6)
    assert len(receiver.received) == 6
