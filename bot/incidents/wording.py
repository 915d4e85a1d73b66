"""How an incident reads, on its card and in the room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from bot.incidents.life import CHANGES, Kind, News, Step
from bot.language import mark
from bot.reply import Code, Line, Link, Reply, Say, Span, Strong, counted, join, line, plain
from bot.store.incidents import ACKED, CLOSED, Event, Incident
from bot.times import length, moment
from integrations.model.runs import Change, Story

SHOWN_CHANGES = 3  # in a room
SHOWN_EVENTS = 5  # in a comment: its last line must not be cut, and Gitee takes 2,000 characters

_NEWS = {
    News.FAILING: mark("🔴 {id} {what} is failing"),
    News.LASTING: mark("🔴 {id} {what} is still failing"),
    News.FLAPPING: mark("🎢 {id} {what} is flapping"),
    News.FIXED: mark("🟢 {id} {what} is fixed"),
    News.CALM_FAILING: mark("🔴 {id} {what} has stopped flapping, and fails"),
    News.CALM_FIXED: mark("🟢 {id} {what} has stopped flapping, and works"),
}
_EVENTS = {
    Step.OPENED: mark("🔴 failed"),
    Step.AGAIN: mark("🔴 failed again"),
    Step.FIXED: mark("🟢 fixed"),
    ACKED: mark("🙋 {who} looks after it"),
    CLOSED: mark("⚪ closed by {who}"),
}
_ALERT_EVENTS = {**_EVENTS, Step.OPENED: mark("🔴 fired"), Step.AGAIN: mark("🔴 fired again")}


NO_STORY = Story((), ())


@dataclass(frozen=True)
class Details:
    """Who started the build that broke first, what was new in it, and the end of its log."""

    story: Story = NO_STORY
    log: tuple[str, ...] = ()


# In Jenkins' own words, which are all it tells of these.
_CAUSES = {"timer": mark("a timer"), "an SCM change": mark("a change of the code")}


@dataclass(frozen=True)
class View:
    """An incident with what is known of it besides, and when and where it is read."""

    incident: Incident
    read: Callable[[], Details]
    zone: tzinfo
    now: int

    @property
    def details(self) -> Details:
        """Asked for only where they are shown: reading them costs calls."""
        return self.read()


def announcement(news: News, view: View) -> Reply:
    """What the room hears."""
    incident = view.incident
    head = line(_NEWS[news], id=Code(incident.label), what=Strong(incident.title))
    return Reply.of(head, *_BODIES[news](view), _links(incident))


def _failing(view: View) -> list[Line]:
    facts: list[Span | Line] = [
        _where(view.incident),
        line("since {time}", time=_clock(view.incident.opened_at, view)),
    ]
    if view.details.story.who:
        facts.append(_starters(view.details))
    return [join(facts), *_words(view.incident), *_changes(view.details, at_most=SHOWN_CHANGES)]


def _lasting(view: View) -> list[Line]:
    incident = view.incident
    facts: list[Span | Line] = [
        line("broken for {length}", length=lasted(incident, now=view.now)),
        often(incident),
        _where(incident),
    ]
    return [join([*facts, keeper(incident)])]


def _flapping(view: View) -> list[Line]:
    often = line("More than {n} changes within an hour; I tell when it is calm again.", n=CHANGES)
    over = view.incident.closed_at is not None
    now = line("works at the moment") if over else line("fails at the moment")
    return [often, join([now, _where(view.incident), *([] if over else [keeper(view.incident)])])]


def _fixed(view: View) -> list[Line]:
    broken = line("broken for {length}", length=lasted(view.incident, now=view.now))
    return [join([broken, _where(view.incident)])]


_BODIES = {
    News.FAILING: _failing,
    News.LASTING: _lasting,
    News.FLAPPING: _flapping,
    News.FIXED: _fixed,
    News.CALM_FAILING: _lasting,
    News.CALM_FIXED: _fixed,
}


def _links(incident: Incident) -> Line:
    links: list[Span | Line] = [Link(plain(line("card")), incident.card_url)] if incident.card_url else []
    links.append(Say(plain(line("history")), f"/incidents {incident.label}"))
    if incident.closed_at is None and not incident.ack_by:
        links.append(Say(plain(line("I look after it")), f"/ack {incident.label}"))
    return join(links)


def keeper(incident: Incident) -> Line:
    """Who looks after it."""
    if incident.ack_by:
        return line("{who} looks after it", who=incident.ack_by)
    return line("nobody looks after it yet")


def often(incident: Incident) -> Line:
    """How many times; an alert does not fail, it fires."""
    if incident.kind is Kind.ALERT:
        return counted("fired {n} time", "fired {n} times", n=incident.failures)
    return counted("{n} failure", "{n} failures", n=incident.failures)


def lasted(incident: Incident, *, now: int) -> Line:
    """How long it is broken, or was."""
    return length((incident.closed_at or now) - incident.opened_at)


def card_title(incident: Incident) -> str:
    """The first thing that is read of a card."""
    return plain(line("{what} is failing", what=incident.title))


def card_text(view: View) -> list[Line]:
    """The whole card as it is made: what, since when, where, who, what changed, the end of the log."""
    incident, details = view.incident, view.details
    lines = [
        line("{kind} {what}", kind=_kind(incident), what=Strong(incident.title)),
        join([line("since {time}", time=_day(incident.opened_at, view)), _first(incident)]),
    ]
    if details.story.who:
        lines.append(_starters(details))
    lines += [*_words(incident), *_changes(details)]
    if incident.failures > 1:
        lines.append(join([often(incident), _where(incident)]))
    lines += [keeper(incident)] if incident.ack_by else []
    if details.log:
        lines.append(line("The end of its log:"))
        lines += [(Code(text),) for text in details.log]
    return lines


def card_comment(view: View, events: Sequence[Event]) -> list[Line]:
    """What happened since the card last told of it; its last line says up to which event."""
    incident = view.incident
    lines = history(view, events, at_most=SHOWN_EVENTS)
    if any(event.what == Step.FIXED for event in events):
        lines.append(line("broken for {length}", length=lasted(incident, now=view.now)))
    return [*lines, (Code(reference(incident, events[-1].number)),)]


def reference(incident: Incident, number: int) -> str:
    """What a comment that tells of events up to a number is known by."""
    return f"{incident.label}.{number}"


def history(view: View, events: Sequence[Event], *, at_most: int) -> list[Line]:
    """A line for each event: the first one, and of more than `at_most` the newest.

    What is between may be missing from `events`, which are numbered without a gap.
    """
    left_out = max(0, events[-1].number - events[0].number + 1 - at_most)
    first, *newest = [_event(view, event) for event in [*events[:1], *events[1:][1 - at_most :]]]
    gap = [counted("{n} event is left out", "{n} events are left out", n=left_out)] if left_out else []
    return [first, *gap, *newest]


def _event(view: View, event: Event) -> Line:
    words = _ALERT_EVENTS if view.incident.kind is Kind.ALERT else _EVENTS
    what = line(words[event.what], who=event.who)
    where = [] if event.mark is None else [_mark(view.incident, event.mark, event.url)]
    return join([_clock(event.at, view), what, *where])


def _where(incident: Incident) -> Line:
    return (_mark(incident, incident.last, incident.url),)


def _first(incident: Incident) -> Span:
    """What broke first; a card that is late knows only the address of the last."""
    return _mark(incident, incident.first, incident.url if incident.failures == 1 else "")


def _mark(incident: Incident, mark: int, url: str) -> Span:
    """A build by its number; of an alert, the page that shows it."""
    label = f"#{mark}" if incident.kind is Kind.JOB else plain(line("the monitor"))
    return Link(label, url) if url else label


def _kind(incident: Incident) -> Line:
    return line("Job") if incident.kind is Kind.JOB else line("Alert")


def _starters(details: Details) -> Line:
    """Who or what started it; what is no person, in the reader's language."""
    who = [plain(line(_CAUSES[one])) if one in _CAUSES else one for one in details.story.who]
    return line("started by {who}", who=", ".join(who))


def _words(incident: Incident) -> list[Line]:
    """What an alert says for itself."""
    found = [incident.about.get("summary", ""), incident.about.get("labels", "")]
    return [(words,) for words in found if words]


def _changes(details: Details, *, at_most: int | None = None) -> list[Line]:
    story = details.story
    shown = story.changes[:at_most]
    more = len(story.changes) - len(shown) + story.more
    lines = [_change(change) for change in shown]
    if more:
        lines.append(counted("and {n} more change", "and {n} more changes", n=more))
    return [line("What changed:"), *lines] if lines else []


def _change(change: Change) -> Line:
    return join([Code(change.id), change.title, change.author])


def _clock(at: int, view: View) -> str:
    """A time of day, with the date unless that is today's."""
    then, today = moment(at).astimezone(view.zone), moment(view.now).astimezone(view.zone)
    return f"{then:%H:%M}" if then.date() == today.date() else _day(at, view)


def _day(at: int, view: View) -> str:
    """A time with its date, for what is still read tomorrow."""
    return f"{moment(at).astimezone(view.zone):%m-%d %H:%M}"
