"""What a look at GitLab shows of a build: a pipeline that waits, runs, or is over. Pure."""

from collections.abc import Mapping
from typing import Any

from integrations.gitlab.protocol import LONGEST_WORD, instant
from integrations.jenkins.protocol import Unreadable, address, mapping, number, words
from integrations.model.builds import Result, Sighting, Stage

GONE = Sighting(Stage.GONE)

_STAGES = {
    "created": Stage.QUEUED,
    "waiting_for_resource": Stage.QUEUED,
    "preparing": Stage.QUEUED,
    "waiting_for_callback": Stage.QUEUED,
    "pending": Stage.QUEUED,
    "scheduled": Stage.QUEUED,
    "running": Stage.RUNNING,
    "canceling": Stage.RUNNING,
    "manual": Stage.INPUT,
}
_RESULTS = {
    "success": Result.SUCCESS,
    "failed": Result.FAILURE,
    "canceled": Result.ABORTED,
    "skipped": Result.NOT_BUILT,
}


def read_sighting(data: object) -> Sighting:
    """Decode a pipeline; a word we do not know says that it is there, and no more."""
    pipeline = mapping(data)
    id, word = number(pipeline.get("id")), words(pipeline.get("status"), most=LONGEST_WORD)
    if id is None or not word:
        raise Unreadable("pipeline")
    result = _RESULTS.get(word)
    began_at = instant(pipeline.get("started_at"))
    return Sighting(
        Stage.ENDED if result else _STAGES.get(word, Stage.RUNNING),
        number=id,
        url=address(pipeline.get("web_url")),
        why="" if result or word == "running" else _why(pipeline, word),
        result=result,
        began_at=began_at.timestamp() if began_at else None,
        seconds=_duration(pipeline) if result else None,
    )


def _why(pipeline: Mapping[str, Any], word: str) -> str:
    """GitLab's own words, such as waiting for manual action; of a list there is the status only."""
    return words(mapping(pipeline.get("detailed_status")).get("label")) or word.replace("_", " ")


def _duration(pipeline: Mapping[str, Any]) -> float | None:
    """How long its jobs ran, else how long it took from its first job to its end."""
    told = pipeline.get("duration")
    if isinstance(told, int | float) and not isinstance(told, bool) and 0 < told < 2**31:
        return float(told)
    began_at, ended_at = instant(pipeline.get("started_at")), instant(pipeline.get("finished_at"))
    took = (ended_at - began_at).total_seconds() if began_at and ended_at else 0
    return took if took > 0 else None
