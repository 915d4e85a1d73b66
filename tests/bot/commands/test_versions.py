"""/versions, /where, /pin and /unpin: what they say, from what is kept alone."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from bot.builds import State
from bot.parsing import Command, parse
from bot.reply import Reply, UserError
from bot.store import Store
from tests.bot.asking import MESSAGE, NOW, asked, clicks, texts, understood
from tests.bot.versions.stored import asked as requested
from tests.bot.versions.stored import built, deploy, met, move

SERVICES = {"SERVICES": "mall,till", "GITLAB_PROJECTS": "mall=acme/shop@main"}
HOUR, NOBODY = 3_600_000, {"who": "", "sha": "", "ref": ""}


class Team:
    """A room of a team whose versions are kept, and nothing outside that could be asked."""

    def __init__(self) -> None:
        self._ask = asked(**SERVICES)
        self.store: Store = self._ask.store

    def say(self, text: str) -> Reply:
        command = parse(text).commands[0]
        assert isinstance(command, Command)
        ask = replace(self._ask, message=replace(MESSAGE, text=text), command=command)
        try:
            spec, bound = understood(ask)
            return spec.run(ask, **bound)
        except UserError as refusal:
            return Reply.of(*refusal.lines)


@pytest.fixture
def team() -> Iterator[Team]:
    team = Team()
    with closing(team.store):
        yield team


def kept(store: Store) -> None:
    """v1 runs on staging and production and is pinned, v2 on nothing, v3 failed, v4 is asked for."""
    for number, hours in ((101, 48), (102, 3)):
        found = met(store, number, state="success", at=round(NOW * 1000) - hours * HOUR)
        store.versions.lies_at(found.id, path=f"mall/{number}")
    met(store, 103, state="failed", at=round(NOW * 1000) - HOUR, who="chen")
    store.versions.pin(1, by="Lin (lead)")
    deploy(store, "v1", "production")
    deploy(store, "v1", "staging")
    requested(store)


# /versions


def test_the_versions_of_a_service(team: Team) -> None:
    kept(team.store)
    answer = team.say("/versions mall")
    assert texts(answer) == [
        "The last versions of mall:",
        "v4  requested · main · just now · Lin (lin)",
        "v3  failed · main · f4b15e66 · 1 h ago · chen",
        "v2  built · main · f4b15e66 · 3 h ago · wu",
        "v1  built · main · f4b15e66 · 2 days ago · wu · runs on production, staging · 📌",
    ]
    assert clicks(answer) == [f"/versions mall v{number}" for number in (4, 3, 2, 1)]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("pending", "waits"),
        ("running", "running"),
        ("canceled", "cancelled"),
        ("dreaming", "dreaming"),
        ("not at all", "not at all"),
    ],
)
def test_how_far_one_is(team: Team, state: str, shown: str) -> None:
    met(team.store, 101, state=state, at=round(NOW * 1000), **NOBODY)
    assert texts(team.say("/versions mall")) == ["The last versions of mall:", f"v1  {shown} · just now"]


def test_ten_at_most(team: Team) -> None:
    built(team.store, *range(101, 113))
    shown = texts(team.say("/versions mall"))
    assert [text.split()[0] for text in shown[1:]] == [f"v{number}" for number in range(12, 2, -1)]


def test_there_is_none_yet(team: Team) -> None:
    assert texts(team.say("/versions till")) == ["There is no version of till yet."]


@pytest.mark.parametrize("word", ["v2", "V2", "2", "02"])
def test_one_in_full(team: Team, word: str) -> None:
    kept(team.store)
    answer = team.say(f"/versions mall {word}")
    assert texts(answer) == [
        "v2 of mall: built",
        "v2  built · main · f4b15e66 · 3 h ago · wu",
        "It lies at mall/102",
        "pipeline",
        *("New against v1 on production:", "nothing: it is the same commit"),
        *("New against v1 on staging:", "nothing: it is the same commit"),
        "Deploy it: staging · production",
    ]
    assert clicks(answer)[1:] == ["/deploy mall staging v2", "/deploy mall production v2"]


def test_what_was_archived_with_it(team: Team) -> None:
    (found,) = built(team.store, 7, service="till")
    team.store.versions.lies_at(found.id, path="till/7", artifacts=[f"dist/{n}.jar" for n in range(12)])
    shown = texts(team.say("/versions till v1"))
    assert [text for text in shown if text.startswith("dist/")] == [f"dist/{n}.jar" for n in range(10)]


def test_one_that_failed_is_not_offered(team: Team) -> None:
    kept(team.store)
    assert texts(team.say("/versions mall v3"))[:2] == [
        "v3 of mall: failed",
        "v3  failed · main · f4b15e66 · 1 h ago · chen",
    ]
    assert not any(click.startswith("/deploy") for click in clicks(team.say("/versions mall v3")))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"sha": "0" * 40}, ["New against v1 on staging:", "cannot be told"]),  # there is no GitLab to ask
        ({"sha": "0" * 40, "place": "mall-build"}, ["New against v1 on staging:", "cannot be told"]),
        ({"sha": ""}, []),  # nobody knows what is in it
    ],
)
def test_what_is_new_in_it_may_be_unknown(team: Team, other: dict[str, str], told: list[str]) -> None:
    built(team.store, 101)
    deploy(team.store, "v1")
    met(team.store, 102, state="failed", **other)
    shown = texts(team.say("/versions mall v2"))
    assert shown[3:] == told


@pytest.mark.parametrize("runs", ["1.4", "v9", "vx", "v" + "9" * 20, ""])
def test_there_is_nothing_new_against_what_is_not_known(team: Team, runs: str) -> None:
    built(team.store, 101)
    deploy(team.store, runs)
    assert not any("New against" in text for text in texts(team.say("/versions mall v1")))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/versions", "<service> is missing."),
        ("/versions mal", "I do not know the service mal."),
        ("/versions mall v9", "I know no version v9."),
        ("/versions mall v999999999999", "I know no version v999999999999."),
        ("/versions mall latest", "latest is not the name of a version."),
        ("/versions mall v9999999999999", "v9999999999999 is not the name of a version."),
        ("/versions mall b1", "b1 is not the name of a version."),
        ("/versions till v1", "v1 is of mall."),
        ("/pin v9", "I know no version v9."),
        ("/unpin", "<id> is missing."),
        ("/where mal", "I do not know the service mal."),
    ],
)
def test_refused(team: Team, line: str, told: str) -> None:
    kept(team.store)
    assert texts(team.say(line))[0] == told


# /where


def test_what_runs_where(team: Team) -> None:
    assert texts(team.say("/where")) == ["Nothing was deployed yet."]
    kept(team.store)
    everywhere = [
        *("What runs where", "mall"),
        *("production  v1 · just now · Lin · b1", "staging  v1 · just now · Lin · b2"),
    ]
    assert texts(team.say("/where")) == texts(team.say("/where MALL")) == everywhere
    assert clicks(team.say("/where")) == ["/status b1", "/status b2"]
    assert texts(team.say("/where till")) == ["Nothing was deployed yet."]


def test_a_deploy_that_failed_runs_nowhere(team: Team) -> None:
    kept(team.store)
    deploy(team.store, "v2", end=State.FAILED)
    deploy(team.store, "", "production")
    assert texts(team.say("/where mall"))[2:] == [
        *("production  ? · just now · Lin · b5", "staging  v1 · just now · Lin · b2"),
    ]


# /pin and /unpin


def test_kept_and_let_go(team: Team) -> None:
    found = built(team.store, 101)[0]
    assert texts(team.say("/pin v1")) == ["v1 of mall is kept."]
    assert texts(team.say("/versions mall"))[1].endswith(" · 📌")
    assert not team.store.versions.forget(found)
    assert texts(team.say("/unpin 1")) == ["v1 of mall is kept no longer than others."]
    assert "📌" not in texts(team.say("/versions mall"))[1]
    assert team.store.versions.forget(found)


def test_one_that_was_built_here_shows_who_asked(team: Team) -> None:
    build, _ = requested(team.store)
    move(team.store, build, State.RUNNING, State.SUCCEEDED, number=116)
    assert texts(team.say("/versions mall"))[1] == "v1  built · main · just now · Lin (lin)"
