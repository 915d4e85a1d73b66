"""Reading a request's body no further than somebody may send."""

import json
from typing import Any

from starlette.requests import Request


async def read_body(request: Request, *, limit: int) -> bytes:
    """At most `limit` bytes of the body; the rest is read and dropped, so that the sender hears us."""
    body = b""
    async for chunk in request.stream():
        body += chunk[: limit - len(body)]
    return body


async def read_object(request: Request, *, limit: int) -> dict[str, Any] | None:
    """The JSON object in the body, or None if it is too long or something else."""
    body = await read_body(request, limit=limit + 1)
    try:
        value = json.loads(body) if len(body) <= limit else None
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else None
