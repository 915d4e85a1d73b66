"""Trello's limits: kept on our side, and waited out when Trello says that they are reached."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests

from integrations.errors import TooMany, Unclear
from integrations.model.cards import CardRef, NewCard
from integrations.transport import deadline
from integrations.trello.client import Trello
from integrations.trello.rate import Window
from sandbox.trello.things import Board
from sandbox.trello.world import World

MARKER = "sampan: i7-ab12cd"
NEW = NewCard("x", (), MARKER)


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def three(time: Time) -> Window:
    return Window(requests=3, clock=time, sleep=time.sleep)


class TestWindow:
    def test_lets_so_many_in_at_once(self, three: Window, time: Time) -> None:
        assert [three.enter(patience=0) for _ in range(4)] == [True, True, True, False]
        assert time.slept == []

    def test_has_the_others_wait(self, three: Window, time: Time) -> None:
        for _ in range(3):
            three.enter(patience=0)
            time.now += 2
        assert three.enter(patience=5) and three.enter(patience=5)
        assert time.slept == [5, 2]

    @pytest.mark.parametrize(("patience", "enters"), [(10.9, False), (11, True)])
    def test_who_cannot_wait_is_told_so_at_once(
        self, three: Window, time: Time, patience: float, enters: bool
    ) -> None:
        for _ in range(3):
            three.enter(patience=0)
        assert three.enter(patience=patience) is enters
        assert time.slept == [11] * enters

    def test_who_was_turned_away_takes_no_place(self, three: Window, time: Time) -> None:
        for _ in range(9):
            three.enter(patience=0)
        time.now += 11
        assert [three.enter(patience=0) for _ in range(4)] == [True, True, True, False]

    def test_no_patience_is_needed_for_a_free_place(self, three: Window) -> None:
        assert three.enter(patience=-5)

    def test_a_refusal_stops_everybody_for_its_length_and_a_little_more(
        self, three: Window, time: Time
    ) -> None:
        three.refused()
        assert not three.enter(patience=10.9)
        assert three.enter(patience=12)
        assert 11 <= time.slept[0] <= 12

    def test_threads_share_it(self, time: Time) -> None:
        window, entered = Window(requests=50, clock=time, sleep=time.sleep), list[bool]()

        def enter() -> None:
            entered.extend(window.enter(patience=0) for _ in range(20))

        threads = [threading.Thread(target=enter) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert entered.count(True) == 50


Call = Callable[[Trello], object]
CALLS: list[Call] = [lambda trello: trello.create(NEW), lambda trello: trello.find(CardRef(id="0" * 24))]


class TestRefusedByTrello:
    """The board counts the requests of others, too."""

    @pytest.fixture(params=["per_token", "per_key"])
    def full(self, request: pytest.FixtureRequest, world: World, trello: Trello) -> None:
        setattr(world.limits, request.param, 1)
        trello.account()
        world.requests.clear()

    @pytest.mark.parametrize("call", CALLS)
    def test_it_is_waited_out_also_for_a_write(
        self, trello: Trello, world: World, board: Board, full: None, call: Call
    ) -> None:
        began = world.clock.now()
        call(trello)
        assert 11 <= (world.clock.now() - began).total_seconds() <= 12
        assert len(world.requests) == 2

    def test_a_write_is_done_once(self, trello: Trello, world: World, board: Board, full: None) -> None:
        trello.create(NEW)
        assert len(board.cards) == 1

    def test_without_the_time_it_is_told(
        self, trello: Trello, world: World, board: Board, full: None
    ) -> None:
        with deadline(12), pytest.raises(TooMany) as caught:
            trello.create(NEW)
        assert (caught.value.status, caught.value.message) == (429, "Rate limit exceeded")
        assert len(world.requests) == 1 and not board.cards

    def test_meanwhile_nobody_else_asks(self, trello: Trello, world: World, full: None) -> None:
        for _ in range(3):
            with deadline(12), pytest.raises(TooMany):
                trello.create(NEW)
        assert len(world.requests) == 1

    def test_a_second_refusal_is_the_last(self, trello: Trello, world: World, full: None) -> None:
        world.limits.per_key = 0
        with pytest.raises(TooMany):
            trello.create(NEW)
        assert len(world.requests) == 2


class TestOurOwnLimit:
    def test_the_stand_in_never_has_to_refuse(self, trello: Trello, world: World, board: Board) -> None:
        card = world.add_card(board.lists[0], "x")
        for _ in range(101):
            trello.close(card.id)
        assert len(world.requests) == 101

    def test_it_is_kept_without_asking(self, trello: Trello, world: World, board: Board) -> None:
        card = world.add_card(board.lists[0], "x")
        with deadline(12), pytest.raises(TooMany):
            for _ in range(101):
                trello.close(card.id)
        assert len(world.requests) == 100


@contextmanager
def fault(trello: Trello, **wanted: object) -> Iterator[None]:
    address = f"{trello.url[:-2]}/_fault"
    with requests.Session() as session:
        session.trust_env = False
        session.put(address, json=wanted, timeout=5)
        yield
        session.delete(address, timeout=5)


class TestAnswerLost:
    """The work is done, and nobody hears of it."""

    def test_a_gateway_that_gave_up(self, trello: Trello, world: World, board: Board) -> None:
        with fault(trello, kind="lost", match="POST", seconds=0), pytest.raises(Unclear):
            trello.create(NEW)
        found = trello.find(CardRef(marker=MARKER))
        assert found and list(board.cards) == [found.id]

    def test_an_answer_that_came_too_late(self, trello: Trello, world: World, board: Board) -> None:
        with (
            fault(trello, kind="lost", match="POST", seconds=0.5),
            deadline(0.25),
            pytest.raises(Unclear),
        ):
            trello.create(NEW)
        assert len(board.cards) == 1
