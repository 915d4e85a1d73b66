"""What a card and a room are told of an incident beyond our own records: read when it is needed, once."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from bot.incidents.life import Kind
from bot.incidents.wording import NO_STORY, Details
from bot.reply import UserError
from integrations.errors import IntegrationError
from integrations.model import BuildRef

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.store.incidents import Incident

LOG_LINES = 15

T = TypeVar("T")

log = logging.getLogger(__name__)


def details(sampan: "Sampan", incident: "Incident") -> Details:
    """The details of a job's incident, as far as its server tells them; an alert has none."""
    if incident.kind is not Kind.JOB or not sampan.settings.jenkins_configured:
        return Details()
    history, job = sampan.job_history(), incident.name
    ref = BuildRef(job, number=incident.first)
    return Details(
        _read(incident, lambda: history.story(job, incident.first), NO_STORY),
        _read(incident, lambda: history.log(ref, lines=LOG_LINES), ()),
    )


def _read(incident: "Incident", read: Callable[[], T], default: T) -> T:
    try:
        return read()
    except (IntegrationError, UserError) as problem:
        log.warning("%s: its details could not be read: %s", incident.label, problem)
        return default
