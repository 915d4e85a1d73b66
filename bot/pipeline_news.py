"""What GitLab tells by itself: how far a pipeline is. Its word is taken, and no call is made for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.builds import Build
from bot.following import watch
from bot.jobs import SAMPAN_ID
from bot.versions.making import place_of, saw_pipeline
from integrations.model.pipelines import Pipeline

if TYPE_CHECKING:
    from bot.dispatch import Sampan


def keep(sampan: "Sampan", pipeline: Pipeline, *, delivery: str) -> Sequence[Build]:
    """Take in how far a pipeline is, once for each delivery; the builds of ours that it is."""
    if all(one.path != pipeline.project for one in sampan.settings.gitlab_projects.values()):
        return ()
    with sampan.store.transaction():
        if not sampan.store.deliveries.is_new(delivery):
            return ()
        saw_pipeline(sampan, pipeline, read=False)
    job = f"{place_of(pipeline.project)}@{pipeline.ref}"
    marker = pipeline.variables.get(SAMPAN_ID, "")
    return sampan.store.builds.hint(marker=marker, job=job, queue_id=None, number=pipeline.id)


def work(sampan: "Sampan", builds: Sequence[Build]) -> None:
    """Look at the builds of ours, and say what there is to say."""
    watch(sampan, builds)
