"""What a person does to a card on its page: the forms, and what each of them does."""

from collections.abc import Callable
from html import escape
from urllib.parse import parse_qsl

from sandbox.trello.things import Action, Card
from sandbox.trello.world import World

Deed = Callable[[World, Card, dict[str, str]], bool]
TOLD = {"createCard": "创建了卡片", "copyCard": "复制了卡片", "commentCard": "写了评论"}


def form(body: bytes) -> dict[str, str]:
    """The fields of a form; browsers send the ends of lines as HTTP has them."""
    fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: value.replace("\r\n", "\n") for name, value in fields}


def _move(world: World, card: Card, form: dict[str, str]) -> bool:
    to = next((one for one in card.board.lists if one.id == form.get("list")), None)
    if to is not None:
        world.move(card, to, pos="top")
    return to is not None


def _archive(world: World, card: Card, _: dict[str, str]) -> bool:
    world.archive(card, closed=not card.closed)
    return True


def _label(world: World, card: Card, form: dict[str, str]) -> bool:
    name = form.get("name", "").strip()
    if any(label.name == name for label in card.labels):
        world.unlabel(card, name)
    elif name:
        world.label(card, name)
    return bool(name)


def _comment(world: World, card: Card, form: dict[str, str]) -> bool:
    text = form.get("text", "").strip()
    by = next((one for one in card.board.members if one.username == form.get("as")), None)
    if text and by:
        world.comment(card, text, by=by)
    return bool(text and by)


def _delete(world: World, card: Card, _: dict[str, str]) -> bool:
    world.delete(card)
    return True


DEEDS: dict[str, Deed] = {
    "move": _move,
    "archive": _archive,
    "label": _label,
    "comment": _comment,
    "delete": _delete,
}


def move_form(card: Card) -> str:
    """Into which list; the one where it stands is chosen."""
    choices = "".join(
        f'<option value="{one.id}"{" selected" if one is card.column else ""}>{escape(one.name)}</option>'
        for one in card.board.lists
    )
    return _form(card, "move", f'<select name="list" aria-label="列表">{choices}</select>', "移动")


def label_button(card: Card, name: str, *, on: bool) -> str:
    """Put a label on, or take it off."""
    field = f'<input type="hidden" name="name" value="{escape(name)}">'
    return _form(card, "label", field, f"{'去掉' if on else '标记'} {name}")


def archive_button(card: Card) -> str:
    """Into the archive, or out of it."""
    return _form(card, "archive", "", "取消归档" if card.closed else "归档")


def delete_button(card: Card) -> str:
    """For good."""
    return _form(card, "delete", "", "删除", style="danger")


def comment_form(card: Card) -> str:
    """As any member of the board."""
    people = "".join(
        f'<option value="{escape(one.username)}">{escape(one.full_name)}</option>'
        for one in card.board.members
    )
    fields = (
        '<textarea name="text" rows="2" required aria-label="评论"></textarea>'
        f'<select name="as" aria-label="以谁的身份">{people}</select>'
    )
    return _form(card, "comment", fields, "评论", wide=True)


def told(action: Action) -> str:
    """One line of a card's story."""
    data = action.data
    if "listAfter" in data:
        return f"把它从 {data['listBefore']['name']} 移到 {data['listAfter']['name']}"
    if "closed" in data.get("old", {}):
        return "取消了归档" if data["old"]["closed"] else "把它归档了"
    return TOLD.get(action.type, "修改了卡片")


def _form(card: Card, deed: str, fields: str, button: str, *, style: str = "", wide: bool = False) -> str:
    return (
        f'<form method="post" action="/c/{card.short_link}/{deed}"{" class=wide" if wide else ""}>'
        f'{fields}<button class="{style}">{escape(button)}</button></form>'
    )
