"""The clock: what is due is done, however often it comes."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.store import Store
from bot.tick import KEEP_DELIVERIES, tick
from tests.bot.asking import MESSAGE

DAY = 24 * 3600.0


@pytest.mark.parametrize(("days", "forgotten"), [(0, 0), (1, 0), (7, 0), (7.01, 1), (30, 1)])
def test_deliveries_are_forgotten_after_a_week(tmp_path: Path, days: float, forgotten: int) -> None:
    times = [0.0]
    store = Store(f"sqlite:///{tmp_path}/sampan.db", clock=lambda: times[-1])
    store.claim(MESSAGE)
    times.append(days * DAY)
    store.claim(replace(MESSAGE, delivery_id="d2"))
    assert tick(store) == {"deliveries_forgotten": forgotten}
    assert tick(store) == {"deliveries_forgotten": 0}


def test_a_signature_is_long_dead_before_its_delivery_is_forgotten() -> None:
    # https://open.dingtalk.com/document/orgapp/receive-message: a signature is good for an hour.
    assert KEEP_DELIVERIES > 3600
