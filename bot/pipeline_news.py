"""What GitLab tells by itself: how far a pipeline is. Its word is taken, and no call is made for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.builds import Build
from bot.following import watch
from bot.jobs import SAMPAN_ID
from bot.versions.making import place_of, saw_pipeline
from integrations.model.pipelines import Pipeline

if TYPE_CHECKING:
    from bot.dispatch import Sampan


@dataclass(frozen=True)
class Due:
    """The builds of ours that a pipeline is."""

    builds: Sequence[Build]


def keep(sampan: "Sampan", pipeline: Pipeline, *, delivery: str) -> Due | None:
    """Take in how far a pipeline is, once for each delivery; None when nobody follows it here."""
    if all(one.path != pipeline.project for one in sampan.settings.gitlab_projects.values()):
        return None
    with sampan.store.transaction():
        if not sampan.store.deliveries.is_new(delivery):
            return None
        saw_pipeline(sampan, pipeline, read=False)
    job = f"{place_of(pipeline.project)}@{pipeline.ref}"
    marker = pipeline.variables.get(SAMPAN_ID, "")
    builds = sampan.store.builds.hint(marker=marker, job=job, queue_id=None, number=pipeline.id)
    return Due(builds) if builds else None


def work(sampan: "Sampan", due: Due) -> None:
    """Look at the builds of ours, and say what there is to say."""
    watch(sampan, due.builds)
