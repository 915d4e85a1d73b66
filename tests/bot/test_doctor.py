"""The diagnosis of a whole installation, over real HTTP: everything right, and each thing wrong by itself."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.doctor import Level
from bot.doctor.table import as_json, table
from bot.reply import plain
from sandbox.jenkins.jobs import Parameter, Type
from tests.bot.clinic import MARKED, Clinic
from tests.integrations.loopback import Port, hang, saying
from tests.support.databases import Server
from tests.support.town import place

FINE = [
    "Variables",
    "Variables",
    *("People", "DingTalk", "DingTalk", "Gitee", "Gitee", "web (acme/web)", "api (acme/api)"),
    *("Jenkins", "Jenkins", "hello-test", "hello-build", "hello-deploy"),
    *("shop-test", "shop-build", "shop-deploy", "mall-deploy", "web-pr", "api-pr"),
    *("GitLab", "GitLab", "mall (acme/shop)"),
    *("Trello", "Trello", "TRELLO_TODO_LIST", "TRELLO_DONE_LIST"),
    *("PUBLIC_URL", "DingTalk", "JENKINS_HOOK_TOKEN", "GITEE_HOOK_TOKEN", "GITLAB_HOOK_TOKEN"),
    *("ALERT_HOOK_TOKEN", "ALERT_HOOK_TOKEN", "Records", "Records", "Records", "Incidents"),
]


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    with place() as here:
        yield Clinic(here)


@pytest.fixture(autouse=True)
def _healed(clinic: Clinic) -> Iterator[None]:
    jobs = dict(clinic.jobs)
    clinic.here.town.gitee.requests.clear()
    clinic.here.town.jenkins.requests.clear()
    yield
    clinic.jobs.clear()
    clinic.jobs.update(jobs)
    clinic.here.mend()


def test_everything_right(clinic: Clinic) -> None:
    found = clinic.findings()
    assert [(one.level, one.fix) for one in found if one.level is not Level.WORKS] == []
    assert [one.what for one in found] == FINE
    assert table(found).splitlines()[-1] == "38 work · 0 warnings · 0 broken"
    assert json.loads(as_json(found))["ok"] is True


def test_nothing_is_changed_not_even_made(clinic: Clinic, tmp_path: Path) -> None:
    found = clinic.findings(DATABASE_URL=f"sqlite:///{tmp_path / 'sampan.db'}")
    assert plain(found[-1].told) == "There are none yet; the file is made when Sampan first starts."
    assert list(tmp_path.iterdir()) == []


TOKEN = "a personal access token with user_info, projects, pull_requests"
NO_GITLAB = {"GITLAB_PROJECTS": "", "GITLAB_TOKEN": ""}


@pytest.mark.parametrize(
    ("env", "level", "what", "told", "fix"),
    [
        (
            {"GITEE_TOKEN": "canary-wrong"},
            "broken",
            "Gitee",
            "Gitee refused Sampan's credential. Check GITEE_TOKEN. "
            "It says: 401 Unauthorized: Access token is expired",
            f"GITEE_TOKEN=...  # {TOKEN}",
        ),
        (
            {"JENKINS_TOKEN": "canary-wrong"},
            "broken",
            "Jenkins",
            "Jenkins refused Sampan's credential. Check JENKINS_USER, JENKINS_TOKEN.",
            "JENKINS_TOKEN=...  # the API token of JENKINS_USER, not its password",
        ),
        (
            {"DINGTALK_APP_SECRET": "canary-wrong"},
            "broken",
            "DingTalk",
            "DingTalk refused Sampan's credential. Check DINGTALK_APP_SECRET. "
            "It says: invalidClientIdOrSecret",
            "DINGTALK_APP_SECRET=...  # the AppSecret that goes with DINGTALK_APP_KEY",
        ),
        (
            {"JENKINS_URL": "http://127.0.0.1:9"},
            "broken",
            "Jenkins",
            "Jenkins cannot be reached. Nothing was done.",
            "JENKINS_URL=...  # the root address, with https",
        ),
        (
            {"REPOS": "web=acme/wbe"},
            "broken",
            "web (acme/wbe)",
            "Gitee does not know it, or hides it from sampan-bot.",
            "REPOS=web=owner/name  # owner/name as in its address; or let sampan-bot in",
        ),
        (
            {"JENKINS_BUILD_JOB": "{service}-biuld", "SERVICES": "hello", **NO_GITLAB},
            "broken",
            "hello-biuld",
            "Jenkins has no such job, or hides it from sampan.",
            "JENKINS_BUILD_JOB=...  # the job's name; or let sampan read and build it",
        ),
        (
            {"ENVIRONMENTS": "staging,production,qa", "SERVICES": "hello", **NO_GITLAB},
            "broken",
            "hello-deploy",
            "ENVIRONMENT does not offer qa.",
            "choice(name: 'ENVIRONMENT', choices: ['staging', 'production', 'qa'])",
        ),
        (
            {"PUBLIC_URL": "http://127.0.0.1:9"},
            "warning",
            "PUBLIC_URL",
            "http://127.0.0.1:9 cannot be reached from here.",
            "PUBLIC_URL=...  # the address under which people and hooks reach this installation",
        ),
        (
            {"GITEE_USERS": "lin=lin"},
            "warning",
            "GITEE_USERS",
            "Whether a pull request is their own cannot be told: chen",
            "GITEE_USERS=...,chen=LOGIN",
        ),
        (
            {"DATABASE_URL": "sqlite:////nowhere/sampan.db"},
            "broken",
            "Records",
            "The folder of the file is not there, or cannot be written to.",
            "DATABASE_URL=sqlite:////FOLDER/sampan.db",
        ),
        (
            {"DATABASE_URL": "postgresql://sampan:canary@127.0.0.1:9/sampan"},
            "broken",
            "Records",
            "The database cannot be used: PostgreSQL on 127.0.0.1 cannot be reached",
            "DATABASE_URL=postgresql://USER:PASSWORD@HOST/DATABASE",
        ),
    ],
)
def test_one_thing_wrong(
    clinic: Clinic, env: dict[str, str], level: str, what: str, told: str, fix: str
) -> None:
    assert clinic.trouble(**env) == [(level, what, told, fix)]


def test_hooks_that_are_off(clinic: Clinic) -> None:
    base = clinic.env["PUBLIC_URL"]
    found = clinic.trouble(JENKINS_HOOK_TOKEN="", GITEE_HOOK_TOKEN="")
    assert [(level, what, told.split(":")[0]) for level, what, told, _ in found] == [
        ("warning", "JENKINS_HOOK_TOKEN", "The hook is off"),
        ("warning", "GITEE_HOOK_TOKEN", "The hook is off"),
    ]
    assert [fix.rpartition("; then paste ")[2] for *_, fix in found] == [
        f"{base}/hooks/jenkins/***",
        f"{base}/hooks/gitee",
    ]


def disabled(clinic: Clinic) -> None:
    clinic.jobs["hello-build"] = replace(clinic.jobs["hello-build"], disabled=True)


def without_version(clinic: Clinic) -> None:
    target = Parameter("ENVIRONMENT", Type.CHOICE, choices=("staging", "production"))
    clinic.jobs["hello-deploy"] = replace(clinic.jobs["hello-deploy"], parameters=(target, *MARKED))


def without_sha(clinic: Clinic) -> None:
    parameters = (Parameter("PR_NUMBER"), Parameter("REPO"), *MARKED)
    clinic.jobs["web-pr"] = replace(clinic.jobs["web-pr"], parameters=parameters)


@pytest.mark.parametrize(
    ("damage", "level", "what", "told"),
    [
        (disabled, "broken", "hello-build", "The job is disabled."),
        (without_version, "warning", "hello-deploy", "No VERSION: A named version is refused."),
        (
            without_sha,
            "warning",
            "web-pr",
            "No PR_SHA: It may test another commit than the one that is then marked as tested.",
        ),
    ],
)
def test_a_job_that_does_not_fit(
    clinic: Clinic, damage: Callable[[Clinic], None], level: str, what: str, told: str
) -> None:
    damage(clinic)
    assert [one[:3] for one in clinic.trouble()] == [(level, what, told)]


@pytest.mark.parametrize(("ahead", "level"), [(-600, "broken"), (600, "broken"), (60, "warning")])
def test_a_clock_that_is_wrong(clinic: Clinic, ahead: float, level: str) -> None:
    found = clinic.trouble(ahead=ahead)
    assert [one[:2] for one in found] == [
        (level, system) for system in ("DingTalk", "Gitee", "Jenkins", "GitLab", "Trello")
    ]
    assert all("A signature is good for" in told for _, _, told, _ in found)


def test_one_that_hangs_keeps_nobody_waiting(clinic: Clinic) -> None:
    began = time.monotonic()
    with Port(hang) as jenkins:
        found = clinic.trouble(JENKINS_URL=jenkins.url, within=1.0)
    assert time.monotonic() - began < 3
    assert [one[:3] for one in found] == [("broken", "Jenkins", "It did not answer within 1 s.")]


def test_an_address_where_something_else_answers(clinic: Clinic) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnginx"[:-1]
    with Port(saying(page)) as other:
        found = clinic.trouble(PUBLIC_URL=other.url)
    assert [one[:3] for one in found] == [
        ("broken", "PUBLIC_URL", f"What answers at {other.url} is not Sampan.")
    ]


def test_a_vendor_with_a_bad_day(clinic: Clinic) -> None:
    clinic.here.gitee_fault(kind="html")
    assert [one[:2] for one in clinic.trouble()] == [("broken", "Gitee")]


def test_a_database_that_is_behind(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript("CREATE TABLE deliveries (id TEXT); PRAGMA user_version = 1;")
    before = file.read_bytes()
    (found,) = clinic.trouble(DATABASE_URL=f"sqlite:///{file}")
    assert found[::3] == ("broken", "python -m bot migrate")
    assert "0002_follow" in found[2]
    assert file.read_bytes()[100:] == before[100:]


def test_a_new_server_is_behind_as_well(clinic: Clinic, postgresql: Server) -> None:
    with postgresql.database() as url:
        (found,) = clinic.trouble(DATABASE_URL=url)
    assert found[::3] == ("broken", "python -m bot migrate")


def test_a_configuration_that_cannot_be_used(clinic: Clinic) -> None:
    found = clinic.trouble(TIMEZONE="canary/zone", DINGTALK_OUTGOING_TOKEN="canary-token")
    assert found == [
        ("broken", "TIMEZONE", "must be an IANA name such as Asia/Shanghai", "TIMEZONE=..."),
        (
            "broken",
            "DINGTALK_APP_SECRET, DINGTALK_OUTGOING_TOKEN",
            "set exactly one of the two",
            "DINGTALK_APP_SECRET=...\nDINGTALK_OUTGOING_TOKEN=...",
        ),
        (
            "broken",
            "Variables",
            "Until these are mended nothing works, and nothing else can be checked.",
            "",
        ),
    ]
