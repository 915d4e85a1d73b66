"""What has to hold after a run, as counts; and what merely happened, to show how hard it was."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.chaos.evidence import Evidence, Row
from bot.builds import OPEN
from bot.commands import load as load_commands
from bot.parsing import Command, parse
from bot.registry import registry
from bot.store.audit import AGAIN, Outcome

MERGE = ("PUT", "/merge")


@dataclass(frozen=True)
class Count:
    """One row: `wanted` is what it has to be, or None for what may be any number."""

    name: str
    value: int
    wanted: int | None = None
    which: str = ""  # some of them, to look for

    @property
    def kept(self) -> bool:
        return self.wanted in (None, self.value)


def judge(seen: Evidence) -> list[Count]:
    """Every count of a run."""
    load_commands()
    return [
        *(Count(name, value) for name, value in seen.happened.items()),
        *_of_deliveries(seen),
        *_of_commands(seen),
        *_of_builds(seen),
        *_of_merges(seen),
        *_of_messages(seen),
    ]


def table(counts: Sequence[Count]) -> str:
    """The counts to read."""
    width = max(len(count.name) for count in counts)
    return "\n".join(_row(count, width) for count in counts)


def _row(count: Count, width: int) -> str:
    row = f"{count.name:<{width}}  {count.value:>6}"
    if count.wanted is None:
        return row
    return f"{row}  {'ok' if count.kept else f'NOT {count.wanted}: {count.which}'}"


def _none(name: str, found: Iterable[object]) -> Count:
    """A count that has to be nothing."""
    those = list(found)
    return Count(name, len(those), 0, ", ".join(map(str, those[:5])))


def _of_deliveries(seen: Evidence) -> list[Count]:
    return [
        Count("messages written", seen.said),
        Count("deliveries taken on", len(seen.deliveries)),
        _none("deliveries not finished", _ids(row for row in seen.deliveries if row["finished_at"] is None)),
    ]


def _of_commands(seen: Evidence) -> list[Count]:
    ends = Counter(
        (entry.delivery, entry.typed.partition(AGAIN)[0])
        for entry in seen.audit
        if entry.outcome != Outcome.STARTED
    )
    interrupted = {row["about"].removeprefix("interrupted ") for row in _about(seen, "interrupted ")}
    typed = [(row["id"], one.line) for row in seen.deliveries for one in _commands(row)]
    # An answer goes out when every line is done, so an interruption loses the answers that were ready.
    again = {
        (row["id"], one.line)
        for row in seen.deliveries
        for one in _commands(row)
        if row["id"] in interrupted and _reads(one) and ends[row["id"], one.line]
    }
    return [
        Count("commands taken on", len(typed)),
        *(Count(f"  {name}", count) for name, count in sorted(_outcomes(seen).items())),
        Count("interrupted messages, told so", len(interrupted)),
        _none("commands without an outcome", (c for c in typed if not ends[c] and c[0] not in interrupted)),
        Count("reading commands answered again", sum(ends[command] - 1 for command in again)),
        _none("commands with two outcomes", (c for c in typed if ends[c] > 1 and c not in again)),
        _none("outcomes of what nobody typed", set(ends) - set(typed)),
    ]


def _commands(row: Row) -> list[Command]:
    return [one for one in parse(row["text"]).commands if isinstance(one, Command)]


def _reads(command: Command) -> bool:
    spec, _ = registry.find(command.name, command.words[0].text if command.words else None)
    return spec is not None and not spec.writes


def _outcomes(seen: Evidence) -> Counter[str]:
    return Counter(entry.outcome for entry in seen.audit if entry.outcome != Outcome.STARTED)


def _of_builds(seen: Evidence) -> list[Count]:
    rows = {f"b{row['id']}-{row['token']}": row for row in seen.builds}
    known = [row["id"] for marker, row in rows.items() if marker in seen.runs]
    plain = seen.ends - seen.ends_again
    asked = Counter((row["delivery"], row["job"], row["version"], row["pull"]) for row in seen.builds)
    return [
        Count("builds asked for", len(rows)),
        Count("builds that Jenkins ran", len(known)),
        _none("builds that nobody asked for", set(seen.runs) - set(rows)),
        _none("builds started twice", (marker for marker, times in seen.runs.items() if times > 1)),
        _none("triggers sent twice", (marker for marker, times in seen.triggers.items() if times > 1)),
        _none("commands that started two builds", (one for one, times in asked.items() if times > 1)),
        _none("builds left open", _ids(row for row in rows.values() if row["state"] in OPEN)),
        _none("ends not told", (f"b{number}" for number in known if not seen.ends[number])),
        _none("ends told twice", (f"b{number}" for number, times in plain.items() if times > 1)),
        Count("ends told again, and saying so", seen.ends_again.total()),
        _none("turns still held", (row["slot"] for row in seen.slots)),
    ]


def _of_merges(seen: Evidence) -> list[Count]:
    sent = [entry for entry in seen.audit if sum(all(w in call for w in MERGE) for call in entry.calls) > 1]
    return [
        Count("pull requests merged", len(seen.merges)),
        _none("pull requests merged twice", (one for one, times in seen.merges.items() if times > 1)),
        _none("merges sent twice by one command", (entry.delivery for entry in sent)),
    ]


def _of_messages(seen: Evidence) -> list[Count]:
    waiting = [row for row in seen.outbox if row["due_at"] is not None]
    given_up = [row for row in seen.outbox if row["due_at"] is None and row["sent_at"] is None]
    return [
        Count("messages that went through the outbox", len(seen.outbox)),
        _none("messages left in the outbox", (row["about"] for row in waiting)),
        _none("messages given up", (row["about"] for row in given_up)),
    ]


def _about(seen: Evidence, prefix: str) -> list[Row]:
    return [row for row in seen.outbox if row["about"].startswith(prefix)]


def _ids(rows: Iterable[Row]) -> list[object]:
    return [row["id"] for row in rows]
