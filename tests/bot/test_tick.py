"""The clock: what is due is done, however often it comes."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.settings import load
from bot.tick import KEEP_DELIVERIES, tick
from bot.wiring import Wired
from tests.bot.asking import MESSAGE

DAY = 24 * 3600.0


@pytest.mark.parametrize(("days", "forgotten"), [(0, 0), (1, 0), (7, 0), (7.01, 1), (30, 1)])
def test_deliveries_are_forgotten_after_a_week(tmp_path: Path, days: float, forgotten: int) -> None:
    times = [0.0]
    sampan = Wired(load({"DATABASE_URL": f"sqlite:///{tmp_path}/sampan.db"}), clock=lambda: times[-1])
    claim = sampan.store.claim(MESSAGE)
    assert claim is not None
    sampan.store.finish(claim)
    times.append(days * DAY)
    sampan.store.claim(replace(MESSAGE, delivery_id="d2"))
    assert tick(sampan) == {"interrupted_told": 0, "deliveries_forgotten": forgotten}
    assert tick(sampan) == {"interrupted_told": 0, "deliveries_forgotten": 0}


def test_a_signature_is_long_dead_before_its_delivery_is_forgotten() -> None:
    # https://open.dingtalk.com/document/orgapp/receive-message: a signature is good for an hour.
    assert KEEP_DELIVERIES > 3600
