"""The boards that cards live on in the sandbox, as a person sees and uses them; one test goes for both."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import requests

from sandbox.gitee.issues import State
from sandbox.town import Town
from sandbox.trello.seed import BOT, TODO
from sandbox.trello.things import Card


@dataclass(frozen=True)
class Seen:
    """A card that the bot made; comments are oldest first."""

    id: str
    title: str
    text: str
    comments: tuple[str, ...]
    closed: bool


class Board(ABC):
    """Cards, what people do to them, and what was asked of the system behind them."""

    env: ClassVar[Mapping[str, str]]
    create: ClassVar[str]  # the requests that write, as patterns of "METHOD /path"
    comment: ClassVar[str]
    change: ClassVar[str]

    def __init__(self, url: str) -> None:
        self._url = url
        self._before = {card.id for card in self._all()}

    def cards(self) -> list[Seen]:
        """Those that were not there before, oldest first."""
        return [card for card in self._all() if card.id not in self._before]

    def clear(self) -> None:
        """Do away with them."""
        for card in self.cards():
            self.delete(card.id)
        self.calls()

    def fault(self, **fault: Any) -> None:
        """Have it misbehave."""
        requests.put(f"{self._url}/_fault", json=fault, timeout=5).raise_for_status()

    def mend(self) -> None:
        """It behaves again."""
        requests.delete(f"{self._url}/_fault", timeout=5).raise_for_status()

    @abstractmethod
    def _all(self) -> list[Seen]: ...

    @abstractmethod
    def archive(self, card_id: str) -> None:
        """A person is through with a card."""

    @abstractmethod
    def label(self, card_id: str, name: str) -> None:
        """A person puts a label on a card."""

    @abstractmethod
    def write(self, card_id: str, text: str) -> None:
        """A person comments on a card."""

    @abstractmethod
    def delete(self, card_id: str) -> None:
        """A person throws a card away."""

    @abstractmethod
    def calls(self) -> list[str]:
        """What was asked of it since the last time somebody looked, as "METHOD /path"."""


class OnTrello(Board):
    """The demo's board."""

    env: ClassVar[Mapping[str, str]] = {}
    create, comment, change = "POST /1/cards$", "POST .*/actions/comments", "PUT /1/cards/"

    def __init__(self, town: Town) -> None:
        self._world, self._board = town.trello, town.trello.boards[0]
        super().__init__(town.trello_url)

    def archive(self, card_id: str) -> None:
        self._world.archive(self._card(card_id), by=self._person)

    def label(self, card_id: str, name: str) -> None:
        self._world.label(self._card(card_id), name)

    def write(self, card_id: str, text: str) -> None:
        self._world.comment(self._card(card_id), text, by=self._person)

    def delete(self, card_id: str) -> None:
        self._world.delete(self._card(card_id))

    def calls(self) -> list[str]:
        lines = [one.line for one in self._world.requests]
        self._world.requests.clear()
        return lines

    def move(self, card_id: str, to: str) -> None:
        """A person puts a card into another list."""
        self._world.move(self._card(card_id), self._board.list_named(to), by=self._person)

    def where(self, card_id: str) -> str:
        """The list that a card is in."""
        return self._card(card_id).column.name

    def to_do(self) -> list[str]:
        """The names of what is to do, from the top."""
        return [card.name for card in self._board.list_named(TODO).cards]

    def _all(self) -> list[Seen]:
        cards = sorted(self._board.cards.values(), key=lambda card: card.number)
        return [Seen(card.id, card.name, card.desc, _comments(card), card.closed) for card in cards]

    def _card(self, card_id: str) -> Card:
        return self._board.cards[card_id]

    @property
    def _person(self) -> Any:
        return next(one for one in self._board.members if one.username != BOT)


class OnGitee(Board):
    """The issues of a repo."""

    env: ClassVar[Mapping[str, str]] = {"TRACKER": "gitee", "TRACKER_REPO": "web"}
    create, comment, change = "POST .*/issues$", "POST .*/comments", "PATCH .*/issues/"

    def __init__(self, town: Town) -> None:
        self._gitee, self._repo = town.gitee, town.gitee.repos["acme/web"]
        super().__init__(town.gitee_url)

    def archive(self, card_id: str) -> None:
        self._repo.issue(card_id).move(State.CLOSED)

    def label(self, card_id: str, name: str) -> None:
        self._repo.issue(card_id).add_label(name)

    def write(self, card_id: str, text: str) -> None:
        issue = self._repo.issue(card_id)
        issue.add_comment(text, by=issue.commons.user("wu"))

    def delete(self, card_id: str) -> None:
        self._repo.delete_issue(card_id)

    def calls(self) -> list[str]:
        lines = [f"{one.method} {one.path}" for one in self._gitee.requests]
        self._gitee.requests.clear()
        return lines

    def _all(self) -> list[Seen]:
        return [
            Seen(
                issue.number,
                issue.title,
                issue.body,
                tuple(comment.body for comment in issue.comments),
                issue.closed,
            )
            for issue in self._repo.issues.values()
        ]


def _comments(card: Card) -> tuple[str, ...]:
    return tuple(str(one.data["text"]) for one in reversed(card.comments))
