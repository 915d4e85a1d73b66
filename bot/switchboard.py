"""Each room by its own chat: a pull request by its comments, any other by the group's."""

from typing import TYPE_CHECKING

from bot.comments import Comments
from integrations.model import InboundMessage, Post, Room

if TYPE_CHECKING:
    from bot.dispatch import Chat


class Switchboard:
    """One chat made of two."""

    def __init__(self, group: "Chat", comments: Comments) -> None:
        self._group, self._comments = group, comments

    def _chat_of(self, conversation: str) -> "Chat":
        return self._comments if self._comments.holds(conversation) else self._group

    def may_answer(self, message: InboundMessage) -> bool:
        return self._chat_of(message.conversation_id).may_answer(message)

    def reply(self, message: InboundMessage, post: Post, *, cut: str) -> None:
        self._chat_of(message.conversation_id).reply(message, post, cut=cut)

    def carrier(self, room: Room) -> str:
        return self._chat_of(room.conversation_id).carrier(room)

    def post(self, room: Room, post: Post, *, cut: str) -> None:
        self._chat_of(room.conversation_id).post(room, post, cut=cut)
