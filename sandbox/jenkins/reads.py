"""What can be asked for as JSON."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.jenkins import exports
from sandbox.jenkins.access import may, visitor
from sandbox.jenkins.answers import json_answer, plain, root_of
from sandbox.jenkins.builds import Build
from sandbox.jenkins.jobs import Job
from sandbox.jenkins.queue import Item
from sandbox.jenkins.server import Server
from sandbox.jenkins.tree import Bean
from sandbox.jenkins.users import Permission

ITEM_HAS_A_PAGE = (2, 469)
ITEM_PAGE = "Queue item exists. For details check, for example, {}api/json?tree=cancelled,executable[url]"


def front(request: Request, server: Server) -> Response:
    """/api/json: every job and folder."""
    every = exports.folder(visible(request, server), server.queue, within="", root=root_of(request))
    return json_answer(request, every)


def me(request: Request, server: Server) -> Response:
    """/me/api/json: whose credentials these are."""
    user = visitor(request)
    if user is server.users.anonymous:
        raise HTTPException(403, "Authentication required")
    about = {"_class": "hudson.model.User", "fullName": user.id, "id": user.id}
    return json_answer(request, Bean({**about, "absoluteUrl": f"{root_of(request)}user/{user.id}"}))


def queue(request: Request, server: Server) -> Response:
    """/queue/api/json: what waits, the newest first."""
    waiting = server.queue.waiting[::-1] if may(request, Permission.READ) else []
    # Unlike the builds of a job, the items of the queue are shown in full at depth 0.
    items = [exports.queue_item(one, root=root_of(request)).fields for one in waiting]
    return json_answer(request, Bean({"_class": "hudson.model.Queue", "items": items}))


def item(request: Request, _: Server, item: Item) -> Response:
    """/queue/item/N/api/json."""
    return json_answer(request, exports.queue_item(item, root=root_of(request)))


def item_page(request: Request, server: Server, item: Item) -> Response:
    """/queue/item/N/, where a client lands that follows a 303; it has only been there since 2.469."""
    if server.version < ITEM_HAS_A_PAGE:
        raise HTTPException(404)
    return plain(ITEM_PAGE.format(root_of(request) + item.path))


def job_or_folder(request: Request, server: Server) -> Response:
    """/job/X/api/json."""
    name, jobs = request.path_params["job"], visible(request, server)
    found, root = server.jobs.get(name), root_of(request)
    if found in jobs:
        return json_answer(request, exports.job(found, server.queue, root=root))
    if not any(one.full_name.startswith(f"{name}/") for one in jobs):
        raise HTTPException(404)
    return json_answer(request, exports.folder(jobs, server.queue, within=name, root=root))


def build(request: Request, _: Server, build: Build) -> Response:
    """/job/X/N/api/json."""
    return json_answer(request, exports.build(build, root=root_of(request)))


def visible(request: Request, server: Server) -> list[Job]:
    """The jobs the visitor may read."""
    return list(server.jobs.values()) if may(request, Permission.READ) else []
