"""Reading a request's body without trusting its length."""

from fastapi import Request


class TooLarge(Exception):
    """The body is over its limit."""


async def read_body(request: Request, *, limit: int) -> bytes:
    """The whole body, chunked or not; raises TooLarge as soon as it is over `limit` bytes."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:12]) > limit:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge
    return bytes(body)
