"""What monitors tell by themselves: alerts that fire, and those that are over."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.incidents.alerts import take_alerts
from bot.incidents.tending import tend_due
from bot.posting import post_due
from integrations.model.alerts import Alert
from integrations.transport import deadline

if TYPE_CHECKING:
    from bot.dispatch import Sampan

WORK_TIME = 20.0


def keep(sampan: "Sampan", alerts: Sequence[Alert]) -> bool:
    """Keep all that a delivery told; whether there is something to do now."""
    return take_alerts(sampan, alerts)


def work(sampan: "Sampan", _: bool) -> None:
    """Do what is due; what there is no time for stays due for the clock."""
    with deadline(WORK_TIME):
        tend_due(sampan)
        post_due(sampan)
