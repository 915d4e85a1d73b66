"""Every command by everybody: who may use it, and what the others are told."""

from pathlib import Path
from typing import Any

import pytest

from bot import commands
from bot.registry import registry
from bot.rights import Role
from sandbox.dingtalk.room import Room
from tests.bot.clockwork import MakeBot, Watch
from tests.support.bots import bot_and_room

commands.load()

PEOPLE = {"mei": Role.READER, "wu": Role.DEVELOPER, "chen": Role.MAINTAINER, "lin": Role.ADMIN}
NEEDED = {
    Role.READER: (
        "help",
        "ping",
        "version",
        "pr",
        "status",
        "logs",
        "locks",
        "incidents",
        "versions",
        "where",
    ),
    Role.DEVELOPER: (
        *("test", "build", "jenkins test", "audit", "cancel", "retry", "hold", "unhold"),
        *("ack", "close", "mute", "unmute", "pin", "unpin"),
    ),
    Role.MAINTAINER: ("approve", "merge", "deploy", "confirm", "rollback"),
    Role.ADMIN: ("lock", "unlock", "stop", "start"),
}
TABLE = [(name, role) for role, names in NEEDED.items() for name in names]
REFUSALS = ("This needs the role", "you can only read here", "This group can only read.")


def refusal(answer: str) -> str:
    """Which of the refusals for want of a right an answer is, if any."""
    return next((text for text in REFUSALS if text in answer.splitlines()[0]), "")


def test_every_command_is_in_the_table() -> None:
    # /whoami is for everybody too, and says itself what somebody would be refused.
    assert sorted([*(name for name, _ in TABLE), "whoami"]) == sorted(registry.specs)


@pytest.mark.parametrize(("name", "needed"), TABLE, ids=[name for name, _ in TABLE])
def test_by_role_and_before_anything_is_looked_at(watch: Watch, name: str, needed: Role) -> None:
    for who, role in PEOPLE.items():
        told = refusal(watch.ask(f"/{name}", as_=who))
        assert told == ("" if role >= needed else REFUSALS[0]), who
    writes = needed > Role.READER
    assert refusal(watch.ask(f"/{name}", senderStaffId="stranger")) == (REFUSALS[0] if writes else "")
    assert refusal(watch.ask(f"/{name}", as_="guest")) == (REFUSALS[1] if writes else "")


def test_a_name_a_flag_or_an_id_of_the_platforms_gives_no_right(watch: Watch) -> None:
    pretending: dict[str, Any] = {"senderNick": "lin", "senderId": "lin", "isAdmin": True}
    assert refusal(watch.ask("/stop x", as_="guest", **pretending)) == REFUSALS[1]
    assert refusal(watch.ask("/stop x", as_="wu", **pretending)) == REFUSALS[0]
    assert watch.store.locks.all() == []


def test_in_a_conversation_that_is_not_listed_everybody_only_reads(bot: MakeBot, watch: Watch) -> None:
    watch = bot(DINGTALK_CONVERSATIONS=watch.town.room.conversation_id)
    for name, needed in TABLE:
        told = refusal(watch.ask(f"/{name}", conversationId="elsewhere"))
        assert told == (REFUSALS[2] if needed > Role.READER else ""), name


def test_a_group_robot_knows_nobody(tmp_path: Path) -> None:
    room = Room("http://127.0.0.1:0", app_secret=None, outgoing_token="sandbox-outgoing", group_secret=None)
    everybody = {"ADMINS": "*", "MAINTAINERS": "*", "DEVELOPERS": "*", "COOLDOWN": "1000"}
    with bot_and_room(tmp_path, room, everybody) as pair:
        for name, needed in TABLE:
            told = refusal(pair.ask(f"/{name}"))
            assert told == (REFUSALS[1] if needed > Role.READER else ""), name


def test_a_refusal_names_the_variable_and_the_id(watch: Watch) -> None:
    told = watch.ask("/lock staging x", senderStaffId="0123-456")
    assert "Ask for your staff id 0123-456 to be added to ADMINS." in told
