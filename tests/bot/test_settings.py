"""Every environment variable: what it may be, what it becomes, and what is said when it is wrong."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ConfigurationError, Repo, Runtime, load

WEB, API = Repo("web", "acme/web"), Repo("api", "acme/api")
TWO_REPOS = {"REPOS": "web=acme/web,api=gitee:acme/api"}
ENVIRONMENTS = {"ENVIRONMENTS": "staging,production"}
TWO_PEOPLE = {**ENVIRONMENTS, "SECOND_PERSON_ENVIRONMENTS": "production"}
GROUP = "https://oapi.dingtalk.com/robot/send?access_token=t0ken"
STAND_IN = "http://127.0.0.1:8000/robot/send?access_token=t0ken"
ON_LOOPBACK = {"DINGTALK_WEBHOOK_HOSTS": "127.0.0.1:8000"}
HOOK = "0123456789abcdef"
ON_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "sampan"}
ON_VERCEL = {"VERCEL": "1"}


class Watched(Mapping[str, str]):
    """An environment that remembers what was asked of it."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values_, self.asked = values, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def variables() -> set[str]:
    """The names that the settings read."""
    watched = Watched({})
    load(watched)
    return watched.asked - {*ON_LAMBDA, *ON_VERCEL}


@pytest.mark.parametrize(
    ("env", "attribute", "value"),
    [
        ({}, "app_secrets", ()),
        ({"DINGTALK_APP_SECRET": "one"}, "app_secrets", ("one",)),
        ({"DINGTALK_APP_SECRET": " new , old ,"}, "app_secrets", ("new", "old")),
        ({"DINGTALK_OUTGOING_TOKEN": "new,old"}, "outgoing_tokens", ("new", "old")),
        ({}, "app_key", ""),
        ({"DINGTALK_APP_KEY": " ding "}, "app_key", "ding"),
        ({"DINGTALK_ROBOT_CODE": " ding "}, "robot_code", "ding"),
        ({}, "group_webhook", ""),
        ({"DINGTALK_GROUP_WEBHOOK": f" {GROUP} "}, "group_webhook", GROUP),
        ({**ON_LOOPBACK, "DINGTALK_GROUP_WEBHOOK": STAND_IN}, "group_webhook", STAND_IN),
        ({}, "dingtalk_api_url", "https://api.dingtalk.com"),
        ({"DINGTALK_API_URL": "https://api.dingtalk.io/"}, "dingtalk_api_url", "https://api.dingtalk.io"),
        ({"DINGTALK_CONVERSATIONS": "a,b"}, "conversations", ("a", "b")),
        ({"DINGTALK_GROUP_SECRET": "SECnew,SECold"}, "group_secrets", ("SECnew", "SECold")),
        ({}, "group_secrets", ()),
        ({}, "webhook_hosts", ("oapi.dingtalk.com", "api.dingtalk.com")),
        ({"DINGTALK_WEBHOOK_HOSTS": "127.0.0.1:8000"}, "webhook_hosts", ("127.0.0.1:8000",)),
        ({"DINGTALK_WEBHOOK_HOSTS": "[::1]:80, a-b.example"}, "webhook_hosts", ("[::1]:80", "a-b.example")),
        ({}, "gitee_url", "https://gitee.com/api/v5"),
        ({"GITEE_URL": "http://127.0.0.1:9/git/api/v5/"}, "gitee_url", "http://127.0.0.1:9/git/api/v5"),
        ({"GITEE_TOKEN": "new, old"}, "gitee_tokens", ("new", "old")),
        ({"GITEE_USERS": "a=lin, b = chen "}, "gitee_users", {"a": "lin", "b": "chen"}),
        ({}, "hold_labels", ("hold", "do-not-merge")),
        ({"HOLD_LABELS": "wait"}, "hold_labels", ("wait",)),
        ({}, "repos", ()),
        (TWO_REPOS, "repos", (WEB, API)),
        ({"REPOS": "x=a-b.c_d/e"}, "repos", (Repo("x", "a-b.c_d/e"),)),
        ({"REPOS": "x=组/仓库"}, "repos", (Repo("x", "组/仓库"),)),
        ({}, "default_repo", None),
        (TWO_REPOS, "default_repo", None),
        ({**TWO_REPOS, "DEFAULT_REPO": "api"}, "default_repo", API),
        ({**TWO_REPOS, "DEFAULT_REPO": "acme/api"}, "default_repo", API),
        ({}, "jenkins_url", ""),
        ({"JENKINS_URL": "https://ci.example.com/jenkins/"}, "jenkins_url", "https://ci.example.com/jenkins"),
        ({"JENKINS_USER": "bot"}, "jenkins_user", "bot"),
        ({"JENKINS_TOKEN": "t"}, "jenkins_tokens", ("t",)),
        ({"JENKINS_TOKEN": "new,old"}, "jenkins_tokens", ("new", "old")),
        ({}, "gitee_tokens", ()),
        ({"JENKINS_HOOK_TOKEN": f"{HOOK},{'A-_9' * 4}"}, "jenkins_hook_tokens", (HOOK, "A-_9" * 4)),
        ({}, "jenkins_hook_tokens", ()),
        ({"GITEE_HOOK_TOKEN": "any text, 密"}, "gitee_hook_tokens", ("any text", "密")),
        ({}, "gitee_hook_tokens", ()),
        ({"SERVICES": "hello,billing"}, "services", ("hello", "billing")),
        ({}, "test_job", "{service}-test"),
        ({}, "build_job", "{service}-build"),
        ({}, "deploy_job", "{service}-deploy"),
        ({}, "pr_job", ""),
        ({"JENKINS_TEST_JOB": "team/{service}/test"}, "test_job", "team/{service}/test"),
        ({"JENKINS_BUILD_JOB": "build-all"}, "build_job", "build-all"),
        ({"JENKINS_DEPLOY_JOB": "部署 {service}"}, "deploy_job", "部署 {service}"),
        ({"JENKINS_PR_JOB": "{repo}-pr"}, "pr_job", "{repo}-pr"),
        (ENVIRONMENTS, "environments", ("staging", "production")),
        ({**ENVIRONMENTS, "PROTECTED_ENVIRONMENTS": "production"}, "protected", ("production",)),
        ({}, "second_person", ()),
        (TWO_PEOPLE, "second_person", ("production",)),
        (TWO_PEOPLE, "protected", ("production",)),
        ({**TWO_PEOPLE, "PROTECTED_ENVIRONMENTS": "staging"}, "protected", ("staging", "production")),
        ({**TWO_PEOPLE, "PROTECTED_ENVIRONMENTS": "production"}, "protected", ("production",)),
        ({"ADMINS": "a"}, "admins", ("a",)),
        ({"MAINTAINERS": "a,b"}, "maintainers", ("a", "b")),
        ({"DEVELOPERS": "*"}, "developers", ("*",)),
        ({}, "developers", ()),
        ({}, "database_url", "sqlite:///sampan.db"),
        (ON_LAMBDA, "database_url", "sqlite:////tmp/sampan.db"),
        (ON_VERCEL, "database_url", "sqlite:////tmp/sampan.db"),
        ({**ON_LAMBDA, "DATABASE_URL": "sqlite:////mnt/s.db"}, "database_url", "sqlite:////mnt/s.db"),
        ({}, "temporary_state", False),
        (ON_LAMBDA, "temporary_state", True),
        (ON_VERCEL, "temporary_state", True),
        ({**ON_VERCEL, "DATABASE_URL": "sqlite:////mnt/s.db"}, "temporary_state", False),
        ({"CRON_SECRET": "new,old"}, "cron_secrets", ("new", "old")),
        ({}, "public_url", ""),
        ({"PUBLIC_URL": "https://bot.example.com/x/"}, "public_url", "https://bot.example.com/x"),
        ({}, "language", "zh"),
        ({"LANGUAGE": "EN"}, "language", "en"),
        ({"LANGUAGE": "en_US:en"}, "language", "en"),
        ({"LANGUAGE": "de_DE:zh_CN:en"}, "language", "zh"),
        ({}, "log_level", "INFO"),
        ({"LOG_LEVEL": "debug"}, "log_level", "DEBUG"),
        ({}, "answer_first", True),
        (ON_VERCEL, "answer_first", True),
        (ON_LAMBDA, "answer_first", False),
        ({"ANSWER_FIRST": "No"}, "answer_first", False),
        ({**ON_LAMBDA, "ANSWER_FIRST": "yes"}, "answer_first", True),
        ({}, "runtime", Runtime.PROCESS),
        (ON_LAMBDA, "runtime", Runtime.LAMBDA),
        (ON_VERCEL, "runtime", Runtime.VERCEL),
        ({}, "chat_configured", False),
        ({"DINGTALK_APP_SECRET": "s"}, "chat_configured", True),
        ({"DINGTALK_OUTGOING_TOKEN": "t"}, "chat_configured", True),
    ],
)
def test_good(env: dict[str, str], attribute: str, value: Any) -> None:
    assert getattr(load(env), attribute) == value


@pytest.mark.parametrize(("given", "key"), [("", "Asia/Shanghai"), ("Europe/Berlin", "Europe/Berlin")])
def test_the_time_zone(given: str, key: str) -> None:
    assert load({"TIMEZONE": given}).timezone.key == key


ADDRESS = "must be an address that begins with https://"
JOB = "must be a job name in which only {service} is filled in"
HOSTS = "DINGTALK_WEBHOOK_HOSTS: write host or host:port, without https://"
ROBOT = "DINGTALK_GROUP_WEBHOOK: must be an https:// address on one of DINGTALK_WEBHOOK_HOSTS"
WRONG_ROBOTS = (
    *("t0ken", "https://[/robot/send", STAND_IN, f"{GROUP} x", f"{GROUP}\nx"),
    *(GROUP.replace("https", "http"), GROUP.replace("https", "ftp"), GROUP.removeprefix("https://")),
    *(GROUP.replace(".com", end) for end in (".com.evil.example", ".com:8443", ".com\\@evil.example")),
    *(GROUP.replace("oapi", start) for start in ("u@oapi", "evil-oapi", "oapi.oapi")),
)
IN_AN_ADDRESS = "JENKINS_HOOK_TOKEN: stands in an address, so 16 or more letters, digits, - and _ alone"
WRONG_HOOKS = (HOOK[1:], f"{HOOK}/x", f"{HOOK} x", f"{HOOK}%2F", f"{HOOK}.", f"{HOOK}密", f"{HOOK},short")
WRONG_HOSTS = (
    *("https://oapi.dingtalk.com", "h/", "u@h", "h:", "h:x"),
    *("oapi.dingtalk.com, h h", "钉钉.example"),
)


def wrong(reason: str, *row: Any, **options: Any) -> Any:
    return pytest.param(
        *row,
    )


@pytest.mark.parametrize(
    ("env", "problem"),
    [
        ({"GITEE_URL": "gitee.com"}, f"GITEE_URL: {ADDRESS}"),
        ({"GITEE_URL": "ftp://gitee.com"}, f"GITEE_URL: {ADDRESS}"),
        ({"JENKINS_URL": "https://"}, f"JENKINS_URL: {ADDRESS}"),
        ({"JENKINS_URL": "http://[x"}, f"JENKINS_URL: {ADDRESS}"),
        wrong(
            "a port that is no number is found late",
            {"JENKINS_URL": "https://h:x"},
            f"JENKINS_URL: {ADDRESS}",
        ),
        *(
            ({"GITEE_URL": f"https://gitee.com{end}"}, f"GITEE_URL: {ADDRESS}")
            for end in ("?a=b", "/#top", "/a@b")
        ),
        ({"JENKINS_URL": "https://bot@ci.example"}, f"JENKINS_URL: {ADDRESS}"),
        *(({"DINGTALK_WEBHOOK_HOSTS": hosts}, HOSTS) for hosts in WRONG_HOSTS),
        *(({"DINGTALK_GROUP_WEBHOOK": url}, ROBOT) for url in WRONG_ROBOTS),
        *(({"JENKINS_HOOK_TOKEN": token}, IN_AN_ADDRESS) for token in WRONG_HOOKS),
        ({"DINGTALK_API_URL": "api.dingtalk.com"}, f"DINGTALK_API_URL: {ADDRESS}"),
        ({"PUBLIC_URL": "bot.example.com"}, f"PUBLIC_URL: {ADDRESS}"),
        ({"GITEE_USERS": "lin"}, "GITEE_USERS: write each entry as name=value, separated by commas"),
        ({"GITEE_USERS": "=lin"}, "GITEE_USERS: write each entry as name=value, separated by commas"),
        ({"REPOS": "web"}, "REPOS: write each entry as name=value, separated by commas"),
        ({**TWO_REPOS, "DEFAULT_REPO": "x"}, "DEFAULT_REPO: must be one of REPOS"),
        ({"DEFAULT_REPO": "x"}, "DEFAULT_REPO: must be one of REPOS"),
        ({"JENKINS_TEST_JOB": "{repo}"}, f"JENKINS_TEST_JOB: {JOB}"),
        ({"JENKINS_TEST_JOB": "{service"}, f"JENKINS_TEST_JOB: {JOB}"),
        ({"JENKINS_BUILD_JOB": "{}"}, f"JENKINS_BUILD_JOB: {JOB}"),
        ({"JENKINS_BUILD_JOB": "/x"}, f"JENKINS_BUILD_JOB: {JOB}"),
        ({"JENKINS_DEPLOY_JOB": "a/../b"}, f"JENKINS_DEPLOY_JOB: {JOB}"),
        ({"JENKINS_TEST_JOB": "{service.name}"}, f"JENKINS_TEST_JOB: {JOB}"),
        wrong(
            "an item of the name raises TypeError",
            {"JENKINS_TEST_JOB": "{service[name]}"},
            f"JENKINS_TEST_JOB: {JOB}",
            raises=TypeError,
        ),
        (
            {"JENKINS_PR_JOB": "{service}-pr"},
            "JENKINS_PR_JOB: must be a job name in which only {repo} is filled in",
        ),
        ({"PROTECTED_ENVIRONMENTS": "x"}, "PROTECTED_ENVIRONMENTS: each must be one of ENVIRONMENTS"),
        ({"SECOND_PERSON_ENVIRONMENTS": "x"}, "SECOND_PERSON_ENVIRONMENTS: each must be one of ENVIRONMENTS"),
        (
            {"DATABASE_URL": "mysql://sampan@db.example.com/sampan"},
            "DATABASE_URL: must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE",
        ),
        ({"LANGUAGE": "fr"}, "LANGUAGE: must be one of zh, en"),
        ({"TIMEZONE": "Mars"}, "TIMEZONE: must be an IANA name such as Asia/Shanghai"),
        ({"TIMEZONE": "../../etc/passwd"}, "TIMEZONE: must be an IANA name such as Asia/Shanghai"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: must be one of DEBUG, INFO, WARNING, ERROR"),
        ({"ANSWER_FIRST": "maybe"}, "ANSWER_FIRST: must be one of yes, no"),
        ({"SAMPAN_CONFIG": "/nowhere.toml"}, "SAMPAN_CONFIG: names a file that cannot be read as TOML"),
        (
            {"DINGTALK_APP_SECRET": "s", "DINGTALK_OUTGOING_TOKEN": "t"},
            "DINGTALK_APP_SECRET, DINGTALK_OUTGOING_TOKEN: set exactly one of the two",
        ),
    ],
)
def test_bad(env: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(env)
    assert caught.value.problems == [problem]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DINGTALK_GROUP_WEBHOOK", GROUP),
        ("JENKINS_HOOK_TOKEN", f"t0ken{HOOK}"),
        ("GITEE_HOOK_TOKEN", "t0ken"),
    ],
)
def test_a_secret_of_an_address_is_not_in_the_repr(name: str, value: str) -> None:
    assert "t0ken" not in repr(load({name: value}))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_database_on_a_server(scheme: str) -> None:
    url = f"{scheme}://sampan:secret@db.example.com:5432/sampan?sslmode=require"
    assert load({**ON_LAMBDA, "DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    "url",
    ["sqlite:///", "sqlite:///:memory:", "sqlite://sampan.db", "postgresql:///sampan", "postgresql://[", "x"],
)
def test_a_database_that_others_cannot_find_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        load({"DATABASE_URL": url})


@pytest.mark.parametrize("name", ["REPOS", "GITEE_USERS"])
def test_an_entry_that_is_given_twice_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError):
        load({name: "web=acme/web,web=acme/other"})


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("web=acme", "must be alias=owner/name"),
        ("web=a/b/c", "must be alias=owner/name"),
        ("web=../..", "must be alias=owner/name"),
        ("web=a/b?c", "must be alias=owner/name"),
        ("web=acme/api", "names a repository that is there already"),
        ("web=gitee:Acme/API", "names a repository that is there already"),
        ("web=github:a/b", "names a host that is not supported yet; gitee: is"),
    ],
)
def test_a_repo_has_an_owner_and_a_name(entry: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^REPOS: .* {re.escape(problem)}$"):
        load({"REPOS": f"api=acme/api,{entry}"})


def test_every_problem_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({"LANGUAGE": "fr", "REPOS": "x", "LOG_LEVEL": "loud"})
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "REPOS",
        "LANGUAGE",
        "LOG_LEVEL",
    ]
    assert str(caught.value) == "; ".join(caught.value.problems)


def test_the_example_lists_every_variable() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    if not example.exists() or not example.read_text("utf-8").strip():
        pytest.skip(".env.example is not written yet")
    lines = [line for line in example.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert {line.partition("=")[0] for line in lines if line} == variables()
