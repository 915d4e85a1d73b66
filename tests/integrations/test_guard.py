"""A guard, and the one watchdog behind all guards: what is shut down, when, and what is not."""

import socket
from collections.abc import Iterator

import pytest

from integrations.guard import Guard, watch
from tests.integrations.loopback import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Our end, and the end that is told nothing for as long as ours is open."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def is_open(end: socket.socket) -> bool:
    try:
        return end.recv(1) != b""
    except BlockingIOError:
        return True


def test_it_shuts_down_what_it_watches_when_its_time_is_up(pair: Pair) -> None:
    ours, theirs = pair
    with Guard(0.2) as guard:
        watch(ours)
        assert is_open(theirs) and not guard.fired
        wait_until(lambda: not is_open(theirs))
        assert guard.fired


def test_a_socket_that_comes_too_late_is_shut_down_at_once(pair: Pair) -> None:
    ours, theirs = pair
    with Guard(0.01) as guard:
        wait_until(lambda: guard.fired)
        watch(ours)
        assert not is_open(theirs)


def test_after_its_end_it_lets_go(pair: Pair) -> None:
    ours, theirs = pair
    with Guard(0.15) as guard:
        watch(ours)
    with Guard(0.2) as later:
        wait_until(lambda: later.fired)
    assert is_open(theirs) and not guard.fired


def test_a_nearer_one_is_not_kept_waiting_by_a_farther_one(pair: Pair) -> None:
    ours, theirs = pair
    with Guard(30) as far, Guard(0.05) as near:
        watch(ours)
        wait_until(lambda: near.fired)
        assert not is_open(theirs) and not far.fired


def test_a_socket_that_is_gone_does_no_harm() -> None:
    with socket.socket() as unconnected, Guard(0.01) as guard:
        watch(unconnected)
        wait_until(lambda: guard.fired)


def test_without_a_guard_nothing_is_watched(pair: Pair) -> None:
    ours, theirs = pair
    watch(ours)
    assert is_open(theirs)
