"""/confirm: exactly what was shown, once, by who may, in time."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.store.migrating import migrate
from sandbox.jenkins.jobs import Parameter, Type
from sandbox.jenkins.seed import DEPLOY
from tests.bot.clockwork import MakeBot, Watch
from tests.support.town import Place

TWO = {"SECOND_PERSON_ENVIRONMENTS": "production", "MAINTAINERS": "chen,mei"}


@pytest.fixture
def pair(bot: MakeBot) -> Watch:
    """Where production takes two."""
    watch = bot(**TWO)
    watch.job()
    return watch


def code(here: Place, text: str = "/deploy hello production 1.4.2", *, as_: str = "chen") -> str:
    """Ask for something that has to be confirmed, and give its code."""
    found = re.search(r"\[/confirm (\w{6})\]\(dtmd:", answer := here.ask(text, as_=as_))
    assert found, answer
    return found[1]


def started(watch: Watch) -> list[dict[str, object]]:
    """What Jenkins was asked to build since the last look, without our own marker."""
    posts = [one for one in watch.jenkins.requests if one.method == "POST" and "/build" in one.path]
    watch.jenkins.requests.clear()
    return [{name: value[0] for name, value in one.form.items() if name != "SAMPAN_ID"} for one in posts]


def test_what_is_shown_is_all_that_is_bound(watch: Watch) -> None:
    answer = watch.ask("/deploy hello production 1.4.2 DEBUG=true", as_="chen")
    lines = [text for text in answer.splitlines() if text]
    assert lines[:5] == [
        "**hello 1.4.2** to **production**: confirm it first.",
        "Job: hello-deploy",
        "DEBUG=true",
        "ENVIRONMENT=production",
        "VERSION=1.4.2",
    ]
    assert lines[5] == "Say yes yourself within 60 seconds:"
    assert len(answer.encode()) < 600, "it has to be read on a phone"


def test_chinese_reads_as_people_speak(bot: MakeBot) -> None:
    watch = bot(LANGUAGE="zh")
    watch.job()
    answer = watch.ask("/部署 hello production 1.4.2", as_="chen")
    assert "需要先确认" in answer and "60 秒" in answer and "/confirm " in answer
    assert not re.search(r"\b(it|yes|within|job)\b", answer.lower())


def test_a_yes_starts_exactly_what_was_shown_once(watch: Watch) -> None:
    one = code(watch, "/deploy hello production 1.4.2 DEBUG=true")
    assert started(watch) == []
    assert "is queued as " in watch.ask(f"/confirm {one.lower()}", as_="chen")
    assert started(watch) == [{"ENVIRONMENT": "production", "VERSION": "1.4.2", "DEBUG": "true"}]
    assert "There is nothing to confirm by" in watch.ask(f"/确认 {one}", as_="chen")
    assert started(watch) == []


def test_a_minute_and_no_longer(watch: Watch) -> None:
    one = code(watch)
    watch.clock.ahead += 59
    assert "is queued as " in watch.ask(f"/confirm {one}", as_="chen")
    one = code(watch)
    watch.clock.ahead += 61
    assert "There is nothing to confirm by" in watch.ask(f"/confirm {one}", as_="chen")


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("lin", "陈默 (chen)** asked for it, and has to say yes."),
        ("wu", "This needs the role maintainer"),
        ("guest", "you can only read here"),
    ],
)
def test_nobody_else_says_yes_for_the_asker(watch: Watch, who: str, told: str) -> None:
    one = code(watch)
    assert told in watch.ask(f"/confirm {one}", as_=who)
    assert "is queued as " in watch.ask(f"/confirm {one}", as_="chen"), "the code was not spent"


def test_in_another_room_a_code_means_nothing(watch: Watch) -> None:
    one = code(watch)
    told = watch.ask(f"/confirm {one}", as_="chen", conversationId="elsewhere")
    assert "There is nothing to confirm by" in told
    assert started(watch) == []


# Two persons.


def test_another_maintainer_says_yes_within_ten_minutes(pair: Watch) -> None:
    one = code(pair)
    pair.clock.ahead += 590
    answer = pair.ask(f"/confirm {one}", as_="mei")
    assert "is queued as " in answer and "陈默 (chen)** had asked for it." in answer
    one = code(pair, "/deploy hello production 1.5")
    pair.clock.ahead += 601
    assert "There is nothing to confirm by" in pair.ask(f"/confirm {one}", as_="mei")


def test_the_asker_is_not_another_under_another_name(pair: Watch) -> None:
    one = code(pair)
    assert "You asked for it yourself" in pair.ask(f"/confirm {one}", as_="chen", senderNick="梅")
    assert started(pair) == []


@pytest.mark.parametrize("who", ["wu", "guest"])
def test_only_a_maintainer_is_a_second_person(pair: Watch, who: str) -> None:
    one = code(pair)
    assert "is queued as " not in pair.ask(f"/confirm {one}", as_=who)
    assert started(pair) == []


def test_two_who_say_yes_at_once_start_one_build(bot: MakeBot, database_url: str) -> None:
    migrate(database_url)
    watch = bot(**{**TWO, "DATABASE_URL": database_url})
    watch.job()
    one = code(watch)
    before = len(watch.town.room.replies)
    with ThreadPoolExecutor(8) as pool:
        for number in range(8):
            pool.submit(watch.say, f"/confirm {one}", as_=("mei", "lin")[number % 2])
    told = [message.text for message in watch.town.room.wait_for(before + 8, timeout=20)[before:]]
    assert sum("is queued as " in text for text in told) == 1
    assert len(started(watch)) == 1


# What changed meanwhile.


def test_a_lock_that_came_between_is_told_and_costs_no_code(watch: Watch) -> None:
    one = code(watch)
    watch.ask("/lock production 双十一")
    assert "The environment **production** is locked." in watch.ask(f"/confirm {one}", as_="chen")
    watch.ask("/unlock production")
    assert "is queued as " in watch.ask(f"/confirm {one}", as_="chen")


def test_everything_stopped_between(watch: Watch) -> None:
    one = code(watch)
    watch.ask("/stop 线上故障")
    assert "Everything is stopped." in watch.ask(f"/confirm {one}", as_="chen")
    watch.ask("/start")
    assert "is queued as " in watch.ask(f"/confirm {one}", as_="chen")


RENAMED = tuple(one for one in DEPLOY if one.name != "VERSION")
NARROWER = (Parameter("ENVIRONMENT", Type.CHOICE, choices=("staging",)), *DEPLOY[1:])
WIDER = (*DEPLOY, Parameter("WIPE", Type.BOOLEAN, default="true"))


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        (RENAMED, "VERSION: the job defines no such parameter."),
        (NARROWER, "ENVIRONMENT=production: not offered."),
        (WIDER, "have changed meanwhile; ask for it again."),
    ],
)
def test_a_job_that_changed_between(watch: Watch, parameters: tuple[Parameter, ...], told: str) -> None:
    one = code(watch)
    watch.job(parameters=parameters)
    assert told in watch.ask(f"/confirm {one}", as_="chen")
    assert started(watch) == []


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"MAINTAINERS": "mei"}, "This needs the role maintainer"),
        ({"SERVICES": "shop", "GITLAB_PROJECTS": ""}, "I do not know the service hello."),
        ({"ENVIRONMENTS": "staging", "PROTECTED_ENVIRONMENTS": ""}, "hello does not go to production"),
    ],
)
def test_lists_that_changed_between(bot: MakeBot, env: dict[str, str], told: str) -> None:
    watch = bot()
    watch.job()
    one = code(watch)
    watch = bot(**env)
    assert told in watch.ask(f"/confirm {one}", as_="chen")
    assert started(watch) == []


def test_who_asked_may_still_ask_for_it(bot: MakeBot) -> None:
    watch = bot(SECOND_PERSON_ENVIRONMENTS="production")
    watch.job()
    one = code(watch)
    watch = bot(SECOND_PERSON_ENVIRONMENTS="production", MAINTAINERS="wu")
    assert "This needs the role maintainer" in watch.ask(f"/confirm {one}", as_="lin")
    assert started(watch) == []


def test_a_jenkins_that_is_down_costs_no_code(watch: Watch) -> None:
    one = code(watch)
    watch.jenkins_fault(kind="500", match="GET /job/hello-deploy")
    assert "Jenkins is having trouble" in watch.ask(f"/confirm {one}", as_="chen")
    watch.mend()
    assert "is queued as " in watch.ask(f"/confirm {one}", as_="chen")


# Guessing.


def test_whoever_guesses_has_to_wait(watch: Watch) -> None:
    one = code(watch)
    wrong = "\n".join(f"/confirm {2 * letter}ABCD" for letter in "ABCDEFGHJK")
    assert watch.ask(wrong, as_="chen").count("There is nothing to confirm by") == 10
    assert "Too many of your codes were wrong." in watch.ask(f"/confirm {one}", as_="chen")
    assert "asked for it, and has to say yes." in watch.ask(f"/confirm {one}"), "others are not affected"
    watch.clock.ahead += 660
    assert "is queued as " in watch.ask(f"/confirm {code(watch)}", as_="chen")


@pytest.mark.parametrize("word", ["K7F2Q", "K7F2QXX", "K7F2Q0", "K7F2QO", "确认码在此啊", "'%%%%%%'"])
def test_what_is_no_code(watch: Watch, word: str) -> None:
    assert "is not a code of mine." in watch.ask(f"/confirm {word}", as_="chen")
