"""POST /chat/dingtalk: size, authentication and parsing here, the work in the pool."""

import asyncio
import logging
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from bot.dispatch import attend, see_through, take_on, tell_not_taken, tell_working
from bot.store import Claim
from bot.web.body import TooLarge, TooSlow, read_body
from bot.web.state import State, state_of
from integrations.errors import Malformed, Unauthenticated
from integrations.model import InboundMessage

LIMIT = 64 * 1024
WORKING_AFTER = 3.0

NOTHING = {"msgtype": "empty"}

log = logging.getLogger(__name__)
router = APIRouter()

# What of a callback is read; it has more.
_TEXT = {"type": "string"}
_MESSAGE = {
    "type": "object",
    "required": ["msgtype", "msgId", "createAt", "conversationId", "sessionWebhook"],
    "properties": {
        "msgtype": {"type": "string", "enum": ["text", "richText", "picture", "audio", "video", "file"]},
        "text": {"type": "object", "properties": {"content": _TEXT}},
        "createAt": {"type": "integer"},
        **dict.fromkeys(("msgId", "conversationId", "senderStaffId", "senderNick", "sessionWebhook"), _TEXT),
    },
}
_SCHEMA: dict[str, Any] = {"requestBody": {"content": {"application/json": {"schema": _MESSAGE}}}}


def _no(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status)


@router.get("/chat/dingtalk")
async def probe() -> JSONResponse:
    """The vendor's console looks whether the address is there."""
    return JSONResponse(NOTHING)


@router.post("/chat/dingtalk", openapi_extra=_SCHEMA)
async def dingtalk(request: Request) -> JSONResponse:
    """One delivery."""
    try:
        body = await read_body(request, limit=LIMIT)
    except TooLarge:
        return _no(413, "body too large")
    except TooSlow:
        return _no(408, "body too slow")
    except ClientDisconnect:
        return _no(400, "body cut short")  # nobody is there to read it
    if not body:
        return JSONResponse(NOTHING)
    state = state_of(request)
    if state.sampan is None or not state.sampan.settings.chat_configured:
        log.error(
            "a delivery was refused: %s",
            state.problem or "set DINGTALK_APP_SECRET or DINGTALK_OUTGOING_TOKEN",
        )
        return _no(503, "not configured; the log says what is missing")
    try:
        state.sampan.dingtalk.authenticate(request.headers)
        message = state.sampan.dingtalk.read(body)
    except Unauthenticated as why:
        log.warning("a delivery was refused: %s", why)
        return _no(401, "not authenticated")
    except Malformed as why:
        log.warning("a delivery was refused: malformed, %s", why)
        return _no(400, "not a message")
    return await _take(state, message)


async def _take(state: State, message: InboundMessage) -> JSONResponse:
    if state.workers.full:
        log.error("delivery %s was not taken on: too many are waiting", message.delivery_id)
        await state.front.run(tell_not_taken, state.ready, message)
        return JSONResponse(NOTHING)
    if not state.ready.settings.answer_first:
        # In one piece: each piece of work wakes a thread, and a thread wakes the loop.
        await state.workers.run(see_through, state.ready, message)
        return JSONResponse(NOTHING)
    claim = await state.front.run(take_on, state.ready, message)
    background = BackgroundTask(_work, state, message, claim) if claim else None
    return JSONResponse(NOTHING, background=background)


async def _work(state: State, message: InboundMessage, claim: Claim) -> None:
    """Work after the answer; a room that waits long is told so, once."""
    work = state.workers.run(attend, state.ready, message, claim)
    done, _ = await asyncio.wait({work}, timeout=WORKING_AFTER)
    if not done:
        await state.front.run(tell_working, state.ready, message, over=work.done)
    await work
