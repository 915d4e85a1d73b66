"""What is new in a version against what runs now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.builds import GITLAB
from bot.reply import Code, Line, Strong, UserError, counted, join, line
from bot.versions.names import number_of
from integrations.errors import IntegrationError
from integrations.model.runs import Story
from integrations.transport import deadline

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.store.versions import Version

COMPARE_TIME = 6.0  # seconds for each environment
SHOWN = 10


def differences(ask: "Ask", version: "Version") -> list[Line]:
    """The changes since what runs in each environment, as far as the code host can tell."""
    lines: list[Line] = []
    for one in ask.store.versions.deployed(version.service):
        running = _named(ask, one.version)
        if running and running.at <= one.at and running.id != version.id and running.sha and version.sha:
            lines += [
                line(
                    "New against {version} on {environment}:",
                    version=Code(running.label),
                    environment=Strong(one.environment or "—"),
                )
            ]
            lines += _changes(ask, running, version)
    return lines


def _named(ask: "Ask", label: str) -> "Version | None":
    number = number_of(label)
    return ask.store.versions.get(number) if number else None


def _changes(ask: "Ask", old: "Version", new: "Version") -> Sequence[Line]:
    if old.sha == new.sha:
        return [line("nothing: it is the same commit")]
    if old.place != new.place or not new.place.startswith(GITLAB):
        return [line("cannot be told")]
    try:
        with deadline(COMPARE_TIME):
            story = ask.tools.pipelines().changes(new.place.removeprefix(GITLAB), old.sha, new.sha)
    except (IntegrationError, UserError):
        return [line("cannot be told")]
    return _told(story)


def _told(story: Story) -> list[Line]:
    shown = story.changes[:SHOWN]
    more = len(story.changes) - len(shown) + story.more
    lines = [join([Code(one.id), one.title, one.author]) for one in shown]
    if more:
        lines.append(counted("and {n} more change", "and {n} more changes", n=more))
    return lines or [line("nothing: what runs is newer, or the same")]
