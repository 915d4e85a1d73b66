"""How things look in the API: developer.atlassian.com/cloud/trello/guides/rest-api/object-definitions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sandbox.trello.things import Action, Board, Card, Column, Label, Member


class Views:
    """The whole of each thing, with addresses that work where `site` does."""

    def __init__(self, site: str) -> None:
        self._site = site

    def card(self, card: Card) -> dict[str, Any]:
        """A card, without what is nested in it on request."""
        link = f"{self._site}/c/{card.short_link}"
        return {
            "id": card.id,
            "name": card.name,
            "desc": card.desc,
            "closed": card.closed,
            "idBoard": card.board.id,
            "idList": card.column.id,
            "idShort": card.number,
            "idLabels": [label.id for label in card.labels],
            "labels": [self.label(label, card.board) for label in card.labels],
            "pos": card.pos,
            "due": None,
            "badges": {"comments": len(card.comments), "description": bool(card.desc)},
            "dateLastActivity": next((time(one.date) for one in card.actions), None),
            "shortLink": card.short_link,
            "shortUrl": link,
            "url": f"{link}/{card.number}",
        }

    def column(self, one: Column) -> dict[str, Any]:
        """A list."""
        own = {"id": one.id, "name": one.name, "closed": one.closed, "pos": one.pos}
        return {**own, "idBoard": one.board.id}

    def board(self, board: Board) -> dict[str, Any]:
        """A board."""
        link = f"{self._site}/b/{board.short_link}"
        own = {"id": board.id, "name": board.name, "closed": False, "shortLink": board.short_link}
        return {**own, "shortUrl": link, "url": link}

    def label(self, label: Label, board: Board) -> dict[str, Any]:
        """A label."""
        return {"id": label.id, "idBoard": board.id, "name": label.name, "color": label.color}

    def member(self, member: Member) -> dict[str, Any]:
        """An account."""
        return {"id": member.id, "username": member.username, "fullName": member.full_name}

    def action(self, action: Action) -> dict[str, Any]:
        """An action, which knows who did it."""
        return {
            "id": action.id,
            "idMemberCreator": action.member.id,
            "data": action.data,
            "type": action.type,
            "date": time(action.date),
            "memberCreator": self.member(action.member),
        }


def cut(whole: dict[str, Any], fields: str, *, keep: Iterable[str] = ()) -> dict[str, Any]:
    """The wanted fields of a thing; its id always comes along."""
    if not fields or fields == "all":
        return whole
    wanted = {"id", *keep, *fields.split(",")}
    return {name: value for name, value in whole.items() if name in wanted}


def time(moment: datetime) -> str:
    """As Trello writes a time: 2026-01-02T03:04:05.678Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
