"""DingTalk and Gitee: whether they take our credentials, and tell the same time. Every call only reads."""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from functools import partial
from typing import Protocol

from bot.doctor.findings import Finding, Level, broken, failed, setting, works
from bot.doctor.together import side_by_side
from bot.reply import Code, counted, line
from bot.settings import Repo, Settings
from integrations.errors import IntegrationError, NotFound
from integrations.model import Account, Job, PullPage
from integrations.model.account import Access
from integrations.transport import deadline, rehearsing

EACH = 10.0  # seconds a call
ALL_OF_ONE = 18.0  # seconds for everything that one system is asked after its account
AT_ONCE = 4  # requests to one system
SLOW_CLOCK, WRONG_CLOCK = 30, 300  # seconds apart
# Seconds either way: open.dingtalk.com/document/isvapp/receive-message and
# help.gitee.com/webhook/how-to-verify-webhook-keys. GitLab's is told nowhere, so it is ours.
SIGNATURE_LIFE, SIGNATURE_LIVES = 3600, {"GitLab": 300}


class Known(Protocol):
    """A system that tells who we are to it; raises IntegrationError."""

    def account(self) -> Account: ...


class CodeHost(Known, Protocol):
    def pulls(self, repo: str, *, page: int = 1, author: str = "") -> PullPage: ...


class BuildServer(Known, Protocol):
    def find(self, name: str) -> Job: ...


class PipelineServer(BuildServer, Protocol):
    def access(self, project: str) -> Access: ...


class Site(Protocol):
    """An installation, wired up."""

    @property
    def settings(self) -> Settings: ...
    @property
    def dingtalk(self) -> Known: ...
    def code_host(self, repo: Repo) -> CodeHost: ...
    def jenkins(self) -> BuildServer: ...
    def gitlab(self) -> PipelineServer: ...
    def now(self) -> datetime: ...


def dingtalk(site: Site) -> Iterator[Finding]:
    """The app's key and secret, by asking for a token: the one POST of all, which changes nothing."""
    if not (site.settings.app_key and site.settings.app_secrets):
        return
    ask = site.dingtalk.account
    url = setting("DINGTALK_API_URL", value="https://api.dingtalk.com")
    secret = setting("DINGTALK_APP_SECRET", line("the AppSecret that goes with DINGTALK_APP_KEY"))
    yield from signed_in("DingTalk", ask, site.now, url=url, credential=secret)


def gitee(site: Site) -> Iterator[Finding]:
    """The token, and every repository that it should reach."""
    settings = site.settings
    if not settings.gitee_tokens:
        return
    host = site.code_host(settings.repos[0] if settings.repos else Repo("", ""))
    url = setting("GITEE_URL", value="https://gitee.com/api/v5")
    token = setting("GITEE_TOKEN", line("a personal access token with user_info, projects, pull_requests"))
    with rehearsing():  # what would write raises
        account = yield from signed_in("Gitee", host.account, site.now, url=url, credential=token)
        if account:
            checks = {repo.alias: partial(_repo, host, repo, account.name, token) for repo in settings.repos}
            yield from side_by_side(checks, within=ALL_OF_ONE, at_once=AT_ONCE)


def signed_in(
    system: str, ask: Callable[[], Account], now: Callable[[], datetime], *, url: str, credential: str
) -> Generator[Finding, None, Account | None]:
    """Who we are there, and how far its clock is from ours; gives the account."""
    try:
        with deadline(EACH):
            account = ask()
    except IntegrationError as problem:
        yield failed(system, problem, url=url, credential=credential)
        return None
    name = Code(" ".join([account.name, *([account.version] if account.version else [])]))
    yield works(system, line("signed in: {name}", name=name))
    if account.server_time:
        apart = abs((now() - account.server_time).total_seconds())
        yield clock(system, round(apart))
    return account


def clock(system: str, apart: int) -> Finding:
    """What a difference between two clocks, in seconds, means."""
    told = line("Its clock and ours are {n} s apart.", n=apart)
    if apart < SLOW_CLOCK:
        return works(system, told)
    life = SIGNATURE_LIVES.get(system, SIGNATURE_LIFE)
    limit = line("A signature is good for {n} s, and no longer.", n=life)
    level = Level.WARNING if apart < WRONG_CLOCK else Level.BROKEN
    return Finding(level, system, (*told, " ", *limit), "timedatectl set-ntp true")


def _repo(host: CodeHost, repo: Repo, login: str, token: str) -> Iterator[Finding]:
    what = f"{repo.alias} ({repo.path})"
    entry = line("owner/name as in its address; or let {login} in", login=login)
    fix = setting("REPOS", entry, value=f"{repo.alias}=owner/name")
    try:
        with deadline(EACH):
            page = host.pulls(repo.path)
    except NotFound:
        told = line("Gitee does not know it, or hides it from {login}.", login=Code(login))
        yield broken(what, told, fix)
    except IntegrationError as problem:
        yield failed(what, problem, url=fix, credential=token)
    else:
        n = len(page.pulls) if page.total is None else page.total
        yield works(what, counted("{n} open pull request", "{n} open pull requests", n=n))
