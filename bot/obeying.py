"""A /command in a comment below a pull request: read again, and obeyed by the same rules as in a chat."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.comments import room_below
from bot.dispatch import FRESH, admit
from bot.parsing import parse
from bot.registry import registry
from bot.reply import Code, Line, Reply, line
from bot.settings import Repo
from integrations.model import InboundMessage, Kind, Note, NoteHint, Room

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.store import Claim

log = logging.getLogger(__name__)


def take_comment(sampan: "Sampan", repo: Repo, hint: NoteHint) -> "tuple[InboundMessage, Claim] | None":
    """The comment as a message that was taken on; None when there is nothing to obey in it.

    Nothing but the ids is taken from the hint. Raises IntegrationError.
    """
    note = sampan.comments.read(repo, hint.number, hint.comment_id)
    text = commands_in(note.body)
    if not text or not _is_fresh(sampan, note) or sampan.comments.is_ours(repo, note):
        return None
    room = room_below(repo, hint.number)
    staff_ids = who_is(note.author_login, sampan.settings.gitee_users)
    if len(staff_ids) != 1:
        told = Reply.of(*_unknown(note.author_login, several=bool(staff_ids)))
        about = f"unknown to us in {room}: {note.author_login}"
        sampan.store.outbox.add(Room(room), told.post(), about=about)
        return None
    message = _message(note, text, room=room, title=f"{repo.alias}#{hint.number}", staff_id=staff_ids[0])
    claim = admit(sampan, message)
    return (message, claim) if claim else None


def commands_in(body: str) -> str:
    """The lines of a comment that are commands of ours; others are for people, or other robots."""
    return "\n".join(one.line for one in parse(body).commands if _is_ours(one.line))


def _is_ours(typed: str) -> bool:
    words = typed.lstrip("/ ").split()
    return (
        bool(words) and registry.find(words[0].lower(), words[1] if len(words) > 1 else None)[0] is not None
    )


def _is_fresh(sampan: "Sampan", note: Note) -> bool:
    if note.created_at is None:
        return False
    return sampan.now().timestamp() - note.created_at.timestamp() <= FRESH


def who_is(login: str, users: Mapping[str, str]) -> list[str]:
    """The staff ids that GITEE_USERS pairs with a login."""
    return [staff_id for staff_id, one in users.items() if one.casefold() == login.casefold()]


def _unknown(login: str, *, several: bool) -> list[Line]:
    told = line("I did nothing.")
    if several:
        return [told, line("GITEE_USERS pairs several staff ids with {login}.", login=Code(login))]
    pair = Code(f"staffid={login}")
    return [told, line("I do not know who you are: ask for {pair} to be added to GITEE_USERS.", pair=pair)]


def _message(note: Note, text: str, *, room: str, title: str, staff_id: str) -> InboundMessage:
    assert note.created_at is not None
    return InboundMessage(
        delivery_id=f"{room} {note.id}",
        created_at=note.created_at.timestamp(),
        kind=Kind.TEXT,
        text=text,
        conversation_id=room,
        conversation_title=title,
        robot="",
        staff_id=staff_id,
        chat_user_id=f"comments:{note.author_login}",
        name=note.author_login,
        reply_url="",
        reply_until=0.0,
    )
