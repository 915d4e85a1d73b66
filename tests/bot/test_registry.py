"""How a command is declared, found and described."""

import re
from typing import Any

import pytest

from bot.arguments import bind, usage
from bot.ask import Ask
from bot.builds import Kind, Plan, State
from bot.incidents.intake import take_in
from bot.incidents.life import Kind as What
from bot.incidents.life import Signal, Verdict
from bot.registry import DRY_RUN, Argument, Group, Option, Registry, registry
from bot.reply import Reply, UserError, line
from bot.rights import Role
from bot.store.versions import Seen
from tests.bot.asking import asked, declared, texts

SPECS = registry.specs.values()


def word(_: Ask, text: str) -> str:
    return text


def handler(*_: Any) -> Reply:
    return Reply.of(line("done"))


def with_commands(*names: str, **declaration: Any) -> Registry:
    fresh = Registry()
    for name in names:
        fresh.command(name, summary="", group=Group.ABOUT, **declaration)(handler)
    return fresh


@pytest.mark.parametrize(
    ("first", "second", "name", "taken"),
    [
        ("merge", None, "merge", 0),
        ("merge", "233", "merge", 0),
        ("合并", "233", "merge", 0),
        ("prs", None, "pr", 0),
        ("list", None, "pr", 0),
        ("jenkins", "test", "jenkins test", 1),
        ("jenkins", "TEST", "jenkins test", 1),
        ("jenkins", "build", "build", 1),
        ("jenkins", "deploy", "deploy", 1),
        ("发布", "hello", "deploy", 0),
        ("jenkins", None, None, 0),
        ("jenkins", "hello", None, 0),
        ("mergefoo", None, None, 0),
        ("", None, None, 0),
    ],
)
def test_names(first: str, second: str | None, name: str | None, taken: int) -> None:
    spec, words = registry.find(first, second)
    assert (spec.name if spec else None, words) == (name, taken)


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("mrege", "merge"),
        ("helpp", "help"),
        ("tset", "test"),
        ("depoly", "deploy"),
        ("合并吧", "合并"),
        ("xyzzy", None),
    ],
)
def test_did_you_mean(typed: str, nearest: str | None) -> None:
    assert registry.nearest([typed, "1"]) == ([nearest, "1"] if nearest else [])


@pytest.mark.parametrize(
    ("declaration", "usage"),
    [
        ({}, "/x"),
        ({"arguments": (Argument("number", word),)}, "/x <number>"),
        ({"arguments": (Argument("repo", word, required=False),)}, "/x [repo]"),
        ({"options": (Option("squash"),)}, "/x [--squash]"),
        ({"options": (Option("page", word),)}, "/x [--page n]"),
        (
            {"options": (Option("a", exclusive="m"), Option("b", exclusive="m"), Option("c"))},
            "/x [--a|--b] [--c]",
        ),
        ({"pairs": True}, "/x [key=value ...]"),
        ({"arguments": (Argument("where", word, shown="one|other"),)}, "/x <one|other>"),
        ({"options": (Option("for", word, value="2h"),)}, "/x [--for 2h]"),
        ({"role": Role.ADMIN}, "/x"),  # every command that writes takes --dry-run
    ],
)
def test_usage(declaration: dict[str, Any], usage: str) -> None:
    assert with_commands("x", **declaration).specs["x"].usage == usage


def test_a_command_without_examples_has_a_usage() -> None:
    assert texts(usage(with_commands("x").specs["x"], line("No."))) == ["No.", "Usage: /x"]


def test_one_name_is_one_command() -> None:
    with pytest.raises(ValueError, match="two commands are called /x"):
        with_commands("x", "y", aliases=("x",))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_command_has_examples_that_its_own_rules_accept(spec: Any) -> None:
    assert spec.summary
    assert spec.examples
    for example in spec.examples:
        ask = asked(example, SERVICES="myservice", DEFAULT_REPO="web")
        remember(ask)
        found, taken = declared(ask)
        assert found is spec
        try:
            bind(ask, spec, ask.command.words[taken:])
        except UserError as refusal:  # nothing waits for a code here, but it is one
            assert not any(one.startswith("Usage: ") for one in texts(refusal))


def remember(ask: Ask) -> None:
    """Have what the examples are about: a b12, which failed, an i7, as the job nightly did, and a v30."""
    for number in range(1, 31):
        ask.store.versions.meet("myservice", Seen("myservice-build", number, "success"))
    for number in range(1, 8):
        broken = Signal(Verdict.FAILURE, 1, ask.store.now())
        take_in(ask.store, What.JOB, "nightly" if number == 7 else f"job{number}", [broken])
    builds = [ask.store.builds.ask(ask.message, Plan(Kind.BUILD, "x"), marked=True) for _ in range(12)]
    ask.store.builds.change(builds[-1], State.REFUSED, look_at=None)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_names_can_be_typed(spec: Any) -> None:
    for name in (spec.name, *spec.aliases):
        assert name == name.lower()
        assert re.fullmatch(r"\S+( \S+)?", name)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.READER, {"help", "ping", "version", "whoami", "pr", "status", "logs", "locks"}),
        (Role.DEVELOPER, {"test", "build", "jenkins test", "cancel", "retry", "hold", "unhold", "audit"}),
        (Role.MAINTAINER, {"approve", "merge", "deploy", "confirm"}),
        (Role.ADMIN, {"lock", "unlock", "stop", "start"}),
    ],
)
def test_who_may_what(role: Role, names: set[str]) -> None:
    assert names <= {spec.name for spec in SPECS if spec.role is role}


def test_only_reading_needs_no_role() -> None:
    reading = {spec.name for spec in SPECS if not spec.writes}
    assert reading == {spec.name for spec in SPECS if spec.role is Role.READER} | {"audit"}


def test_what_writes_can_be_rehearsed() -> None:
    assert {spec.name for spec in SPECS if spec.writes} == {
        spec.name for spec in SPECS if DRY_RUN in spec.options
    }
