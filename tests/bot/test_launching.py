"""One trigger that is never sent twice: what its answers mean, and who joins whom."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ask import Ask
from bot.builds import Kind, Plan, State
from bot.launching import launch, planned
from bot.parsing import Command
from sandbox.jenkins.seed import DEPLOY
from sandbox.town import Town
from tests.bot.asking import MESSAGE, texts
from tests.bot.clockwork import Watch, bot_in

UNMARKED = tuple(one for one in DEPLOY if one.name != "SAMPAN_ID")


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[Watch]:
    with bot_in(town, tmp_path) as here:
        yield here


def state(here: Watch, number: int = 1) -> State:
    build = here.store.builds.get(number)
    assert build
    return build.state


def started_in(here: Watch, room: str, *, by: str = "Wu", job: str = "hello-build") -> list[str]:
    """What a room is answered when somebody starts the build job of hello there."""
    message = replace(MESSAGE, delivery_id=f"{room} {by}", conversation_id=room, staff_id=by, name=by)
    ask = Ask(here.sampan, message, Command("", "", ()))
    plan = Plan(Kind.BUILD, job, service="hello")
    return texts(launch(ask, *planned(ask, plan, ours={})))


# What was asked for is there before the request goes out.


def test_an_id_a_link_and_the_expected_time(here: Watch) -> None:
    job = here.job()
    answer = here.ask("/deploy hello staging 1.4")
    head, outlook = answer.split("\n\n")[:2]
    assert head.startswith(
        f"b1 **hello 1.4** to **staging**: [hello-deploy]({here.jenkins.url}{job.path}) is"
    )
    assert outlook.startswith("no telling how long it takes · I tell how it ended · [cancel](")
    run, build = here.jenkins.wait_for("hello-deploy"), here.store.builds.get(1)
    assert build and run.values["SAMPAN_ID"] == build.marker
    assert run.values["VERSION"] == "1.4" and run.values["ENVIRONMENT"] == "staging"


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("401", "Jenkins refused Sampan's credential"),
        ("403", "Jenkins does not let"),
        ("404", "Jenkins does not know it"),
        ("409", "Jenkins refused to start"),
        ("429", "Jenkins"),
    ],
)
def test_a_definite_no_ends_it_at_once(here: Watch, marked: bool, fault: str, told: str) -> None:
    here.job(parameters=DEPLOY if marked else UNMARKED)
    here.jenkins_fault(kind=fault, match="POST .*/buildWithParameters")
    assert told in here.ask("/deploy hello")
    assert state(here) is State.REFUSED
    assert here.tick() == [] == here.tick(after=600)
    here.mend()
    assert "is queued" in here.ask("/deploy hello")  # the environment is free again


@pytest.mark.parametrize("fault", ["502", "503", "504", "html", "empty"])
def test_an_answer_that_is_none_and_no_build_to_be_seen(here: Watch, fault: str) -> None:
    here.job()
    here.jenkins_fault(kind=fault, match="POST .*/buildWithParameters", times=1)
    answer = here.ask("/deploy hello")
    assert "The answer of Jenkins about b1 was lost, and I do not see its build yet." in answer
    assert "I did not send it again." in answer
    assert here.tick(after=61) == []
    assert here.tick(after=200) == []
    (said,) = here.tick(after=60)
    assert "b1 **hello** to **staging**: Jenkins shows no build of it. It was sent once" in said
    assert "content=%2Fretry%20b1)" in said
    assert here.triggers() == 1
    assert "is queued" in here.ask("/deploy hello")


def test_an_answer_that_was_lost_after_the_work_was_done(here: Watch) -> None:
    here.job()
    here.jenkins_fault(kind="lost", match="POST .*/buildWithParameters", seconds=0.3, times=1)
    assert "b1 **hello** to **staging**: [hello-deploy #1](" in here.ask("/deploy hello")
    here.jenkins.wait_for("hello-deploy")
    (said,) = here.tick()
    assert "succeeded" in said
    assert here.triggers() == 1


def test_an_answer_that_was_lost_while_the_build_waits(here: Watch) -> None:
    here.job()
    here.jenkins.executors = 0
    here.jenkins_fault(kind="lost", match="POST .*/buildWithParameters", seconds=0.1, times=1)
    assert "b1 **hello** to **staging**: [hello-deploy](" in here.ask("/deploy hello")
    assert state(here) is State.QUEUED
    here.jenkins.executors = 4
    here.jenkins.wait_for("hello-deploy")
    assert len(here.tick()) == 1


def test_a_lost_answer_of_a_job_that_takes_no_marker_ends_there(here: Watch) -> None:
    here.job(parameters=UNMARKED)
    here.jenkins_fault(kind="lost", match="POST .*/buildWithParameters", seconds=0.1, times=1)
    answer = here.ask("/deploy hello")
    assert "I cannot tell whether [hello-deploy](" in answer and "I did not try again." in answer
    assert state(here) is State.LOST
    here.jenkins.wait_for("hello-deploy")
    assert here.tick() == []
    assert here.triggers() == 1


@pytest.mark.parametrize("marked", [True, False])
def test_a_process_that_died_before_it_knew(here: Watch, marked: bool) -> None:
    """The row is there; whether the request went out nobody knows any more."""
    here.job(parameters=DEPLOY if marked else UNMARKED)
    plan = Plan(Kind.DEPLOY, "hello-deploy", service="hello", environment="staging")
    build = here.store.builds.ask(
        replace(MESSAGE, conversation_id=here.town.room.conversation_id), plan, marked=marked
    )
    assert "waits for its turn" in here.ask("/deploy hello")
    assert here.tick(after=61) == []
    (said,) = here.tick(after=300)
    assert f"{build.label} **hello** to **staging**: Jenkins shows no build of it." in said
    here.tick(after=31)
    here.jenkins.wait_for("hello-deploy")  # the next one has had its turn
    assert len(here.runs()) == 1


def test_a_process_that_died_after_the_request_went_out(here: Watch) -> None:
    here.job()
    plan = Plan(Kind.DEPLOY, "hello-deploy", service="hello", environment="staging")
    room = replace(MESSAGE, conversation_id=here.town.room.conversation_id, reply_until=0.0)
    build = here.store.builds.ask(room, plan, marked=True)
    server = here.sampan.jenkins()
    server.trigger(server.find("hello-deploy"), {"SAMPAN_ID": build.marker})
    here.jenkins.wait_for("hello-deploy")
    here.tick(after=61)
    assert state(here) is State.SUCCEEDED
    assert len(here.runs()) == 1


# Who joins whom.


def test_who_asks_for_what_waits_already_joins_it(here: Watch) -> None:
    here.job("hello-build", parameters=())
    here.jenkins.executors = 0
    assert "is queued as" in started_in(here, "red", by="Lin")[0]
    for by in ("Wu", "Chen"):
        head, who = started_in(here, "red", by=by)[:2]
        assert "joined b1, which was waiting already" in head and who == "Lin had asked for it."
    assert [state(here, number) for number in (1, 2, 3)] == [State.QUEUED, State.JOINED, State.JOINED]


def test_another_room_follows_it_by_itself(here: Watch) -> None:
    here.job("hello-build", parameters=())
    here.jenkins.executors = 0
    started_in(here, "red", by="Lin")
    answer = started_in(here, "blue", by="Wu")
    assert "joined a build of hello-build that was waiting already" in answer[0]
    assert not any("Lin" in text for text in answer)
    assert "joined b1" in started_in(here, "red", by="Chen")[0]
    assert "joined b2" in started_in(here, "blue", by="Zhao")[0]
    assert [state(here, number) for number in (1, 2, 3, 4)] == [
        State.QUEUED,
        State.QUEUED,
        State.JOINED,
        State.JOINED,
    ]


def test_what_has_begun_is_not_joined(here: Watch) -> None:
    here.job("hello-build", parameters=())
    started_in(here, "red", by="Lin")
    here.jenkins.wait_for("hello-build")
    assert "is queued as" in started_in(here, "red", by="Wu")[0]


def test_what_somebody_else_has_started_is_joined_and_followed(here: Watch) -> None:
    here.job(parameters=UNMARKED)
    here.jenkins.executors = 0
    server = here.sampan.jenkins()
    server.trigger(server.find("hello-deploy"), {"ENVIRONMENT": "staging"})
    assert "joined a build of [hello-deploy](" in here.ask("/deploy hello")
    here.jenkins.executors = 4
    here.jenkins.wait_for("hello-deploy")
    assert "succeeded" in here.tick()[0]
    assert len(here.runs()) == 1
