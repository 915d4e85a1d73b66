"""GET /healthz: alive. GET /readyz: able to work."""

import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.web.state import state_of

log = logging.getLogger(__name__)
router = APIRouter()


@router.get("/healthz")
async def alive() -> JSONResponse:
    """Answers while every worker hangs."""
    return JSONResponse({"alive": True})


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """Configured, and the store answers."""
    state = state_of(request)
    if state.sampan is None:
        return JSONResponse({"ready": False, "why": "configuration"}, 503)
    try:
        await state.front.run(state.sampan.store.check)
    except Exception:
        log.exception("the store does not answer")
        return JSONResponse({"ready": False, "why": "store"}, 503)
    return JSONResponse({"ready": True})
