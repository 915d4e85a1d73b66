"""POST /hooks/...: what other systems tell by themselves. Kept first, answered fast, worked on after.

Jenkins, Gitee and GitLab do not come again after a 5xx, so they get none for what goes wrong on our side: the
clock finds the build, or takes up what was kept. Alertmanager does, and Grafana at its next interval: they
get 503.
"""

import hmac
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from bot.web.body import TooLarge, TooSlow, read_body
from bot.web.state import State, state_of
from integrations.errors import Malformed, Unauthenticated

if TYPE_CHECKING:
    from integrations.model.alerts import Delivery

LIMIT = 1024 * 1024

T = TypeVar("T")

log = logging.getLogger(__name__)
router = APIRouter()


@router.post("/hooks/jenkins/{token}")
async def jenkins(request: Request, token: str) -> JSONResponse:
    """The Notification plugin tells of a build; it signs nothing, so the address is the secret."""
    state = _configured(request)
    if not _any_equal(token, state.ready.settings.jenkins_hook_tokens):
        raise HTTPException(404)  # like any other address that is not there
    body = await _body(request)
    if body is None:
        return _done()
    try:
        about = state.ready.read_build_hook(body)
    except Malformed as why:
        raise _malformed(why) from None
    from bot.build_news import keep, work  # a cold start that answers a message does not pay for it

    return await _keep(state, partial(keep, state.ready, about), partial(work, state.ready))


@router.post("/hooks/gitee")
async def gitee(request: Request) -> JSONResponse:
    """Gitee tells of a pull request or a comment; its signature covers the time only."""
    state = _configured(request)
    if not state.ready.settings.gitee_hook_tokens:
        raise HTTPException(404)
    try:
        state.ready.authenticate_pull_hook(request.headers)
    except Unauthenticated as why:
        raise _unauthenticated(why) from None
    body = await _body(request)
    if body is None:
        return _done()
    try:
        hint = state.ready.read_pull_hook(body)
    except Malformed as why:
        raise _malformed(why) from None
    if hint is None:
        return _done()
    from bot.pull_news import keep, work

    return await _keep(state, partial(keep, state.ready, hint), partial(work, state.ready))


@router.post("/hooks/gitlab")
async def gitlab(request: Request) -> JSONResponse:
    """GitLab tells of a pipeline; whatever it is, it hears 200, as a hook that fails is switched off."""
    state = _configured(request)
    if not state.ready.settings.gitlab_hook_tokens:
        raise HTTPException(404)
    body = await _body(request)
    if body is None:
        return _done()
    try:
        state.ready.authenticate_pipeline_hook(request.headers, body)
    except Unauthenticated as why:
        raise _unauthenticated(why) from None
    try:
        pipeline = state.ready.read_pipeline_hook(request.headers, body)
    except Malformed as why:
        log.warning("a hook was ignored: malformed, %s", why)
        return _done()
    if pipeline is None:
        return _done()
    from bot.pipeline_news import keep, work

    kept = partial(
        keep, state.ready, pipeline, delivery=state.ready.pipeline_delivery(request.headers, pipeline)
    )
    return await _keep(state, kept, partial(work, state.ready), never_waits=True)


@router.post("/hooks/alertmanager/{token}")
async def alertmanager(request: Request, token: str) -> JSONResponse:
    """Alertmanager tells of alerts; it signs nothing, so the address is the secret."""
    state, body = await _told_of_alerts(request, token)
    return await _take_alerts(state, body, state.ready.read_alertmanager)


@router.post("/hooks/grafana/{token}")
async def grafana(request: Request, token: str) -> JSONResponse:
    """Grafana tells of alerts, in its present form or the old one, signed where that is configured."""
    state, body = await _told_of_alerts(request, token)
    try:
        if body is not None:
            state.ready.authenticate_grafana(request.headers, body)
    except Unauthenticated as why:
        raise _unauthenticated(why) from None
    return await _take_alerts(state, body, state.ready.read_grafana)


async def _told_of_alerts(request: Request, token: str) -> tuple[State, bytes | None]:
    state = _configured(request)
    if not _any_equal(token, state.ready.settings.alert_hook_tokens):
        raise HTTPException(404)
    return state, await _body(request)


async def _take_alerts(state: State, body: bytes | None, read: "Callable[[bytes], Delivery]") -> JSONResponse:
    if body is None:
        return _done()
    try:
        delivery = read(body)
    except Malformed as why:
        raise _malformed(why) from None
    if delivery.truncated:
        log.warning("%d alerts were left out of a delivery", delivery.truncated)
    from bot.alert_news import keep, work

    return await _keep(
        state, partial(keep, state.ready, delivery.alerts), partial(work, state.ready), comes_again=True
    )


def _configured(request: Request) -> State:
    state = state_of(request)
    if state.sampan is None:
        raise HTTPException(503)
    return state


def _any_equal(given: str, secrets: Sequence[str]) -> bool:
    wire = given.encode("utf-8", "surrogatepass")
    return any([hmac.compare_digest(wire, secret.encode()) for secret in secrets])


async def _body(request: Request) -> bytes | None:
    """The body; None for one that is too large, which is dropped: what it is about is polled."""
    try:
        return await read_body(request, limit=LIMIT)
    except TooLarge:
        log.warning("a hook of over %d bytes was dropped", LIMIT)
        return None
    except TooSlow:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None  # nobody is there to read it


def _unauthenticated(why: Unauthenticated) -> HTTPException:
    log.warning("a hook was refused: %s", why)
    return HTTPException(401)


def _malformed(why: Malformed) -> HTTPException:
    log.warning("a hook was refused: malformed, %s", why)
    return HTTPException(400)


def _done(background: BackgroundTask | None = None) -> JSONResponse:
    return JSONResponse({}, background=background)


async def _keep(
    state: State,
    keep: Callable[[], T | None],
    work: Callable[[T], None],
    *,
    comes_again: bool = False,
    never_waits: bool = False,
) -> JSONResponse:
    """Keep what came, answer, and work on it where the platform lets work go on after the answer.

    Elsewhere the work is done before it, or left to the clock for who `never_waits`: GitLab switches a hook
    off that takes ten seconds.
    """
    try:
        kept = await state.front.run(keep)
    except Exception:
        log.exception("a hook was not kept")
        if comes_again:
            raise HTTPException(503) from None
        return _done()
    if not kept:
        return _done()
    if state.ready.settings.answer_first:
        return _done(BackgroundTask(_work, state, work, kept))
    if not never_waits:
        await _work(state, work, kept)
    return _done()


async def _work(state: State, work: Callable[[T], None], kept: T) -> None:
    if state.workers.full:
        log.error("a hook is left to the clock: too many are waiting")
        return
    try:
        await state.workers.run(work, kept)
    except Exception:
        log.exception("a hook is left to the clock")
