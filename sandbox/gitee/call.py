"""One API request as its handler sees it: who calls, what about, and which fields came along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from sandbox.gitee.commons import Permission, User
from sandbox.gitee.issues import Issue
from sandbox.gitee.pulls import Pull
from sandbox.gitee.refusals import BAD_TOKEN, NO_HOME, NO_PROJECT, Refused, forbidden, invalid, missing
from sandbox.gitee.repo import Repo
from sandbox.gitee.views import Views
from sandbox.gitee.world import World

MOST_PER_PAGE = 100


@dataclass(frozen=True)
class Call:
    """A request whose token is already checked; `user` is None without a token."""

    world: World
    site: str
    user: User | None
    path: Mapping[str, Any]
    query: Mapping[str, str]
    body: Any

    @property
    def views(self) -> Views:
        """How things look to this caller, with addresses that work for them."""
        return Views(self.site, self.world.commons)

    @property
    def fields(self) -> dict[str, Any]:
        """What was sent in the query and in the body, whether form or JSON."""
        return {**self.query, **(self.body if isinstance(self.body, dict) else {})}

    def someone(self) -> User:
        """Who calls; nobody is Refused."""
        if self.user is None:
            raise Refused(401, BAD_TOKEN)
        return self.user

    def repo(self, need: Permission = Permission.READ) -> Repo:
        """The repo of the address, as its branches are now; one that may not be seen is absent.

        Where issues are written the address has no more than the owner, and a field has the rest.
        """
        named = "repo" in self.path
        name = self.path["repo"] if named else self.text("repo")
        repo = self.world.repos.get(f"{self.path['owner']}/{name}")
        if repo is None or repo.permission(self.user) < Permission.READ:
            raise Refused(404, NO_PROJECT if named else NO_HOME)
        if need > Permission.READ and repo.permission(self.someone()) < need:
            raise forbidden(need)
        repo.sync()
        return repo

    def pull(self, need: Permission = Permission.READ) -> tuple[Repo, Pull]:
        """The repo and the pull request of the address."""
        repo = self.repo(need)
        return repo, repo.pull(self.path["number"])

    def issue(self) -> tuple[Repo, Issue]:
        """The repo and the issue of the address; anybody who can read the one can read the other."""
        repo = self.repo()
        return repo, repo.issue(self.path["number"])

    def text(self, name: str, default: str = "") -> str:
        """A field as text."""
        value = self.fields.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """A field that has to be there and not blank."""
        if not self.text(name).strip():
            raise missing(name)
        return self.text(name)

    def flag(self, name: str) -> bool:
        """A yes or no; forms say the words true and false."""
        return self.text(name).lower() in ("true", "1")

    def number(self, name: str, default: int) -> int:
        """A field as a number that is not negative."""
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit()):
            raise invalid(name)
        return int(value)

    def words(self, name: str) -> list[str]:
        """A field of words with commas between them."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def time(self, name: str) -> datetime | None:
        """A field as a time, ISO 8601; one without an offset is meant in China."""
        value = self.text(name)
        try:
            found = datetime.fromisoformat(value) if value else None
        except ValueError:
            raise invalid(name) from None
        return found and (found if found.tzinfo else found.replace(tzinfo=self.world.commons.now().tzinfo))

    def page(self) -> tuple[int, int]:
        """Which page, and how many a page."""
        size = min(self.number("per_page", 20), MOST_PER_PAGE)
        return max(self.number("page", 1), 1), max(size, 1)

    def cut(self, found: Sequence[Any]) -> Sequence[Any]:
        """The things of the wanted page."""
        page, size = self.page()
        return found[(page - 1) * size : page * size]

    def paged(self, shown: Any, total: int) -> JSONResponse:
        """One page of an answer; the headers tell how much there is in all."""
        headers = {"total_count": str(total), "total_page": str(ceil(total / self.page()[1]))}
        return JSONResponse(shown, headers=headers)


def token_of(headers: Headers, query: Mapping[str, str], body: Any) -> str | None:
    """The token, wherever it is: Gitee takes it as a header, in the query and in the body."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "token"):
        return secret.strip()
    sent = body if isinstance(body, dict) else {}
    token = query.get("access_token", sent.get("access_token"))
    return None if token is None else str(token)
