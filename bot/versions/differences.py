"""What is new in a version against what runs now."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.builds import GITLAB
from bot.reply import Code, Line, Strong, UserError, counted, join, line
from bot.versions.server import Pipelines
from integrations.errors import IntegrationError
from integrations.model.runs import Story
from integrations.transport import deadline

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.store import Store
    from bot.store.versions import Version

COMPARE_TIME = 6.0  # seconds for each environment
SHOWN = 10


class Tools(Protocol):
    """What it takes to compare."""

    @property
    def store(self) -> "Store": ...
    def pipelines(self) -> Pipelines: ...


@dataclass(frozen=True)
class Difference:
    """What is new against the version that runs in an environment; None where nobody can tell."""

    environment: str
    running: "Version"
    story: Story | None


def compared(tools: Tools, version: "Version") -> list[Difference]:
    """The changes since what runs in each environment, as far as the code host can tell."""
    found: list[Difference] = []
    for one in tools.store.versions.deployed(version.service):
        running = tools.store.versions.of_deploy(one)
        if running and running.id != version.id and running.sha and version.sha:
            found.append(Difference(one.environment, running, _story(tools, running, version)))
    return found


def _story(tools: Tools, old: "Version", new: "Version") -> Story | None:
    if old.sha == new.sha:
        return Story((), ())
    if old.place != new.place or not new.place.startswith(GITLAB):
        return None
    try:
        with deadline(COMPARE_TIME):
            return tools.pipelines().changes(new.place.removeprefix(GITLAB), old.sha, new.sha)
    except (IntegrationError, UserError):
        return None


def differences(ask: "Ask", version: "Version") -> list[Line]:
    """The same for the room."""
    lines: list[Line] = []
    for one in compared(ask.tools, version):
        running, environment = Code(one.running.label), Strong(one.environment or "—")
        lines.append(
            line("New against {version} on {environment}:", version=running, environment=environment)
        )
        if one.story is None:
            lines.append(line("cannot be told"))
        elif one.running.sha == version.sha:
            lines.append(line("nothing: it is the same commit"))
        else:
            lines += _told(one.story)
    return lines


def _told(story: Story) -> list[Line]:
    shown = story.changes[:SHOWN]
    more = len(story.changes) - len(shown) + story.more
    lines = [join([Code(one.id), one.title, one.author]) for one in shown]
    if more:
        lines.append(counted("and {n} more change", "and {n} more changes", n=more))
    return lines or [line("nothing: what runs is newer, or the same")]
