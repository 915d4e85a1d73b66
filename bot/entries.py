"""Variables whose values have a form of their own: repos, services, projects, addresses, the database."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.variables import Reader

_PART_OF_AN_ADDRESS = re.compile(r"[A-Za-z0-9_-]{16,}")
_PROJECT = re.compile(r"\w[\w.-]*(/\w[\w.-]*)+", re.ASCII)
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}")


@dataclass(frozen=True)
class Repo:
    """One repository of the allow-list."""

    alias: str
    path: str  # owner/name
    host: str = "gitee"


def group_webhook(read: Reader, hosts: tuple[str, ...]) -> str:
    """The group robot's address, on one of the hosts that may be contacted."""
    url = read.text("DINGTALK_GROUP_WEBHOOK")
    try:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        )
        good = safe and parts.netloc.lower() in {host.lower() for host in hosts} and " " not in url
    except ValueError:
        good = False
    if url and not (good and url.isprintable()):
        read.problems.append(
            "DINGTALK_GROUP_WEBHOOK: must be an https:// address on one of DINGTALK_WEBHOOK_HOSTS"
        )
    return url


def address_tokens(read: Reader, name: str) -> tuple[str, ...]:
    """Secrets that stand in an address of ours, where some characters would mean something else."""
    tokens = read.secrets(name)
    if not all(_PART_OF_AN_ADDRESS.fullmatch(token) for token in tokens):
        read.problems.append(f"{name}: stands in an address, so 16 or more letters, digits, - and _ alone")
    return tokens


def word(read: Reader, name: str) -> str:
    """An id that some system gave: it stands in addresses and headers."""
    value = read.text(name)
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", value):
        read.problems.append(f"{name}: has a character that no such id has")
        return ""
    return value


def repos(read: Reader) -> tuple[Repo, ...]:
    repos: list[Repo] = []
    for number, (alias, target) in enumerate(read.pairs("REPOS").items(), 1):
        host, colon, path = target.partition(":")
        host, path = (host, path) if colon else ("gitee", target)
        if path.count("/") != 1 or not all(_safe(part) for part in (alias, *path.split("/"))):
            read.problems.append(f"REPOS: entry {number} must be alias=owner/name")
        elif host != "gitee":
            read.problems.append(f"REPOS: entry {number} names a host that is not supported yet; gitee: is")
        elif path.casefold() in {repo.path.casefold() for repo in repos}:
            # Two names would mean two sets of rules for one repository.
            read.problems.append(f"REPOS: entry {number} names a repository that is there already")
        else:
            repos.append(Repo(alias, path, host))
    return tuple(repos)


def services(read: Reader) -> tuple[str, ...]:
    names = read.listed("SERVICES")
    if not all(_safe(name) for name in names):
        read.problems.append("SERVICES: names are letters, digits, dots, dashes and underscores")
    return names


@dataclass(frozen=True)
class Project:
    """Where the versions of a service are made: a project on GitLab, and the ref that is built by default."""

    path: str  # group/project, or deeper
    ref: str


def projects(read: Reader, services: tuple[str, ...]) -> dict[str, Project]:
    """A project for each service that has one: service=group/project@ref."""
    found: dict[str, Project] = {}
    for number, (service, target) in enumerate(read.pairs("GITLAB_PROJECTS").items(), 1):
        path, _, ref = target.partition("@")
        if not _PROJECT.fullmatch(path) or not is_ref(ref or "main"):
            read.problems.append(f"GITLAB_PROJECTS: entry {number} must be service=group/project@ref")
        elif service not in services:
            read.problems.append(f"GITLAB_PROJECTS: entry {number} names a service that is not in SERVICES")
        else:
            found[service] = Project(path, ref or "main")
    return found


def is_ref(name: str) -> bool:
    """Whether this may be the name of a branch or a tag."""
    return _REF.fullmatch(name) is not None and ".." not in name


def _safe(part: str) -> bool:
    return bool(part) and part not in (".", "..") and all(ch.isalnum() or ch in "._-" for ch in part)


def language(read: Reader) -> str:
    """The first language we speak; desktops use the variable too, as in en_US:en or C.UTF-8."""
    value = read.text("LANGUAGE", "zh").lower()
    found = next((part[:2] for part in value.split(":") if part[:2] in ("zh", "en")), None)
    if found is None and value.isalpha() and value not in ("c", "posix"):
        read.problems.append("LANGUAGE: must be one of zh, en")
    return found or "zh"


def named_repo(read: Reader, name: str, repos: tuple[Repo, ...]) -> Repo | None:
    """The repo that a variable names; without it the only one there is."""
    wanted = read.text(name)
    if not wanted:
        return repos[0] if len(repos) == 1 else None
    found = next((repo for repo in repos if wanted in (repo.alias, repo.path)), None)
    if found is None:
        read.problems.append(f"{name}: must be one of REPOS")
    return found


def database_url(read: Reader, *, lasts: bool) -> str:
    temporary = "sqlite:////tmp/sampan.db"
    url = read.text("DATABASE_URL", "sqlite:///sampan.db" if lasts else temporary)
    if not (_sqlite_file(url) or _postgresql_host(url)):
        read.problems.append(
            "DATABASE_URL: must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    return url


def _sqlite_file(url: str) -> bool:
    return url.removeprefix("sqlite:///") not in (url, "", ":memory:")


def _postgresql_host(url: str) -> bool:
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    return address.scheme in ("postgresql", "postgres") and bool(address.hostname)
