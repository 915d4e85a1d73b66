"""/audit: who did what, and what came of it."""

from datetime import timedelta

from bot.arguments import Mismatch, span_of_time
from bot.ask import Ask, named
from bot.language import mark
from bot.registry import Argument, Group, Option, command, registry
from bot.reply import Code, Line, Reply, Strong, join, line
from bot.rights import Role
from bot.store.audit import Entry, Outcome
from bot.times import moment

SHOWN = 15
DAYS = 2

_OUTCOMES = {
    Outcome.STARTED: mark("begun"),
    Outcome.DONE: mark("done"),
    Outcome.REFUSED: mark("refused"),
    Outcome.FAILED: mark("failed"),
    Outcome.BROKEN: mark("failed, perhaps half done"),
}


def _word(ask: Ask, word: str) -> str:
    """A command under any of its names, a service, or whatever somebody is called."""
    if len(word) > 100:
        raise Mismatch
    said = word.lstrip("/@")
    spec = registry.named(said.lower())
    services = [one for one in ask.settings.services if one.lower() == said.lower()]
    return spec.name if spec else next(iter(services), said)


@command(
    "audit",
    aliases=("审计",),
    summary=mark("Show who did what lately"),
    group=Group.CONTROL,
    role=Role.DEVELOPER,
    arguments=(Argument("word", _word, required=False, rest=True, shown="person|command|service"),),
    options=(Option("since", span_of_time, value="2d"),),
    examples=("/audit", "/audit lin", "/audit deploy --since 7d", "/audit myservice"),
    reads=True,
)
def audit(ask: Ask, word: str | None, since: float | None) -> Reply:
    """The newest lines about a person's id or name, a command, or a service."""
    first = ask.tools.now() - timedelta(seconds=since or DAYS * 86_400)
    since_then = round(first.timestamp() * 1000)
    entries = ask.store.audit.about(word or "", since=since_then, at_most=SHOWN)
    if not entries:
        return Reply.of(line("Nothing is written about that since then."))
    head = line("The last of {word}:", word=Strong(word)) if word else line("The last commands:")
    return Reply.of(head, *(_row(ask, entry) for entry in entries))


def _row(ask: Ask, entry: Entry) -> Line:
    time = f"{moment(entry.at).astimezone(ask.settings.timezone):%m-%d %H:%M}"
    outcome = line(_OUTCOMES[Outcome(entry.outcome)])
    return join([time, named(entry.name, entry.staff_id), Code(entry.typed[:60]), outcome])
