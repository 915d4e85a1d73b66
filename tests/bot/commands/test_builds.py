"""/jenkins, /build and /deploy over a build server that really runs jobs."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.app import create_app as create_bot
from sandbox.jenkins.app import create_app as create_jenkins
from sandbox.jenkins.jobs import Parameter, Type
from sandbox.serving import serving
from tests.support.town import Place, place, wait_until


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """A place where one service's build job takes our mark."""
    with place(SERVICES="hello,shop,marked", GITLAB_PROJECTS="") as here:
        here.town.jenkins.add_job("marked-build", script="true", parameters=(Parameter("SAMPAN_ID"),))
        yield here


def calls(here: Place) -> list[str]:
    found = [f"{one.method} {one.path}" for one in here.town.jenkins.requests]
    here.town.jenkins.requests.clear()
    return found


def test_a_deploy_really_happens(here: Place) -> None:
    calls(here)
    answer = here.ask("/deploy hello staging 1.4.2", as_="chen")
    assert "**hello 1.4.2** to **staging**: [hello-deploy](" in answer and "is queued as " in answer
    made = calls(here)
    assert len(made) <= 3 and sum(call.startswith("POST") for call in made) == 1
    deployed = here.town.root / "jenkins/hosts/staging/hello/VERSION"
    wait_until(lambda: deployed.exists() and "1.4.2" in deployed.read_text())


def test_parameters_travel_in_the_form_and_not_in_the_address(here: Place) -> None:
    calls(here)
    here.ask("/deploy shop staging 1.4.3 DEBUG=true")
    (sent,) = (one for one in here.town.jenkins.requests if one.method == "POST")
    assert not sent.query
    assert sent.form["ENVIRONMENT"] == ["staging"] and sent.form["VERSION"] == ["1.4.3"]
    assert sent.form["DEBUG"] == ["true"] and sent.form["SAMPAN_ID"][0].startswith("b")


@pytest.mark.parametrize("line", ["/build hello", "/jenkins build hello", "/构建 hello"])
def test_build(here: Place, line: str) -> None:
    answer = here.ask(line, as_="wu")
    assert " build of **hello**: " in answer
    assert "[hello-build](" in answer or "which was waiting already" in answer


def test_jenkins_test(here: Place) -> None:
    assert "test of **hello**: [hello-test](" in here.ask("/jenkins test hello", as_="wu")


def test_the_environment_that_is_not_given_is_the_first_unprotected_one(here: Place) -> None:
    assert "**hello** to **staging**" in here.ask("/jenkins deploy hello")


REFUSED = [
    ("/deploy hello production", "**hello** to **production**: confirm it first."),
    ("/deploy hello ENVIRONMENT=production", "confirm it first."),
    ("/deploy hello environment=production", "confirm it first."),
    ("/deploy hello staging ENVIRONMENT=production", "ENVIRONMENT is given twice, and differently."),
    ("/deploy hello stagign", "I do not know the environment stagign."),
    ("/deploy hello VERSION=../../x", "../../x is not a version."),
    ("/deploy unknown", "I do not know the service unknown."),
    ("/deploy production", "production is an environment; name the service before it."),
    ("/deploy ../../x", "I do not know the service ../../x."),
    ("/deploy hello staging BRANHC=x", "BRANHC: the job defines no such parameter. It has: "),
    ("/deploy hello staging SAMPAN_ID=b1", "SAMPAN_ID cannot be given by hand here."),
    ("/build hello pr_number=1", "pr_number cannot be given by hand here."),
    ("/jenkins test hello ENVIRONMENT=production", "ENVIRONMENT cannot be given by hand here."),
    ("/jenkins", "There is no command /jenkins."),
]


@pytest.mark.parametrize(("line", "told"), REFUSED)
def test_refused_before_anything_starts(here: Place, line: str, told: str) -> None:
    calls(here)
    assert told in here.ask(line)
    assert [call for call in calls(here) if call.startswith("POST")] == []


def test_a_value_the_job_does_not_offer_is_named() -> None:
    with place(ENVIRONMENTS="staging,moon", PROTECTED_ENVIRONMENTS="") as here:
        answer = here.ask("/deploy hello moon")
        assert "ENVIRONMENT=moon: not offered. It offers: staging · production" in answer


def test_a_job_that_is_not_there() -> None:
    with place(SERVICES="ghost", GITLAB_PROJECTS="") as here:
        answer = here.ask("/build ghost")
        assert "Jenkins has no job ghost-build" in answer


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("401", "Jenkins refused Sampan's credential. Check JENKINS_USER, JENKINS_TOKEN."),
        ("403", "Jenkins does not let Sampan's account do that."),
        ("500", "Jenkins is having trouble (500)."),
        ("502", "Jenkins did not answer in time."),
        ("html", "Jenkins answered with something else than its API does"),
        ("empty", "Jenkins answered with something else than its API does"),
        ("redirect", "Jenkins answered with something else than its API does"),
    ],
)
def test_a_build_server_that_fails_is_named(here: Place, kind: str, told: str) -> None:
    here.jenkins_fault(kind=kind)
    assert told in here.ask("/build hello")


def test_a_lost_trigger_is_found_by_our_own_id(here: Place) -> None:
    calls(here)
    here.jenkins_fault(kind="lost", match="POST", seconds=0.1, times=1)
    assert "[marked-build](" in (answer := here.ask("/build marked")) and "has started" in answer
    assert sum(call.startswith("POST") for call in calls(here)) == 1


KEEPS_LOOKING = ("I do not see its build yet.", "I did not send it again. I keep looking for it")
CANNOT_TELL = ("I cannot tell whether [hello-build](", "I did not try again.")


@pytest.mark.parametrize("kind", ["500", "502", "503", "504", "html", "empty", "201"])
@pytest.mark.parametrize(("service", "told"), [("marked", KEEPS_LOOKING), ("hello", CANNOT_TELL)])
def test_a_trigger_that_may_have_worked_is_not_repeated(
    here: Place, kind: str, service: str, told: tuple[str, str]
) -> None:
    calls(here)
    here.jenkins_fault(kind=kind, match="POST", times=1)
    answer = here.ask(f"/build {service}")
    assert [part for part in told if part not in answer] == []
    made = calls(here)
    assert sum(call.startswith("POST") for call in made) == 1
    assert ("GET /queue/api/json" in made) is (service == "marked")


def without_location(app: ASGIApp) -> ASGIApp:
    """The same server behind a proxy that drops where things are."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def dropping(message: Message) -> None:
            headers = [pair for pair in message.get("headers", []) if pair[0] != b"location"]
            await send({**message, "headers": headers} if "headers" in message else message)

        await app(scope, receive, dropping)

    return wrapped


def test_a_trigger_that_does_not_say_where_is_found_by_our_own_id() -> None:
    with place() as here, serving(without_location(create_jenkins(here.town.jenkins))) as url:
        bot = create_bot({**here.town.environment, "LANGUAGE": "en", "JENKINS_URL": url})
        with serving(bot) as here.town.room.bot_url:
            answer = here.ask("/deploy hello staging")
        assert "b1 **hello** to **staging**: " in answer
        assert "is queued as" in answer or "has started" in answer
        assert sum(call.startswith("POST") for call in calls(here)) == 1


def test_a_store_that_locks_while_jenkins_answers_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.sqlite.WAIT", 0.2)
    with (
        place(ANSWER_FIRST="no") as here,
        closing(sqlite3.connect(here.town.root / "sampan.db", isolation_level=None)) as other,
        ThreadPoolExecutor(1) as room,
    ):
        here.ask("/ping")  # so that the tables are there
        here.jenkins_fault(kind="slow", match="POST", seconds=0.5)
        delivered = room.submit(here.town.room.deliver, "/deploy hello staging")
        wait_until(lambda: bool(other.execute("SELECT 1 FROM builds").fetchone()))
        other.execute("BEGIN IMMEDIATE")
        assert delivered.result().status_code == 200  # though nothing could be marked as finished
        assert "is queued as" in here.town.room.replies[-1].text
        other.execute("ROLLBACK")


def test_a_build_that_waits_already_is_joined() -> None:
    with place(SERVICES="plain", GITLAB_PROJECTS="") as here:
        here.town.jenkins.add_job("plain-build", script="sleep 1")
        first = here.ask("/build plain", as_="wu")
        second = here.ask("/build plain", as_="chen")
        assert "is queued" in first
        assert "joined b1, which was waiting already" in second and "吴越 (wu) had asked for it." in second


def test_a_disabled_job() -> None:
    with place(SERVICES="off", GITLAB_PROJECTS="") as here:
        here.town.jenkins.add_job("off-build", script="true", disabled=True)
        assert "The job [off-build](" in here.ask("/build off")
        assert "is disabled." in here.ask("/build off")


def test_deploy_alone_lists_what_there_is(here: Place) -> None:
    answer = here.ask("/deploy")
    assert "**hello**  [staging](dtmd://" in answer and "[production](" in answer and "(asks first)" in answer


def test_what_is_missing_is_named() -> None:
    with place(JENKINS_TOKEN="", GITEE_TOKEN="") as here:
        assert "Jenkins is not configured: set JENKINS_TOKEN." in here.ask("/build hello")
        assert "Gitee is not configured: set GITEE_TOKEN." in here.ask("/pr")


def test_a_password_is_not_taken_from_the_chat(here: Place) -> None:
    parameters = (Parameter("KEY", Type.PASSWORD),)
    here.town.jenkins.add_job("secret-build", script="true", parameters=parameters)
    with place(SERVICES="secret", GITLAB_PROJECTS="", JENKINS_URL=here.town.jenkins_url) as other:
        told = other.ask("/build secret KEY=hunter2")
    assert "KEY: a password is not typed where others read; keep it on the build server." in told
    assert "hunter2" not in told
    assert not here.town.jenkins.jobs["secret-build"].builds
