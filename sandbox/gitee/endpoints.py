"""How the pages are reached: what is shown, and what a form does, sent as anybody but from nowhere else."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sandbox.gitee.commons import User
from sandbox.gitee.layout import refused
from sandbox.gitee.recording import decoded
from sandbox.gitee.refusals import Refused, invalid, missing
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """A form about something in `repo`; `path` is what its address names."""

    repo: Repo
    path: Params
    fields: dict[str, str]

    def member(self) -> User:
        """In whose name it is sent; Refused unless they belong to the repo."""
        login = self.fields.get("as", "")
        if login not in self.repo.members:
            raise invalid("as")
        return self.repo.commons.user(login)

    def said(self) -> str:
        """The text to write; Refused when there is none."""
        if not (body := self.fields.get("body", "")).strip():
            raise missing("body")
        return body.replace("\r\n", "\n")  # browsers send the ends of lines as HTTP has them


def shown(world: World, page: Callable[[Repo, Params], Response]) -> Callable[[Request], Response]:
    """An endpoint that shows something of a repo; what is Refused becomes a page."""

    def endpoint(request: Request) -> Response:
        return _answered(world, request.path_params, lambda repo: page(repo, request.path_params))

    return endpoint


def accepting(world: World, act: Callable[[Form], Response]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that does what a form says, and then goes where that can be seen."""

    async def endpoint(request: Request) -> Response:
        site = str(request.base_url).rstrip("/")
        # Whoever sits here may speak as any member, but no page from elsewhere may in their name.
        if request.headers.get("origin", site) != site:
            return refused(403)
        sent = decoded(await request.body(), request.headers.get("content-type", ""))
        fields = {name: str(value) for name, value in sent.items()} if isinstance(sent, dict) else {}
        path = request.path_params
        return await run_in_threadpool(_answered, world, path, lambda repo: act(Form(repo, path, fields)))

    return endpoint


def _answered(world: World, path: Params, answer: Callable[[Repo], Response]) -> Response:
    repo = world.repos.get("{owner}/{repo}".format(**path))
    if repo is None:
        return refused(404)
    with world.commons.lock:
        repo.sync()
        try:
            return answer(repo)
        except Refused as refusal:
            return refused(refusal.status)
