"""The command line: the database brought up to date, the audit exported, the diagnosis, the diagram."""

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.builds import TRANSITIONS, diagram
from bot.store import Store
from bot.store.migrating import files
from tests.bot.asking import MESSAGE, NOW

ROOT = Path(__file__).parents[2]
DAY = 86_400.0
OURS = [file.stem for file in files("postgresql")]

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env, and a folder of this test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")


def said(capsys: Said, *arguments: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it said."""
    code = main(list(arguments))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_migrate(database_url: str, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    # A new SQLite file gets its schema by being opened.
    first = "The database is up to date." if "sqlite" in database_url else f"Applied: {', '.join(OURS)}"
    assert said(capsys, "migrate") == (0, f"{first}\n", "")
    assert said(capsys, "migrate") == (0, "The database is up to date.\n", "")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://sampan:canary@127.0.0.1:9/sampan", "PostgreSQL on 127.0.0.1 cannot be reached"),
        ("sqlite:////nowhere/canary.db", "unable to open database file"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_database_that_cannot_be_reached(
    url: str, reason: str, command: str, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    code, out, err = said(capsys, command)
    assert (code, err) == (1, f"The database could not be brought up to date: {reason}\n")
    assert "canary" not in out + err


def test_the_diagram_is_the_table(capsys: Said) -> None:
    code, out, _ = said(capsys, "diagram")
    assert (code, out) == (0, f"{diagram()}\n")
    assert out.startswith("stateDiagram-v2\n")
    changes = [(one, other) for one in TRANSITIONS for other in TRANSITIONS[one]]
    drawn = [f"    {one} --> {other}".replace("not built", "not_built") for one, other in changes]
    assert set(drawn) <= set(out.splitlines())


def test_doctor(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = said(capsys, "doctor")
    assert (code, err) == (1, "")
    assert "❌ DINGTALK_APP_SECRET  Nobody is heard: the chat's route answers 503.\n" in out
    monkeypatch.setenv("DINGTALK_APP_SECRET", "canary")
    code, out, _ = said(capsys, "doctor", "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)
    assert "canary" not in out
    assert list(Path().iterdir()) == []


def test_doctor_where_the_language_is_wrong_too(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "klingon")
    code, out, _ = said(capsys, "doctor")
    assert code == 1
    assert "❌ LANGUAGE" in out


def write(url: str, *times: float) -> None:
    """A line of the audit for each time, in seconds."""
    moments = iter(times)
    with closing(Store(url, clock=lambda: next(moments))) as store:
        for number in range(len(times)):
            store.audit.record(
                MESSAGE,
                typed=f"/合并 {number}",
                command="merge",
                outcome="done",
                detail="two\nlines",
                calls=["Gitee PUT /x 200"],
            )


def test_the_audit_as_json_lines(capsys: Said) -> None:
    write("sqlite:///sampan.db", NOW, NOW + 0.25)
    code, out, err = said(capsys, "audit", "export")
    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {
            "time": time,
            "id": number + 1,
            "at": at,
            "delivery": "d1",
            "conversation": "room",
            "staff_id": "lead",
            "name": "Lin",
            "typed": f"/合并 {number}",
            "command": "merge",
            "outcome": "done",
            "detail": "two\nlines",
            "service": "",
            "calls": ["Gitee PUT /x 200"],
        }
        for number, (time, at) in enumerate(
            [
                ("2023-11-14T22:13:20.000+00:00", 1_700_000_000_000),
                ("2023-11-14T22:13:20.250+00:00", 1_700_000_000_250),
            ]
        )
    ]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), [0, 1, 2]),
        (("--since", "2023-11-15T06:13:20"), [0, 1, 2]),  # in Asia/Shanghai
        (("--since", "2023-11-15T06:13:21"), [1, 2]),
        (("--until", "2023-11-15T22:13:20Z"), [0]),
        (("--since", "2023-11-15", "--until", "2023-11-17T00:00"), [0, 1]),
        (("--since", "3d"), [2]),
        (("--since", "1h"), []),
    ],
)
def test_a_part_of_the_audit(options: tuple[str, ...], found: list[int], capsys: Said) -> None:
    write("sqlite:///sampan.db", NOW, NOW + DAY, datetime.now().timestamp() - 2 * DAY)
    _, out, _ = said(capsys, "audit", "export", *options)
    assert [json.loads(line)["id"] - 1 for line in out.splitlines()] == found


def test_the_audit_of_a_server_into_a_file(
    database_url: str, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    said(capsys, "migrate")
    write(database_url, *[NOW] * 1005)  # more than a page
    assert said(capsys, "audit", "export", "--output", "audit.jsonl") == (0, "", "")
    lines = Path("audit.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(1, 1006))
    assert not Path("audit.jsonl.part").exists()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///none.db", "There are no records at DATABASE_URL yet."),
        (
            "postgresql://sampan:canary@127.0.0.1:9/sampan",
            "The audit could not be exported: PostgreSQL on 127.0.0.1 cannot be reached",
        ),
    ],
)
def test_an_audit_that_is_not_there(
    url: str, told: str, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert said(capsys, "audit", "export", "--output", "audit.jsonl") == (1, "", f"{told}\n")
    assert not Path("audit.jsonl").exists()


def test_a_folder_that_cannot_be_written_to(capsys: Said) -> None:
    write("sqlite:///sampan.db", NOW)
    code, _, err = said(capsys, "audit", "export", "--output", "nowhere/audit.jsonl")
    assert code == 1
    assert err.startswith("The audit could not be exported: ")


@pytest.mark.parametrize("words", [(), ("audit",), ("audit", "export", "--since", "yesterday"), ("sail",)])
def test_words_that_are_no_command(words: tuple[str, ...], capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 2
    assert "usage: python -m bot" in capsys.readouterr().err


def test_a_reader_that_leaves_early(tmp_path: Path) -> None:
    write("sqlite:///sampan.db", *[NOW] * 2000)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = f"{sys.executable} -m bot audit export | head -n 1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")
