"""Answers to what is no command: nothing, a forgotten slash, a typing error, a picture."""

from collections.abc import Sequence

from bot.ask import Ask
from bot.parsing import MAX_COMMANDS, Command, Fault, FaultKind
from bot.registry import registry
from bot.reply import Code, Line, Reply, Say, UserError, line

AROUND = 20  # characters shown before a fault


def unsupported() -> Reply:
    """To pictures, voice, files and whatever comes next."""
    return Reply.of(line("I can only read text."), line("Type a command, such as {help}.", help=_help()))


def guide(ask: Ask, others: Sequence[str]) -> Reply:
    """To a mention with nothing, or with words that are no command: help or a suggestion, never an action."""
    from bot.commands.about import overview

    for text in others:
        words = text.split()
        known, taken = registry.find(words[0].lower(), words[1] if len(words) > 1 else None)
        if known and known.name == "help":
            return overview(ask)
        said = [known.name, *words[1 + taken :]] if known else registry.nearest(words)
        if said:
            return Reply.of(_did_you_mean(ask, said))
    if others:
        return Reply.of(line("Commands begin with a slash, such as {help}.", help=_help()))
    return overview(ask)


def no_such_command(ask: Ask) -> UserError:
    """To a name nobody declared; the nearest one keeps the words that followed."""
    command = ask.command
    near = registry.nearest([command.name, *(word.text for word in command.words)])
    longer = bool(near and command.words) and " " in near[0]
    name = f"/{command.name} {command.words[0].text}" if longer else f"/{command.name}"
    lines = [line("There is no command {name}.", name=Code(name))]
    if near:
        lines.append(_did_you_mean(ask, near))
    return UserError(*lines, line("All commands: {help}", help=_help()))


def _did_you_mean(ask: Ask, words: Sequence[str]) -> Line:
    """A click only for who may run it: it would run as whoever taps it."""
    suggestion = "/" + " ".join(words)
    spec = registry.named(words[0])
    allowed = spec is not None and spec.role <= ask.role
    shown = Say(suggestion, suggestion) if allowed else Code(suggestion)
    return line("Did you mean {command}?", command=shown)


def show_fault(fault: Fault) -> Reply:
    """To a line that could not be read: what is wrong, and where."""
    if fault.kind is FaultKind.NO_NAME:
        return Reply.of(
            line("A command's name is missing after the slash."), line("All commands: {help}", help=_help())
        )
    before, after = fault.line[max(0, fault.at - AROUND) : fault.at], fault.line[fault.at :][:AROUND]
    return Reply.of(
        line("This quote is never closed, so I did nothing:"),
        line("{before} 👉 {after}", before=Code(before), after=Code(after)),
    )


def too_many(left: Sequence[Command | Fault]) -> list[Line]:
    """To the commands beyond what one message may hold."""
    told = line("One message holds at most {n} commands; these were not run:", n=MAX_COMMANDS)
    return [told, *((Code(one.line[:80]),) for one in left[:10])]


def _help() -> Say:
    return Say("/help", "/help")
