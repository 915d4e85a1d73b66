"""`python -m bot chat`: the same answers without any chat platform, in the sandbox or for real."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import load
from bot.terminal import talk
from sandbox.town import Town
from tests.bot.asking import TEAM
from tests.bot.test_main_serve import ROOT
from tests.integrations.loopback import Port, saying


def chat(folder: Path, said: str, *options: str, **env: str) -> str:
    """What a terminal shows when these lines are piped in."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", *options],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANGUAGE": "en", **env},
        input=said,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_sandbox_to_talk_to(tmp_path: Path) -> None:
    shown = chat(tmp_path, "/pr\n/test 1\n/approve 1\n/merge 1\nmerge 2\n", "--as", "chen")
    assert "Everything here is a sandbox. You are chen." in shown
    told = [
        "open pull requests in web",
        "marked as tested at",
        "approved at",
        "merged into main",
        "Did you mean",
    ]
    found = [shown.find(one) for one in told]
    assert -1 not in found and found == sorted(found)


def test_a_token_means_the_real_thing(tmp_path: Path) -> None:
    with Port(saying(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) as proxy:
        real = {"GITEE_TOKEN": "canary", "REPOS": "web=acme/web", "HTTPS_PROXY": proxy.url}
        shown = chat(tmp_path, "/pr\n", **real)
        heard = [one.partition(b" HTTP/")[0] for one in proxy.heard]
    assert "Gitee     https://gitee.com/api/v5" in shown and "sandbox" not in shown
    assert heard and set(heard) == {b"CONNECT gitee.com:443"}
    assert "Gitee " in shown.partition("> ")[2] and "canary" not in shown


class Talked:
    """Conversations in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch

    def __call__(self, *lines: str, by: str = "lead", **env: str) -> list[str]:
        shown: list[str] = []
        self.monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        settings = load({**TEAM, "DATABASE_URL": f"sqlite:///{self.folder}/sampan.db", **env})
        talk(settings, staff_id=by, show=shown.append)
        return shown


@pytest.fixture
def talked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Talked:
    return Talked(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/merge x", "  x is not a pull request number."),
        ("merge 233", "  Did you mean /merge 233?"),
        (
            "/deploy",
            "  hello  staging: /deploy hello staging · production: /deploy hello production (asks first)",
        ),
        ("", "  Sampan can do this for you"),
    ],
)
def test_each_line_is_answered(talked: Talked, line: str, shown: str) -> None:
    (answer,) = talked(line)
    assert shown in answer.splitlines()


def test_nobody_is_more_than_their_staff_id_says(talked: Talked) -> None:
    told = "  This needs the role maintainer, which you do not have."
    assert [answer.splitlines()[0] for answer in talked("/merge 1 web", "/deploy", by="dev")] == [told] * 2


def test_a_link_shows_where_it_leads(talked: Talked) -> None:
    with Town() as town:
        (answer,) = talked("/pr 1", **{**town.environment, "LANGUAGE": "en"})
        assert f"#1 <{town.gitee_url}/acme/web/pulls/1>" in answer and "](" not in answer
