"""/rollback, /deploy of a version, /build of a ref: what is asked of the build servers, and who may."""

import re
from pathlib import Path

import pytest

from bot.builds import Kind, Plan, State
from bot.store import Store
from bot.versions import catalog
from sandbox.gitlab.seed import PROJECT
from sandbox.jenkins.jobs import Parameter
from sandbox.jenkins.seed import DEPLOY, RELEASE
from tests.bot.clockwork import MakeBot, Watch
from tests.bot.records import MESSAGE
from tests.bot.versions.stored import SHOP, built, met, move

MALL = ("v1", "v3", "v3")  # what was deployed, one after the other


@pytest.fixture
def mall(watch: Watch) -> Watch:
    """Three versions of the mall, of which the third runs and the first ran before; builds take no time."""
    watch.job("mall-deploy", parameters=RELEASE)
    for one in built(watch.store, 101, 102, 103):
        watch.store.versions.lies_at(one.id, path=f"mall/{one.number}")
    return watch


def ran(store: Store, *versions: str, service: str = "mall", environment: str = "staging") -> None:
    """Deploys that succeeded, as the command made them."""
    for version in versions:
        number = version.removeprefix("v")
        told = {"VERSION_ID": version, "VERSION_PATH": f"mall/10{number}"}
        parameters = {"ENVIRONMENT": environment, **(told if service == "mall" else {"VERSION": version})}
        plan = Plan(Kind.DEPLOY, f"{service}-deploy", parameters, service, environment, version)
        move(store, store.builds.ask(MESSAGE, plan, marked=True), State.RUNNING, State.SUCCEEDED)


def rows(answer: str) -> list[str]:
    """What an answer says, without where its links lead and whom it is for."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", answer)
    return [row for row in text.splitlines() if row and not row.startswith("@")]


def sent(watch: Watch, job: str = "mall-deploy") -> dict[str, object]:
    """The parameters of the last build that Jenkins was asked for, without our marker."""
    watch.jenkins.wait_for(job)
    given: dict[str, object] = dict(watch.runs(job)[-1].values)
    given.pop("SAMPAN_ID", None)
    return given


def test_what_ran_before_is_deployed_again(mall: Watch) -> None:
    ran(mall.store, *MALL)
    both, head, outlook = rows(mall.ask("/rollback mall", as_="chen"))
    assert both == "Runs now: v3, just now. Ran before: v1, deployed just now."
    assert head.startswith("b4 **mall v1** to **staging**: mall-deploy is queued as ")
    assert outlook == "no telling how long it takes · I tell how it ended · cancel"
    assert sent(mall) == {"ENVIRONMENT": "staging", "VERSION_ID": "v1", "VERSION_PATH": "mall/101"}
    assert "✅ b4 **mall v1** to **staging**: succeeded" in mall.tick()[0]
    assert "staging  v1 · " in mall.ask("/where mall")


@pytest.mark.parametrize(
    ("line", "deployed"),
    [
        ("/rollback mall", ()),
        ("/rollback mall staging", ("v2",)),
        ("/回滚 mall", ("v2", "v2")),
        ("/rollback mall production", ()),
    ],
)
def test_nothing_ran_before(mall: Watch, line: str, deployed: tuple[str, ...]) -> None:
    ran(mall.store, *deployed)
    where = "production" if "production" in line else "staging"
    assert rows(mall.ask(line, as_="chen")) == [f"Of mall no other version ran on {where} before."]
    assert mall.triggers() == 0


def test_a_text_of_the_jobs_own_is_gone_back_to_as_well(mall: Watch) -> None:
    ran(mall.store, "1.4", "1.5", service="hello")
    assert rows(mall.ask("/rollback hello"))[0] == (
        "Runs now: 1.5, just now. Ran before: 1.4, deployed just now."
    )
    assert sent(mall, "hello-deploy")["VERSION"] == "1.4"


def test_in_a_protected_environment_both_are_shown_and_it_asks_first(mall: Watch) -> None:
    ran(mall.store, *MALL, environment="production")
    answer = mall.ask("/rollback mall production", as_="chen")
    code = re.search(r"/confirm (\w{6})", answer)
    assert code and rows(answer) == [
        "Runs now: v3, just now. Ran before: v1, deployed just now.",
        "**mall v1** to **production**: confirm it first.",
        *("Job: mall-deploy", "ENVIRONMENT=production", "VERSION_ID=v1", "VERSION_PATH=mall/101"),
        *("Say yes yourself within 60 seconds:", f"/confirm {code[1]}"),
    ]
    assert mall.triggers() == 0
    mall.ask(f"/confirm {code[1]}", as_="chen")
    assert sent(mall)["VERSION_ID"] == "v1"


def test_a_rehearsal_says_what_would_be_done_and_shows_both(mall: Watch) -> None:
    ran(mall.store, *MALL)
    shown = rows(mall.ask("/rollback mall --dry-run"))
    assert shown[0] == "Nothing was done. I would call:"
    assert shown[1].startswith("Jenkins: POST /job/mall-deploy/buildWithParameters ")
    assert "VERSION_ID=v1" in shown[1] and "VERSION_PATH=mall/101" in shown[1]
    assert shown[2:] == ["Runs now: v3, just now. Ran before: v1, deployed just now."]
    assert mall.triggers() == 0


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"ENVIRONMENTS": "staging"}, "I do not know the environment production."),
        ({"SERVICES": "hello", "GITLAB_PROJECTS": ""}, "I do not know the service mall."),
    ],
)
def test_the_lists_of_today_count(bot: MakeBot, mall: Watch, env: dict[str, str], told: str) -> None:
    ran(mall.store, *MALL, environment="production")
    today = bot(**{"PROTECTED_ENVIRONMENTS": "", **env})
    assert rows(today.ask("/rollback mall production"))[0] == told


@pytest.mark.parametrize("line", ["/retry b1", "/rollback mall", "/confirm"])
def test_the_versions_of_today_count(bot: MakeBot, mall: Watch, line: str) -> None:
    ran(mall.store, *MALL)
    if line == "/confirm":
        asking = bot(PROTECTED_ENVIRONMENTS="staging")
        found = re.search(r"/confirm \w{6}", asking.ask("/rollback mall staging"))
        assert found
        line = found[0]
    first = mall.store.versions.get(1)
    assert first and mall.store.versions.forget(first)
    assert rows(mall.ask(line)) == ["I know no version v1 of mall.", "Built: v2 · v3"]
    assert mall.triggers() == 0


def test_a_deploy_of_before_the_service_had_versions_is_not_repeated(mall: Watch) -> None:
    plan = Plan(Kind.DEPLOY, "mall-deploy", {"VERSION": "1.4"}, "mall", "staging", "1.4")
    move(mall.store, mall.store.builds.ask(MESSAGE, plan, marked=True), State.RUNNING, State.FAILED)
    assert rows(mall.ask("/retry b1"))[0] == "I know no version 1.4 of mall."
    assert mall.triggers() == 0


def test_the_job_of_today_counts(mall: Watch) -> None:
    ran(mall.store, *MALL)
    mall.job("mall-deploy", parameters=DEPLOY)
    assert rows(mall.ask("/rollback mall"))[0] == "Nothing was started: mall-deploy does not take this."


# /deploy of a version, as far as its job takes one


@pytest.mark.parametrize(
    ("takes", "line", "given"),
    [
        (("VERSION_ID", "VERSION_PATH"), "", {"VERSION_ID": "v3", "VERSION_PATH": "mall/103"}),
        (("VERSION_PATH",), "v2", {"VERSION_PATH": "mall/102"}),
        (("VERSION",), "v2", {"VERSION": "v2"}),
        (("VERSION", "VERSION_ID"), "", {"VERSION": "v3", "VERSION_ID": "v3"}),
        (("VERSION_ID",), "VERSION=v1", {"VERSION_ID": "v1"}),
    ],
)
def test_the_job_is_told_what_it_takes(
    mall: Watch, takes: tuple[str, ...], line: str, given: dict[str, str]
) -> None:
    mall.job("mall-deploy", parameters=[Parameter(name) for name in takes])
    mall.ask(f"/deploy mall {line}")
    assert sent(mall) == given


@pytest.mark.parametrize("line", ["/deploy mall", "/deploy mall v2"])
def test_a_job_that_takes_no_version(mall: Watch, line: str) -> None:
    mall.job("mall-deploy", parameters=[Parameter("SAMPAN_ID")])
    assert rows(mall.ask(line)) == [
        "Nothing was started: mall-deploy does not take a version.",
        "It has to define one of: VERSION_ID · VERSION_PATH · VERSION",
    ]
    assert mall.triggers() == 0


@pytest.mark.parametrize(
    ("line", "head", "version"),
    [
        (
            "/deploy hello",
            "b1 **hello** to **staging**: ",
            "",
        ),  # its job decides: it takes no version of ours
        ("/deploy hello 1.4", "b1 **hello 1.4** to **staging**: ", "1.4"),
        ("/deploy hello v4", "b1 **hello v4** to **staging**: ", "v4"),
    ],
)
def test_a_service_of_jenkins_goes_on_as_before(mall: Watch, line: str, head: str, version: str) -> None:
    found = met(mall.store, 7, service="hello", place="hello-build", state="success")
    mall.store.versions.lies_at(found.id, path="hello/7")
    assert rows(mall.ask(line))[0].startswith(head)
    assert sent(mall, "hello-deploy")["VERSION"] == version


# /build of a ref


def test_a_branch_is_for_those_that_pipelines_build(mall: Watch) -> None:
    told = "hello is built by a job of Jenkins, which takes parameters: BRANCH=release/2.1"
    assert rows(mall.ask("/build hello release/2.1")) == [told]
    shown = rows(mall.ask("/build mall release/2.1 --dry-run"))
    assert shown[1].startswith(f"GitLab: POST /api/v4/projects/{PROJECT.replace('/', '%2F')}/pipeline")


# What is new in one.


def test_the_commits_since_what_runs(mall: Watch) -> None:
    project, world = mall.town.gitlab.projects[PROJECT], mall.town.gitlab
    old = project.tip("main")
    for number in range(12):
        new = world.commit(project, "main", f"Change {number}", by="wu")
    assert old
    met(mall.store, 111, state="success", sha=old.sha, place=SHOP)
    ran(mall.store, "v4")
    met(mall.store, 112, state="success", sha=new.sha, place=SHOP)
    shown = rows(mall.ask("/versions mall v5"))
    start = shown.index("New against v4 on **staging**:") + 1
    assert [text.split(" · ")[1] for text in shown[start : start + 10]] == [
        f"Change {number}" for number in range(11, 1, -1)
    ]
    assert shown[start + 10] == "and 2 more changes"
    [news] = catalog.news(mall.sampan, "v5")  # programs are told the same
    assert [one["title"] for one in news["changes"]] == [f"Change {number}" for number in range(11, 1, -1)]
    assert (news["environment"], news["against"], news["more"]) == ("staging", "v4", 2)
    ran(mall.store, "v5")
    assert "nothing: what runs is newer, or the same" in rows(mall.ask("/versions mall v4"))


# Who may.

OWN = """
[services.mall]
developers = ["wu"]
[services.hello]
developers = ["mei"]
"""


@pytest.mark.parametrize(("who", "may"), [("wu", True), ("mei", False), ("chen", True), ("guest", False)])
def test_whoever_builds_a_service_may_keep_its_versions(
    bot: MakeBot, mall: Watch, tmp_path: Path, who: str, may: bool
) -> None:
    (tmp_path / "sampan.toml").write_text(OWN)
    today = bot(SAMPAN_CONFIG=str(tmp_path / "sampan.toml"), DEVELOPERS="")
    assert (rows(today.ask("/pin v1", as_=who))[0] == "v1 of **mall** is kept.") is may
    assert bool(today.store.versions.of_service("mall", at_most=3)[-1].pinned_by) is may


def test_a_pin_knows_who_asked(mall: Watch) -> None:
    mall.ask("/pin v1", as_="wu")
    found = mall.store.versions.get(1)
    assert found and found.pinned_by.endswith("(wu)")
    assert "only change my own records" in mall.ask("/unpin v1 --dry-run", as_="wu")
    assert mall.store.versions.get(1) == found
