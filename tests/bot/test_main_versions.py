"""python -m bot versions ...: what the room is told of versions, for terminals and for programs."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.store import Store
from bot.store.migrating import migrate
from bot.versions import catalog
from tests.bot.asking import NOW
from tests.bot.versions.stored import SHA, built, deploy, met

Said = pytest.CaptureFixture[str]


@pytest.fixture
def url(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Records with three versions of the mall, of which the first runs and is pinned, and one of the till."""
    monkeypatch.chdir(tmp_path)  # where no .env is
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("KEEP_VERSIONS", "1")
    migrate(database_url)
    with closing(Store(database_url, clock=lambda: NOW)) as store, store.transaction():
        built(store, 101, 102)
        store.versions.lies_at(1, path="mall/101", artifacts=["dist/商城.jar"])
        store.versions.pin(1, by="Lin (lin)")
        met(store, 103, state="failed")
        built(store, 104, service="till")
        deploy(store, "v1")
    return database_url


def run(capsys: Said, *words: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it said."""
    code = main(["versions", *words])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def told(capsys: Said, *words: str) -> Any:
    """What a program reads."""
    code, out, err = run(capsys, *words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


AT, PIPELINE = "1970-01-01T00:00:00+00:00", "https://git/116"
FIRST = f"v1  mall  success  main  {SHA}  {AT}  wu  mall/101  dist/商城.jar  101  {PIPELINE}  staging  pinned"


def test_for_people(url: str, capsys: Said) -> None:
    code, out, err = run(capsys, "list", "mall")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"v3  mall  failed  main  {SHA}  {AT}  wu  103  {PIPELINE}",
        f"v2  mall  success  main  {SHA}  {AT}  wu  102  {PIPELINE}",
        FIRST,
    ]
    assert run(capsys, "show", "v1") == (0, f"{FIRST}\n", "")
    assert run(capsys, "where") == (0, "mall  staging  v1  2023-11-14T22:13:20+00:00  Lin  b1\n", "")
    assert run(capsys, "list", "hello") == (0, "", "")


def test_programs_are_told_the_same(url: str, capsys: Said) -> None:
    with closing(Store(url, clock=lambda: NOW)) as store:
        assert told(capsys, "list", "mall") == catalog.versions(store, "mall")
        assert told(capsys, "list", "mall", "--limit", "1") == catalog.versions(store, "mall", at_most=1)
        assert told(capsys, "show", "V2") == [catalog.version(store, "v2")]
        assert told(capsys, "where") == told(capsys, "where", "mall") == catalog.where(store)
    assert told(capsys, "list", "hello") == told(capsys, "where", "till") == []


@pytest.mark.parametrize("json", [(), ("--json",)])
@pytest.mark.parametrize("label", ["v9", "latest", "v" + "9" * 30])
def test_one_that_there_is_not(url: str, capsys: Said, label: str, json: tuple[str, ...]) -> None:
    assert run(capsys, "show", label, *json) == (1, "", f"There is no version {label}.\n")


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in found]


def test_a_rehearsal_and_then_the_thing_itself(url: str, capsys: Said) -> None:
    assert ids(told(capsys, "prune", "--dry-run")) == ["v2"]  # by KEEP_VERSIONS
    assert ids(told(capsys, "prune", "--keep", "0", "--dry-run")) == ["v2", "v3", "v4"]
    assert ids(told(capsys, "prune", "till", "--keep", "0", "--dry-run")) == ["v4"]
    assert ids(told(capsys, "list", "mall")) == ["v3", "v2", "v1"]
    assert ids(told(capsys, "prune")) == ["v2"]
    assert ids(told(capsys, "list", "mall")) == ["v3", "v1"]
    assert told(capsys, "prune") == []
    assert ids(told(capsys, "prune", "--keep", "0")) == ["v3", "v4"]
    assert ids(told(capsys, "list", "mall")) == ["v1"]


@pytest.mark.parametrize(
    "words",
    [
        *((), ("list",), ("show",), ("sail",), ("list", "mall", "--limit", "-1"), ("prune", "--keep", "all")),
        *(("prune", "--keep=-1"), ("prune", "--keep", "1.5"), ("prune", "--keep", "9" * 30)),
    ],
)
def test_words_that_are_no_command(words: tuple[str, ...], capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["versions", *words])
    assert ended.value.code == 2
    assert "usage: python -m bot versions" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite:///none.db", "There are no records at DATABASE_URL yet."),
        (
            "postgresql://sampan:canary@127.0.0.1:9/sampan",
            "The versions could not be read: PostgreSQL on 127.0.0.1 cannot be reached",
        ),
    ],
)
def test_records_that_are_not_there(
    url: str, problem: str, capsys: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    assert run(capsys, "where") == (1, "", f"{problem}\n")
    assert list(tmp_path.iterdir()) == []


def test_what_is_pinned_and_let_go_again(url: str, capsys: Said) -> None:
    assert [one["pinned"] for one in told(capsys, "pin", "v2")] == [True]
    assert [one["pinned"] for one in told(capsys, "unpin", "2")] == [False]
    assert run(capsys, "pin", "v99") == (1, "", "There is no version v99.\n")


def test_what_is_new_is_none_where_it_is_the_same_commit(url: str, capsys: Said) -> None:
    assert told(capsys, "news", "v2") == [
        {"environment": "staging", "against": "v1", "changes": [], "more": 0}
    ]
    assert told(capsys, "news", "v1") == []


def test_what_is_new_cannot_be_told_without_gitlab(url: str, capsys: Said) -> None:
    with closing(Store(url, clock=lambda: NOW)) as store:
        met(store, 105, state="success", sha="a" * 40)
    assert told(capsys, "news", "v5") == [
        {"environment": "staging", "against": "v1", "changes": None, "more": 0}
    ]
