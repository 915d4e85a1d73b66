"""What the diagnosis makes of what it sees: variables, clocks, jobs, and checks that misbehave."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.builds import Kind
from bot.doctor.findings import Finding, Level, broken, warning, works
from bot.doctor.jobs import Expected, expected, judged
from bot.doctor.people import people
from bot.doctor.systems import clock
from bot.doctor.table import as_json, table
from bot.doctor.together import side_by_side
from bot.doctor.variables import read, variables
from bot.language import speaking
from bot.reply import plain
from bot.settings import load
from bot.wiring import Wired
from integrations.model import Job, Parameter

ROBOT = {"DINGTALK_APP_SECRET": "canary-secret", "DINGTALK_APP_KEY": "key", "DINGTALK_CONVERSATIONS": "room"}
PEOPLE = {"ADMINS": "boss", "MAINTAINERS": "lead"}
GITEE = {"REPOS": "web=acme/web", "GITEE_TOKEN": "canary-gitee"}
JENKINS = {
    "SERVICES": "hello",
    "JENKINS_URL": "https://ci.example",
    "JENKINS_USER": "sampan",
    "JENKINS_TOKEN": "canary-jenkins",
}
GITLAB = {"GITLAB_PROJECTS": "hello=acme/hello@main", "GITLAB_TOKEN": "canary-gitlab"}
WHOLE = {**ROBOT, **PEOPLE, **GITEE, **JENKINS}


def without(*names: str, **more: str) -> dict[str, str]:
    return {name: value for name, value in WHOLE.items() if name not in names} | more


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        (WHOLE, []),
        (without("DINGTALK_APP_SECRET"), ["broken DINGTALK_APP_SECRET"]),
        (
            without("DINGTALK_APP_SECRET", DINGTALK_OUTGOING_TOKEN="t"),
            ["warning DINGTALK_APP_SECRET", "warning DINGTALK_GROUP_WEBHOOK"],
        ),
        (without("DINGTALK_APP_KEY"), ["warning DINGTALK_APP_KEY"]),
        (without("DINGTALK_CONVERSATIONS"), ["warning DINGTALK_CONVERSATIONS"]),
        (without("GITEE_TOKEN"), ["broken GITEE_TOKEN"]),
        (without("REPOS", "GITEE_TOKEN"), ["warning REPOS"]),
        (without("JENKINS_URL"), ["broken JENKINS_URL"]),
        (without("JENKINS_USER", "JENKINS_TOKEN"), ["broken JENKINS_USER", "broken JENKINS_TOKEN"]),
        (without(*JENKINS), ["warning SERVICES"]),
        ({**WHOLE, **GITLAB}, []),
        ({**WHOLE, **GITLAB, "GITLAB_TOKEN": ""}, ["broken GITLAB_TOKEN"]),
        ({**WHOLE, **GITLAB, "GITLAB_PROJECTS": ""}, ["warning GITLAB_PROJECTS"]),
        (without("ADMINS"), ["warning ADMINS"]),
        (without("MAINTAINERS"), []),
        (without(*PEOPLE), ["warning ADMINS", "warning MAINTAINERS"]),
        (without(VERCEL="1", DATABASE_URL="sqlite:////mnt/s.db"), ["broken CRON_SECRET"]),
        (without(VERCEL="1", CRON_SECRET="canary-cron"), ["warning DATABASE_URL"]),
    ],
)
def test_a_missing_variable_is_told_with_its_line(env: dict[str, str], missing: list[str]) -> None:
    found = [one for one in variables(read(env)) if one.level is not Level.WORKS]
    assert [f"{one.level} {one.what}" for one in found] == missing
    assert all(one.fix.startswith(f"{one.what}=") and "  # " in one.fix for one in found)


def test_every_variable_is_named_and_no_value() -> None:
    found = list(variables(read(without("GITEE_TOKEN"))))
    told = " ".join([plain(one.told) + one.what for one in found])
    assert [name for name in read({}).absent if name not in told] == []
    assert "canary" not in told


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(0, "works"), (29, "works"), (30, "warning"), (299, "warning"), (300, "broken"), (9999, "broken")],
)
def test_clocks(seconds: int, level: str) -> None:
    assert clock("DingTalk", seconds).level == level


@pytest.mark.parametrize(("system", "life"), [("Gitee", 3600), ("GitLab", 300)])
def test_how_long_a_signature_is_good(system: str, life: int) -> None:
    assert f"A signature is good for {life} s, and no longer." in plain(clock(system, 60).told)


DEPLOY = Expected("d", Kind.DEPLOY, "JENKINS_DEPLOY_JOB", ("staging", "production"))
FREE, MARKER, VERSION = Parameter("ENVIRONMENT"), Parameter("SAMPAN_ID"), Parameter("VERSION")
PULL = Expected("p", Kind.PULL, "JENKINS_PR_JOB")
BUILT = replace(DEPLOY, registered=True)
OWN = Expected("t", Kind.TEST, "JENKINS_TEST_JOB", parameters={"REGION": "cn", "SIZE": "xl"})


@pytest.mark.parametrize(
    ("wanted", "parameters", "level", "fix"),
    [
        (DEPLOY, (FREE, VERSION, MARKER), "works", []),
        (DEPLOY, (FREE, VERSION), "warning", ["string(name: 'SAMPAN_ID')"]),
        (DEPLOY, (FREE, MARKER), "warning", ["string(name: 'VERSION')"]),
        (
            DEPLOY,
            (VERSION, MARKER),
            "warning",
            ["choice(name: 'ENVIRONMENT', choices: ['staging', 'production'])"],
        ),
        (
            DEPLOY,
            (Parameter("ENVIRONMENT", ("staging", "qa")), VERSION, MARKER),
            "broken",
            ["choice(name: 'ENVIRONMENT', choices: ['staging', 'qa', 'production'])"],
        ),
        (Expected("d", Kind.DEPLOY, ""), (VERSION, MARKER), "works", []),
        (BUILT, (FREE, Parameter("VERSION_PATH"), MARKER), "works", []),
        (BUILT, (FREE, VERSION, MARKER), "works", []),
        (
            BUILT,
            (FREE, MARKER),
            "broken",
            ["string(name: 'VERSION_ID')", "string(name: 'VERSION_PATH')"],
        ),
        (
            PULL,
            (MARKER,),
            "warning",
            [f"string(name: '{name}')" for name in ("PR_NUMBER", "PR_SHA", "REPO")],
        ),
        (OWN, (Parameter("REGION"), Parameter("SIZE", ("m", "xl")), MARKER), "works", []),
        (OWN, (Parameter("SIZE"), MARKER), "warning", ["string(name: 'REGION')"]),
        (
            OWN,
            (Parameter("REGION", ("us", "eu")), Parameter("SIZE"), MARKER),
            "broken",
            ["choice(name: 'REGION', choices: ['us', 'eu', 'cn'])"],
        ),
    ],
)
def test_jobs(wanted: Expected, parameters: tuple[Parameter, ...], level: str, fix: list[str]) -> None:
    found = judged(wanted, Job(wanted.job, "https://ci/job/x/", True, parameters))
    assert (found.level, found.fix.splitlines()) == (level, fix)


def test_a_disabled_job_is_mended_on_its_own_page() -> None:
    found = judged(PULL, Job("p", "https://ci/job/p/", False, ()))
    assert (found.level, found.fix) == ("broken", "https://ci/job/p/configure")


def test_the_jobs_are_those_of_the_commands(tmp_path: Path) -> None:
    file = tmp_path / "sampan.toml"
    billing = "[services.billing]\ndeploy_job = 'money/go'\nenvironments = ['staging']\n"
    file.write_text(billing + "[repos.api]\npr_job = 'check'\n")
    names = {"SERVICES": "hello,billing", "REPOS": "web=acme/web,api=acme/api"}
    settings = load({**names, "ENVIRONMENTS": "staging,production", "SAMPAN_CONFIG": str(file)})
    jobs = {one.job: one.environments for one in expected(settings)}
    assert jobs == {
        "hello-test": (),
        "hello-build": (),
        "hello-deploy": ("staging", "production"),
        "billing-test": (),
        "billing-build": (),
        "money/go": ("staging",),
        "check": (),
    }


@pytest.mark.parametrize(
    ("env", "fixes"),
    [
        (GITEE, []),
        ({**GITEE, **PEOPLE}, ["GITEE_USERS=boss=LOGIN,lead=LOGIN"]),
        ({**GITEE, **PEOPLE, "GITEE_USERS": "boss=b"}, ["GITEE_USERS=...,lead=LOGIN"]),
        ({**GITEE, "MAINTAINERS": "*"}, []),
        (PEOPLE, []),
    ],
)
def test_people_whose_login_is_not_known(env: dict[str, str], fixes: list[str]) -> None:
    assert [one.fix for one in people(Wired(load(env)))] == fixes


def test_checks_side_by_side() -> None:
    stop, row = threading.Event(), works("a", ("fine",))

    def hangs() -> Iterator[Finding]:
        yield row
        stop.wait(5)

    def breaks() -> Iterator[Finding]:
        raise ValueError("canary")

    found = list(side_by_side({"slow": hangs, "bad": breaks, "good": lambda: [row]}, within=0.3))
    stop.set()
    assert [(one.what, plain(one.told)) for one in found] == [
        ("a", "fine"),
        ("slow", "It did not answer within 0 s."),
        ("bad", "The check itself broke: ValueError"),
        ("a", "fine"),
    ]


def test_no_more_at_once_than_asked_for() -> None:
    lock, most, now = threading.Lock(), [0], [0]

    def check() -> Iterator[Finding]:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.02)
        with lock:
            now[0] -= 1
        yield works("a", ("fine",))

    assert len(list(side_by_side({str(n): check for n in range(6)}, within=5, at_once=2))) == 6
    assert most[0] <= 2


ROWS = [works("Gitee", ("fine",)), warning("记录", ("old",), "one\ntwo"), broken("Jenkins", ("gone",))]


def test_the_table_is_straight_in_both_scripts() -> None:
    assert table(ROWS).splitlines() == [
        "✅ Gitee    fine",
        "⚠️  记录     old",
        "            → one",
        "            → two",
        "❌ Jenkins  gone",
        "",
        "1 works · 1 warning · 1 broken",
    ]


def test_json() -> None:
    with speaking("en"):
        told = json.loads(as_json(ROWS))
    assert told["ok"] is False
    assert told["findings"][1] == {"level": "warning", "what": "记录", "told": "old", "fix": "one\ntwo"}
