"""AWS Lambda: HTTP events go to Mangum, a schedule to the tick, anything else fails loudly."""

import re
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from bot.web.state import State

Event = dict[str, Any]
Handler = Callable[[Event, Any], Any]


def make_handler(app: FastAPI) -> Handler:
    """The function's entry point for `app`."""

    def handler(event: Event, context: Any) -> Any:
        if "requestContext" in event:
            from mangum import Mangum

            # Lifespan off: Mangum would run it anew for each request.
            http = Mangum(app, lifespan="off", api_gateway_base_path=_base_path(event))
            return http(_with_plain_headers(event), context)
        if event.get("source") == "aws.events" or event.get("detail-type") or event.get("schedule"):
            state: State = app.state.shared
            if state.sampan is None:
                raise RuntimeError("Sampan is not configured; the log says what is missing")
            from bot.tick import tick

            return tick(state.sampan)
        raise ValueError("this event is neither HTTP nor a schedule")

    return handler


def _base_path(event: Event) -> str:
    """The stage, where API Gateway v2 leaves a named one in the path."""
    stage = str(event["requestContext"].get("stage") or "")
    return f"/{stage}" if str(event.get("rawPath", "")).startswith(f"/{stage}/") else "/"


# Mangum splits Host at its first colon and takes X-Forwarded-Port for a number; nothing here reads either.
_PLAIN = {"host": re.compile(r"[\w.-]+(:\d+)?"), "x-forwarded-port": re.compile(r"\d+")}


def _with_plain_headers(event: Event) -> Event:
    """Without the headers that would end in an error, and with a mapping where an event has null."""
    changed = dict(event)
    for key in ("headers", "multiValueHeaders"):
        if key in event:
            headers = event[key] or {}
            changed[key] = {name: value for name, value in headers.items() if _plain(name, value)}
    return changed


def _plain(name: str, value: object) -> bool:
    pattern = _PLAIN.get(name.lower())
    first = value[0] if isinstance(value, list) and value else value
    return pattern is None or bool(pattern.fullmatch(str(first)))
