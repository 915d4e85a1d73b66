"""/retry: what failed, once more, with the rights of today; never something old, or somebody else's."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.builds import Kind, Plan, State
from tests.bot.asking import MESSAGE
from tests.bot.clockwork import MakeBot, Watch

NOTHING = "Nothing of yours failed here lately; name the build: /retry b12"


def failed_build(watch: Watch, text: str = "/deploy hello staging 1.4", *, as_: str = "chen") -> None:
    """Ask for a build that fails, and have its end told."""
    watch.job(script="exit 1")
    watch.ask(text, as_=as_)
    watch.jenkins.wait_for("hello-deploy")
    assert "failed" in watch.tick()[0]


def failing_merge(watch: Watch, *, as_: str = "chen") -> int:
    """Ask for a merge while Gitee is down."""
    number = watch.new_pull().number
    watch.gitee_fault(kind="500")
    assert "Gitee is having trouble" in watch.ask(f"/merge {number}", as_=as_)
    watch.mend()
    return number


# Builds.


@pytest.mark.parametrize("line", ["/retry b1", "/retry", "/重试 B1", "/retry 1"])
def test_a_new_build_with_the_same_parameters(watch: Watch, line: str) -> None:
    failed_build(watch, "/deploy hello staging 1.4 DEBUG=true")
    watch.ask("/status b1", as_="chen")
    watch.ask("/logs b1", as_="chen")
    assert re.match(r"b2 \*\*hello 1.4\*\* to \*\*staging\*\*: .* is queued as", watch.ask(line, as_="chen"))
    again = watch.jenkins.wait_for("hello-deploy", 2)
    assert {**again.values, "SAMPAN_ID": ""} == {
        "ENVIRONMENT": "staging",
        "VERSION": "1.4",
        "DEBUG": True,
        "SAMPAN_ID": "",
    }


@pytest.mark.parametrize(
    ("since", "as_"),
    [
        ("/hold 0 web", "chen"),  # refused
        ("/lock staging 维护", "lin"),  # another success
    ],
)
def test_nothing_is_repeated_once_something_else_was_tried(watch: Watch, since: str, as_: str) -> None:
    failed_build(watch, as_=as_)
    watch.ask(since, as_=as_)
    watch.triggers()
    assert NOTHING in watch.ask("/retry", as_=as_)
    assert watch.triggers() == 0


def test_nothing_old_nothing_of_others_nothing_of_other_rooms(watch: Watch) -> None:
    failed_build(watch)
    watch.triggers()
    assert NOTHING in watch.ask("/retry")
    assert NOTHING in watch.ask("/retry", as_="chen", conversationId="elsewhere")
    watch.clock.ahead += 25 * 3600
    assert NOTHING in watch.ask("/retry", as_="chen")
    assert watch.triggers() == 0


def test_nothing_after_a_success_and_nothing_that_still_runs(watch: Watch) -> None:
    watch.job(script="sleep 0.3")
    watch.ask("/deploy hello", as_="chen")
    assert "is not over yet" in watch.ask("/retry b1", as_="chen")
    assert NOTHING in watch.ask("/retry", as_="chen")
    watch.jenkins.wait_for("hello-deploy")
    assert "succeeded" in watch.tick()[0]
    assert NOTHING in watch.ask("/retry", as_="chen")
    assert "b2 **hello**" in watch.ask("/retry b1", as_="chen"), "whoever names it means it"


@pytest.mark.parametrize(
    ("who", "told"),
    [("wu", "This needs the role maintainer"), ("guest", "you can only read here")],
)
def test_who_may_not_start_it_may_not_start_it_again(watch: Watch, who: str, told: str) -> None:
    failed_build(watch)
    watch.triggers()
    assert told in watch.ask("/retry b1", as_=who)
    assert watch.triggers() == 0


@pytest.mark.parametrize(
    ("word", "told"),
    [
        *((word, f"I know no build {word}.") for word in ("b999", "b999999999999", "b0", "0", "B00")),
        *(
            (word, f"{word} is not the name of a build.")
            for word in ("b9999999999999999999", "i7", "b1x", "-1", "b", "b٣")
        ),
    ],
)
def test_what_is_no_build(watch: Watch, word: str, told: str) -> None:
    assert told in watch.ask(f"/retry {word}", as_="chen")


def test_a_build_from_before_anything_was_kept_of_it_is_not_repeated(watch: Watch) -> None:
    """It may have been a deploy to anywhere: the migration knows only its job."""
    watch.store.builds.ask(MESSAGE, Plan(Kind.BUILD, "hello-deploy"), marked=False)
    with watch.store.transaction() as connection:
        connection.execute("UPDATE builds SET state = 'lost', look_at = NULL")
    watch.triggers()
    assert "b1 build of **hello-deploy**: lost from sight" in watch.ask("/status b1", as_="wu")
    assert "What that build was for was not kept" in watch.ask("/retry b1", as_="wu")
    assert watch.triggers() == 0


def test_a_deploy_kept_without_an_environment_is_not_repeated_where_there_are_some(watch: Watch) -> None:
    message = replace(MESSAGE, conversation_id=watch.town.room.conversation_id, staff_id="lin")
    plan = Plan(Kind.DEPLOY, "hello-deploy", service="hello")
    build = watch.store.builds.ask(message, plan, marked=True)
    watch.store.builds.change(build, State.FAILED, look_at=None)
    assert "does not go to" in watch.ask(f"/retry {build.label}")


def test_a_protected_environment_asks_again(bot: MakeBot, watch: Watch) -> None:
    failed_build(watch)
    watch.triggers()
    now = bot(PROTECTED_ENVIRONMENTS="staging")
    assert "confirm it first." in now.ask("/retry b1", as_="chen")
    assert now.triggers() == 0


TODAY = [
    ({"SERVICES": "shop", "GITLAB_PROJECTS": ""}, "I do not know the service hello."),
    ({"ENVIRONMENTS": "production"}, "hello does not go to staging from here."),
    ({"MAINTAINERS": "wu"}, "This needs the role maintainer"),
]


@pytest.mark.parametrize(("env", "told"), TODAY)
def test_the_lists_of_today_count(bot: MakeBot, env: dict[str, str], told: str) -> None:
    watch = bot()
    failed_build(watch)
    watch.triggers()
    watch = bot(**{"DEVELOPERS": "wu,chen", **env})
    assert told in watch.ask("/retry b1", as_="chen")
    assert watch.triggers() == 0


def test_a_room_that_may_not_go_there_does_not_by_retrying(bot: MakeBot, tmp_path: Path) -> None:
    file = tmp_path / "sampan.toml"
    file.write_text("[conversations.interns]\nenvironments = ['production']")
    watch = bot(SAMPAN_CONFIG=str(file))
    failed_build(watch)
    told = watch.ask("/retry b1", as_="chen", conversationId="interns")
    assert "hello does not go to staging from here." in told


def test_a_services_own_people_retry_and_cancel_what_is_theirs(bot: MakeBot, tmp_path: Path) -> None:
    file = tmp_path / "sampan.toml"
    file.write_text("[services.hello]\nmaintainers = ['wu']\n[services.shop]\nmaintainers = []")
    watch = bot(SAMPAN_CONFIG=str(file))
    failed_build(watch, as_="wu")
    assert "b2 **hello 1.4**" in watch.ask("/retry", as_="wu")
    watch.jenkins.wait_for("hello-deploy", 2)
    assert "This needs the role " in watch.ask("/retry b1", as_="chen")


# Commands.


def test_a_command_that_failed_is_repeated(watch: Watch) -> None:
    number = failing_merge(watch)
    answer = watch.ask("/retry", as_="chen")
    assert answer.startswith(f"Again: /merge {number}") and " merged into " in answer
    assert NOTHING in watch.ask("/retry", as_="chen"), "never an old one after a success"
    typed = [entry.typed for entry in watch.store.audit.about("merge", since=0, at_most=9)]
    assert typed == [f"/retry\n→ /merge {number}", f"/merge {number}"]


def test_what_somebody_wrote_after_an_arrow_is_no_command(watch: Watch) -> None:
    """Else what had failed would be repeated as something else."""
    watch.jenkins_fault(kind="500")
    assert "Jenkins is having trouble" in watch.ask('/build hello A="1 → /stop now"')
    watch.mend()
    assert watch.ask("/retry").startswith("Again: /build hello A=")


def test_one_that_fails_again_is_repeated_again(watch: Watch) -> None:
    number = failing_merge(watch)
    watch.gitee_fault(kind="500")
    assert "Gitee is having trouble" in watch.ask("/retry", as_="chen")
    watch.mend()
    assert watch.ask("/retry", as_="chen").startswith(f"Again: /merge {number}")


@pytest.mark.parametrize("dashes", ["--dry-run", "—dry-run", "--DRY-RUN"])
def test_it_can_be_rehearsed(watch: Watch, dashes: str) -> None:
    number = failing_merge(watch)
    watch.gitee_calls()
    answer = watch.ask(f"/retry {dashes}", as_="chen")
    assert f"Again: /merge {number}" in answer and "Nothing was done. I would call:" in answer
    assert not [call for call in watch.gitee_calls() if not call.startswith("GET")]


def test_one_that_was_refused_is_not(watch: Watch) -> None:
    number = watch.new_pull(draft=True).number
    assert "cannot be merged" in watch.ask(f"/merge {number}", as_="chen")
    assert NOTHING in watch.ask("/retry", as_="chen")


@pytest.mark.parametrize("since", ["/ping", "/merge 0"])
def test_nor_an_old_one_after_something_else(watch: Watch, since: str) -> None:
    failing_merge(watch)
    watch.ask(since, as_="chen")
    watch.gitee_calls()
    assert NOTHING in watch.ask("/retry", as_="chen")
    assert watch.gitee_calls() == []


def test_nor_one_of_somebody_else_or_of_nobody(watch: Watch) -> None:
    failing_merge(watch)
    assert NOTHING in watch.ask("/retry")
    watch.gitee_fault(kind="500")
    watch.ask("/pr", as_="guest")
    watch.mend()
    assert "you can only read here" in watch.ask("/retry", as_="guest")


def test_rights_that_were_lost_since_count(bot: MakeBot) -> None:
    watch = bot()
    failing_merge(watch)
    watch = bot(MAINTAINERS="wu", DEVELOPERS="chen")
    assert "This needs the role maintainer" in watch.ask("/retry", as_="chen")
