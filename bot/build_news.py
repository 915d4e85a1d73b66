"""What a build server tells by itself: of builds that are followed, and of jobs that break or are mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.builds import Build
from bot.following import noticed, watch
from bot.incidents.jobs import compare, hinted
from bot.incidents.tending import tend_due
from bot.posting import post_due
from integrations.model import Notification
from integrations.transport import deadline

if TYPE_CHECKING:
    from bot.dispatch import Sampan

WORK_TIME = 20.0


@dataclass(frozen=True)
class Due:
    """What a notification made due: builds of ours, and perhaps a job, by its name."""

    builds: Sequence[Build]
    job: str


def keep(sampan: "Sampan", about: Notification) -> Due | None:
    """Make due what a notification is about; None when that is nothing."""
    due = Due(noticed(sampan, about), about.job if hinted(sampan, about) else "")
    return due if due.builds or due.job else None


def work(sampan: "Sampan", due: Due) -> None:
    """Do what is due; what there is no time for stays due for the clock."""
    with deadline(WORK_TIME):
        if due.builds:
            watch(sampan, due.builds)
        if due.job:
            compare(sampan, due.job)
            tend_due(sampan)
            post_due(sampan)
