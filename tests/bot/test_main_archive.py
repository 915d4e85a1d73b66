"""`python -m bot archive`: what has been done for two weeks leaves the board, or is listed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from bot.__main__ import main
from sandbox.serving import serving
from sandbox.trello import seed
from sandbox.trello.app import create_app
from sandbox.trello.things import Board, Card
from sandbox.trello.world import World

Said = pytest.CaptureFixture[str]
NO_LIST = "There is no Done list: set TRACKER=trello and TRELLO_DONE_LIST.\n"


class Desk:
    """An empty board, the variables of a bot that works on it, and its command line."""

    def __init__(self, url: str, world: World, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
        self.url, self.world, self.capsys, self.set = url, world, capsys, monkeypatch.setenv
        self.board: Board = world.boards[0]
        for card in list(self.board.cards.values()):
            world.delete(card)
        lists = {"TODO": seed.TODO, "DONE": seed.DONE}
        for name, value in {
            "TRACKER": "trello",
            "TRELLO_URL": f"{url}/1",
            "TRELLO_KEY": seed.KEY,
            "TRELLO_TOKEN": seed.TOKEN,
            **{f"TRELLO_{key}_LIST": self.board.list_named(name).id for key, name in lists.items()},
        }.items():
            self.set(name, value)

    def card(self, name: str, *, days: float, label: str = "") -> Card:
        """A card that was done so many days ago."""
        self.world.clock.pass_time(-timedelta(days=days))
        card = self.world.add_card(self.board.list_named(seed.DONE), name)
        self.world.clock.pass_time(timedelta(days=days))
        if label:
            self.world.label(card, label)
        return card

    def archive(self, *options: str) -> tuple[int, list[str], str]:
        """The exit code, the lines without their dates and addresses, and what went wrong."""
        code = main(["archive", *options])
        shown = self.capsys.readouterr()
        assert seed.TOKEN not in shown.out + shown.err
        return (
            code,
            [line.split("  ")[1] if "  " in line else line for line in shown.out.splitlines()],
            shown.err,
        )

    def fault(self, **fault: object) -> None:
        requests.put(f"{self.url}/_fault", json=fault, timeout=5).raise_for_status()

    @property
    def archived(self) -> list[str]:
        return [card.name for card in self.board.cards.values() if card.closed]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIMEZONE", "UTC")
    world = World()
    seed.seed(world)
    with serving(create_app(world)) as url:
        yield Desk(url, world, monkeypatch, capsys)


def test_it_lists_what_it_would_archive(desk: Desk, capsys: Said) -> None:
    old = desk.card("证书续期", days=20)
    desk.card("昨天的", days=1)
    when = (desk.world.clock.now() - timedelta(days=20)).strftime("%Y-%m-%d %H:%M")
    assert main(["archive", "--dry-run"]) == 0
    shown = capsys.readouterr()
    (row, total), address = shown.out.splitlines(), f"{desk.url}/c/{old.short_link}"
    assert (row, total, shown.err) == (f"{when}  证书续期  {address}", "1 would be archived.", "")
    assert desk.archived == []
    assert not Path("sampan.db").exists()


def test_it_archives_the_oldest_first_and_keeps_what_is_to_be_kept(desk: Desk) -> None:
    for name, days, label in (
        ("newer", 14.1, ""),
        ("older", 30, "urgent"),
        ("manual", 99, "keep"),
        ("MANUAL", 99, "Keep"),
        ("fresh", 13.9, ""),
    ):
        desk.card(name, days=days, label=label)
    assert desk.archive() == (0, ["older", "newer", "2 archived."], "")
    assert sorted(desk.archived) == ["newer", "older"]
    assert desk.archive() == (0, ["0 archived."], "")


def test_how_old_is_a_variable(desk: Desk) -> None:
    desk.card("昨天的", days=1)
    desk.set("ARCHIVE_AFTER_DAYS", "1")
    assert desk.archive("--dry-run") == (0, ["昨天的", "1 would be archived."], "")


def test_fifty_at_most_and_the_rest_the_next_time(desk: Desk) -> None:
    for number in range(60):
        desk.card(f"card{number}", days=100 - number)
    desk.world.limits.on = False
    code, lines, _ = desk.archive()
    assert (code, lines[0], lines[49:]) == (0, "card0", ["card49", "50 archived."])
    assert desk.archive()[1][-1] == "10 archived."


@pytest.mark.parametrize(
    "env",
    [
        {"TRACKER": "none"},
        {"TRELLO_DONE_LIST": ""},
        {"TRACKER": "gitee", "GITEE_TOKEN": "t", "REPOS": "w=a/w"},
    ],
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_without_a_done_list(desk: Desk, env: dict[str, str], options: tuple[str, ...]) -> None:
    for name, value in env.items():
        desk.set(name, value)
    assert desk.archive(*options) == (1, [], NO_LIST)


def test_a_tracker_that_is_down_is_named(desk: Desk) -> None:
    desk.card("证书续期", days=20)
    desk.fault(kind="503")
    code, lines, told = desk.archive()
    assert (code, lines) == (1, [])
    assert told.startswith("The Done list could not be read: Trello")
    assert desk.archived == []


def test_a_token_that_is_not_good(desk: Desk) -> None:
    desk.set("TRELLO_TOKEN", "canary")
    code, lines, told = desk.archive()
    assert (code, lines) == (1, [])
    assert told.startswith("The Done list could not be read: ") and "canary" not in told


def test_a_tracker_that_fails_in_the_middle_is_left_alone(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        desk.card(f"card{number}", days=30 - number)
    desk.fault(kind="503", match="PUT")
    code, lines, _ = desk.archive()
    assert (code, lines) == (1, ["card0", "card1", "card2", "0 archived."])
    assert len([one for one in desk.world.requests if one.method == "PUT"]) == 1
    assert "stays in the Done list until the next hour" in caplog.text


def test_words_it_does_not_know(desk: Desk) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["archive", "--all"])
    assert ended.value.code == 2
