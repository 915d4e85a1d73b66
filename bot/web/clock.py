"""GET or POST /tick: whatever is due. The clock of a deployment calls it."""

import hmac
import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.web.state import State, state_of

log = logging.getLogger(__name__)
router = APIRouter()


@router.get("/tick")  # Vercel's cron asks with GET, its schedules and most pingers with POST
@router.post("/tick")
async def clock(request: Request) -> JSONResponse:
    """Run what is due, once at a time in a process; only for who knows CRON_SECRET."""
    state = state_of(request)
    if state.sampan is None:
        return JSONResponse({"error": "not configured"}, 503)
    secrets = state.sampan.settings.cron_secrets
    if not secrets:
        return JSONResponse({"error": "not found"}, 404)
    given = request.headers.get("authorization", "").encode()
    if not any([hmac.compare_digest(given, f"Bearer {secret}".encode()) for secret in secrets]):
        return JSONResponse({"error": "not authenticated"}, 401)
    if state.ticking:
        return JSONResponse({"ticking": True})
    return JSONResponse(await _ticked(state))


async def _ticked(state: State) -> dict[str, int]:
    from bot.tick import tick  # a cold start that answers a message does not pay for it

    state.ticking = True
    try:
        return await state.front.run(tick, state.ready)
    finally:
        state.ticking = False
