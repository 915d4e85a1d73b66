"""Where the cards of broken things live: whether we are let in, and find what the configuration names."""

from collections.abc import Iterator
from typing import Protocol

from bot.doctor.findings import Finding, broken, failed, setting, warning, works
from bot.doctor.systems import EACH, Known, Site, signed_in
from bot.incidents.tracker import Tracker
from bot.reply import Code, Line, line
from bot.settings import Settings
from integrations.errors import IntegrationError
from integrations.model.cards import CardRef
from integrations.transport import deadline, rehearsing

TODO, DONE = "TRELLO_TODO_LIST", "TRELLO_DONE_LIST"


class BoardList(Protocol):
    """A list of a board."""

    @property
    def name(self) -> str: ...
    @property
    def board_id(self) -> str: ...
    @property
    def archived(self) -> bool: ...


class Board(Known, Protocol):
    """A tracker with lists; None for one that is absent, or hidden."""

    def lists(self) -> tuple[BoardList | None, BoardList | None]: ...


class Place(Site, Protocol):
    """An installation that may keep cards."""

    def trello(self) -> Board: ...
    def tracker(self) -> Tracker | None: ...


def trello(site: Place) -> Iterator[Finding]:
    """The account, the list that new cards go to, and the one that is swept."""
    settings = site.settings
    if settings.tracker != "trello":
        return
    board = site.trello()
    url = setting("TRELLO_URL", value="https://api.trello.com/1")
    token = setting("TRELLO_TOKEN", line("a token that was made with TRELLO_KEY, with read and write"))
    with rehearsing():  # what would write raises
        account = yield from signed_in("Trello", board.account, site.now, url=url, credential=token)
        if account:
            try:
                yield from _lists(board, settings)
            except IntegrationError as problem:
                yield failed("Trello", problem, url=url, credential=token)


def _lists(board: Board, settings: Settings) -> Iterator[Finding]:
    with deadline(EACH):
        todo, done = board.lists()
    yield _list(TODO, todo, line("No card can be made."))
    if settings.trello_done_list:
        yield _done(done, todo)


def _done(found: BoardList | None, todo: BoardList | None) -> Finding:
    if found and todo and found.board_id != todo.board_id:
        told = line("The list {name} is on another board than that of new cards.", name=Code(found.name))
        return warning(DONE, told, setting(DONE, line("the id of a list of the same board")))
    return _list(DONE, found, line("Nothing is archived."))


def _list(variable: str, found: BoardList | None, costs: Line) -> Finding:
    fix = setting(variable, line("the id of a list that the token's account sees"))
    if found is None:
        return broken(variable, line("Trello has no such list, or hides it. {costs}", costs=costs), fix)
    if found.archived:
        told = line("The list {name} is archived. {costs}", name=Code(found.name), costs=costs)
        return broken(variable, told, fix)
    return works(variable, line("the list {name}", name=Code(found.name)))


def issues(site: Place) -> Iterator[Finding]:
    """Whether the issues that are to be the cards can be listed."""
    settings = site.settings
    tracker = site.tracker() if settings.tracker == "gitee" else None
    if tracker is None or settings.tracker_repo is None:
        return
    repo = settings.tracker_repo
    fix = setting("TRACKER_REPO", line("a repo of REPOS whose issues are switched on"))
    token = setting("GITEE_TOKEN", line("a personal access token with issues, too"))
    try:
        with deadline(EACH), rehearsing():
            tracker.find(CardRef(marker="there is none"))
    except IntegrationError as problem:
        yield failed("TRACKER_REPO", problem, url=fix, credential=token)
    else:
        yield works("TRACKER_REPO", line("The issues of {repo} can be read.", repo=Code(repo.path)))
