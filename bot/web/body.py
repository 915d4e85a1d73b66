"""Reading a request's body without trusting its length or its pace."""

import asyncio

from fastapi import Request

SECONDS = 10.0


class TooLarge(Exception):
    """The body is over its limit."""


class TooSlow(Exception):
    """The body did not come in time."""


async def read_body(request: Request, *, limit: int) -> bytes:
    """The whole body, chunked or not; raises TooLarge as soon as it is over `limit` bytes."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:12]) > limit:
        raise TooLarge
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(request, limit)
    except TimeoutError:
        raise TooSlow from None


async def _read(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge
    return bytes(body)
