"""AWS Lambda: HTTP events go to Mangum, a schedule to the tick, anything else fails loudly."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from bot.tick import tick
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
            return http(_with_known_host(event), context)
        if event.get("source") == "aws.events" or event.get("detail-type") or event.get("schedule"):
            state: State = app.state.shared
            if state.sampan is None:
                raise RuntimeError("Sampan is not configured; the log says what is missing")
            return tick(state.sampan.store)
        raise ValueError("this event is neither HTTP nor a schedule")

    return handler


def _base_path(event: Event) -> str:
    """The stage, where API Gateway v2 leaves a named one in the path."""
    stage = str(event["requestContext"].get("stage") or "")
    return f"/{stage}" if str(event.get("rawPath", "")).startswith(f"/{stage}/") else "/"


def _with_known_host(event: Event) -> Event:
    """Without an IPv6 Host, which Mangum splits at its first colon; nothing here reads it."""
    changed = dict(event)
    for key in ("headers", "multiValueHeaders"):
        headers = event.get(key)
        if isinstance(headers, dict):
            changed[key] = {name: value for name, value in headers.items() if not _ipv6_host(name, value)}
    return changed


def _ipv6_host(name: str, value: object) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return name.lower() == "host" and str(first).startswith("[")
